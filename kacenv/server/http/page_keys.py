"""Keys of the tablet's page, made from the requests' definitions."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from kacenv.model.request_definition import TabletKey
from kacenv.model.request_table import REQUESTS

_ICON: Final = '<svg class="icon" aria-hidden="true"><use href="/page/icons.svg#{}"/></svg>\n{}'
_KEYS: Final = tuple(key for one in REQUESTS for key in one.keys)
_BLOCKS: Final = ("time", "music", "light", "close")
_APART: Final = ("check-in", "seat-a", "seat-b")
"""Places whose keys a script of their own shows and enables."""
_EMPTY: Final[tuple[Any, ...]] = (None, "", (), {}, False)


def with_keys(html: str) -> str:
    """Return the page with its keys, and with what its scripts need to know of them."""
    for place in (*_BLOCKS, *_APART):
        mark = f"<!-- keys: {place} -->"
        indent = html[: html.index(mark)].rpartition("\n")[2]
        html = html.replace(mark, f"\n{indent}".join(_keys_of(place, indent)))
    return html.replace("<!-- requests -->", _script())


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


def _script() -> str:
    """Return keys and what can't be taken back, for keys.js; browsers run nothing of it."""
    told = {
        "keys": {key.id: _told(key) for key in _KEYS},
        "lasting": [one.kind for one in REQUESTS if one.lasting],
    }
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="requests">{text}</script>'


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
