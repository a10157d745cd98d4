"""Findings on paper: what is wrong stands out, and nobody is named."""

import json

import pytest

from kacenv.diagnostics.finding import Finding, Severity, to_json, to_text

FINDINGS = [
    Finding("kacenv", "0.1.0"),
    Finding("clock", "not synchronised", Severity.NOTE, "Switch on time from the network."),
    Finding("garden: broker", "doesn't answer", Severity.WRONG, "Is it on?", ("first", "second")),
]


def test_what_is_wrong_stands_out() -> None:
    """A line each, what to do beneath, and a count at the end."""
    assert to_text(FINDINGS).splitlines() == [
        "fine   kacenv          0.1.0",
        "note   clock           not synchronised",
        "                       what to do: Switch on time from the network.",
        "WRONG  garden: broker  doesn't answer",
        "                       first",
        "                       second",
        "                       what to do: Is it on?",
        "",
        "Wrong: 1. To note: 1.",
    ]
    assert to_text(FINDINGS[:1]).endswith("Wrong: nothing. To note: nothing.")


def test_programs_read_what_people_read() -> None:
    """The same findings come as JSON, each with all its fields."""
    listed = json.loads(to_json(FINDINGS))["findings"]
    assert [(one["what"], one["found"], one["mark"]) for one in listed] == [
        (one.what, one.found, one.mark) for one in FINDINGS
    ]
    assert (listed[2]["todo"], listed[2]["lines"]) == ("Is it on?", ["first", "second"])


def test_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user at work, mail, home folders and passwords are masked wherever they come up."""
    monkeypatch.setenv("LOGNAME", "anna-k")
    monkeypatch.setenv("SUDO_USER", "ben")
    said = Finding(
        "log", "by anna-k", Severity.WRONG, "ask ben, not bench", ("/home/c/x password=geheim",)
    )
    for text in (to_text([said]), to_json([said])):
        assert "by ***" in text
        assert "ask ***, not bench" in text
        assert "/home/***/x password=***" in text
    assert json.loads(to_json([said]))["findings"][0]["mark"] == "wrong"
