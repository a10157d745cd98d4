"""Live updates: server-sent events that say only what a surface can't foretell."""

import asyncio
import json
from collections.abc import AsyncIterator

from kacenv.api.change import Json, difference, foretell, merge
from kacenv.api.watch import Watch

BEAT = 2.0
"""While nothing changes, a surface hears that often that the link is alive (seconds)."""
BREATH = 0.1
"""Between two changes lies at least this (seconds), however many presses come in."""


async def stream(watch: Watch) -> AsyncIterator[str]:
    """The room at once, then each change and, where there is none, a beat."""
    shown = watch.look()
    yield _event("status", shown)
    while not watch.closed:
        if await watch.beyond(shown["version"], BEAT):
            now = watch.look()
            foretold = foretell(shown, now["at"])
            patch = difference(foretold, now) | {"at": now["at"]}
            shown = merge(foretold, patch)
            yield _event("change", patch)
            await asyncio.sleep(BREATH)
        elif not watch.closed:
            shown = foretell(shown, watch.look()["at"])
            yield _event("beat", {"at": shown["at"]})


def _event(name: str, data: Json) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {text}\n\n"
