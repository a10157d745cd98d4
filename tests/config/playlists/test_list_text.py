import pytest

from kacenv.config.playlists.list_text import legible, lines_of, list_text

TEXT = "#EXTM3U\nmusic/Été Ω.opus\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_told_with_and_without_a_mark(encoding: str) -> None:
    """UTF-8 and UTF-16 are decoded, whether or not a byte order mark tells of them."""
    assert list_text(TEXT.encode(encoding)) == TEXT


def test_a_declared_encoding_is_believed_if_it_fits() -> None:
    """XML says how it is encoded; where that is wrong or unknown, UTF-8 is tried.

    Programs in .NET declare UTF-16, whatever they write.
    """
    head = '<?xml version="1.0" encoding="{}"?><a>Привет</a>'
    for declared, real in (
        ("windows-1251", "cp1251"),
        ("ascii", "utf-8"),
        ("no-such", "utf-8"),
        ("UTF-16", "utf-8"),
    ):
        text = head.format(declared)
        assert list_text(text.encode(real)) == text


@pytest.mark.parametrize("declared", ["hex", "zip", "rot13", "base64"])
def test_no_transformation_poses_as_an_encoding(declared: str) -> None:
    """What isn't an encoding of text is never applied."""
    text = f'<?xml version="1.0" encoding="{declared}"?><a>61</a>'
    assert list_text(text.encode()) == text


def test_unknown_bytes_come_back_letter_by_letter() -> None:
    """Bytes of an old encoding are kept; the encoding that fits, else Windows', makes letters."""
    raw = "Abénd “x”".encode("cp1252")
    text = list_text(raw)
    assert text.encode("utf-8", "surrogateescape") == raw
    assert legible(text) == "Abénd “x”"
    assert legible(list_text("Abénd".encode("mac_roman")), "mac_roman") == "Abénd"
    assert legible("Abénd") == "Abénd"


def test_lines_end_where_a_system_ends_them() -> None:
    """Unix, Windows and the old Mac end lines; Unicode's other separators don't."""
    assert lines_of("a\nb\r\nc\rd\u2028e\x85f") == ["a", "b", "c", "d\u2028e\x85f"]
