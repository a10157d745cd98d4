import io
import struct

import pytest

from kacenv.analysis.ogg_links import links


def page(serial: int, content: bytes = b"x" * 300, *, first: bool = False) -> bytes:
    """Return an Ogg page."""
    lacing = bytes([255] * (len(content) // 255) + [len(content) % 255])
    head = b"OggS\0" + struct.pack("<BqIIIB", 2 if first else 0, 0, serial, 0, 0, len(lacing))
    return head + lacing + content


def stream(serial: int, pages: int = 3) -> bytes:
    """Return a whole stream of one serial number."""
    return page(serial, first=True) + page(serial) * pages


def found(content: bytes, start: int = 0) -> list[tuple[int, int]]:
    """Return the links of a file."""
    return list(links(io.BytesIO(content), start, len(content)))


def test_a_file_that_is_not_chained_is_one_link() -> None:
    """All of it is one part, wherever it begins."""
    one = stream(1)
    assert found(one) == [(0, len(one))]
    assert found(b"junk" + one, 4) == [(4, 4 + len(one))]


def test_each_link_of_a_chain_is_found() -> None:
    """Also where links have the same serial number, as copies of one file have."""
    one, two = stream(1), stream(1, 7)
    ends = [len(one), len(one + two), len(one + two + one)]
    assert found(one + two + one) == list(zip([0, *ends[:2]], ends, strict=True))


def test_streams_side_by_side_are_one_link() -> None:
    """A picture's stream that begins beside the sound's doesn't divide it."""
    both = page(1, first=True) + page(2, first=True) + page(1) + page(2)
    assert found(both) == [(0, len(both))]


@pytest.mark.parametrize("junk", [b"junk" * 50_000, b"OggX", b"OggSOgg"])
def test_damage_between_pages_is_passed_over(junk: bytes) -> None:
    """The next link is found behind bytes that are no page."""
    one = stream(1) + junk
    assert found(one + stream(2))[1][0] == len(one)


def test_a_torn_page_ends_the_search() -> None:
    """A file cut short inside a page's header is one link."""
    content = stream(1) + page(1)[:20]
    assert found(content) == [(0, len(content))]
