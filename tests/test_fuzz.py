"""The short form of the soak's fuzzing: what nobody would send harms nothing."""

import logging
from pathlib import Path

import pytest
from soak import files, fuzz_api, fuzz_midi, fuzz_mqtt, fuzz_yaml
from soak.fuzz import ErrorLog, Tally


def expect_none(tally: Tally, count: int) -> None:
    """All were tried, and none did harm."""
    print(tally)
    assert tally.tried == count
    assert tally.faults == []


def test_odd_files_are_refused_or_rehearsed(tmp_path: Path) -> None:
    """Mutated rooms, scenes and playlists: plain words, or a session; never another error."""
    tally = fuzz_yaml.run(tmp_path, 250, seed=3)
    expect_none(tally, 250)
    assert 0 < tally.refused < 250


def test_odd_requests_are_answered(tmp_path: Path) -> None:
    """Wrong bodies, wrong HTTP and plain rubbish: no server error, and the session goes on."""
    tally = fuzz_api.run(tmp_path, 400, seed=3)
    expect_none(tally, 400)
    assert 0 < tally.refused < 400


def test_odd_reports_leave_every_lamp_led(tmp_path: Path) -> None:
    """Rubbish on the topics of every dialect: lights-up still comes on each lamp."""
    expect_none(fuzz_mqtt.run(tmp_path, 300, seed=3), 300)


def test_odd_messages_leave_the_pedal_working(tmp_path: Path) -> None:
    """Any bytes from a MIDI port: the session is on, and a press still holds it."""
    expect_none(fuzz_midi.run(tmp_path, 400, seed=3), 400)


def test_verdict_and_room_agree_on_damaged_files() -> None:
    """Some of every kind of damage: what is said to play is heard, and nothing else is reached."""
    done = list(files.outcomes(48, seed=3))
    assert [(str(one.file), one.wrong) for one in done if one.wrong] == []
    assert 10 < sum(one.plays for one in done) < 48


def test_a_fault_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure itself: an error in the loader, and one in a log, are both counted."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(fuzz_yaml, "load_room", fail)
    monkeypatch.setattr(fuzz_yaml, "load_queue", fail)
    faults = fuzz_yaml.run(tmp_path, 20, seed=3).faults
    assert any("ZeroDivisionError: on purpose" in fault for fault in faults)
    with ErrorLog(Tally("words")) as log:
        logging.getLogger("kacenv.session.session").error("the plan could not be followed")
    assert log.faults == ["logged: the plan could not be followed "]
