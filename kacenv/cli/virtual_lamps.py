"""View of virtual lamps: a table in a terminal, lines in a pipe."""

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from rich.live import Live
from rich.table import Table
from rich.text import Text

from kacenv.cli.live_view import lamp_colour
from kacenv.cli.terminal import terminal_console
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.look import Color, Setting

_FRAME = 0.1
"""Refresh interval in seconds."""
_BAR = 20
_LONGEST = 60
Shown = dict[str, Any]


def watch(lamps: Sequence[VirtualLamp], *, as_json: bool = False) -> None:
    """Show the lamps until the program is stopped."""
    console = terminal_console()
    if console.is_terminal and not as_json:
        with Live(console=console, auto_refresh=False) as live:
            while True:
                live.update(table(lamps), refresh=True)
                time.sleep(_FRAME)
    before: dict[str, Shown] = {}
    while True:
        for change in changes(lamps, before):
            print(json.dumps(change) if as_json else _line(change), flush=True)
        time.sleep(_FRAME)


def changes(lamps: Sequence[VirtualLamp], before: dict[str, Shown]) -> Iterator[Shown]:
    """Yield the lamps that differ from `before`, and update it."""
    for lamp in lamps:
        shown = state(lamp)
        if before.get(shown["lamp"]) != shown:
            before[shown["lamp"]] = shown
            yield shown


def state(lamp: VirtualLamp) -> Shown:
    """Return a lamp's state for scripts: perceived level 0 to 1, kelvin, colour, last message."""
    setting, received = lamp.setting_now, lamp.received
    last = received[-1] if received else None
    return {
        "lamp": lamp.fixture.id,
        "level": round(setting.level, 3),
        "kelvin": round(setting.kelvin) if setting.kelvin is not None else None,
        "color": str(setting.color) if setting.color is not None else None,
        "messages": len(received),
        "lost": lamp.lost,
        "last": f"{last.topic} {last.payload.decode(errors='replace')}" if last else None,
    }


def _line(shown: Shown) -> str:
    hue = shown["color"] or (f"{shown['kelvin']} K" if shown["kelvin"] else "")
    return f"{shown['lamp']:16} {shown['level']:6.1%} {hue:8} {_short(shown['last'])}"


def table(lamps: Sequence[VirtualLamp]) -> Table:
    """Return the table of all lamps: level, white or colour, and last message."""
    grid = Table("lamp", "level", "", "light", "told", "last message", box=None)
    for lamp in lamps:
        shown = state(lamp)
        told = f"{shown['messages']}" + (f" ({shown['lost']} lost)" if shown["lost"] else "")
        bar = "█" * round(shown["level"] * _BAR)
        hue = Text.assemble(("██", swatch(lamp.setting_now)), f" {_hue(shown)}")
        last = Text(_short(shown["last"]))
        grid.add_row(shown["lamp"], f"{bar:░<{_BAR}}", f"{shown['level']:.0%}", hue, told, last)
    return grid


def _hue(shown: Shown) -> str:
    return str(shown["color"] or (f"{shown['kelvin']} K" if shown["kelvin"] else "white"))


def swatch(setting: Setting) -> str:
    """Return the colour of a setting on a screen, such as `#ffb060`."""
    if setting.color is None:
        return str(Color(*lamp_colour(setting.level, setting.kelvin)))
    return str(Color(*(round(part * setting.level**0.5) for part in setting.color)))


def _short(text: str | None) -> str:
    """Return one line of untrusted text, without control characters."""
    clean = "".join(sign if sign.isprintable() else "·" for sign in text or "")
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"
