import io
import struct

import pytest

from kacenv.analysis.locks import is_locked


def box(name: bytes, *content: bytes) -> bytes:
    """Return a box of an MP4 file."""
    whole = b"".join(content)
    return struct.pack(">I4s", 8 + len(whole), name) + whole


def movie(*entries: bytes) -> bytes:
    """Return an MP4 file with tracks whose samples are entered by these names."""
    tracks = []
    for name in entries:
        table = box(b"stsd", struct.pack(">II", 0, 1), box(name, bytes(28)))
        tracks.append(box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table)))))
    return box(b"ftyp", b"M4A ") + box(b"mdat", b"drms" * 10) + box(b"moov", *tracks)


def asf(guid: str) -> bytes:
    """Return an ASF header that holds one object."""
    content = bytes.fromhex(guid) + bytes(40)
    return bytes(16) + struct.pack("<Q", 24 + len(content)) + content


def locked(content: bytes, kind: str) -> bool:
    """Tell if this file is locked."""
    return is_locked(io.BytesIO(content), kind, 0, len(content))


@pytest.mark.parametrize("entry", [b"drms", b"enca", b"aavd"])
def test_locked_mp4_files_are_known_by_their_sample_entries(entry: bytes) -> None:
    """FairPlay's, Common Encryption's and Audible's, in whichever track."""
    assert locked(movie(entry), "mp4")
    assert locked(movie(b"mp4a", entry), "mp4")


def test_open_mp4_files_are_not_locked() -> None:
    """Whatever their sound's bytes look like."""
    assert not locked(movie(b"mp4a"), "mp4")
    assert not locked(movie(b"alac", b"mp4v"), "mp4")


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_a_torn_mp4_file_is_not_locked(cut: int) -> None:
    """A file that ends anywhere is judged by what is there."""
    assert not locked(movie(b"mp4a")[:cut], "mp4")


def test_a_box_of_wrong_length_ends_the_search() -> None:
    """Lengths that are too short don't lead in circles."""
    assert not locked(struct.pack(">I4s", 3, b"moov") + bytes(50), "mp4")
    assert not locked(struct.pack(">I4sQ", 1, b"moov", 3) + bytes(50), "mp4")


def test_locked_asf_files_are_known_by_an_object() -> None:
    """Windows Media's lock stands in the header."""
    assert locked(asf("fbb3112223bdd211b4b700a0c955fc6e"), "asf")
    assert not locked(asf("a1dcab8c47a9cf118ee400c00c205365"), "asf")
    assert not locked(b"", "asf")


def test_locked_matroska_files_are_known_by_their_encryption() -> None:
    """An algorithm is named; compression alone is no lock."""
    head = b"\x1aE\xdf\xa3" + bytes(20)
    assert locked(head + b"\x50\x35\x84\x47\xe1\x81\x05", "matroska")
    assert not locked(head + b"\x50\x35\x84\x47\xe1\x81\x00", "matroska")
    assert not locked(head + b"\x50\x34\x84\x42\x54\x81\x00", "matroska")


def test_other_kinds_have_no_locks() -> None:
    """Nothing is searched for in them."""
    assert not locked(movie(b"drms"), "wav")
