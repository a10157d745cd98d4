"""A running session whose files are edited, broken and deleted under it."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.houses import FOREIGN_MUSIC, musical_house
from support.waiting import PATIENCE

from kacenv.config import FileMonitor, House
from kacenv.core.units import Seconds
from kacenv.server.client import get, post
from kacenv.server.daemon import serve

pytestmark = pytest.mark.real
"""The room's decoders are programs."""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with an hour of music, and a daemon that looks at its files often."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("KACENV_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(
        "kacenv.server.daemon.FileMonitor", partial(FileMonitor, every=Seconds(0.05))
    )
    (tmp_path / "music").mkdir()
    pieces = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:3]
    files = [Path(shutil.copy(piece, tmp_path / "music")) for piece in pieces]
    return musical_house(tmp_path / "house", files)


def while_serving(house: Path, visit: Callable[[], Awaitable[None]]) -> None:
    """Run `visit` beside the daemon of the house's room, which is then told to leave."""

    async def live() -> None:
        daemon = asyncio.create_task(serve(House(house), "bench"))
        try:
            async with asyncio.timeout(PATIENCE):
                await _answering(house.parent / "run" / "bench.sock")
                await visit()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await daemon

    asyncio.run(live())


async def _answering(path: Path) -> None:
    while True:
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(path))
            except OSError:
                await asyncio.sleep(0.02)
            else:
                return


async def ask(path: str, body: dict[str, Any] | None = None) -> Any:
    """A GET, or a POST of `body`, to the room."""
    return await asyncio.to_thread(*((post, "bench", path, body) if body else (get, "bench", path)))


async def told(words: str) -> str:
    """What staff are told with these words in it."""
    while True:
        for one in (await ask("/v1/status"))["told"]:
            if words in one["text"]:
                return str(one["text"])
        await asyncio.sleep(0.05)


def test_a_running_session_keeps_what_it_was_compiled_from(house: Path) -> None:
    """Room, scene and playlist are broken and deleted: staff read it, and the session goes on."""

    async def visit() -> None:
        await ask("/v1/start", {"scene": "bench"})
        before = (await ask("/v1/status"))["session"]
        (house / "rooms" / "bench.yaml").write_text("name: [broken")
        (house / "scenes" / "bench.yaml").unlink()
        playlist = house / "playlists" / "bench.yaml"
        playlist.write_text(playlist.read_text().replace("6s", "6"))
        last = max((house.parent / "music").iterdir())
        last.unlink()
        assert "can't be used" in await told("rooms/bench.yaml was changed")
        assert "goes on as it began" in await told("scenes/bench.yaml is gone")
        assert "can't be used" in await told("playlists/bench.yaml was changed")
        assert "passed over" in await told(f"{last.name} is gone")
        await ask("/v1/requests", {"kind": "extend", "by": "5m"})
        after = (await ask("/v1/status"))["session"]
        assert (after["title"], after["mode"]) == (before["title"], "running")
        assert after["playing"]["title"] == before["playing"]["title"]
        assert after["phases"][0]["duration"] == before["phases"][0]["duration"] + 300

    while_serving(house, visit)
