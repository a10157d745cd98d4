"""Shell completion with the names in the clinic's own files.

Fast: files are parsed without validation, and no model is loaded. On any error nothing is
offered.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import typer

from kacenv.system.paths import house_folder, state_folder

_YAML: Final = (".yaml", ".yml")
_LISTS: Final = (
    *(".m3u8", ".m3u", ".xspf", ".pls", ".wpl", ".zpl", ".asx", ".wax", ".jspf", ".xml", ".cue"),
)
_CHIMES: Final = ("bell", "two-bells", "deep-bell")
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0}

Offer = tuple[str, str]
"""Word, and its help."""
Completion = Callable[[typer.Context], list[Any]]


class _CommandLine:
    """Command line so far, and the house it refers to."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self.house = Path(given.get("house") or house_folder())

    def names(self, folder: str, *more: str) -> list[str]:
        """Return the names of the files in a folder of the house, YAML without its suffix."""
        paths = sorted((self.house / folder).iterdir())
        named = ((path.stem if path.suffix in _YAML else path.name, path) for path in paths)
        return [name for name, path in named if path.suffix in (*_YAML, *more)]

    def rooms(self) -> Iterator[dict[str, Any]]:
        """Yield the named room, else all."""
        chosen = self._given.get("room") or os.environ.get("KACENV_ROOM")
        names = self.names("rooms")
        for name in [chosen] if chosen in names else names:
            yield self.skim("rooms", name)

    def scene(self) -> dict[str, Any]:
        """Return the first scene on the line, which isn't parsed if an option lacks its value."""
        line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
        known = self.names("scenes")
        return self.skim("scenes", next(word for word in line.split() if word in known))

    def skim(self, folder: str, name: str) -> dict[str, Any]:
        """Return a file's YAML without validation; empty if it can't be read."""
        import yaml

        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        path = next(
            path for end in _YAML if (path := self.house / folder / f"{name}{end}").is_file()
        )
        try:
            found = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 - text alone
        except (yaml.YAMLError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _completion(offers: Callable[[_CommandLine], Iterable[Offer]]) -> Completion:
    """Return what typer asks for the words to offer."""

    def complete(context: typer.Context) -> list[Any]:
        try:
            found = dict(offers(_CommandLine(context.params)))
        except Exception:  # noqa: BLE001 - whatever lies in the folder, a shell isn't disturbed
            return []
        return [(word, help_) if help_ else word for word, help_ in found.items()]

    return complete


def first_word(offers: Completion) -> Completion:
    """Return the same for the first of several words."""

    def complete(context: typer.Context) -> list[Any]:
        return [] if context.params.get("words") else offers(context)

    return complete


@_completion
def scenes(asked: _CommandLine) -> Iterator[Offer]:
    """Yield the house's scenes."""
    return ((name, "") for name in asked.names("scenes"))


@_completion
def rooms(asked: _CommandLine) -> Iterator[Offer]:
    """Yield the house's rooms."""
    return ((name, "") for name in asked.names("rooms"))


@_completion
def playlists(asked: _CommandLine) -> Iterator[Offer]:
    """Yield the house's playlists."""
    return ((name, "") for name in asked.names("playlists", *_LISTS))


@_completion
def everything(asked: _CommandLine) -> Iterator[Offer]:
    """Yield rooms, scenes and playlists, with their kind."""
    for name in asked.names("rooms"):
        yield name, "room"
    for name in asked.names("scenes"):
        yield name, "scene"
    for name in asked.names("playlists", *_LISTS):
        yield name, "playlist"


@_completion
def outputs(asked: _CommandLine) -> Iterator[Offer]:
    """Yield the outputs of the named room, else of all, with their role."""
    for room in asked.rooms():
        for output in room.get("outputs", ()):
            yield output["id"], output.get("role", "")


@_completion
def chimes(asked: _CommandLine) -> Iterator[Offer]:
    """Yield the built-in chimes, and the rooms' own."""
    for name in _CHIMES:
        yield name, ""
    for room in asked.rooms():
        for name in room.get("chimes", ()):
            yield name, "of the room's own"


@_completion
def phase_times(asked: _CommandLine) -> Iterator[Offer]:
    """Yield the times at which the scene's phases begin."""
    begin = 0.0
    for phase in asked.scene().get("phases", ()):
        yield _span(begin), f"{phase['name']} begins"
        begin += _seconds(phase["duration"])


def _seconds(span: str) -> float:
    """Parse a time, without validation."""
    total, number = 0.0, ""
    for sign in span.strip():
        if sign in _UNITS:
            total, number = total + float(number) * _UNITS[sign], ""
        else:
            number += sign
    return total


def _span(seconds: float) -> str:
    from kacenv.core.units import format_seconds

    return format_seconds(seconds)


@_completion
def record_ids(_asked: _CommandLine) -> Iterator[Offer]:
    """Yield records by their files' names; none is opened."""
    for path in sorted((state_folder() / "records").glob("*.json")):
        *_, year, month, day, name = path.stem.split("-")
        yield name, f"{year}-{month}-{day}"


NAMES: Final = {"output": outputs, "chime": chimes}
"""Completions of requests' arguments, by what they name."""
