"""Identity of this machine: the same after each start, and another on every other machine."""

import hashlib
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from kacenv.system.paths import run_folder

_MACHINE: Final = Path("/etc/machine-id")
_CARDS: Final = Path("/sys/class/net")
_LENGTH: Final = 8


def machine_identity() -> str:
    """Return eight hexadecimal digits that name this machine and whose rooms run here.

    The machine's own id isn't told to others (machine-id(5)), and a copied disk has it, too; so it
    goes into a hash together with the addresses of the network cards. Two users of one machine lock
    their rooms in folders of their own.
    """
    parts = [_read(_MACHINE), platform.node(), *_addresses(), str(run_folder())]
    told = hashlib.blake2b("\n".join(parts).encode(errors="replace"), key=b"kacenv", digest_size=4)
    return told.hexdigest()[:_LENGTH]


def _addresses() -> Iterator[str]:
    """Yield the addresses of network cards that are hardware, in their order."""
    with suppress(OSError):  # a service may see less of the machine
        cards = [card for card in _CARDS.iterdir() if (card / "device").exists()]
        yield from sorted(_read(card / "address") for card in cards)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
