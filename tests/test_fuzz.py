"""The short form of the soak's fuzzing: what nobody would send harms nothing."""

import logging
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from soak import files, fuzz_api, fuzz_midi, fuzz_mqtt, fuzz_yaml
from soak.fuzz import ErrorLog, Tally
from support.call_watch import Call, CallWatch
from support.reports import print_reports


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


PLAYS = {"fault": "", "length": 4.0, "head": 0.0, "silent": False, "seeks": True, "used": 0.1}
REFUSED = {"fault": "it isn't music", "used": 0.1}
HEARD = {"failed": "", "length": 4.0, "used": 0.1}
PASSED_OVER = {"failed": "it isn't music", "length": 0.0, "used": 0.1}
NO_CALLS: list[Call] = []


class Said:
    """Somebody who says always the same of a file, and whose calls are these."""

    def __init__(self, answer: files.Answer, calls: list[Call]) -> None:
        self._said = answer, calls

    def ask(self, *_: object) -> tuple[files.Answer, list[Call]]:
        """The answer and the calls."""
        return self._said

    def close(self) -> None:
        """Nothing to end."""


@pytest.mark.parametrize(
    ("verdict", "played", "calls", "wrong"),
    [
        (REFUSED, PASSED_OVER, NO_CALLS, ""),
        (REFUSED, HEARD, NO_CALLS, "refused"),
        (PLAYS, PASSED_OVER, NO_CALLS, "said to play"),
        (PLAYS, {**HEARD, "length": 3.4}, NO_CALLS, "said to play"),
        (PLAYS, HEARD, NO_CALLS, "from 2.00"),
        ({**REFUSED, "unread": True}, PASSED_OVER, NO_CALLS, "no verdict"),
        (REFUSED, {**PASSED_OVER, "hangs": True}, NO_CALLS, "hangs"),
        (REFUSED, {**PASSED_OVER, "used": 5.1}, NO_CALLS, "of the processor"),
        (REFUSED, PASSED_OVER, [Call("socket")], "socket"),
        (REFUSED, PASSED_OVER, [Call("openat", "/etc/passwd")], "openat /etc/passwd"),
    ],
)
def test_what_is_wrong_with_a_file_would_be_seen(
    verdict: files.Answer, played: files.Answer, calls: list[Call], wrong: str, tmp_path: Path
) -> None:
    """The measure itself: where the two differ, are slow, or reach for something."""
    lane = files.Lane(tmp_path, Said(verdict, NO_CALLS), Said(played, calls))
    said = lane.looked_at(files.DamagedFile(0, "a.wav", "cut off", b"")).wrong
    assert bool(said) is bool(wrong)
    assert wrong in " ".join(said)


@pytest.mark.parametrize("wrong", [[], ["the deck hangs"]])
def test_a_run_with_a_wrong_file_ends_with_one(
    wrong: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its number and its seed are printed, and the runs after it are run all the same."""

    def outcomes(count: int, seed: int) -> list[files.Outcome]:
        file = files.DamagedFile(count, f"{seed}.wav", "cut off", b"")
        return [files.Outcome(file, fault="it isn't music", wrong=wrong)]

    monkeypatch.setattr(files, "outcomes", outcomes)
    with pytest.raises(SystemExit) if wrong else nullcontext():
        print_reports("soak", ["files=7,9", "files=8"])
    said = capsys.readouterr().out
    assert "7 files, seed 9" in said
    assert "8 files, seed 23" in said
    assert ("WRONG: file 7, cut off in 9.wav: the deck hangs" in said) is bool(wrong)


_REACHES = """
import socket, sys
from support.call_watch import hand_over_calls
hand_over_calls(int(sys.argv[1]))
open("/etc/hostname").close()
try:
    socket.socket()
except PermissionError:
    print("refused")
"""


def test_calls_are_seen() -> None:
    """The kernel tells of a file that is opened, and refuses a connection."""
    watch = CallWatch()
    descriptor = watch.theirs.fileno()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", _REACHES, str(descriptor)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, pass_fds=[descriptor], env=env
    ) as process:
        watch.begin()
        said, _ = process.communicate()
    calls = watch.taken()
    watch.close()
    assert said == b"refused\n"
    assert {Call("openat", "/etc/hostname"), Call("socket")} <= set(calls)


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
