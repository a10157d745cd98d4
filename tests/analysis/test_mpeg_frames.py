import pytest

from kacenv.analysis.mpeg_frames import first_frames, frame_header, is_info

HEADERS = [
    (b"\xff\xfb\x90\x64", ("mpeg", 417, 1152 / 44100)),
    (b"\xff\xfb\x92\x64", ("mpeg", 418, 1152 / 44100)),
    (b"\xff\xf3\x84\x64", ("mpeg", 192, 576 / 24000)),
    (b"\xff\xe3\x48\x64", ("mpeg", 288, 576 / 8000)),
    (b"\xff\xfd\xa4\x04", ("mpeg", 576, 1152 / 48000)),
    (b"\xff\xff\x98\x04", ("mpeg", 432, 384 / 32000)),
    (b"\xff\xf1\x50\x80\x10\x1f\xfc", ("aac", 128, 1024 / 44100)),
    (b"\xff\xf1\x4c\x80\x10\x1f\xfd", ("aac", 128, 2048 / 48000)),
]
NONE = [b"", b"\xff\xfb\x90", b"\xff\xfb\xf0\0", b"\xff\xfb\x9c\0", b"\xff\xeb\x90\0", b"ID3\4"]


@pytest.mark.parametrize(("head", "is_so"), HEADERS)
def test_length_and_duration_are_read(head: bytes, is_so: tuple[str, int, float]) -> None:
    """Each version, layer and rate as the standards say."""
    assert frame_header(head) == pytest.approx(is_so)


@pytest.mark.parametrize("head", NONE)
def test_what_is_no_header_is_none(head: bytes) -> None:
    """Reserved values, other bytes and torn headers."""
    assert frame_header(head) is None


def test_notes_of_an_encoder_are_told_from_sound() -> None:
    """Behind the header and the side information, which depend on version and channels."""
    for place in (36, 21, 13):
        assert is_info(b"\xff\xfb\x90\x64".ljust(place, b"\0") + b"Xing" + bytes(40))
    assert not is_info(b"\xff\xfb\x90\x64" + bytes(400) + b"Xing")


def test_frames_are_found_where_they_follow_each_other() -> None:
    """A header alone, as in other data, is passed over."""
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    data = b"\xff\xfb\x90\x64junk" + frame * 4
    assert first_frames(data, 4, whole=False) == (8, "mpeg")
    assert first_frames(data[:-1], 4, whole=False) == (8, "mpeg")
    assert first_frames(data[:-420], 4, whole=False) is None


def test_a_short_file_may_have_fewer_frames() -> None:
    """Frames that end with the file count, however few."""
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    assert first_frames(frame, 4, whole=True) == (0, "mpeg")
    assert first_frames(frame, 4, whole=False) is None
    assert first_frames(frame + bytes(50), 4, whole=True) is None
