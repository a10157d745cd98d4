"""Unpacking of a packed scene: fully verified before anything in the house changes.

`tarfile`'s data filter alone doesn't do: it follows extended headers first, and overwrites files.
"""

import hashlib
import os
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.file_type import kind_of
from kacenv.config.house import YAML, House, is_list
from kacenv.config.load import ProblemCollector, check_plan, open_scene
from kacenv.config.playlists.playlist_cache import PlaylistCache
from kacenv.config.playlists.resolve import open_playlist
from kacenv.config.transfer.archive import (
    BLOCK,
    CHUNK,
    LARGEST_MANIFEST,
    MANIFEST,
    ArchivedFile,
    Manifest,
    manifest_of,
)
from kacenv.config.yaml.text_files import any_of, refuse, shown
from kacenv.core.errors import DeviceError, FileProblem, LoadError


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Result: the scene's name, the new files, and those that were there."""

    scene: str
    new: tuple[Path, ...]
    known: tuple[Path, ...]


class _DamageError(Exception):
    """Fault of an archive that can't be trusted."""


def unpack(house: House, archive: Path) -> Unpacked:
    """Unpack the scene in `archive`, all or nothing; no file is ever overwritten.

    Raises:
        LoadError: The archive is malformed, damaged, or conflicts with the house's own files; or
            the scene in it can't be loaded.
    """
    try:
        with _opened(archive) as file, _staging(house) as folder:
            staged = House(Path(folder))
            manifest = _verified(file, staged, house)
            _require_loadable(staged, manifest, archive)
            return _install(house, manifest, staged)
    except _DamageError as error:
        expected = "an archive as `kacenv music pack` wrote it; fetch it again from where it was"
        raise refuse(archive, str(error), expected) from error
    except OSError as error:
        found = f"{error.strerror} ({error.filename or archive})"
        raise refuse(archive, found, "a readable archive, and room and rights to unpack") from error


def _opened(archive: Path) -> IO[bytes]:
    if not stat.S_ISREG(archive.stat().st_mode):
        raise _DamageError("something that isn't a file")
    return archive.open("rb")


def _staging(house: House) -> "tempfile.TemporaryDirectory[str]":
    """Return a temporary folder on the house's own disk."""
    return tempfile.TemporaryDirectory(prefix=".unpack-", dir=house.root)


def _verified(file: IO[bytes], staged: House, house: House) -> Manifest:
    """Copy every file to its place in `staged`, and check it against the manifest."""
    members = _members(file)
    name, size = next(members, ("", 0))
    if name != MANIFEST or size > LARGEST_MANIFEST:
        raise _DamageError("a file that holds no packed scene")
    manifest = _manifest(file.read(size))
    _require_space(manifest, staged.root, house)
    for packed in manifest.files:
        if next(members, None) != (packed.member, packed.size):
            raise _DamageError(f"not the {packed.path} that it promises")
        target = staged.root / packed.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(file, packed, target)
    if next(members, None) is not None:
        raise _DamageError("more files than it promises")
    return manifest


def _require_space(manifest: Manifest, staged: Path, house: House) -> None:
    """Refuse an archive for which there is no room: once or, where files can't be linked, twice.

    Raises:
        LoadError: There is too little room.
    """
    home = house.playlist_folder if house.playlist_folder.is_dir() else staged
    needed: dict[int, int] = {}
    for folder in (staged,) if _can_link(staged, home) else (staged, home):
        block, device = os.statvfs(folder).f_frsize, folder.stat().st_dev
        size = sum(-(-packed.size // block) * block for packed in manifest.files)
        needed[device] = needed.get(device, 0) + size
        free = shutil.disk_usage(folder).free
        if needed[device] > free:
            wanted = -(-needed[device] >> 20)
            found = f"only {free >> 20} MB free on its disk, for {wanted} MB of files"
            expected = "room for all of them; make some, or unpack into a house on another disk"
            raise refuse(house.root, found, expected)


def _can_link(staged: Path, home: Path) -> bool:
    """Return True if a file in `staged` can get a second name in `home`."""
    first, second = staged / ".link", home / f"{staged.name}-link"
    try:
        first.touch()
        os.link(first, second)
    except OSError:
        return False
    finally:
        for path in (first, second):
            path.unlink(missing_ok=True)
    return True


def _manifest(content: bytes) -> Manifest:
    try:
        return manifest_of(content)
    except (ValueError, RecursionError) as error:
        raise _DamageError(f"a list of files that isn't right: {error}") from error


def _members(file: IO[bytes]) -> Iterator[tuple[str, int]]:
    """Yield name and size of each member, with `file` at its first byte.

    Headers are parsed here instead of by `tarfile.open`, which follows extended headers that
    a hostile archive could nest without end.
    """
    end = os.fstat(file.fileno()).st_size
    at = 0
    while True:
        file.seek(at)
        header = file.read(BLOCK)
        if len(header) == BLOCK and not any(header):
            return
        info = _header(header)
        at += BLOCK
        if at + info.size > end:
            raise _DamageError("an archive that ends too early")
        yield info.name, info.size
        at += -(-info.size // BLOCK) * BLOCK


def _header(header: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise _DamageError("a file that isn't a packed scene, or is cut off") from error
    if info.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or info.size < 0:
        raise _DamageError(f"{info.name[:60]!r}, which isn't a plain file")
    return info


def _copy(file: IO[bytes], packed: ArchivedFile, target: Path) -> None:
    digest, left = hashlib.sha256(), packed.size
    with target.open("xb") as out:
        while left:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                raise _DamageError("an archive that ends too early")
            digest.update(chunk)
            out.write(chunk)
            left -= len(chunk)
    if digest.hexdigest() != packed.sha256:
        raise _DamageError(f"{packed.path} with other contents than were packed")
    if not (is_list(packed.path) or packed.path.endswith(YAML)):
        _check_music(packed, target)


def _check_music(packed: ArchivedFile, target: Path) -> None:
    try:
        kind_of(str(target.resolve()))
    except DeviceError as error:
        raise _DamageError(f"{packed.path}, which isn't music") from error


def _require_loadable(staged: House, manifest: Manifest, archive: Path) -> None:
    """Load the scene with its playlists and their music, before anything of it is kept.

    Raises:
        LoadError: With everything that is wrong, each named by its place in the archive.
    """
    findings = ProblemCollector()
    plan = findings.gather(open_scene, staged.root / "scenes" / f"{manifest.scene}.yaml")
    if plan is not None:
        check_plan(plan, None, PlaylistCache(staged, KnownMeasurements()), findings)
    for packed in manifest.files:
        path = Path(packed.path)
        if path.parts[0] == "playlists" and (is_list(path) or path.suffix in YAML):
            findings.gather(open_playlist, staged.root / path, path.name)
    findings.problems = [_in_archive(one, staged, archive) for one in findings.problems]
    findings.refuse()


def _in_archive(problem: FileProblem, staged: House, archive: Path) -> FileProblem:
    """Return a problem in which the archive stands in place of the folder for a while."""
    folder = f"{shown(staged.root)}/"
    name = shown(archive)
    file = f"{name}: {problem.file.removeprefix(folder)}"
    texts = (problem.found, problem.expected, problem.example)
    found, expected, example = (text.replace(folder, f"{name}: ") for text in texts)
    return problem._replace(file=file, found=found, expected=expected, example=example)


def _install(house: House, manifest: Manifest, staged: House) -> Unpacked:
    """Move the verified files into place; on a failure, remove all of them."""
    new: list[tuple[Path, Path]] = []
    known: list[Path] = []
    other: list[Path] = []
    for packed in manifest.files:
        target = house.root / packed.path
        _check_inside(house, target)
        if not (target.exists() or target.is_symlink()):
            new.append((staged.root / packed.path, target))
        elif _is_same(target, packed):
            known.append(target)
        else:
            other.append(target)
    if other:
        raise _taken(other)
    _place(new)
    return Unpacked(manifest.scene, tuple(target for _, target in new), tuple(known))


def _check_inside(house: House, target: Path) -> None:
    """Refuse a target that a link leads out of the folder for scenes or for playlists."""
    top = house.root / target.relative_to(house.root).parts[0]
    if not target.parent.resolve().is_relative_to(top.resolve()):
        expected = "real folders, no links that lead elsewhere"
        raise refuse(target, "a place behind a link", expected)


def _is_same(target: Path, packed: ArchivedFile) -> bool:
    if not target.is_file() or target.stat().st_size != packed.size:
        return False
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == packed.sha256


def _taken(other: list[Path]) -> LoadError:
    names = any_of(path.name for path in other)
    expected = "places that are free, as nothing is overwritten; rename yours, or unpack into"
    return refuse(
        other[0].parent,
        f"other files of the same name: {names}",
        f"{expected} another house",
        "mkdir other && kacenv music unpack ARCHIVE --house other",
    )


def _place(new: list[tuple[Path, Path]]) -> None:
    """Link or copy files to their places; on a failure, leave neither files nor folders."""
    made: list[Path] = []
    try:
        for source, target in new:
            for folder in reversed([one for one in target.parents if not one.exists()]):
                folder.mkdir()
                made.append(folder)
            made.append(target)
            _link(source, target)
    except BaseException as error:
        if isinstance(error, FileExistsError):
            made.pop()  # somebody else's, made meanwhile
        for path in reversed(made):
            _remove(path)
        raise


def _link(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where that can't be; never overwrite."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        with source.open("rb") as content, target.open("xb") as out:
            shutil.copyfileobj(content, out, CHUNK)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
