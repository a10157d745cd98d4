"""Faults of the machine itself: clocks that are set, sleep, floods of requests, broken memory."""

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest
from support.daemon import Daemon
from support.devices import MemoryLight, MemorySound
from support.houses import FOREIGN_MUSIC, musical_house
from support.inside import inside
from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline
from support.waiting import next_turn, until, wait_until

from kacenv.config import House
from kacenv.core.units import Seconds
from kacenv.engine.resume import HOLD_AFTER, READY_IN
from kacenv.engine.step import LEAD
from kacenv.model.commands import Command, Crossfade, CueTrack, StrikeChime
from kacenv.model.mode import Mode
from kacenv.model.requests import Start
from kacenv.server.daemon import hold_room
from kacenv.server.http.edge.rate_limit import PRESSES_AT_ONCE, PRESSES_PER_SECOND
from kacenv.server.http.listen import open_api
from kacenv.server.systemd_unit import ServiceUnit, unit_text
from kacenv.session.journal import Journal, read, unfinished
from kacenv.session.session import Session
from kacenv.system.clock import MonotonicClock, SimClock
from kacenv.system.timestamps import current_timestamp

PLAN = a_timeline(
    a_phase("onset", 3000.0, cues=(a_cue("Look in", 100.0), a_cue("Blood pressure", 400.0))),
    a_phase("return", 3000.0),
)


class SuspendTime:
    """How long a machine has slept."""

    def __init__(self) -> None:
        self.slept = Seconds(1000.0)

    def __call__(self) -> Seconds:
        """As `current_timestamp.slept` says it."""
        return self.slept


@asynccontextmanager
async def in_room() -> AsyncIterator[tuple[Session, SuspendTime]]:
    """A room whose session has lasted for a minute, on a clock that stands still."""
    suspended = SuspendTime()
    session = Session(a_room(), SimClock(0.0), slept=suspended)
    session.devices.sound = MemorySound(session.clock)
    session.devices.light = MemoryLight(session.clock, {"seats": "seats"})
    session.submit(Start(PLAN))
    session.clock.jump(Seconds(60.0))
    life = asyncio.create_task(session.run())
    try:
        await asyncio.sleep(0)
        yield session, suspended
        assert not life.done()
    finally:
        life.cancel()


@inside(in_room)
async def test_a_machine_that_slept_carries_on(room: tuple[Session, SuspendTime]) -> None:
    """Two minutes of sleep: the same piece at its place, the missed check-in shown, not rung."""
    session, suspended = room
    playing, before = session.state.playing, len(orders(session))
    suspended.slept = Seconds(suspended.slept + 120.0)
    await next_turn(session)
    assert session.clock.now() == 180.0
    status = session.status()
    assert status.session.elapsed == pytest.approx(180.0 + LEAD, abs=LEAD)
    new = orders(session)[before:]
    assert isinstance(session.devices.sound, MemorySound)
    assert session.devices.sound.fades_in == 1
    cue = next(order for order in new if isinstance(order, CueTrack))
    fade = next(order for order in new if isinstance(order, Crossfade))
    assert playing is not None
    assert cue.cut.path == playing.cut.path
    assert cue.cut.cue_in == pytest.approx(fade.at - playing.started_at)
    assert fade.at == pytest.approx(180.0 + LEAD + READY_IN)
    assert not any(isinstance(order, StrikeChime) for order in new)
    texts = [told.text for told in status.told]
    assert any("was away for 2m; the session goes on" in text for text in texts)
    assert any("Look in" in text for text in texts)


@inside(in_room)
async def test_a_long_sleep_comes_back_on_hold(room: tuple[Session, SuspendTime]) -> None:
    """A lid that was shut for an hour: the room asks before it goes on."""
    session, suspended = room
    suspended.slept = Seconds(suspended.slept + HOLD_AFTER + 3000.0)
    await next_turn(session)
    assert session.state.mode is Mode.HELD
    assert any("kacenv release" in told.text for told in session.status().told)


@inside(in_room)
async def test_a_moment_of_sleep_is_none(room: tuple[Session, SuspendTime]) -> None:
    """Clocks that part by less than a second change nothing."""
    session, suspended = room
    before, told = orders(session), session.status().told
    suspended.slept = Seconds(suspended.slept + 0.5)
    await next_turn(session)
    assert (session.clock.now(), orders(session)) == (60.0, before)
    assert len(session.status().told) == len(told)


@inside(in_room)
async def test_a_plan_that_fails_on_waking_does_not_end_the_room(
    room: tuple[Session, SuspendTime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine fails when the machine wakes: the loop lives, and goes on once it can."""
    session, suspended = room

    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault in the engine")

    with monkeypatch.context() as broken:
        broken.setattr("kacenv.session.session.step", fails)
        suspended.slept = Seconds(suspended.slept + 100.0)
        await next_turn(session)
    await next_turn(session)
    assert session.status().session.elapsed == pytest.approx(160.0 + LEAD, abs=LEAD)


def orders(session: Session) -> list[Command]:
    """All that the sound was told."""
    assert isinstance(session.devices.sound, MemorySound)
    return [order for _, order in session.devices.sound.orders]


@pytest.mark.parametrize("leap", [86400.0, -86400.0, -4e9])
def test_a_clock_that_is_set_moves_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leap: float
) -> None:
    """A day forward, a day back, or before 1970: session time, journal and recovery stay right."""

    async def stay() -> float:
        journal = Journal(tmp_path / "room.journal")
        session = Session(a_room(), MonotonicClock(), journal)
        session.devices.sound = MemorySound(session.clock)
        session.submit(Start(PLAN))
        life, wall = asyncio.create_task(session.run()), time.time
        began = time.monotonic()
        await next_turn(session)
        monkeypatch.setattr(time, "time", lambda: wall() + leap)
        await next_turn(session)
        off = session.status().session.elapsed - LEAD - (time.monotonic() - began)
        journal.beat(session.clock.now())
        life.cancel()
        journal.close()
        return off

    assert abs(asyncio.run(stay())) < abs(leap) / 100
    now = current_timestamp()
    back = unfinished(tmp_path / "room.journal", a_room().name, now)
    assert back is not None
    assert back.certain
    assert 0 <= back.time_at(now) - back.past.since < abs(leap) / 100


def test_no_part_of_a_session_reads_the_wall_clock() -> None:
    """It is read for stamps, where PulseAudio counts by it, and for a certificate's last day."""
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"time\.time\(|datetime|localtime|gmtime|CLOCK_REALTIME", path.read_text())
    }
    elsewhere = (
        *("cli/", "diagnostics/", "server/event_client.py", "server/http/edge/credentials.py"),
        *("server/http/edge/login_sessions.py", "system/certificate.py", "system/x509.py"),
        *("config/checks/room_warnings.py", "devices/lights/certificates.py"),
    )
    of_sessions = {name for name in found if not name.startswith(elsewhere)}
    pulse = "devices/audio/output/pulse_device.py"
    assert of_sessions == {"system/timestamps.py", pulse, "server/http/listen.py"}


def test_when_memory_runs_out_others_go_first() -> None:
    """The service asks Linux to end nearly everything else before the room."""
    unit = unit_text(ServiceUnit("garden", "garden", Path("/etc/kacenv"), ("/usr/bin/kacenv",)))
    wish = re.search(r"^OOMScoreAdjust=(-\d+)$", unit, re.MULTILINE)
    assert wish is not None
    assert int(wish[1]) <= -900


SOURCE = Path(__file__).parents[1] / "kacenv"
PRESSES_EACH, EVERY, SURFACES = 20, 0.1, 20
"""Two hundred requests a second, where the machine is quick enough."""
PRESSES = [
    (b"POST /v1/requests", b'{"kind": "volume", "level": "-3 dB"}'),
    (b"POST /v1/requests", b'{"kind": "volume", "level": "-4 dB"}'),
    (b"POST /v1/start", b'{"scene": "couple-lozenge"}'),
    (b"GET /v1/scenes", b""),
    (b"GET /v1/status", b""),
]


async def flood(path: Path, number: int) -> int:
    """Press, ask and start on one surface; return how many were answered."""
    answered = 0
    for count in range(PRESSES_EACH):
        line, body = PRESSES[(number + count) % len(PRESSES)]
        reader, writer = await asyncio.open_unix_connection(str(path))
        head = b" HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\n"
        writer.write(b"%b%bContent-Length: %d\r\n\r\n%b" % (line, head, len(body), body))
        answered += (await reader.read()).startswith(b"HTTP/1.1 ")
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(EVERY)
    return answered


def test_a_flood_of_requests_leaves_the_session_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request is answered, each order of the plan is given, and the journal stays small.

    How punctual a session is then: `make soak RUNS=tablets`.
    """
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    phases = [
        a_phase(f"phase-{n}", span, queue=a_queue(f"q{n}"), crossfade=Seconds(0.1))
        for n, span in enumerate([0.5] * 7 + [3600.0])
    ]

    async def stay() -> tuple[int, int]:
        journal = Journal(tmp_path / "room.journal")
        session = Session(a_room(), MonotonicClock(), journal)
        session.devices.sound = MemorySound(session.clock)
        life = asyncio.create_task(session.run())
        with hold_room("test") as path:
            async with open_api(session, House.find(), "demo", path):
                session.submit(Start(a_timeline(*phases)))
                counts = await asyncio.gather(*(flood(path, n) for n in range(SURFACES)))
                await until(lambda: fades(session) >= len(phases))
        life.cancel()
        journal.close()
        return fades(session), sum(counts)

    begun = time.monotonic()
    given, answered = asyncio.run(stay())
    took = time.monotonic() - begun
    assert given >= len(phases)
    assert answered == SURFACES * PRESSES_EACH
    past = read(tmp_path / "room.journal")
    assert past is not None
    assert len(past.entries) < PRESSES_AT_ONCE + PRESSES_PER_SECOND * took + 3 * len(phases)


_TWO_PHASES = """title: Bench
phases:
  - {name: peak, duration: 1h, playlist: bench}
  - {name: return, duration: 1h, playlist: other, crossfade: 1s}
"""


def test_connections_leave_handles_for_the_music(tmp_path: Path) -> None:
    """With 64 handles and 100 connections that say nothing, the next piece is opened and heard."""
    first, other = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:2]
    house = musical_house(tmp_path, [other])
    (house / "playlists/bench.yaml").rename(house / "playlists/other.yaml")
    musical_house(tmp_path, [first])
    (house / "scenes/bench.yaml").write_text(_TWO_PHASES)
    with Daemon(house, "bench", handles=64) as room, ExitStack() as stack:
        room.told("start", "bench")
        wait_until(lambda: room.ask_status()["meters"]["speakers"][0] > -60)
        for _ in range(100):
            line = stack.enter_context(socket.socket(socket.AF_UNIX))
            line.connect(str(house / "run" / "bench.sock"))
        room.told("next")
        wait_until(lambda: other.stem in str(room.ask_status()["session"]["playing"]))
        wait_until(lambda: room.ask_status()["meters"]["speakers"][0] > -60)
        room.told("lights-up")
        assert "out of system resource" not in room.log.read_text()


def fades(session: Session) -> int:
    """Return how many crossfades the sound was told."""
    return sum(isinstance(order, Crossfade) for order in orders(session))
