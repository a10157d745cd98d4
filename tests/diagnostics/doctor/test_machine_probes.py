"""Probes of the machine, on this one and on disks that are full or shut."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path

import pytest

from kacenv import __version__
from kacenv.diagnostics.doctor import machine_probes
from kacenv.diagnostics.finding import Finding, Severity


def only(found: Iterable[Finding]) -> Finding:
    """The one finding of a probe."""
    (finding,) = found
    return finding


def test_versions_are_told() -> None:
    """All that kacenv stands on, as it is loaded."""
    own, system, libraries, packages = machine_probes.versions()
    assert own.found == f"{__version__}, Python {platform.python_version()}"
    assert platform.release() in system.found
    for name in ("libVLC 3.", "miniaudio 1.", "PyAV ", "FFmpeg "):
        assert name in libraries.found
    for name in ("numpy 2.", "mido 1.", "python-rtmidi 1.", "paho-mqtt 2."):
        assert name in packages.found


def test_the_clock_is_told() -> None:
    """Whether it is synchronised and has a battery; there is something to do where not."""
    for finding in machine_probes.clock():
        assert bool(finding.todo) is (finding.mark is not Severity.FINE)
    assert [finding.what for finding in machine_probes.clock()] == ["clock", "battery clock"]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which sessions are written down."""
    monkeypatch.setattr(machine_probes, "_SERVICE", tmp_path / "nowhere")
    monkeypatch.setenv("KACENV_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_good_disk_is_fine(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also before the folder is made; nothing is left there."""
    monkeypatch.setattr(machine_probes, "LITTLE", 1)
    monkeypatch.setattr(machine_probes, "SCARCE", 0)
    assert only(machine_probes.storage()).mark is Severity.FINE
    assert not state.exists()
    state.mkdir()
    assert only(machine_probes.storage()).mark is Severity.FINE
    assert list(state.iterdir()) == []


def test_little_room_is_told(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First as a note, then as a fault."""
    assert not state.exists()
    monkeypatch.setattr(machine_probes, "LITTLE", 10**18)
    assert only(machine_probes.storage()).mark is Severity.NOTE
    monkeypatch.setattr(machine_probes, "SCARCE", 10**18)
    assert only(machine_probes.storage()).mark is Severity.WRONG


def test_a_folder_that_takes_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place where nobody can write, such as /proc, is a fault with a way out."""
    monkeypatch.setattr(machine_probes, "_SERVICE", Path("/proc"))
    finding = only(machine_probes.storage())
    assert finding.mark in {Severity.WRONG, Severity.NOTE if os.geteuid() else Severity.WRONG}
    assert finding.todo
