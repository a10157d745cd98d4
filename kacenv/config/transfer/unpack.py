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
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kacenv.analysis.file_type import kind_of
from kacenv.config.house import YAML, House, is_list
from kacenv.config.transfer.archive import (
    BLOCK,
    CHUNK,
    LARGEST_MANIFEST,
    MANIFEST,
    ArchivedFile,
    Manifest,
    manifest_of,
)
from kacenv.config.yaml.text_files import any_of, refuse
from kacenv.core.errors import DeviceError, LoadError


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
        LoadError: The archive is malformed, damaged, or conflicts with the house's own files.
    """
    try:
        with _opened(archive) as file, _staging(house) as folder:
            manifest = _verified(file, Path(folder))
            return _install(house, manifest, Path(folder))
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


def _verified(file: IO[bytes], folder: Path) -> Manifest:
    """Copy every file to `folder`, named by its number, and check it against the manifest."""
    members = _members(file)
    name, size = next(members, ("", 0))
    if name != MANIFEST or size > LARGEST_MANIFEST:
        raise _DamageError("a file that holds no packed scene")
    manifest = _manifest(file.read(size))
    free = shutil.disk_usage(folder).free
    needed = sum(packed.size for packed in manifest.files)
    if needed > free:
        raise _DamageError(f"{needed >> 20} MB of files, and only {free >> 20} MB free here")
    for number, packed in enumerate(manifest.files):
        if next(members, None) != (packed.path, packed.size):
            raise _DamageError(f"not the {packed.path} that it promises")
        _copy(file, packed, folder / str(number))
    if next(members, None) is not None:
        raise _DamageError("more files than it promises")
    return manifest


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


def _install(house: House, manifest: Manifest, folder: Path) -> Unpacked:
    """Move the verified files into place; on a failure, remove all of them."""
    new: list[tuple[Path, Path]] = []
    known: list[Path] = []
    other: list[Path] = []
    for number, packed in enumerate(manifest.files):
        target = house.root / packed.path
        _check_inside(house, target)
        if not (target.exists() or target.is_symlink()):
            new.append((folder / str(number), target))
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
    placed: list[Path] = []
    try:
        for source, target in new:
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as content, target.open("xb") as out:
                placed.append(target)
                shutil.copyfileobj(content, out, CHUNK)
    except BaseException:
        for target in placed:
            target.unlink(missing_ok=True)
        raise
