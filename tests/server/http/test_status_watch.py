"""Waiting for news of the room, and the live stream."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.devices import MemorySound
from support.sessions import a_phase, a_room, a_timeline
from support.waiting import PATIENCE

from kacenv.core.units import Seconds
from kacenv.model.requests import Extend, Hold, Start
from kacenv.server.http.event_stream import KEEP_ALIVE, LEAST_INTERVAL, EventStream
from kacenv.server.http.status_watch import StatusWatch
from kacenv.session.session import Session
from kacenv.system.clock import SimClock

pytestmark = pytest.mark.anyio


@pytest.fixture
async def session() -> Session:
    """A session that stands at its beginning until the clock jumps."""
    session = Session(a_room(), SimClock())
    session.devices.sound = MemorySound(session.clock)
    session.submit(Start(a_timeline(a_phase("onset"), a_phase("return"))))
    return session


@pytest.fixture
async def watch(session: Session) -> StatusWatch:
    """A watch of it."""
    return StatusWatch(session)


async def heard(events: AsyncIterator[str]) -> tuple[str, Any]:
    """The next event's name and data."""
    async with asyncio.timeout(PATIENCE):
        name, data, *_ = (await anext(events)).splitlines()
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def test_who_waits_is_woken_by_a_press(session: Session, watch: StatusWatch) -> None:
    """A press ends the wait at once, with a new version."""
    version = watch.version
    waiting = asyncio.create_task(watch.wait_for_change(version, 15.0))
    await asyncio.sleep(0)
    session.submit(Hold())
    watch.poll()
    assert await asyncio.wait_for(waiting, PATIENCE)
    assert watch.version == version + 1


async def test_what_happens_without_a_press_is_seen_soon(
    session: Session, watch: StatusWatch
) -> None:
    """What the session does by itself is noticed within a look or two."""
    waiting = asyncio.create_task(watch.wait_for_change(watch.version, 15.0))
    await asyncio.sleep(0)
    session.tell("The sound is back.")
    assert await asyncio.wait_for(waiting, PATIENCE)


async def test_time_wakes_nobody(session: Session, watch: StatusWatch) -> None:
    """A jump of the clock within a piece is no news."""
    session.clock.jump(Seconds(100.0))
    assert not await watch.wait_for_change(watch.version, 0.6)


async def test_another_daemons_version_is_news_at_once(watch: StatusWatch) -> None:
    """A surface that knew the daemon before this one isn't left waiting."""
    assert await watch.wait_for_change(watch.version - 1, 15.0)


async def test_the_stream_begins_with_everything_and_goes_on_with_changes(
    session: Session, watch: StatusWatch
) -> None:
    """First the whole room, then a patch with only what is new."""
    events = EventStream(watch).listen()
    name, first = await heard(events)
    assert (name, first["session"]["mode"]) == ("status", "running")
    session.submit(Extend.model_validate({"by": "10m"}))
    watch.poll()
    name, patch = await heard(events)
    assert name == "change"
    assert patch["session"]["phase_left"] == 1200.0
    assert "room" not in patch
    assert patch["version"] == first["version"] + 1


async def test_the_stream_holds_every_text(session: Session, watch: StatusWatch) -> None:
    """The name of a file that isn't UTF-8 arrives as it is, and nothing that a terminal obeys."""
    events, told = EventStream(watch).listen(), "caf\udce9\x9b31m was passed over."
    await heard(events)
    session.tell(told)
    async with asyncio.timeout(PATIENCE):
        _, data, *_ = (await anext(events)).encode().decode().split("\n")
    assert "\x9b" not in data
    assert json.dumps(told) in json.dumps(json.loads(data.removeprefix("data: ")))


async def test_a_quiet_stream_beats(watch: StatusWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing changes, a small sign of life comes every two seconds (0.2 s here)."""
    assert KEEP_ALIVE == 2.0
    monkeypatch.setattr("kacenv.server.http.event_stream.KEEP_ALIVE", 0.2)

    events = EventStream(watch).listen()
    await heard(events)
    name, beat = await heard(events)
    assert (name, set(beat)) == ("beat", {"at"})


async def test_many_presses_make_few_changes(
    session: Session, watch: StatusWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty presses in a third of a second come as a few changes, not as sixty."""
    monkeypatch.setattr("kacenv.server.http.event_stream.KEEP_ALIVE", 1.0)

    async def press(session: Session, watch: StatusWatch) -> float:
        begun = time.monotonic()
        for seconds in range(1, 61):
            session.submit(Extend.model_validate({"by": f"{seconds}s"}))
            watch.poll()
            await asyncio.sleep(0.005)
        return time.monotonic() - begun

    events, names = EventStream(watch).listen(), []
    await heard(events)
    pressing = asyncio.create_task(press(session, watch))
    while (name := (await heard(events))[0]) != "beat":
        names.append(name)
    took = await pressing
    assert 1 <= len(names) <= 3 + took / LEAST_INTERVAL


async def test_closing_lets_everybody_go(watch: StatusWatch) -> None:
    """A daemon that leaves isn't held up by those who watch."""
    events = EventStream(watch).listen()
    await heard(events)
    rest = asyncio.create_task(_all(events))
    waiting = asyncio.create_task(watch.wait_for_change(watch.version, 15.0))
    await asyncio.sleep(0.1)
    watch.close()
    assert await asyncio.wait_for(rest, PATIENCE) == []
    assert not await asyncio.wait_for(waiting, PATIENCE)


async def _all(events: AsyncIterator[str]) -> list[str]:
    return [event async for event in events]


async def test_all_streams_tell_one_story(session: Session, watch: StatusWatch) -> None:
    """Who comes later hears the same changes, and is in agreement with who was there before."""
    stream = EventStream(watch)
    early, late = stream.listen(), stream.listen()
    _, first = await heard(early)
    session.submit(Hold())
    _, second = await heard(late)
    _, patch = await heard(early)
    assert second["session"]["mode"] == patch["session"]["mode"] == "held"
    assert second["version"] == patch["version"] == first["version"] + 1
    session.tell("The sound is back.")
    assert (await heard(early)) == (await heard(late))
    await early.aclose()
    await late.aclose()
    again = stream.listen()
    assert (await heard(again))[1]["session"]["mode"] == "held"
    await again.aclose()


async def test_a_stream_ends_when_its_reader_may_not_look_any_more(
    session: Session, watch: StatusWatch
) -> None:
    """Whoever is let in no more hears nothing more."""
    allowed = [True]
    events = EventStream(watch).listen(lambda: allowed[0])
    await heard(events)
    waiting = asyncio.create_task(_all(events))
    await asyncio.sleep(0.05)
    allowed[0] = False
    session.submit(Hold())
    watch.poll()
    assert await asyncio.wait_for(waiting, PATIENCE) == []
