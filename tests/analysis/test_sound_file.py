import os
from pathlib import Path

import pytest

from kacenv.analysis.sound_file import SoundPart, open_sound
from kacenv.core.errors import DeviceError

FRAME = b"\xff\xfb\x90\x64" + bytes(413)


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """Return an MP3 file with junk in front."""
    path = tmp_path / "tagged.mp3"
    path.write_bytes(b"junk" * 5 + FRAME * 6)
    return path


def test_a_part_reads_like_a_file(tagged: Path) -> None:
    """It begins with the sound, and ends with it."""
    with open_sound(str(tagged)) as sound:
        (part,) = sound.parts
        assert (part.size, part.readable(), part.seekable()) == (len(FRAME) * 6, True, True)
        assert part.read(4) == FRAME[:4]
        assert (part.tell(), part.seek(-2, os.SEEK_END)) == (4, part.size - 2)
        assert part.read() == FRAME[-2:]
        assert part.read(10) == b""
        assert (part.seek(-3, os.SEEK_CUR), part.seek(-9)) == (part.size - 3, 0)
        assert part.read_at(part.size - 1, 99) == FRAME[-1:]
        assert part.read_at(part.size + 5, 9) == b""


def test_parts_don_t_disturb_each_other(tagged: Path) -> None:
    """Each has its own place in the same open file."""
    with tagged.open("rb") as file:
        one, two = SoundPart(file, 0, 20), SoundPart(file, 20, 30)
        one.seek(4)
        assert two.read(4) == FRAME[:4]
        assert one.read(4) == b"junk"


def test_a_file_that_vanishes_is_still_read(tagged: Path) -> None:
    """What is open stays readable, whatever becomes of its name."""
    with open_sound(str(tagged)) as sound:
        tagged.unlink()
        assert sound.parts[0].read(4) == FRAME[:4]


def test_a_closed_file_is_closed(tagged: Path) -> None:
    """Nothing is read any more, and closing again does no harm."""
    with open_sound(str(tagged)) as sound:
        pass
    sound.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(sound.parts[0]._descriptor)


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_is_refused_is_closed(tmp_path: Path) -> None:
    """A file that is no music doesn't stay open."""
    path = tmp_path / "text.mp3"
    path.write_text("no music")
    before = _open_files()
    with pytest.raises(DeviceError, match="isn't music"):
        open_sound(str(path))
    assert _open_files() == before


def test_a_locked_file_is_called_that(tmp_path: Path) -> None:
    """The reason names the lock and the way out."""
    path = tmp_path / "locked.wma"
    guids = "3026b2758e66cf11a6d900aa0062ce6c", "fbb3112223bdd211b4b700a0c955fc6e"
    path.write_bytes(
        bytes.fromhex(guids[0]) + (200).to_bytes(8, "little") + bytes.fromhex(guids[1])
    )
    with pytest.raises(DeviceError, match="locked"):
        open_sound(str(path))
