"""Names of MIDI ports: compared without what varies between boots, sockets and keyboards."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_NUMBERS: Final = re.compile(r" \d+:\d+$| \[\d+\](?= \((?:capture|playback)\):)")
"""The number of an ALSA client, which a device gets anew each time that it is plugged in: RtMidi
writes it at the end (RtMidi.cpp, `portInfo` of the ALSA API), a2jmidid in brackets (port.c)."""


def bare_name(name: str) -> str:
    """Return a port's name without the numbers that ALSA gave it."""
    return _NUMBERS.sub("", name)


def matching_port(names: Iterable[str], wanted: str) -> list[str]:
    """Return the ports whose names contain `wanted`, those with its numbers first.

    Case, the numbers of ALSA and the way in which accents are encoded don't matter.
    """
    part, exact = _folded(bare_name(wanted)), _folded(wanted)
    fitting = [name for name in names if part in _folded(bare_name(name)) or exact in _folded(name)]
    return sorted(fitting, key=lambda name: exact not in _folded(name))


def namesakes(names: Iterable[str], name: str) -> list[str]:
    """Return the ports that have the name of a port but for ALSA's numbers, itself included."""
    return [other for other in names if bare_name(other) == bare_name(name)]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
