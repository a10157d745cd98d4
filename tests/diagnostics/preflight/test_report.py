"""One page, whatever was found."""

from pathlib import Path

import pytest

from kacenv.config import House, load_room
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.probe_plan import tasks
from kacenv.diagnostics.preflight.report import LINES, WIDTH, Verdict
from kacenv.diagnostics.probe_messages import Taken

ROOT = Path(__file__).parents[3]
LONG = "The quick brown fox looks at the amplifier and at every cable of the room, twice. " * 3


def verdict(*findings: Finding) -> Verdict:
    """Of a preflight that found this."""
    return Verdict("garden", ("couple-lozenge",), "2026-11-23 09:50", 24.4, findings)


def fits(page: str) -> bool:
    """Whether it is a page."""
    lines = page.splitlines()
    return len(lines) <= LINES and max(map(len, lines)) <= WIDTH


def test_all_well_is_go() -> None:
    """One calm line, and nothing to do."""
    page = verdict(Finding("disk", "80 GB free"), Finding("clock", "synchronised")).page()
    assert page.splitlines()[0].startswith("Preflight: garden, couple-lozenge  ")
    assert page.splitlines()[0].endswith("2026-11-23 09:50, 24 s")
    assert page.splitlines()[-1] == "    GO"
    assert fits(page)


def test_each_fault_has_its_way_out() -> None:
    """Numbered below the verdict; a note doesn't stand against going."""
    dead = Finding("lamp seat-left", "doesn't answer", Severity.WRONG, "Check its power.")
    note = Finding("clock", "not synchronised", Severity.NOTE, "Switch on time.")
    assert verdict(note).go
    assert "    GO\n" in verdict(note).page()
    page = verdict(note, dead).page()
    assert not verdict(note, dead).go
    assert "    NO-GO: 1 thing\n" in page
    assert "1. lamp seat-left: doesn't answer. Check its power." in page
    assert "To note: clock: not synchronised. Switch on time." in page
    other = Finding("disk", "full", Severity.WRONG, "Make room.")
    assert "    NO-GO: 2 things\n" in verdict(dead, other).page()


def test_a_tour_that_was_broken_off_is_no_go() -> None:
    """Whatever was found is on the page, with who needed the room, and what of the lamps."""
    found = (Finding("disk", "80 GB free"), Finding("clock", "late", Severity.WRONG, "Set it."))
    taken = Taken("A session is on in garden.", "Look again when it is over.")
    stopped = Verdict("garden", ("a",), "2026-11-23 09:50", 5.0, found, taken)
    assert not stopped.go
    assert stopped.fields()["stopped"] == "A session is on in garden."
    page = stopped.page()
    assert "    STOPPED: A session is on in garden.\n" in page
    assert "sends nothing more" in page
    assert "1. clock: late. Set it." in page
    assert fits(page)
    assert not Verdict("garden", ("a",), "", 5.0, found[:1], taken).go


def test_what_is_alike_is_one_thing() -> None:
    """Thirty lamps of a broken bridge are one row and one way out, and all are named in JSON."""
    dead = [
        Finding(f"lamp l{number}", "doesn't answer", Severity.WRONG, "Check its power.")
        for number in range(30)
    ]
    whole = verdict(*dead)
    page = whole.page()
    assert "30 lamps" in page
    assert "l0, l1, l2, l3 and 26 more: doesn't answer" in page
    assert "NO-GO: 1 thing" in page
    assert len(whole.fields()["findings"]) == 30


@pytest.mark.parametrize("room", ["demo", "example"])
@pytest.mark.parametrize("mark", list(Severity))
def test_the_page_of_a_shipped_room_fits(room: str, mark: Severity) -> None:
    """Whatever is found of each part, in words of any length."""
    place = load_room(House(ROOT), room)
    whats = [task.what for task in tasks(place)] + [f"lamp {one.id}" for one in place.lights]
    whats += ["clock", "power", "disk", "chimes by MIDI", "controls by MIDI", "room", "music"]
    found = [Finding(what, f"{what} {LONG}", mark, LONG) for what in whats]
    page = verdict(*found).page()
    assert fits(page)
    assert ("NO-GO" in page) is (mark is Severity.WRONG)


def test_the_page_of_any_room_fits() -> None:
    """What doesn't find room is counted; the verdict is always there."""
    many = [Finding(f"piece p{n}", f"{n} s missing", Severity.WRONG, LONG) for n in range(200)]
    page = verdict(*many).page()
    assert fits(page)
    assert "NO-GO: 200 things" in page
    assert "more lines: see --json" in page
    assert fits(verdict(*[Finding(f"part {n}", LONG) for n in range(200)]).page())


def test_the_findings_for_scripts() -> None:
    """The words are those of the page."""
    fields = verdict(Finding("disk", "full", Severity.WRONG, "Make room.", ("a",))).fields()
    assert fields == {
        "room": "garden",
        "scenes": ["couple-lozenge"],
        "at": "2026-11-23 09:50",
        "took": 24.4,
        "go": False,
        "stopped": None,
        "findings": [
            {
                "what": "disk",
                "found": "full",
                "mark": "NO-GO",
                "todo": "Make room.",
                "lines": ["a"],
            }
        ],
    }
