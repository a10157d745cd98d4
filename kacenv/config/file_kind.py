"""A file's kind: a room, a scene or a playlist, told by its place or by its keys."""

from pathlib import Path
from typing import Final

from kacenv.analysis.foreign_types import is_called_music
from kacenv.config.house import LISTS, PLAYLISTS, YAML, FileKind, is_list
from kacenv.config.playlists.formats import EXPORT, UNREADABLE
from kacenv.config.yaml.document import Document, Tree, read_document
from kacenv.config.yaml.text_files import any_of, near, refuse, require_file, shown
from kacenv.core.errors import LoadError
from kacenv.model.fields import Model
from kacenv.model.playlist import Playlist
from kacenv.model.room import Room
from kacenv.model.scene import Scene

_MODELS: Final[dict[FileKind, type[Model]]] = {
    FileKind.ROOM: Room,
    FileKind.SCENE: Scene,
    FileKind.PLAYLIST: Playlist,
}
_FOREMOST: Final = {
    "outputs": FileKind.ROOM,
    "phases": FileKind.SCENE,
    "tracks": FileKind.PLAYLIST,
}
"""The key that no file of a kind may lack."""
_COMMON: Final = frozenset({"name", "title"})
"""Keys that many other files have, too."""
_ENDINGS: Final = (
    "a room or scene in a file that ends in .yaml or .yml,"
    f" or a playlist in one that ends in .yaml, .yml, {', '.join(LISTS[:-1])} or {LISTS[-1]}"
)
_MUSIC: Final = "a room, a scene or a playlist; music is looked at with the playlist that names it"
_KEYS: Final = (
    "`outputs` (in a room), `phases` (in a scene) or `tracks` (in a playlist);"
    " or move the file into a folder called rooms, scenes or playlists"
)


def kind_of(path: Path) -> FileKind:
    """The kind of the file at `path`: by its ending, by the folder it lies in, or by its keys.

    Raises:
        LoadError: It can't be read, or it can't be told.
    """
    require_file(path)
    if is_list(path):
        return FileKind.PLAYLIST
    if path.suffix.lower() in UNREADABLE:
        raise refuse(path, UNREADABLE[path.suffix.lower()], EXPORT)
    if is_called_music(path.suffix):
        raise refuse(path, "a sound file", _MUSIC, f"kacenv music import {shown(path.parent)}")
    if path.suffix not in YAML:
        found = f"a file that ends in {path.suffix}" if path.suffix else "a file without an ending"
        # Windows hides endings, so that a list may be saved as calm.m3u8.txt.
        inner = path.stem if path.stem.lower().endswith(PLAYLISTS) else ""
        raise refuse(path, found, _ENDINGS, inner or path.with_suffix(YAML[0]).name)
    folder = path.parent.resolve().name
    return FileKind(folder) if folder in {*FileKind} else _by_keys(path, read_document(path))


def _by_keys(path: Path, document: Document) -> FileKind:
    fitting = {kind: _count(document.tree, kind) for kind in FileKind}
    most = max(fitting.values())
    likely = [kind for kind, count in fitting.items() if count == most] if most else []
    likely = likely or list({_FOREMOST[key] for key in map(_foremost, document.tree) if key})
    if len(likely) == 1:
        return likely[0]
    if document.problems:
        raise LoadError(tuple(document.problems))
    found = f"a file that may be a room, a scene or a playlist, with the keys {_listed(document)}"
    raise refuse(path, found, _KEYS)


def _count(tree: dict[str, Tree], kind: FileKind) -> int:
    return len((tree.keys() & _MODELS[kind].model_fields.keys()) - _COMMON)


def _foremost(key: str) -> str:
    """The foremost key that was probably meant, or nothing."""
    return near(key, _FOREMOST)


def _listed(document: Document) -> str:
    return any_of(" ".join(key.split())[:40] for key in document.tree)
