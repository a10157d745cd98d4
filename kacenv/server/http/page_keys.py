"""Keys of the tablet's page, and data for its scripts, made from requests and status."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from kacenv.model.device_role import DeviceRole
from kacenv.model.mode import RESTING
from kacenv.model.request_bounds import LOUDEST
from kacenv.model.request_definition import TabletKey
from kacenv.model.request_table import REQUESTS
from kacenv.model.status import RoomStatus
from kacenv.model.status_field import Clock, Clocks, clocks_of
from kacenv.server.http.edge.access import START, who_may

_ICON: Final = '<svg class="icon" aria-hidden="true"><use href="/page/icons.svg#{}"/></svg>\n{}'
_KEYS: Final = tuple(key for one in REQUESTS for key in one.keys)
_BLOCKS: Final = ("time", "music", "light", "close")
_APART: Final = ("check-in", "seat-a", "seat-b")
"""Places whose keys a script of their own shows and enables."""
_STARTERS: Final = [role for role in DeviceRole if role in who_may("POST", START)]
_SOFTEST, _STEP = -40.0, 2.0
"""Least volume, and step, that the page's own keys ask for (dB)."""
_EMPTY: Final[tuple[Any, ...]] = (None, "", (), {}, False)


def with_keys(html: str) -> str:
    """Return the page with its keys, and with what its scripts need to know of them."""
    for place in (*_BLOCKS, *_APART):
        mark = f"<!-- keys: {place} -->"
        indent = html[: html.index(mark)].rpartition("\n")[2]
        html = html.replace(mark, f"\n{indent}".join(_keys_of(place, indent)))
    html = html.replace("<!-- requests -->", _script("requests", _requests()))
    return html.replace("<!-- status -->", _script("status", _status()))


def _keys_of(place: str, indent: str) -> list[str]:
    keys = sorted((key for key in _KEYS if key.place == place), key=lambda key: key.last)
    return [_button(key, indent) for key in keys]


def _button(key: TabletKey, indent: str) -> str:
    classes = " ".join(filter(None, ("key", key.style, "slow" if key.slow else "")))
    pressed = ' aria-pressed="false"' if key.pressed else ""
    icon = f"\n{indent}  " + _ICON.format(key.icon, f"{indent}  ") if key.icon else ""
    hint = "" if key.hint is None else f'<span class="hint">{escape(key.hint)}</span>'
    return (
        f'<button type="button" class="{classes}" id="{key.id}"{pressed}>{icon}'
        f'<span class="name">{escape(key.name)}</span>{hint}</button>'
    )


def _requests() -> dict[str, Any]:
    """Return for keys.js the keys, what can't be taken back, who may press, and the volumes."""
    return {
        "keys": {key.id: _told(key) for key in _KEYS},
        "lasting": [one.kind for one in REQUESTS if one.lasting],
        "who": {one.kind: sorted(one.who) for one in REQUESTS} | {"start": _STARTERS},
        "volume": {"softest": _SOFTEST, "loudest": LOUDEST, "step": _STEP},
    }


def _status() -> dict[str, Any]:
    """Return what time alone changes in a status, for status.js."""
    return {"clocks": _clocks(clocks_of(RoomStatus)), "resting": sorted(RESTING)}


def _clocks(clocks: Clocks) -> dict[str, Any]:
    return {
        name: one._asdict() if isinstance(one, Clock) else _clocks(one)
        for name, one in clocks.items()
    }


def _script(name: str, told: dict[str, Any]) -> str:
    """Return data for the page's scripts; browsers run nothing of it."""
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def _told(key: TabletKey) -> dict[str, Any]:
    """Return what scripts need of a key; its first face only if there is a second one."""
    names = (
        "ask",
        "slow",
        "spent",
        "apart",
        *(("name", "hint", "icon", "face") if key.face else ()),
    )
    told: dict[str, Any] = _plain(key)
    told["apart"] = key.place in _APART
    return {name: told[name] for name in names if told.get(name)}


def _plain(value: Any) -> Any:
    """Return records as dictionaries, without what is empty."""
    if hasattr(value, "_asdict"):
        value = {name: one for name, one in value._asdict().items() if one not in _EMPTY}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value
