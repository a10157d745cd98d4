"""What a session writes down of itself, and the record that comes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.devices import BrokenLight, MemoryLight, MemorySound
from support.sessions import a_cue, a_phase, a_room, a_timeline
from support.waiting import until

from kacenv.core.units import Seconds
from kacenv.model.requests import Next, Start, Stop, Undo, Volume
from kacenv.server.daemon import writing_records
from kacenv.session.journal import Journal, ResumableSession, read, read_complete
from kacenv.session.records import RecordStore, build_record
from kacenv.session.session import Session
from kacenv.system.clock import SimClock

SHORT = a_timeline(
    a_phase("onset", 300.0, cues=(a_cue("Look in", 60.0),)), a_phase("return", 300.0)
)
ZONES = {"seats": "seats", "task": "task", "path": "path"}
FAST = 2000.0


def live(
    path: Path,
    visit: Callable[[Session], Awaitable[None]],
    begin: float = 0.0,
    journal: Journal | None = None,
) -> None:
    """Live a session with a journal, at 2,000 times its speed, for as long as `visit` stays.

    What a visit does before it first waits is done in one moment.
    """

    async def stay() -> None:
        clock = SimClock()
        clock.jump(Seconds(begin))
        session = Session(a_room(), clock, book)
        session.devices.sound = MemorySound(clock)
        session.devices.light = MemoryLight(clock, ZONES)
        life = asyncio.create_task(session.run())
        try:
            visiting = asyncio.ensure_future(visit(session))
            await asyncio.sleep(0)
            clock.rate = FAST
            await asyncio.wait_for(visiting, 180.0)
        finally:
            life.cancel()

    with closing(journal or Journal(path)) as book:
        asyncio.run(stay())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "test.journal"


async def _whole(session: Session) -> None:
    session.submit(Start(SHORT))
    await session.ended.wait()


def test_how_late_the_loop_was_is_written_down(path: Path) -> None:
    """As often as the plan had something to do; a busy machine does several things at once."""
    live(path, _whole)
    tally = read_complete(path.with_suffix(".last")).tally
    assert tally.orders >= 1
    assert tally.longest > 0
    assert tally.within(0.5) is not None


def test_what_decoders_missed_is_counted_from_the_start_on(path: Path) -> None:
    """What was before the session isn't its own."""

    async def visit(session: Session) -> None:
        sound = session.devices.sound
        assert isinstance(sound, MemorySound)
        sound.underruns = 7
        session.submit(Start(SHORT))
        sound.underruns = 9
        await session.ended.wait()

    live(path, visit)
    assert read_complete(path.with_suffix(".last")).tally.underruns == 2


def test_presses_before_the_start_are_not_kept_for_an_undo_of_the_session(path: Path) -> None:
    """The session's first line holds the room as it is, not the states before each press."""

    async def visit(session: Session) -> None:
        session.submit(Volume.model_validate({"level": "-3 dB"}))
        assert session.state.kept
        session.submit(Start(SHORT))
        assert not session.state.kept
        await session.ended.wait()

    live(path, visit)
    base = read_complete(path.with_suffix(".last")).past.base
    assert base.kept == ()
    assert base.volumes["speakers"].target == -3.0


def test_a_press_taken_back_is_in_the_record(path: Path) -> None:
    """What was told wrongly and what put it right are both there."""

    async def visit(session: Session) -> None:
        session.submit(Start(SHORT))
        session.submit(Next())
        session.submit(Undo())
        await session.ended.wait()

    live(path, visit)
    told = [one.text for one in build_record(path.with_suffix(".last")).record.told]
    assert {"Passed over: Look in.", "Comes after all: Look in."} <= set(told)


def test_what_devices_do_is_written_down_and_what_the_plan_says_is_not(path: Path) -> None:
    """The plan says it again when it is folded; check-ins and notices of it are there once."""

    async def visit(session: Session) -> None:
        session.devices.light = BrokenLight(session.clock, ZONES)
        session.submit(Start(SHORT))
        session.submit(Next())
        await session.ended.wait()

    live(path, visit)
    told = [line.text for line in read_complete(path.with_suffix(".last")).told]
    assert "A part of the room didn't answer; the session goes on." in told
    assert "Look in" not in told
    texts = [one.text for one in build_record(path.with_suffix(".last")).record.told]
    assert texts.count("Passed over: Look in.") == 1
    assert len(texts) == len(told) + 1


def test_a_stop_without_the_engine_is_written_down(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that its record says who ended the session: staff, and no fault."""

    async def visit(session: Session) -> None:
        session.submit(Start(SHORT))
        with monkeypatch.context() as broken:
            broken.setattr("kacenv.session.session.step", lambda *_: 1 / 0)
            session.submit(Stop())

    live(path, visit)
    assert build_record(path.with_suffix(".last")).record.outcome == "stopped"


def test_nothing_is_written_without_a_session(path: Path) -> None:
    """What staff are told before one begins is in no record."""

    async def visit(session: Session) -> None:
        session.tell("No output is for staff.")
        await asyncio.sleep(0)

    live(path, visit)
    assert not path.exists()


def test_a_session_carried_on_is_one_record(path: Path) -> None:
    """Both lives of it are in the figures, and the time away."""

    async def half(session: Session) -> None:
        session.submit(Start(SHORT))
        await until(lambda: session.state.phase == 1)
        session.submit(Volume.model_validate({"level": "-5 dB"}))

    live(path, half)
    past = read(path)
    assert past is not None

    async def rest(session: Session) -> None:
        session.resume(ResumableSession(past, certain=True))
        await session.ended.wait()

    live(path, rest, Seconds(past.since + 20.0))
    found = build_record(path.with_suffix(".last")).record
    # A fast clock makes minutes of the moment that a busy machine lets this wait.
    assert [15.0 < one.length < 900.0 for one in found.away] == [True]
    assert [one.press for one in found.presses] == ["volume -5 dB"]
    assert found.outcome == "whole"
    assert found.lost_lines == 0
    assert found.length == pytest.approx(found.planned_length, abs=1.0)


@pytest.mark.real  # a process writes the record
def test_the_daemon_has_each_session_recorded(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it ends, and staff are told; the loop waits for nothing of it."""
    monkeypatch.setenv("KACENV_STATE", str(tmp_path / "state"))

    journal = Journal(path)

    async def visit(session: Session) -> None:
        async with writing_records(session, journal, None):
            await _whole(session)
            told = session.status
            await until(lambda: any("is kept until" in one.text for one in told().told))

    live(path, visit, journal=journal)
    assert len(RecordStore().kept("test")) == 1
