"""The journal's file, with every way in which a file can fail."""

import binascii
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support.full_disk import full_disk
from support.journals import BEGIN, NOW, ROOM, TOLD, journal, past_of

from kacenv.core.errors import JournalError, NewerJournalError
from kacenv.core.units import Seconds
from kacenv.engine.replay import GIVEN_UP_AFTER, JournaledRequest
from kacenv.engine.state import State
from kacenv.model.requests import Hold, LightsUp
from kacenv.session.journal import Journal, read, read_complete, unfinished
from kacenv.session.journal.line_codec import read_line
from kacenv.session.journal.writer import SYNC_EVERY

SEALED_NONSENSE: list[dict[str, object]] = [
    {"at": None},
    {"at": "noon"},
    {"at": float("nan")},
    {"number": 1.5},
    {"number": None},
    {"stamp": []},
    {"stamp": ["boot", None, 0.0]},
    {"stamp": ["boot", 1.0, float("inf")]},
    {"version": None},
    {"id": None},
    {"id": ""},
    {"id": 1234567890123456},
    {"id": "too short"},
    {"id": "x" * 65},
    {"id": "a line\nand another one"},
    {"refused": 7},
    {"refused": "x" * 5000},
    {"request": 7},
    {"request": {"is": "Dance"}},
    {"request": {"is": "Extend", "by": None}},
    {"base": {"room": {}}},
    {"base": []},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a journal is kept; its folder isn't there yet."""
    return tmp_path / "state" / "room.journal"


def written(path: Path) -> bytes:
    """A journal's bytes, as a crash leaves them."""
    with journal(path):
        return path.read_bytes()


def sealed(data: object) -> bytes:
    """A line of this content with its checksum."""
    text = json.dumps(data).encode()
    return b"%08x %s\n" % (binascii.crc32(text), text)


def test_what_was_written_is_read(path: Path) -> None:
    """The session's beginning and every request come back, with when it was last alive."""
    with journal(path) as book:
        book.beat(Seconds(75.0))
        past = past_of(path)
    assert past.base == State(room=ROOM)
    assert list(past.entries) == TOLD
    assert (past.since, past.stamp, past.number, past.lost) == (75.0, NOW, 3, 0)


def test_it_is_in_the_file_before_it_takes_effect(path: Path) -> None:
    """What was added survives the process at once: no buffer holds it back."""
    with journal(path) as book:
        before = len(path.read_bytes())
        book.add(Seconds(80.0), LightsUp())
        assert len(path.read_bytes()) > before


def test_nobody_else_may_read_it(path: Path) -> None:
    """The file is its owner's alone."""
    written(path)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_it_is_made_durable_within_a_second(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine is told to keep it, soon after; how soon it does is the disk's affair."""
    told, sync = threading.Event(), os.fdatasync

    def keep(file: int) -> None:
        told.set()
        sync(file)

    monkeypatch.setattr(os, "fdatasync", keep)
    assert SYNC_EVERY < 1.0
    with journal(path):
        assert told.wait(60.0)


def test_a_tail_torn_at_any_byte_loses_only_what_is_torn(path: Path) -> None:
    """A power cut may tear the end anywhere: all whole lines before it count."""
    whole = written(path)
    lines = whole.splitlines(keepends=True)
    first = len(lines[0])
    for length in range(first, len(whole)):
        path.write_bytes(whole[:length])
        past = past_of(path)
        ends = [len(b"".join(lines[: n + 1])) - 1 for n in range(len(lines))]
        count = sum(length >= end for end in ends[1:]) if length > first else 0
        assert list(past.entries) == TOLD[: max(1, count)]


def test_a_flipped_bit_anywhere_is_noticed(path: Path) -> None:
    """One damaged line is left out and counted; the session's beginning is there twice."""
    whole = written(path)
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        past = past_of(path)
        assert past.entries[0] == TOLD[0]
        assert all(entry in TOLD for entry in past.entries)


def test_a_request_lost_in_the_middle_is_counted(path: Path) -> None:
    """Staff can be told that something is missing."""
    lines = written(path).splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"rubbish\n", *lines[3:]]))
    past = past_of(path)
    assert past.lost == 1
    assert list(past.entries) == [TOLD[0], TOLD[2]]


def test_writing_goes_on_after_a_torn_tail(path: Path) -> None:
    """What is added after a crash can be read, although the line before it is torn."""
    whole = written(path)
    path.write_bytes(whole[:-9])
    book = Journal(path, lambda: NOW)
    book.go_on(2)
    book.add(Seconds(90.0), LightsUp())
    book.close()
    past = past_of(path)
    assert list(past.entries) == [*TOLD[:2], JournaledRequest(Seconds(90.0), LightsUp())]


def test_a_beginning_that_is_lost_is_told(path: Path) -> None:
    """Without it nothing can be resumed; the message says what to do."""
    path.parent.mkdir()
    path.write_bytes(b"nothing of this makes sense\n" * 3)
    with pytest.raises(JournalError, match="kacenv next"):
        read(path)


def test_a_session_that_ended_is_not_there(path: Path) -> None:
    """It is put aside, and even where that fails it doesn't come back."""
    with journal(path) as book:
        book.end(Seconds(100.0))
        assert not path.exists()
        assert read(path.with_suffix(".last")) is None
    assert unfinished(path, ROOM.name, NOW) is None


def test_a_later_version_is_not_guessed_at(path: Path) -> None:
    """A journal from a newer kacenv is refused, not misread."""
    text = written(path).decode()
    assert '"version":1' in text
    later = text.replace('"version":1', '"version":2').splitlines()
    lines = [line.partition(" ")[2] for line in later]
    path.write_text("".join(f"{binascii.crc32(s.encode()):08x} {s}\n" for s in lines if s))
    with pytest.raises(NewerJournalError, match="install the newer kacenv again"):
        read(path)
    with pytest.raises(NewerJournalError):
        read_complete(path)


def test_an_old_session_is_given_up(path: Path) -> None:
    """Music doesn't begin by itself in an empty room the next morning."""
    written(path)
    later = NOW._replace(boot=NOW.boot + GIVEN_UP_AFTER + 10)
    with pytest.raises(JournalError, match="isn't resumed"):
        unfinished(path, ROOM.name, later)


def test_a_crashed_session_is_found(path: Path) -> None:
    """Two seconds after a crash it is there, and so is how long it was away."""
    written(path)
    now = NOW._replace(boot=NOW.boot + 2.0, wall=0.0)
    back = unfinished(path, ROOM.name, now)
    assert back is not None
    assert back.certain
    assert back.time_at(now) == back.past.since + 2.0


def test_reading_it_costs_no_time(path: Path) -> None:
    """However long it takes until the clock starts, the session is where it would be."""
    written(path)
    back = unfinished(path, ROOM.name, NOW)
    assert back is not None
    assert back.time_at(NOW._replace(boot=NOW.boot + 7.0)) == back.past.since + 7.0


def test_another_rooms_session_is_not_resumed(path: Path) -> None:
    """The record of a session elsewhere never opens this room under the other's name."""
    written(path)
    with pytest.raises(JournalError, match=f"in the room {ROOM.name} .* put aside"):
        unfinished(path, "birch", NOW)


@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_waited_for(path: Path, put: Callable[[Path], None]) -> None:
    """A pipe or a folder in its place is told, and neither read nor written to."""
    path.parent.mkdir()
    put(path)
    with pytest.raises(JournalError, match=r"can't be read \(it is a"):
        read(path)
    with journal(path) as book:
        assert book.note is not None


@pytest.mark.parametrize("nonsense", SEALED_NONSENSE)
def test_a_sealed_line_of_nonsense_is_damage(path: Path, nonsense: dict[str, object]) -> None:
    """A line whose checksum is right and whose content isn't is left out and counted."""
    lines = written(path).splitlines()
    first = json.loads(lines[0].partition(b" ")[2])
    request = json.loads(lines[2].partition(b" ")[2])
    for line in (first | nonsense, request | nonsense):
        assert read_line(sealed(line)) is None
    path.write_bytes(b"".join((*(line + b"\n" for line in lines), sealed(request | nonsense))))
    assert past_of(path).entries == tuple(TOLD)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The session goes on; staff read what is wrong and what to do."""
    (tmp_path / "file").write_text("")
    book = Journal(tmp_path / "file" / "room.journal", lambda: NOW)
    book.begin(Seconds(0.0), State(room=ROOM), BEGIN)
    assert "goes on" in (book.note or "")
    book.close()


def test_a_full_disk_loses_nothing_that_comes_after(path: Path) -> None:
    """While the disk is full the session waits in memory, and is written when there is room."""
    with journal(path) as book:
        with full_disk(path.stat().st_size + 20):
            book.add(Seconds(80.0), LightsUp())
            full = book.note
        assert full is not None
        assert "Make room" in full
        book.add(Seconds(81.0), Hold())
        assert book.note is None
        past = past_of(path)
    assert [entry.request for entry in past.entries[3:]] == [LightsUp(), Hold()]


def test_an_hour_is_small(path: Path) -> None:
    """A three-hour session with a beat every three seconds stays below a megabyte."""
    with journal(path) as book:
        for beat in range(3600):
            book.beat(Seconds(3.0 * beat))
        assert path.stat().st_size < 1_000_000
