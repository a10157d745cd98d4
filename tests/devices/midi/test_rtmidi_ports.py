"""RtMidi from our environment, or from Debian where it has no wheel."""

import sys
from pathlib import Path

import pytest

from kacenv.devices.midi import rtmidi_ports


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without a package of that name."""
    monkeypatch.setattr(rtmidi_ports, "_import_own", _missing)
    monkeypatch.delitem(sys.modules, "rtmidi", raising=False)


def _missing() -> None:
    raise ImportError("rtmidi")


def test_it_is_there() -> None:
    """What the rest of kacenv asks of it, it has."""
    found = rtmidi_ports.load_rtmidi()
    assert found.MidiIn
    assert found.MidiOut
    assert sys.modules["rtmidi"] is found


@pytest.mark.usefixtures("no_wheel")
def test_debians_own_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it has no wheel, the system's is loaded, under the name that mido imports."""
    package = tmp_path / "rtmidi"
    package.mkdir()
    (package / "__init__.py").write_text("from rtmidi.version import version\n")
    (package / "version.py").write_text("version = '1.5.8'\n")
    monkeypatch.setattr(rtmidi_ports, "_DEBIANS", package / "__init__.py")
    monkeypatch.delitem(sys.modules, "rtmidi.version", raising=False)
    found = rtmidi_ports.load_rtmidi()
    assert found.version == "1.5.8"
    assert sys.modules["rtmidi"] is found
    monkeypatch.delitem(sys.modules, "rtmidi.version")


@pytest.mark.usefixtures("no_wheel")
def test_where_there_is_none_it_says_how_to_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither here nor there: an error that every caller takes for a machine without MIDI."""
    monkeypatch.setattr(rtmidi_ports, "_DEBIANS", tmp_path / "rtmidi" / "__init__.py")
    with pytest.raises(OSError, match="apt install python3-rtmidi"):
        rtmidi_ports.load_rtmidi()
    assert "rtmidi" not in sys.modules
