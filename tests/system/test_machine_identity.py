"""A name for this machine that says nothing about it."""

from pathlib import Path

import pytest

from kacenv.system import machine_identity as module
from kacenv.system.machine_identity import machine_identity


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an id and a network card, and one that is no hardware."""
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    for card in ("eth0", "lo"):
        (tmp_path / "net" / card).mkdir(parents=True)
        (tmp_path / "net" / card / "address").write_text(f"00:00:00:00:00:{len(card):02}\n")
    (tmp_path / "net" / "eth0" / "device").mkdir()
    monkeypatch.setattr(module, "_MACHINE", tmp_path / "machine-id")
    monkeypatch.setattr(module, "_CARDS", tmp_path / "net")
    return tmp_path


def test_it_stays(machine: Path) -> None:
    """After each start, and whatever comes and goes beside the hardware."""
    before = machine_identity()
    (machine / "net" / "lo" / "address").write_text("00:00:00:00:00:99\n")
    assert machine_identity() == before
    assert len(before) == 8
    assert before not in (machine / "machine-id").read_text()


@pytest.mark.parametrize("differs", ["machine-id", "net/eth0/address"])
def test_a_copy_of_the_disk_is_another_machine(machine: Path, differs: str) -> None:
    """It has the same id, and another network card."""
    before = machine_identity()
    (machine / differs).write_text("another\n")
    assert machine_identity() != before


def test_another_user_s_rooms_are_others(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both may run a room of one name, so each has a name of its own at the broker."""
    before = machine_identity()
    monkeypatch.setenv("KACENV_RUN", str(machine))
    assert machine_identity() != before


def test_a_machine_that_says_nothing_has_a_name(machine: Path) -> None:
    """A container may have neither id nor hardware."""
    (machine / "machine-id").unlink()
    (machine / "net" / "eth0" / "device").rmdir()
    assert machine_identity()
