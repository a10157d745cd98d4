"""Lamp dialects: the folders of `kacenv/devices/lights/dialects`, found by being there.

The model knows each by what its `dialect.toml` says to people, which is data; the code beside it
belongs to the devices.
"""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Final, NamedTuple


class DialectWords(NamedTuple):
    """Words for people on one dialect, as its `dialect.toml` has them."""

    rank: int
    """Place in lists, from 1; ties are alphabetical."""
    lamps: str
    """Lamps that speak it."""
    level: str
    white: str
    color: str
    fades: str
    """Resolution and longest time of its own fades."""
    reports: str
    """Topics of reports."""
    availability: str
    """Topic that tells if the lamp answers."""
    example: str
    """Lamp of a room file, in YAML."""
    first_can: str = "[level]"
    """Abilities that `kacenv init` writes for such a lamp."""
    note: str = ""
    """What to know of it, as an item of a Markdown list."""


def _read() -> dict[str, DialectWords]:
    folders = files("kacenv").joinpath("devices", "lights", "dialects").iterdir()
    texts = ((folder.name, folder.joinpath("dialect.toml")) for folder in folders)
    read = {
        name.replace("_", "-"): DialectWords(**tomllib.loads(text.read_text("utf-8")))
        for name, text in texts
        if text.is_file()
    }
    return dict(sorted(read.items(), key=lambda item: (item[1].rank, item[0])))


WORDS: Final[Mapping[str, DialectWords]] = _read()
"""Words on each dialect, by its name."""


class Dialect(StrEnum):
    """Language in which a lamp is spoken to over MQTT."""

    _ignore_ = "members name"
    members = vars()
    for name in WORDS:
        members[name.replace("-", "_").upper()] = name
