"""Links of a chained Ogg file: complete Ogg streams one after another (RFC 3533)."""

from typing import BinaryIO, Final

_MARK: Final = b"OggS\0"
_HEADER: Final = 27
_BEGINS: Final = 0x02
"""Flag of a logical stream's first page."""
_CHUNK: Final = 1 << 16


def links(file: BinaryIO, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the first and the last byte, exclusive, of each link between `start` and `end`."""
    starts, at, was_beginning = [start], start, True
    while (page := _page(file, at, end)) is not None:
        at, flags, length = page
        begins = bool(flags & _BEGINS)
        if begins and not was_beginning:
            starts.append(at)
        was_beginning = begins
        at += length
    return tuple(zip(starts, [*starts[1:], end], strict=True))


def _page(file: BinaryIO, at: int, end: int) -> tuple[int, int, int] | None:
    """Return place, flags and length of the next page from `at` on; None if there is none."""
    file.seek(at)
    head = file.read(_HEADER)
    if not head.startswith(_MARK):
        at = _sync(file, at, end)
        file.seek(at)
        head = file.read(_HEADER)
    if at >= end or len(head) < _HEADER:
        return None
    lacing = file.read(head[26])
    return at, head[5], _HEADER + len(lacing) + sum(lacing)


def _sync(file: BinaryIO, at: int, end: int) -> int:
    """Return the place of the next page's mark; `end` without one."""
    while at < end:
        file.seek(at)
        found = file.read(_CHUNK).find(_MARK)
        if found >= 0:
            return at + found
        at += _CHUNK - len(_MARK) + 1
    return end
