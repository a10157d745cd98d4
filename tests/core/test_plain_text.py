"""Text as it leaves kacenv: nothing in it drives a terminal, and JSON stays exact."""

import json
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.plain_text import (
    cleaned,
    cleaned_line,
    cleaned_tree,
    credited,
    is_utf8,
    json_text,
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
"""Text of any code points, halves of pairs among them."""


def _is_obeyed(sign: str) -> bool:
    """Whether a terminal or a browser's line obeys a sign, written down independently."""
    code = ord(sign)
    is_control = code < 0x20 or 0x7F <= code < 0xA0
    turns = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return is_control or turns or 0xD800 <= code < 0xE000 or code in {0xFFFE, 0xFFFF}


@given(ANY_TEXT)
def test_nothing_that_is_obeyed_is_left(text: str) -> None:
    """Of all code points, only line breaks and tabs pass, and in a line not those either."""
    assert not any(map(_is_obeyed, cleaned(text).replace("\n", "").replace("\t", "")))
    assert not any(map(_is_obeyed, cleaned_line(text)))
    assert len(cleaned_line(text).splitlines()) <= 1
    cleaned(text).encode()


@given(ANY_TEXT)
def test_other_letters_stay(text: str) -> None:
    """Whatever isn't obeyed stays where it is."""
    plain = "".join(sign for sign in text if not _is_obeyed(sign))
    assert cleaned(plain) == plain


def test_letters_of_every_language_stay() -> None:
    """Names with joined emoji, marks of direction, accents and quotes are left as they are."""
    for name in ("👩\u200d👩\u200d👧 1", "שלום\u200f", "Café “x”", "a\u0301", "夜", "* null ~"):
        assert cleaned_line(name) == name


def test_what_is_left_out_is_shown_as_in_code() -> None:
    """A sequence, a bell, a turned line and a byte that isn't UTF-8 can be read, and told apart."""
    assert cleaned_line("a\x1b[31mb\x07\x9b\u202e\r\n") == r"a\x1b[31mb\x07\x9b\u202e\r\n"
    assert cleaned_line(os.fsdecode(b"caf\xe9.opus")) == r"caf\xe9.opus"
    assert cleaned_line("\ud800") == r"\ud800"
    assert cleaned("one\n\ttwo") == "one\n\ttwo"


@given(ANY_TEXT)
def test_json_is_exact(text: str) -> None:
    """A script reads the very text again, and nothing on the way is obeyed."""
    for data in ({"a": text}, [text], text):
        for written in (json_text(data), json_text(data, indent=2), json_text(data, plain=True)):
            assert json.loads(written) == data or not _is_whole(text)
            assert cleaned(written) == written
            written.encode()
        assert json_text(data, plain=True).isascii()


def _is_whole(text: str) -> bool:
    """Whether no two halves of a pair stand side by side, which JSON reads as one letter."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") == text


def test_a_tree_is_cleaned_to_its_leaves() -> None:
    """Keys, lists and texts within are lines of plain text; numbers stay numbers."""
    data = {"a\n": ["\x1b", 1.5, None, {"b": "\u202e"}], "c": True}
    assert cleaned_tree(data) == {r"a\n": [r"\x1b", 1.5, None, {"b": r"\u202e"}], "c": True}


def test_names_that_are_bytes_are_told(tmp_path: Path) -> None:
    """A file whose name isn't UTF-8 is told from one whose name is odd."""
    odd = tmp_path / os.fsdecode(b"caf\xe9.opus")
    odd.touch()
    assert not is_utf8(next(tmp_path.iterdir()).name)
    assert is_utf8("café\x1b.opus")


def test_a_piece_without_an_artist_is_its_title() -> None:
    """Lists of other programs often name none; then no comma waits for one."""
    assert credited("Evening", "Clara Vale") == "Evening, Clara Vale"
    assert credited("Evening", "") == "Evening"
