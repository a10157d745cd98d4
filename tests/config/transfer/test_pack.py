"""A scene carried from one house to another arrives whole, or not at all."""

import io
import json
import os
import shutil
import tarfile
import wave
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.houses import write_house
from support.sounds import Wave, tone, write_wav

from kacenv.config import House, load_session
from kacenv.config.transfer.archive import MANIFEST, is_safe, manifest_of
from kacenv.config.transfer.pack import PackError, pack
from kacenv.config.transfer.unpack import unpack
from kacenv.core.errors import LoadError

ROOM = "name: r\noutputs:\n  - {id: speakers, role: speakers}\nmusic_root: ../music\n"
SCENE = """
title: Two
phases:
  - {name: onset, duration: 1m, playlist: calm}
  - {name: return, duration: 1m, playlist: other.m3u8}
overflow: calm
"""
LISTED = """
title: x
repeat: yes
tracks:
  - {file: %s, title: t, artist: a, licence: l, instrumental: yes}
"""


@cache
def _piece() -> Wave:
    return tone(40, -20.0)[::24]


@pytest.fixture
def here(tmp_path: Path) -> House:
    """A house with a scene, music beside its playlists and music in the room's own folder."""
    house = write_house(
        tmp_path / "here", rooms__r=ROOM, scenes__two=SCENE, playlists__calm=LISTED % "a/x.wav"
    )
    for file in ("playlists/a/x.wav", "music/deep/y.wav", "playlists/unused.wav"):
        write_wav(house / file, _piece(), channels=1)
    (house / "playlists/other.m3u8").write_text("deep/y.wav\n")
    return House(house)


@pytest.fixture
def there(tmp_path: Path) -> House:
    """An empty house."""
    (tmp_path / "there").mkdir()
    return House(write_house(tmp_path / "there", rooms__r=ROOM.replace("music_root", "#")))


@pytest.fixture
def packed(here: House, tmp_path: Path) -> Path:
    """The scene, packed."""
    pack(here, "two", tmp_path / "two.tar")
    return tmp_path / "two.tar"


def files(house: House) -> dict[str, bytes]:
    """All files of a house but its rooms."""
    found = (path for path in house.root.rglob("*") if path.is_file())
    names = {str(path.relative_to(house.root)): path.read_bytes() for path in found}
    return {name: content for name, content in names.items() if not name.startswith("rooms/")}


def test_the_scene_plays_on_the_other_machine(packed: Path, there: House) -> None:
    """Scene, playlists and music arrive, and nothing else; the session can begin."""
    done = unpack(there, packed)
    assert done.scene == "two"
    assert sorted(files(there)) == [
        "playlists/a/x.wav",
        "playlists/calm.yaml",
        "playlists/deep/y.wav",
        "playlists/other.m3u8",
        "scenes/two.yaml",
    ]
    assert [p.name for p in load_session(there, "two", "r").phases] == ["onset", "return"]


def test_any_tar_can_read_the_archive(packed: Path) -> None:
    """The manifest stands first, and its sums are those of the files."""
    with tarfile.open(packed) as tar:
        members = tar.getmembers()
        contents = {m.name: tar.extractfile(m).read() for m in members}  # type: ignore[union-attr]  # all are files
    assert members[0].name == MANIFEST
    manifest = manifest_of(contents.pop(MANIFEST))
    assert {f.path: (f.size, f.sha256) for f in manifest.files} == {
        name: (len(content), sha256(content).hexdigest()) for name, content in contents.items()
    }


def test_the_same_scene_is_the_same_archive(here: House, packed: Path, tmp_path: Path) -> None:
    """Two packings are equal byte by byte."""
    pack(here, "two", tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == packed.read_bytes()


def test_packing_overwrites_nothing(here: House, packed: Path, tmp_path: Path) -> None:
    """A name that is taken, a kind that isn't known and a place that isn't there are refused."""
    before = packed.read_bytes()
    for path, reason in (
        (packed, "there already"),
        (tmp_path / "two.zip", r"For example: .*two\.tar"),
        (tmp_path / "nowhere/two.tar", "nowhere"),
    ):
        with pytest.raises(PackError, match=reason):
            pack(here, "two", path)
    assert packed.read_bytes() == before


def test_a_path_of_this_machine_alone_is_not_packed(here: House, tmp_path: Path) -> None:
    """A playlist that names its files from the root would be silent elsewhere; so it is refused."""
    absolute = here.playlist_folder / "a/x.wav"
    (here.playlist_folder / "calm.yaml").write_text(LISTED % absolute)
    with pytest.raises(PackError, match="kacenv music export"):
        pack(here, "two", tmp_path / "x.tar")
    assert not (tmp_path / "x.tar").exists()


@pytest.mark.parametrize(
    "line", ["deep%2Fy.wav", r"Deep\y.wav", r"C:\Music\deep\y.wav", "{music}/deep/y.wav"]
)
def test_a_foreign_path_leads_to_the_music_on_the_other_machine(
    here: House, there: House, tmp_path: Path, line: str
) -> None:
    """What was found by a reading is carried to where the same reading finds it again."""
    text = line.format(music=here.root / "music")
    (here.playlist_folder / "other.m3u8").write_text(f"{text}\n")
    pack(here, "two", tmp_path / "x.tar")
    unpack(there, tmp_path / "x.tar")
    (here.root / "music/deep/y.wav").unlink()
    cut = load_session(there, "two", "r").phases[1].queue.cuts[0]
    assert cut.path == str(there.playlist_folder / "deep/y.wav")


def test_a_scene_with_missing_music_is_not_packed(here: House, tmp_path: Path) -> None:
    """What isn't here can't be carried; the line is named."""
    (here.root / "music/deep/y.wav").unlink()
    with pytest.raises(LoadError, match=r"no file deep/y\.wav"):
        pack(here, "two", tmp_path / "x.tar")


def test_long_names_are_carried(here: House, there: House, tmp_path: Path) -> None:
    """A name as long as a disk holds arrives, though a tar's header has no room for it."""
    name = f"{'Symphony - ' * 18}{'é' * 20}.wav"
    (here.playlist_folder / "a/x.wav").rename(here.playlist_folder / "a" / name)
    (here.playlist_folder / "calm.yaml").write_text(LISTED % f"a/{name}")
    pack(here, "two", tmp_path / "long.tar")
    assert name in {path.name for path in unpack(there, tmp_path / "long.tar").new}
    assert load_session(there, "two", "r").title == "Two"


def test_a_file_too_large_for_a_tar_is_named(
    here: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What doesn't fit into a header's number isn't read in vain."""
    size = (here.playlist_folder / "a/x.wav").stat().st_size
    monkeypatch.setattr("kacenv.config.transfer.pack.TOO_LARGE", size)
    with pytest.raises(PackError, match=r"x\.wav is too large to be carried"):
        pack(here, "two", tmp_path / "large.tar")
    assert not (tmp_path / "large.tar").exists()


def test_unpacking_twice_changes_nothing(packed: Path, there: House) -> None:
    """What is there already, the same to the byte, stays."""
    unpack(there, packed)
    before = files(there)
    done = unpack(there, packed)
    assert (len(done.new), len(done.known)) == (0, 5)
    assert files(there) == before


def test_nobody_s_file_is_overwritten(packed: Path, there: House) -> None:
    """Where one file differs, none is unpacked, and the other way is shown."""
    mine = there.root / "scenes/two.yaml"
    mine.write_text("title: Mine\n")
    with pytest.raises(LoadError, match=r"other files of the same name: two\.yaml"):
        unpack(there, packed)
    assert files(there) == {"scenes/two.yaml": b"title: Mine\n"}


def test_a_link_in_the_house_is_not_followed(packed: Path, there: House, tmp_path: Path) -> None:
    """A folder that leads out of the playlists gets no files."""
    (tmp_path / "private").mkdir()
    (there.playlist_folder / "a").symlink_to(tmp_path / "private")
    with pytest.raises(LoadError, match="behind a link"):
        unpack(there, packed)
    assert not list((tmp_path / "private").iterdir())


@pytest.mark.parametrize("can_link", [True, False])
def test_a_failing_disk_leaves_nothing_behind(
    packed: Path, there: House, monkeypatch: pytest.MonkeyPatch, *, can_link: bool
) -> None:
    """If the last file can't be placed, the others go again, and so do new folders."""
    link, opened = os.link, Path.open

    def fail(path: Path, place: Path) -> None:
        if path == there.root / "scenes/two.yaml":
            raise OSError(28, "No space left on device", str(path))
        if not can_link and place == path:
            raise OSError(95, "Operation not supported", str(path))

    def linked(source: Path, target: Path) -> None:
        fail(target, target)
        link(source, target)

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        fail(path, Path())
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(os, "link", linked)
    monkeypatch.setattr(Path, "open", refuse)
    before = {*there.root.rglob("*")}
    with pytest.raises(LoadError, match="No space left"):
        unpack(there, packed)
    assert {*there.root.rglob("*")} == before


def test_a_disk_without_links_takes_it_too(
    packed: Path, there: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a USB stick, say, the files are copied."""
    monkeypatch.setattr(os, "link", _no_link)
    assert {path.name for path in unpack(there, packed).new} >= {"two.yaml", "x.wav", "y.wav"}
    assert load_session(there, "two", "r").title == "Two"


def _no_link(_: Path, target: Path) -> None:
    raise OSError(95, "Operation not supported", str(target))


@pytest.mark.parametrize("times", [1, 2])
def test_it_asks_for_the_room_that_it_needs(
    packed: Path, there: House, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Its files' blocks, once; twice where they must be copied, and not a block more."""
    if times == 2:
        monkeypatch.setattr(os, "link", _no_link)
    with tarfile.open(packed) as tar:
        sizes = [member.size for member in tar if member.name != MANIFEST]
    block = os.statvfs(there.root).f_frsize
    needed = times * sum(-(-size // block) * block for size in sizes)
    for free, is_enough in ((needed - 1, False), (needed, True)):
        disk = shutil.disk_usage(there.root)._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, disk=disk: disk)
        if is_enough:
            assert unpack(there, packed).scene == "two"
        else:
            with pytest.raises(LoadError, match="MB free on its disk") as refused:
                unpack(there, packed)
            assert "fetch it again" not in str(refused.value)
            assert files(there) == {}


def test_the_files_take_their_room_once(
    packed: Path, there: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked is what is kept: no second copy is written."""
    monkeypatch.setattr(shutil, "copyfileobj", lambda *_: pytest.fail("a second copy"))
    new = unpack(there, packed).new
    assert all(path.stat().st_nlink == 1 for path in new)


def _wave() -> bytes:
    """A very short piece."""
    content = io.BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(64))
    return content.getvalue()


MUSIC = _wave()
LIST = b"a.wav\n"
YAML = b"""title: x
phases:
  - {name: peak, duration: 1m, playlist: p.m3u8}
overflow: p.m3u8
"""
Entry = tuple[str, bytes]


def archive(
    path: Path, entries: list[Entry], *, change: Callable[[dict[str, Any]], None] = lambda _: None
) -> Path:
    """An archive of these entries with a fitting manifest, but for what `change` does to it."""
    listed = [
        {"path": name, "size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in entries
    ]
    manifest: dict[str, Any] = {"kacenv": 1, "scene": "x", "files": listed}
    change(manifest)
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in [(MANIFEST, json.dumps(manifest).encode()), *entries]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


GOOD: list[Entry] = [
    ("playlists/a.wav", MUSIC),
    ("playlists/p.m3u8", LIST),
    ("scenes/x.yaml", YAML),
]


def test_a_fitting_archive_is_taken(tmp_path: Path, there: House) -> None:
    """The hostile ones below differ from one that is taken."""
    assert len(unpack(there, archive(tmp_path / "x.tar", GOOD)).new) == 3


UNLOADABLE: dict[str, tuple[list[Entry], str]] = {
    "a phase of 400 digits": (
        [*GOOD[:2], ("scenes/x.yaml", YAML.replace(b"1m", b"9" * 400 + b"h"))],
        r"x\.tar: scenes/x\.yaml:3:28: phase 1 \(peak\), duration",
    ),
    "no scene": ([*GOOD[:2], ("scenes/x.yaml", b"title: x\n")], "no `phases`"),
    "no playlist": ([GOOD[0], GOOD[2]], "p.m3u8"),
    "no music": (GOOD[1:], r"x\.tar: playlists/p\.m3u8:1:1: track 1"),
    "a list that nobody asked for": (
        [*GOOD, ("playlists/q.yaml", b"title: [")],
        r"x\.tar: playlists/q\.yaml:1",
    ),
    "too little music": (
        [*GOOD[:2], ("scenes/x.yaml", YAML.replace(b"overflow: p.m3u8\n", b""))],
        "enough music",
    ),
}


@pytest.mark.parametrize("fault", UNLOADABLE)
def test_a_scene_that_does_not_load_is_not_taken_in(
    tmp_path: Path, there: House, fault: str
) -> None:
    """It is told with its place in the archive, and nothing of it is left in the house."""
    entries, words = UNLOADABLE[fault]
    before = {*there.root.rglob("*")}
    with pytest.raises(LoadError, match=words) as refused:
        unpack(there, archive(tmp_path / "x.tar", entries))
    assert ".unpack-" not in str(refused.value)
    assert {*there.root.rglob("*")} == before


EVIL = [
    *("../evil.wav", "playlists/../../evil.wav", "/etc/evil.wav", "playlists//x.wav"),
    *("playlists/./x.wav", "rooms/r.yaml", "playlists", "scenes/deep/x.yaml", "x.wav", ""),
    *("playlists/.hidden.wav", "playlists/..\\evil.wav", "playlists/a\x1b.wav", "playlists/.."),
    f"playlists/{'ä' * 128}.wav",
]


@pytest.mark.parametrize("name", EVIL)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, there: House, name: str) -> None:
    """Whatever isn't a scene, a playlist or music in its place stops the whole archive."""
    assert not is_safe(name)
    hostile = archive(tmp_path / "x.tar", GOOD, change=_in_first(path=name))
    with pytest.raises(LoadError, match="no place for a scene or music"):
        unpack(there, hostile)
    assert files(there) == {}


@pytest.mark.parametrize("name", ["playlists/evil.py", "playlists/x.wav.sh", "playlists/x.wav"])
def test_only_music_and_playlists_are_taken(tmp_path: Path, there: House, name: str) -> None:
    """A program in the place of music is known by how it begins."""
    hostile = archive(tmp_path / "x.tar", [*GOOD, (name, b"#!/bin/sh\n")])
    with pytest.raises(LoadError, match="which isn't music"):
        unpack(there, hostile)
    assert files(there) == {}


def test_a_file_cannot_come_twice(tmp_path: Path, there: House) -> None:
    """An archive that holds two files of one name is refused, before either is read."""
    with pytest.raises(LoadError, match="lists a file twice"):
        unpack(there, archive(tmp_path / "x.tar", [*GOOD, GOOD[0]]))
    assert files(there) == {}


def test_a_second_scene_is_no_stowaway(tmp_path: Path, there: House) -> None:
    """One archive brings one scene, the one it is named after."""
    with pytest.raises(LoadError, match="the one scene it speaks of"):
        unpack(there, archive(tmp_path / "x.tar", [*GOOD, ("scenes/y.yaml", YAML)]))


def _links() -> Iterator[tarfile.TarInfo]:
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE,
                 tarfile.DIRTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME,
                 tarfile.XHDTYPE, tarfile.XGLTYPE):  # fmt: skip
        info = tarfile.TarInfo("playlists/a.wav")
        info.type, info.linkname = kind, "/etc/passwd"
        yield info


@pytest.mark.parametrize("info", list(_links()), ids=lambda info: repr(info.type))
def test_only_plain_files_are_taken(tmp_path: Path, there: House, info: tarfile.TarInfo) -> None:
    """Links, devices, folders, sparse files and extended headers are refused unread."""
    hostile = archive(tmp_path / "x.tar", GOOD)
    content = bytearray(hostile.read_bytes())
    header = info.tobuf(tarfile.USTAR_FORMAT)[:512] if info.type != b"S" else _sparse(info)
    first = 512 + -(-_size(content) // 512) * 512
    hostile.write_bytes(bytes(content[:first]) + header + bytes(content[first + 512 :]))
    with pytest.raises(LoadError, match="plain file"):
        unpack(there, hostile)
    assert files(there) == {}


def _size(content: bytearray) -> int:
    return tarfile.TarInfo.frombuf(bytes(content[:512]), "utf-8", "strict").size


def _sparse(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.GNU_FORMAT)[:512]


def _set(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: manifest.update(fields)


def _in_first(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: manifest["files"][0].update(fields)


@pytest.mark.parametrize(
    "change",
    [
        _set(kacenv=2), _set(scene="y"), _set(scene=7), _set(files={}), _set(files=[{}]),
        _set(files=[[]]), _in_first(sha256="0" * 64), _in_first(sha256="x"), _in_first(size=1),
        _in_first(size=-1), _in_first(size="1"), _in_first(path="playlists/b.wav"),
        _in_first(path=None), _in_first(extra=1),
        lambda manifest: manifest["files"].append(manifest["files"][0]),
        lambda manifest: manifest["files"].pop(0),
        lambda manifest: manifest.clear(),
    ],
)  # fmt: skip
def test_a_list_that_does_not_fit_is_refused(
    tmp_path: Path, there: House, change: Callable[[dict[str, Any]], None]
) -> None:
    """Sizes, sums, names and counts must all be those that were packed."""
    with pytest.raises(LoadError, match="kacenv music pack"):
        unpack(there, archive(tmp_path / "x.tar", GOOD, change=change))
    assert files(there) == {}


def test_a_promise_too_large_for_the_disk_is_refused(tmp_path: Path, there: House) -> None:
    """A bomb is known by its size before a byte of it is written."""
    with pytest.raises(LoadError, match="MB free on its disk"):
        unpack(there, archive(tmp_path / "x.tar", GOOD, change=_in_first(size=1 << 60)))


@pytest.mark.parametrize("left", [0, 1, 511, 512, 1000, 1024, 2000, 2600])
def test_a_cut_archive_is_refused(tmp_path: Path, there: House, left: int) -> None:
    """Wherever a copy broke off, nothing of it is taken."""
    whole = archive(tmp_path / "x.tar", GOOD)
    whole.write_bytes(whole.read_bytes()[:left])
    with pytest.raises(LoadError, match="fetch it again"):
        unpack(there, whole)
    assert files(there) == {}


def test_every_flipped_byte_of_a_header_or_a_file_is_noticed(tmp_path: Path, there: House) -> None:
    """A bit that rotted on the way never arrives in the house unnoticed."""
    good = archive(tmp_path / "good.tar", GOOD).read_bytes()
    end = len(good.rstrip(b"\0")) + 2 * tarfile.BLOCKSIZE
    assert end < len(good) - tarfile.BLOCKSIZE  # what is left are zeros that only fill it up
    taken = dict(GOOD)
    for place in (*range(0, end, 7), *range(end, len(good), 97)):
        rotten = bytearray(good)
        rotten[place] ^= 0x10
        (tmp_path / "x.tar").write_bytes(rotten)
        try:
            unpack(there, tmp_path / "x.tar")
        except LoadError:
            assert files(there) == {}, place
        else:
            assert files(there) == taken, place
            for name in taken:
                (there.root / name).unlink()


def test_nested_and_endless_lists_are_refused(tmp_path: Path, there: House) -> None:
    """JSON that is deeper than a stack is an error like any other."""
    content = b"[" * 100_000
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    with pytest.raises(LoadError, match="list of files"):
        unpack(there, tmp_path / "x.tar")


def test_what_is_not_a_file_is_not_read(tmp_path: Path, there: House) -> None:
    """A pipe would wait for ever, a folder holds no scene, and nothing is nothing."""
    os.mkfifo(tmp_path / "pipe.tar")
    for name in ("pipe.tar", "there", "nowhere.tar"):
        with pytest.raises(LoadError):
            unpack(there, tmp_path / name)


def test_safe_paths_are_those_of_scenes_and_music() -> None:
    """Ordinary names with spaces, dots and letters of any language are safe."""
    for path in ("scenes/x.yaml", "playlists/a.b/Ärger & Ruhe #1.flac", "playlists/x.m3u8"):
        assert is_safe(path)


def test_a_manifest_comes_back_as_it_was_written(packed: Path) -> None:
    """Reading and writing a manifest are each other's reverse."""
    with tarfile.open(packed) as tar:
        member = tar.extractfile(MANIFEST)
        assert member is not None
        content = member.read()
    manifest = manifest_of(content)
    assert manifest.to_json() == content
    assert asdict(manifest)["scene"] == "two"
