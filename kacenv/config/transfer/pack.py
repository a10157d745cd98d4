"""Packing of a scene with its playlists and music for another machine."""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kacenv.config.checks.cross_file import ScenePlan, unknown_playlist
from kacenv.config.house import House
from kacenv.config.transfer.archive import MANIFEST, TOO_LARGE, ArchivedFile, Manifest, is_safe
from kacenv.config.transfer.export import house_tracks
from kacenv.config.transfer.new_file import new_file
from kacenv.config.yaml.document import read_document
from kacenv.config.yaml.text_files import shown
from kacenv.config.yaml.validation_errors import validate
from kacenv.core.errors import KacenvError, LoadError
from kacenv.model.scene import Scene


class PackError(KacenvError):
    """Scene that can't be packed; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class _Source:
    """File, and its name in the archive."""

    path: Path
    name: str


def pack(house: House, scene: str, archive: Path) -> Manifest:
    """Write `scene`, its playlists and their music to `archive`; never overwrite a file.

    The same files give the same archive, byte for byte. Rooms aren't packed.

    Raises:
        LoadError: The scene, or a playlist of it, can't be used.
        PackError: A file can't be packed, or the archive can't be written.
    """
    _check_place(archive)
    file = house.scene(scene)
    name = file.stem
    sources = {source.name: source for source in _sources(house, file)}
    try:
        manifest = Manifest(name, tuple(_packed(sources[key]) for key in sorted(sources)))
        with new_file(archive) as out:
            _write(out, manifest, sources)
    except FileExistsError as error:
        raise PackError(f"{archive} is there already. Give another name.") from error
    except OSError as error:
        raise PackError(f"{error.filename or archive}: {error.strerror}.") from error
    return manifest


def _check_place(archive: Path) -> None:
    if archive.suffix != ".tar":
        example = archive.with_suffix(".tar")
        raise PackError(f"A packed scene is a .tar file. For example: {example}")


def _sources(house: House, file: Path) -> Iterator[_Source]:
    document = read_document(file)
    plan = ScenePlan(validate(Scene, document), document)
    yield _source(file, f"scenes/{file.stem}.yaml")
    for name, trail in plan.playlists().items():
        path = house.playlist(name)
        if path is None:
            raise LoadError((unknown_playlist(plan, trail, house.playlists()),))
        yield _source(path, f"playlists/{path.name}")
        for track in house_tracks(house, name):
            if track.place.startswith("/"):
                raise PackError(
                    f"{track.file}:{track.entry.line}: {track.place} is a path of this machine"
                    " alone. Name the file from the playlist's folder; `kacenv music export` does."
                )
            yield _source(track.path, f"playlists/{os.path.normpath(track.place)}")


def _source(path: Path, name: str) -> _Source:
    if not is_safe(name):
        raise PackError(
            f"{shown(path)} can't be carried: its place or its name isn't one that every machine"
            " has. Move it below the playlists' folder, without a dot at its beginning."
        )
    return _Source(path, name)


def _packed(source: _Source) -> ArchivedFile:
    if source.path.stat().st_size >= TOO_LARGE:
        raise PackError(f"{shown(source.path)} is too large to be carried. Convert it to FLAC.")
    with source.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return ArchivedFile(source.name, file.tell(), digest)


def _write(out: IO[bytes], manifest: Manifest, sources: dict[str, _Source]) -> None:
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        content = manifest.to_json()
        tar.addfile(_header(MANIFEST, len(content)), io.BytesIO(content))
        for packed in manifest.files:
            with sources[packed.path].path.open("rb") as file:
                tar.addfile(_header(packed.member, packed.size), file)


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size = size
    return header
