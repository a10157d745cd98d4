import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.config.house import LISTS
from kacenv.config.playlists.formats import READERS, UNREADABLE, read_list
from kacenv.core.errors import LoadError

XSPF = "<playlist><trackList><track><location>{}</location></track></trackList></playlist>"


def test_a_house_lists_what_can_be_read() -> None:
    """Every suffix of a house's playlists has its reader; what is refused by name has none."""
    assert set(LISTS) == set(READERS)
    assert not set(UNREADABLE) & set(READERS)


@pytest.mark.parametrize("suffix", [".m3u", ".m3u8", ".M3U8", ".Pls", ".XSPF"])
def test_a_suffix_is_read_in_letters_of_any_size(tmp_path: Path, suffix: str) -> None:
    """A file's reader is that of its suffix, in capitals, too."""
    texts = {".pls": "[playlist]\nFile1={}\n", ".xspf": XSPF}
    path = tmp_path / f"x{suffix}"
    path.write_text(texts.get(suffix.lower(), "{}\n").format("a.opus"))
    assert [entry.file for entry in read_list(path)] == ["a.opus"]


def test_other_suffixes_are_read_as_lines_or_named(tmp_path: Path) -> None:
    """A file named by its path is read line by line; a closed format is called by its name."""
    (tmp_path / "x.txt").write_text("a.opus\n")
    assert [entry.file for entry in read_list(tmp_path / "x.txt")] == ["a.opus"]
    (tmp_path / "x.FPL").write_text("a.opus\n")
    with pytest.raises(LoadError, match="a playlist of foobar2000"):
        read_list(tmp_path / "x.FPL")


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".xspf", "<a>" * 300_000),
        (".xspf", "<playlist>" + '<trackList xml:base="x/">' * 40_000),
        (".xspf", "<playlist><trackList><track><location>" + "a<!---->" * 120_000),
        (".xml", "<plist>" + "<array>" * 140_000),
        (".jspf", "[" * 1_000_000),
        (".cue", f"FILE a{' ' * 900_000}b c"),
        (".pls", f"[playlist]\n{' ' * 900_000}x"),
        (".m3u8", "/a" * 490_000),
    ],
    ids=lambda text: text[:8],
)
def test_no_list_takes_long(tmp_path: Path, suffix: str, text: str) -> None:
    """Whatever fits into a list's megabyte is read or refused in steps that don't multiply."""
    (tmp_path / f"x{suffix}").write_text(text)
    with contextlib.suppress(LoadError):
        assert read_list(tmp_path / f"x{suffix}")


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    """A list without tracks is refused, whatever its format."""
    for name, text in {"x.m3u8": "#EXTM3U\n", "x.xspf": "<playlist/>", "x.wpl": "<smil/>"}.items():
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(LoadError, match="no tracks"):
            read_list(path)


@given(st.sampled_from(LISTS), st.binary(max_size=300))
def test_any_bytes_load_or_are_explained(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, raw: bytes
) -> None:
    """No content of a list raises anything but an explanation."""
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(raw)
    with contextlib.suppress(LoadError):
        assert read_list(path)
