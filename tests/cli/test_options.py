"""Data for scripts, in what encoding the terminal has."""

import io
import json
import sys

import pytest
from support.typed import typed

from kacenv.cli.options import print_json

FOUND = {"name": "Lautsprecher für Gäste"}


@pytest.mark.parametrize(("encoding", "as_it_is"), [("utf-8", True), ("ascii", False)])
def test_no_letter_is_lost(encoding: str, as_it_is: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are printed as they are where they can be, else escaped; the data is the same."""
    written = io.BytesIO()
    with io.TextIOWrapper(written, encoding, errors="replace") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        print_json(FOUND)
        stream.flush()
        text = written.getvalue().decode()
    assert json.loads(text) == FOUND
    assert ("für Gäste" in text) == as_it_is


@pytest.mark.parametrize("number", ["nan", "inf", "1e400", "9" * 400, "-1"])
@pytest.mark.parametrize(
    "words",
    [
        ("rehearse", "demo", "--live"),
        ("rehearse", "demo", "--live", "60", "--port"),
        ("audio", "calibrate", "speakers", "--room", "demo", "--reference-spl"),
    ],
)
def test_a_number_beyond_all_bounds_is_refused(words: tuple[str, ...], number: str) -> None:
    """Not even what lies neither below nor above a bound is taken, nor one of 400 digits."""
    said = typed(*words, number)
    assert said.returncode == 2
    assert words[-1] in said.stderr


def test_a_reading_has_its_bound() -> None:
    """No meter shows a level of 400 digits."""
    words = ("audio", "calibrate", "speakers", "--room", "demo", "--reading")
    said = typed(*words, "9" * 400 + "dB")
    assert (said.returncode, "such as 62dB" in said.stderr) == (1, True)
