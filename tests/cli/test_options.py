"""Data for scripts, in what encoding the terminal has."""

import io
import json
import sys

import pytest

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
