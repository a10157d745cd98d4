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
