"""Damage to sound files as the world does it: bad disks, broken copies, bad programs and worse."""

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from support.container_parts import Field, Part, parts_of, with_checksums

Damage = Callable[[bytes, Random, bytes], bytes]
"""Returns the content in another state; the third argument is another file."""
_HEAD: Final = 512
_WILD: Final = (float("nan"), float("inf"), float("-inf"), 1e30, -1e30, 32768.0, 20.0, 15.0)


def _place(content: bytes, random: Random) -> int:
    return random.randrange(max(1, len(content)))


def _span(content: bytes, random: Random) -> tuple[int, int]:
    """A stretch of up to a third of a file, as often of a few bytes as of many."""
    length = max(1, int((len(content) / 3) ** random.random()))
    at = _place(content, random)
    return at, min(len(content), at + length)


def flipped(content: bytes, random: Random, _: bytes) -> bytes:
    """Flip one bit, or up to 200."""
    made = bytearray(content)
    for _bit in range(int(200 ** random.random())):
        made[_place(content, random)] ^= 1 << random.randrange(8)
    return bytes(made)


def _garbage(content: bytes, random: Random, at: int, most: int) -> bytes:
    length = min(random.randint(1, most), len(content) - at)
    return content[:at] + random.randbytes(length) + content[at + length :]


def overwritten_head(content: bytes, random: Random, _: bytes) -> bytes:
    """Overwrite up to 16 bytes of the beginning."""
    return _garbage(content, random, _place(content[:_HEAD], random), 16)


def overwritten_middle(content: bytes, random: Random, _: bytes) -> bytes:
    """Overwrite a stretch with garbage."""
    first, last = _span(content, random)
    return content[:first] + random.randbytes(last - first) + content[last:]


def cut_off(content: bytes, random: Random, _: bytes) -> bytes:
    """Keep the first part alone, or the last."""
    at = _place(content, random)
    if random.random() < 0.2:
        at = _place(content[:_HEAD], random)
    return content[at:] if random.random() < 0.1 else content[:at]


def zeroed(content: bytes, random: Random, _: bytes) -> bytes:
    """Fill a block with zeros."""
    first, last = _span(content, random)
    return content[:first] + bytes(last - first) + content[last:]


def removed(content: bytes, random: Random, _: bytes) -> bytes:
    """Leave a block out."""
    first, last = _span(content, random)
    return content[:first] + content[last:]


def doubled(content: bytes, random: Random, _: bytes) -> bytes:
    """Write a block twice."""
    first, last = _span(content, random)
    return content[:last] + content[first:]


def swapped(content: bytes, random: Random, _: bytes) -> bytes:
    """Exchange two blocks of one length."""
    first, last = _span(content, random)
    length = last - first
    other = _place(content[: max(1, len(content) - length)], random)
    made = bytearray(content)
    made[first:last], made[other : other + length] = (
        content[other : other + length],
        content[first:last],
    )
    return bytes(made[: len(content)])


def spliced(content: bytes, random: Random, other: bytes) -> bytes:
    """Go on with another file: from its beginning, or from anywhere."""
    at = len(content) if random.random() < 0.3 else _place(content, random)
    start = 0 if random.random() < 0.5 else _place(other, random)
    rest = content[at:] if random.random() < 0.3 else b""
    return content[:at] + other[start:] + rest


def renumbered(content: bytes, random: Random, _: bytes) -> bytes:
    """Put 0, -1 or a huge number somewhere, most often near the beginning."""
    near = content[:_HEAD] if random.random() < 0.7 else content
    width = random.choice((1, 2, 4, 8))
    at = _place(near, random) // 2 * 2
    return _set(content, Field(at, width, random.choice(("little", "big"))), random)


def _set(content: bytes, field: Field, random: Random) -> bytes:
    """Put a number that is wrong into a field."""
    if field.at + field.width > len(content):
        return content
    bits = 7 * field.width if field.is_vint else 8 * field.width
    mark = 1 << bits if field.is_vint else 0
    whole = content[field.at : field.at + field.width]
    known = int.from_bytes(whole, field.order) & ((1 << bits) - 1)
    most = (1 << bits) - 1
    values = (0, most, most >> 1, (most >> 1) + 1, 1, known + 1, known - 1, 2 * known, known // 2)
    value = random.choice((*values, random.getrandbits(bits))) & most
    number = (value | mark).to_bytes(field.width, field.order)
    return content[: field.at] + number + content[field.at + field.width :]


def restructured(content: bytes, random: Random, other: bytes) -> bytes:
    """Do to a container's parts what bad programs do, once or twice; checksums may be right."""
    for _ in range(random.choice((1, 1, 2))):
        parts = parts_of(content)
        if not parts:
            return renumbered(content, random, other)
        content = random.choice(_TO_PARTS)(content, parts, random)
    return with_checksums(content) if random.random() < 0.7 else content


def _wrong_field(content: bytes, parts: list[Part], random: Random) -> bytes:
    part = random.choice(parts)
    return _set(content, random.choice(part.fields), random) if part.fields else content


def _wrong_number(content: bytes, parts: list[Part], random: Random) -> bytes:
    """Change a number inside the body of a short part."""
    short = [one for one in parts if 1 < one.end - one.body < 300] or parts
    part = random.choice(short)
    width = random.choice((1, 2, 4, 8))
    steps = max(1, (part.end - part.body) // width)
    at = part.body + width * random.randrange(min(steps, 40))
    return _set(content, Field(at, width, random.choice(("little", "big"))), random)


def _without(content: bytes, parts: list[Part], random: Random) -> bytes:
    part = random.choice(parts)
    return content[: part.start] + content[part.end :] or content


def _twice(content: bytes, parts: list[Part], random: Random) -> bytes:
    part = random.choice(parts)
    times = random.choice((1, 1, 1, 50 if part.end - part.start < 2000 else 1))
    return content[: part.end] + content[part.start : part.end] * times + content[part.end :]


def _exchanged(content: bytes, parts: list[Part], random: Random) -> bytes:
    first, second = sorted((random.choice(parts), random.choice(parts)))
    if first.end > second.start:
        return _twice(content, parts, random)
    return b"".join(
        (
            content[: first.start],
            content[second.start : second.end],
            content[first.end : second.start],
            content[first.start : first.end],
            content[second.end :],
        )
    )


def _emptied(content: bytes, parts: list[Part], random: Random) -> bytes:
    part = random.choice(parts)
    return content[: part.body] + content[part.end :] or content


def _renamed(content: bytes, parts: list[Part], random: Random) -> bytes:
    part = random.choice(parts)
    made = bytearray(content)
    made[min(len(made) - 1, part.start + random.randrange(8))] ^= 1 << random.randrange(8)
    return bytes(made)


_TO_PARTS: Final = (
    *(_wrong_field, _wrong_field, _wrong_field, _wrong_number, _wrong_number, _without, _twice),
    *(_exchanged, _emptied, _renamed),
)


def retagged(content: bytes, random: Random, _: bytes) -> bytes:
    """Put a tag before or behind the file, often one that lies about its length."""
    size = random.choice((0, 10, 1000, 0x0FFFFFFF, len(content)))
    told = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    body = random.randbytes(random.choice((0, 10, 1000)))
    ape = b"APETAGEX" + struct.pack("<4I", 2000, size, 1, random.choice((0, 0xA0000000))) + bytes(8)
    tag = random.choice((b"ID3\4\0\0" + told + body, ape + body, b"TAG" + body[:125], body))
    return tag + content if random.random() < 0.7 else content + tag


def wild(content: bytes, random: Random, _: bytes) -> bytes:
    """Put numbers that no sample has where floats would be: one, or many in a row."""
    kind = random.choice(("<f", ">f", "<d", ">d"))
    one = struct.pack(kind, random.choice(_WILD))
    count = int((len(content) / 8) ** random.random())
    at = _place(content, random) // 4 * 4
    return (content[:at] + one * count + content[at + len(one) * count :])[: len(content)]


DAMAGES: Final[dict[str, Damage]] = {
    "bits flipped": flipped,
    "head overwritten": overwritten_head,
    "middle overwritten": overwritten_middle,
    "cut off": cut_off,
    "block zeroed": zeroed,
    "block left out": removed,
    "block doubled": doubled,
    "blocks swapped": swapped,
    "two files spliced": spliced,
    "numbers wrong": renumbered,
    "parts wrong": restructured,
    "tags wrong": retagged,
    "samples absurd": wild,
}
"""Every kind of damage by its name."""
TURNS: Final = (*DAMAGES, "parts wrong", "parts wrong", "parts wrong")
"""The order in which kinds of damage take turns; containers have most to damage."""
