"""Requests that no surface sends, right HTTP and wrong, over the socket of a running session."""

import asyncio
import json
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
from support.devices import MemoryLight, MemorySound
from support.sessions import a_cue, a_phase, a_room, a_timeline

from kacenv.config import House
from kacenv.model.fields import Model
from kacenv.model.requests import Press, Start
from kacenv.model.timeline import Timeline
from kacenv.server.daemon import hold_room
from kacenv.server.http.edge import rate_limit
from kacenv.server.http.listen import open_api
from kacenv.session.journal import Journal
from kacenv.session.session import Session
from kacenv.system.clock import SimClock
from soak.fuzz import ErrorLog, Tally, mutated

PATIENCE = 10.0
"""Seconds for an answer; a request that waits for longer hangs."""
PRESSES: tuple[type[Model], ...] = get_args(Press)
_KEYS = ("kind", "by", "level", "output", "muted", "ducked", "lean", "step", "chime", "seat")
_VALUES: tuple[Any, ...] = (
    *("10m", "-3 dB", "20%", "speakers", "staff", "up", "down", "dimmer", "bell", "none", ""),
    *("9" * 400 + "h", "1e999 dB", "NaN%", "\ud800", "\x00", "🔔" * 1000, "../../etc/passwd"),
    *(None, True, False, 0, -1, 2**70, 1e308, [], {}, [[[[]]]], {"kind": "stop"}),
)
_RIGHT: dict[str, tuple[Any, ...]] = {
    "by": ("10s", "10m", "2h"),
    "level": ("-3 dB", "6 dB", "0%", "20%"),
    "output": ("speakers", "staff"),
    "muted": (True, False),
    "ducked": (True, False),
    "lean": ("up", "down"),
    "step": ("dimmer", "brighter"),
    "chime": ("bell",),
    "seat": ("a", "b"),
}
_PATHS = (
    *("/v1/status", "/v1/scenes", "/openapi.json", "/", "/page/page.js", "/v1/requests"),
    *("/v1/status?after=", "/v1/status?after=-1", "/v1/status?after=" + "9" * 500, "/v1/events"),
    *("/page/../../etc/passwd", "/page/%2e%2e%2f%2e%2e%2fetc/passwd", "//", "/v1/%00", "*"),
)
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "", "🔔", "GET GET")
_SCENES = ("demo", "no-such-scene", "../demo", "/etc/passwd", "/dev/zero", "\x00", "x" * 5000, "")
_TRACES = (b"Traceback", b'File "', b"pydantic")


def run(folder: Path, count: int, seed: int) -> Tally:
    """Send `count` requests."""
    with pytest.MonkeyPatch.context() as patch, ErrorLog(Tally("API requests")) as counted:
        patch.setenv("KACENV_RUN", str(folder / "run"))
        patch.setattr(rate_limit, "PRESSES_AT_ONCE", 10**9)
        asyncio.run(_live(folder, count, Random(seed), counted))  # noqa: S311 - chance, not a secret
    return counted


def _plan() -> Timeline:
    phases = (a_phase(f"phase-{n}", 600.0, cues=(a_cue("look", 5.0, 5.0),)) for n in range(4))
    return a_timeline(*phases)


async def _live(folder: Path, count: int, random: Random, counted: Tally) -> None:
    journal = Journal(folder / "fuzz.journal")
    session = Session(a_room(), SimClock(5.0), journal)
    session.devices.sound = MemorySound(session.clock)
    session.devices.light = MemoryLight(
        session.clock, {"seats": "seats", "task": "task", "path": "path"}
    )
    life = asyncio.create_task(session.run())
    try:
        with hold_room("fuzz") as path:
            async with open_api(session, House.find(), "demo", path):
                for _ in range(count):
                    if session.is_idle:
                        session.submit(Start(_plan()))
                    await _try(path, random, counted)
                await _still_lives(session, path, counted)
    finally:
        life.cancel()
        journal.close()


async def _try(path: Path, random: Random, counted: Tally) -> None:
    request, whole = _request(random)
    since = time.monotonic()
    try:
        answer = await asyncio.wait_for(_answer(path, request, whole=whole), PATIENCE)
    except TimeoutError:
        counted.faults.append(f"no answer to {request[:200]!r}")
        return
    counted.took(since)
    head, _, body = answer.partition(b"\r\n\r\n")
    code = int(head.split(b" ")[1]) if head.startswith(b"HTTP/1.") else 0
    counted.refused += 400 <= code < 500
    if code >= 500 or any(trace in body for trace in _TRACES if code >= 400):
        counted.faults.append(f"{answer[:200]!r} to {request[:200]!r}")


async def _answer(path: Path, request: bytes, *, whole: bool) -> bytes:
    """All that comes until the line is closed; of what isn't whole, or streams, a little."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    try:
        with suppress(ConnectionError):
            writer.write(request)
            await writer.drain()
            if not whole:
                writer.write_eof()
            if b"/v1/events" in request:
                return await reader.read(200)
            return await reader.read()
        return b""
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def _request(random: Random) -> tuple[bytes, bool]:
    """A request's bytes, and whether the server has all it waits for."""
    way = random.random()
    if way < 0.55:
        return _post(random, "/v1/requests", _body(random)), True
    if way < 0.65:
        return _post(random, "/v1/start", _text({"scene": random.choice(_SCENES)})), True
    if way < 0.8:
        path, method = random.choice(_PATHS), random.choice(_METHODS)
        return f"{method} {path} HTTP/1.0\r\nHost: room\r\n\r\n".encode(), True
    if way < 0.9:
        whole = _post(random, "/v1/requests", _body(random)).decode("latin-1")
        return mutated(whole, random, [whole]).encode("utf-8", "surrogatepass"), False
    return random.randbytes(random.choice((0, 1, 10, 1000, 70_000))) + b"\r\n\r\n", False


def _post(random: Random, path: str, body: bytes) -> bytes:
    kind = random.choice(("application/json",) * 8 + ("text/plain", "", "multipart/form-data"))
    head = f"POST {path} HTTP/1.0\r\nHost: room\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _body(random: Random) -> bytes:
    model = random.choice(PRESSES)
    press: dict[str, Any] = {"kind": model.model_fields["kind"].default}
    for key in model.model_fields:
        if key in _RIGHT and random.random() < 0.8:
            press[key] = random.choice(_RIGHT[key] if random.random() < 0.9 else _VALUES)
    for _ in range(random.choice((0, 0, 0, 1, 4))):
        press[random.choice(_KEYS)] = random.choice(_VALUES)
    text = _text(press)
    if random.random() < 0.3:
        words = text.decode()
        return mutated(words, random, [words]).encode("utf-8", "surrogatepass")
    return text if random.random() < 0.97 else b"[" * 100_000


def _text(data: object) -> bytes:
    return json.dumps(data).encode()


async def _still_lives(session: Session, path: Path, counted: Tally) -> None:
    """The loop goes round, and the room answers."""
    turns = session.turns
    answer = await _answer(path, b"GET /v1/status HTTP/1.0\r\nHost: room\r\n\r\n", whole=True)
    await asyncio.sleep(0.6)
    if not answer.startswith(b"HTTP/1.1 200") or session.turns == turns:
        counted.faults.append("the room doesn't answer any more")
