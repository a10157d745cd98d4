"""A live rehearsal: the real session on a fast clock, with lamps that exist only in the program."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.inside import inside
from support.sessions import a_cue, a_phase, a_room, a_timeline
from support.waiting import PATIENCE

from kacenv.config import House
from kacenv.core.errors import DaemonError
from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.model.commands import ResumeLights
from kacenv.model.look import Setting, Zone
from kacenv.model.requests import Hold, Next, Press
from kacenv.model.room import Records, Room
from kacenv.model.timeline import Timeline
from kacenv.server.live_rehearsal import LiveRehearsal, QuickLight, moments, open_rehearsal
from kacenv.session.records import RecordRef, RecordStore
from kacenv.system.clock import SimClock

FASTEST = 3600.0


def an_hour() -> Timeline:
    """Three phases, each of twenty minutes, with a light of its own and a check-in."""
    levels = {"onset": 0.3, "peak": 0.1, "return": 0.2}
    phases = (
        a_phase(
            name,
            1200.0,
            look={zone: Setting(Level(level)) for zone in Zone},
            cues=(a_cue(f"look in, {name}", 300.0),),
        )
        for name, level in levels.items()
    )
    return a_timeline(*phases)


@asynccontextmanager
async def rehearsing(
    speed: float = FASTEST, room: Room | None = None
) -> AsyncIterator[LiveRehearsal]:
    """A rehearsal that is open for as long as anything may take."""
    async with (
        asyncio.timeout(PATIENCE),
        open_rehearsal(House.find(), "demo", room or a_room(), speed) as live,
    ):
        yield live


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run and state folders of a room that nothing is written to."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("KACENV_STATE", str(tmp_path / "state"))
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("own_folders")
@inside(rehearsing)
async def test_lamps_keep_up_at_any_speed(live: LiveRehearsal) -> None:
    """At 3,600 times, lamps come to rest at the last look; the room's own folders stay empty."""
    live.begin(an_hour())
    await live.session.ended.wait()
    for lamp in live.lamps:
        there = await asyncio.to_thread(
            lamp.wait_for, lambda one: abs(one.level_now - 0.2) < 0.03, PATIENCE
        )
        assert there, lamp.level_now
    told = [line.text for line in live.session.status().told]
    assert told == ["look in, onset", "look in, peak", "look in, return"]
    assert len(live.lamps) == 3


@inside(rehearsing)
async def test_presses_come_at_their_times_and_are_told(live: LiveRehearsal) -> None:
    """A press is done at its time; one that makes no sense is told, and the rest goes on."""
    presses: list[tuple[Seconds, Press]] = [
        (Seconds(900.0), Next()),
        (Seconds(310.0), Hold()),
        (Seconds(600.0), Hold()),
    ]
    live.begin(an_hour(), Seconds(310.0))
    await live.press(presses)
    await asyncio.sleep(0)  # what is told goes by the loop
    told = [line.text for line in live.session.status().told if not line.check_in]
    assert [text.split(":")[0] for text in told] == ["hold", "hold", "next"]
    assert live.session.state.phase == 1
    assert live.session.state.phase_clock.since == pytest.approx(900.0, abs=0.01)


@inside(lambda: rehearsing(speed=60.0))
async def test_it_says_what_it_is(live: LiveRehearsal) -> None:
    """Its name, its speed and its sound tell it from the room; only this machine reaches it."""
    live.begin(an_hour())
    status = live.session.status()
    assert (status.room, status.rate) == ("test-rehearsal", 60.0)
    assert status.sound == "a rehearsal, 60 times as fast, without sound"
    assert set(status.health.values()) == {None}
    assert live.address.startswith("http://127.0.0.1:")


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the demo's broker."""
    monkeypatch.setitem(sys.modules, "amqtt.broker", None)


@pytest.mark.usefixtures("no_broker")
@inside(rehearsing)
async def test_without_the_demos_broker_it_goes_on_without_lamps(live: LiveRehearsal) -> None:
    """Where their broker can't be had, it says so, and shows no lamps."""
    live.begin(an_hour())
    await live.session.ended.wait()
    assert live.lamps == ()
    assert live.no_lamps
    assert live.no_lamps.startswith("No lamps are shown. The demo's broker can't listen")
    assert "lights" not in live.session.status().health


def test_fades_are_as_much_shorter_and_begin_in_their_moment() -> None:
    """Ten minutes from now for a minute, at 60 times: in ten seconds, for one."""
    clock, real = SimClock(0.0, Seconds(1000.0)), SimClock(0.0, Seconds(5.0))
    asked: list[object] = []

    class Told(LightController):
        def perform(self, command: object) -> None:
            asked.append(command)

    light = QuickLight(Told(a_room(), real, asked.append), clock, real, 60.0)
    light.perform(ResumeLights(Seconds(1600.0), Seconds(60.0)))
    assert asked == [ResumeLights(Seconds(15.0), Seconds(1.0))]


@pytest.mark.parametrize("keep", ["30d", "0d"])
def test_its_record_is_the_rehearsals_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: str
) -> None:
    """It is of a room of another name, and silent on punctuality; none where the room wants none.

    A room without lamps needs no broker.
    """
    monkeypatch.setenv("KACENV_STATE", str(tmp_path))
    records = Records.model_validate({"keep": keep})
    room = a_room().model_copy(update={"records": records, "lights": ()})

    async def rehearse() -> RecordRef | None:
        async with rehearsing(room=room) as live:
            live.begin(an_hour())
            await live.session.ended.wait()
            return live.record()

    kept = asyncio.run(rehearse())
    assert (kept is None) is (keep == "0d")
    if kept is not None:
        record = RecordStore().read(kept)
        assert record.room == "test-rehearsal"
        assert record.length == pytest.approx(record.planned_length)
        assert record.timing.orders > 0
        assert record.timing.latest is None
    assert len(list(tmp_path.glob("records/*"))) == (0 if keep == "0d" else 3)


def test_moments_go_with_the_sessions_time() -> None:
    """Three hours of a session are three hours to its journal, however soon they are over."""
    clock = SimClock(0.0, Seconds(-0.2))
    moment = moments(clock)
    before = moment()
    clock.jump(Seconds(3 * 3600.0))
    after = moment()
    assert after.wall - before.wall == pytest.approx(10_800.0)
    assert after.boot - before.boot == pytest.approx(10_800.0)


@inside(lambda: rehearsing(speed=1.0, room=a_room().model_copy(update={"lights": ()})))
async def test_presses_end_with_the_session(live: LiveRehearsal) -> None:
    """What was to be pressed much later waits no longer once the session's task is broken."""
    live.begin(an_hour(), Seconds(900.0))
    live.check()
    pressing = asyncio.create_task(live.press([(Seconds(900.0), Next())]))
    while not live.life.done():
        await asyncio.sleep(0)
        live.life.cancel()
    await pressing
    assert live.session.state.phase == 0
    with pytest.raises(DaemonError, match="The rehearsal has broken off"):
        live.check()
