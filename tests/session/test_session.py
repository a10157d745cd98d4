"""The session: the engine on a clock, with devices that come and go."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from support.devices import BrokenLight, MemoryChimes, MemoryLight, MemorySound
from support.inside import inside
from support.sessions import a_cue, a_phase, a_room, a_timeline
from support.waiting import next_turn

from kacenv.core.errors import RefusedError
from kacenv.core.units import Decibels, Seconds
from kacenv.engine.forecast import forecast
from kacenv.engine.step import LEAD
from kacenv.model.chime import BELL
from kacenv.model.commands import AudioCommand, Crossfade, CueTrack, ShowLook, StrikeChime
from kacenv.model.requests import (
    Chime,
    Extend,
    Hold,
    Lights,
    LightsUp,
    Start,
    Stop,
    TrackFailed,
    Volume,
)
from kacenv.model.scene import Audience
from kacenv.rehearsal.simulation import rehearse
from kacenv.session.session import Session, lacks_staff_sound
from kacenv.system.clock import Clock, MonotonicClock, SimClock
from kacenv.system.timestamps import slept

SHORT = a_timeline(
    a_phase("onset", 300.0, cues=(a_cue("Look in", 60.0),)), a_phase("return", 300.0)
)
BED = [Seconds(1000.0)]
"""What the clock of the machine's sleep shows, the newest last."""
ZONES = {"seats": "seats", "task": "task", "path": "path"}


@asynccontextmanager
async def in_room(
    clock: Clock | None = None, slept: Callable[[], Seconds] = slept
) -> AsyncIterator[Session]:
    """A room of memory whose session lives on `clock`."""
    session = Session(a_room(), clock or MonotonicClock(), slept=slept)
    session.devices.sound = MemorySound(session.clock)
    session.devices.light = MemoryLight(session.clock, ZONES)
    life = asyncio.create_task(session.run())
    try:
        yield session
    finally:
        life.cancel()


def sound_of(session: Session) -> MemorySound:
    """The session's sound, as a test made it."""
    assert isinstance(session.devices.sound, MemorySound)
    return session.devices.sound


@inside(lambda: in_room(SimClock(rate=2000.0)))
async def test_a_session_on_a_fast_clock_is_the_rehearsed_one(session: Session) -> None:
    """Ten minutes at 2,000 times their speed give the sound the orders of the rehearsal."""
    session.submit(Start(SHORT))
    await session.ended.wait()
    heard = [command for _, command in sound_of(session).orders]
    planned = [moment.command for moment in rehearse(a_room(), SHORT)]
    audio = [command for command in planned if isinstance(command, AudioCommand)]
    assert [type(command) for command in heard] == [type(command) for command in audio]
    assert [command for command in heard if isinstance(command, CueTrack)] == [
        command for command in audio if isinstance(command, CueTrack)
    ]
    assert session.is_idle


@inside(in_room)
async def test_orders_come_before_their_moment(session: Session) -> None:
    """An order reaches its device a little before it is to be heard."""
    session.submit(Start(SHORT))
    ordered, fade = next(
        (at, command) for at, command in sound_of(session).orders if isinstance(command, Crossfade)
    )
    assert 0 < fade.at - ordered <= LEAD


@inside(in_room)
async def test_a_report_from_another_thread_reaches_the_engine(session: Session) -> None:
    """A device that says a piece can't be played gets another, and staff are told."""
    session.submit(Start(SHORT))
    failed = TrackFailed(1, "the file is empty")
    thread = threading.Thread(target=session.report, args=(failed,))
    thread.start()
    thread.join()
    await asyncio.sleep(0)
    assert session.status().told[0].text == "“onset-1” is passed over: the file is empty."
    cued = [c for _, c in sound_of(session).orders if isinstance(c, CueTrack)]
    assert [command.cut.title for command in cued] == ["onset-1", "onset-2"]


@inside(in_room)
async def test_a_broken_adapter_stops_nothing(session: Session) -> None:
    """When the lamps' driver fails, the music begins all the same and staff are told."""
    session.devices.light = BrokenLight(session.clock, ZONES)
    session.submit(Start(SHORT))
    assert any(isinstance(command, Crossfade) for _, command in sound_of(session).orders)
    assert any("didn't answer" in told.text for told in session.status().told)


@pytest.mark.parametrize("there", [True, False])
@inside(in_room)
async def test_the_bell_rings_when_the_midi_instrument_is_away(
    session: Session, there: bool
) -> None:
    """A chime goes to the MIDI instrument, or else to the built-in bell, never to both."""
    chimes = MemoryChimes(session.clock, there=there)
    session.devices.chimes = chimes
    session.submit(Chime())
    bells = [c for _, c in sound_of(session).orders if isinstance(c, StrikeChime)]
    assert (len(chimes.orders), len(bells)) == ((1, 0) if there else (0, 1))


@inside(in_room)
async def test_a_midi_chime_is_as_loud_as_the_music_lets_it(session: Session) -> None:
    """The instrument hears what peak the bell would have: over the music, or softest in silence."""
    chimes = MemoryChimes(session.clock, there=True)
    session.devices.chimes = chimes
    for level in (-30.0, -120.0, -6.0):
        sound_of(session).recent_music = Decibels(level)
        session.devices.play(StrikeChime(BELL, Audience.STAFF, Seconds(0.0)))
    session.devices.sound = None
    session.devices.play(StrikeChime(BELL, Audience.STAFF, Seconds(0.0)))
    assert chimes.peaks == [-27.0, -38.0, -20.0, -38.0]


@inside(in_room)
async def test_the_music_makes_room_for_a_midi_chime_in_the_room(session: Session) -> None:
    """A chime for the room on a MIDI instrument ducks the music; one for staff doesn't."""
    session.devices.chimes = MemoryChimes(session.clock, there=True)
    for audience in Audience:
        session.devices.play(StrikeChime(BELL, audience, Seconds(float(len(audience)))))
    assert sound_of(session).room_made == [Seconds(float(len(Audience.ROOM)))]


@inside(in_room)
async def test_a_refused_request_changes_nothing(session: Session) -> None:
    """Hold without a session says how to begin one, and leaves the room as it was."""
    before = session.state
    with pytest.raises(RefusedError, match="kacenv start SCENE"):
        session.submit(Hold())
    assert session.state == before


@inside(in_room)
async def test_the_status_shows_lamps_and_sound_as_they_are(session: Session) -> None:
    """Lamps that were told something are in the status, with their zone and level."""
    assert session.status().lamps == {}
    session.submit(Lights.model_validate({"level": "20%"}))
    status = session.status()
    assert {name: lamp.level for name, lamp in status.lamps.items()} == dict.fromkeys(ZONES, 0.2)
    assert status.meters == {"speakers": (-30.0, -20.0)}
    assert (status.sound, status.broker) == ("memory", True)


@inside(in_room)
async def test_staff_hear_of_a_device_that_goes_and_comes_back(session: Session) -> None:
    """A cable that is pulled is told once, and so is its return."""
    sound = sound_of(session)
    for note in ("The speakers are gone. Plug them in.", None):
        sound.device_note = note
        await next_turn(session)
        await next_turn(session)
    texts = [told.text for told in session.status().told]
    assert texts == ["The speakers are gone. Plug them in.", "The sound is back."]


def test_what_comes_after_the_end_is_let_go() -> None:
    """A device that reports after the session's loop is gone raises nothing."""

    async def visit() -> Session:
        async with in_room() as session:
            return session

    asyncio.run(visit()).tell("too late")


def test_a_room_without_staff_sound_is_known() -> None:
    """A staff output or a MIDI instrument is enough for staff to hear a chime."""
    room = a_room()
    assert not lacks_staff_sound(room)
    mute = room.model_copy(update={"outputs": room.outputs[:1]})
    assert lacks_staff_sound(mute)


_LOST = "The plan can't be followed; the music goes on. These work: lights-up, stop."


@inside(lambda: in_room(SimClock(rate=200.0)))
async def test_a_fault_in_the_plan_does_not_end_the_room(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the engine fails, staff are told once, the loop lives, and goes on once it can."""
    session.submit(Start(SHORT))
    failed = asyncio.Event()

    def fails(*_: object) -> None:
        failed.set()
        raise ZeroDivisionError("a fault in the engine")

    with monkeypatch.context() as broken:
        broken.setattr("kacenv.session.session.step", fails)
        await failed.wait()
        with pytest.raises(RefusedError, match="lights-up, stop"):
            session.submit(Hold())
        assert session.submit(LightsUp()) == "Lights are coming up."
        assert isinstance(session.devices.light, MemoryLight)
        look = session.devices.light.orders[-1][1]
        assert isinstance(look, ShowLook)
        assert (look.look, look.urgent) == (a_room().safe_light, True)
    await session.ended.wait()
    texts = [told.text for told in session.status().told]
    assert texts == [_LOST, "Look in"]


@inside(in_room)
async def test_the_music_is_ordered_to_the_sessions_end(session: Session) -> None:
    """As soon as a piece plays the sound device knows what comes, and again when that changes."""
    session.submit(Start(SHORT))
    await next_turn(session)
    known = sound_of(session).ahead[-1]
    assert known == list(forecast(session.state, Seconds(900.0)))
    assert known[-1].command == Crossfade(None, Seconds(known[-1].at), Seconds(20.0))
    session.submit(Volume.model_validate({"level": "-6 dB"}))
    await next_turn(session)
    assert sound_of(session).ahead[-1] is known
    session.submit(Extend.model_validate({"by": "1m"}))
    await next_turn(session)
    assert sound_of(session).ahead[-1][-1].at == known[-1].at + 60.0


@inside(lambda: in_room(slept=lambda: BED[-1]))
async def test_orders_ahead_are_void_after_a_sleep(session: Session) -> None:
    """While the clock is set forward nothing of the old plan is due; then there is a new one."""
    session.submit(Start(SHORT))
    await next_turn(session)
    known = len(sound_of(session).ahead)
    BED.append(Seconds(BED[-1] + 100.0))
    await next_turn(session)
    assert sound_of(session).ahead[known] == ()
    assert sound_of(session).ahead[-1] == list(forecast(session.state, Seconds(900.0)))
    assert session.state.resumed_at is not None


@inside(in_room)
async def test_stop_works_even_when_nothing_else_does(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a broken engine, stop still fades the music out and frees the room."""
    session.submit(Start(SHORT))

    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault in the engine")

    with monkeypatch.context() as broken:
        broken.setattr("kacenv.session.session.step", fails)
        assert session.submit(Stop()).startswith("Stopping")
    fade = next(o for _, o in reversed(sound_of(session).orders) if isinstance(o, Crossfade))
    assert isinstance(fade, Crossfade)
    assert fade.play_id is None
    assert session.is_idle
