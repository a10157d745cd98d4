"""Shell completion with the names in the clinic's own files.

Fast: files are parsed without validation, and no model is loaded. On any error nothing is
offered.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from kacenv.system.paths import house_folder, state_folder

VARIABLE: Final = "_KACENV_COMPLETE"
"""Environment variable that a shell sets to ask for completions."""
_YAML: Final = (".yaml", ".yml")
_LISTS: Final = (".m3u8", ".m3u", ".xspf")
_CHIMES: Final = ("bell", "two-bells", "deep-bell")
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0}

Offer = tuple[str, str]
"""Word, and its help."""


def answer() -> None:
    """Answer the shell, and exit."""
    from typer.main import get_command

    from kacenv.cli.app import app

    command = get_command(app)
    equip(command)
    command(prog_name="kacenv")


def equip(command: Any, path: tuple[str, ...] = ()) -> None:
    """Set the completions of every parameter that takes a name, by the parameter's name."""
    for parameter in command.params:
        offers = _OFFERS.get((*path, parameter.name)) or _OFFERS.get((parameter.name,))
        if offers is not None and path != ("init",):
            parameter._custom_shell_complete = _completer(offers)  # noqa: SLF001 - typer takes it only where the command is written
    for name, below in getattr(command, "commands", {}).items():
        equip(below, (*path, name))


def _completer(offers: "Callable[[_CommandLine], Iterable[Offer]]") -> Callable[..., list[Any]]:
    def complete(context: Any, _parameter: Any, incomplete: str) -> list[Any]:
        from typer._click.shell_completion import CompletionItem

        try:
            found = dict(offers(_CommandLine(context.params)))
        except Exception:  # noqa: BLE001 - whatever lies in the folder, a shell isn't disturbed
            return []
        return [
            CompletionItem(word, help=help_ or None)
            for word, help_ in found.items()
            if word.startswith(incomplete)
        ]

    return complete


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


def _scenes(asked: _CommandLine) -> Iterator[Offer]:
    return ((name, "") for name in asked.names("scenes"))


def _rooms(asked: _CommandLine) -> Iterator[Offer]:
    return ((name, "") for name in asked.names("rooms"))


def _playlists(asked: _CommandLine) -> Iterator[Offer]:
    return ((name, "") for name in asked.names("playlists", *_LISTS))


def _everything(asked: _CommandLine) -> Iterator[Offer]:
    for name in asked.names("rooms"):
        yield name, "room"
    for name in asked.names("scenes"):
        yield name, "scene"
    for name in asked.names("playlists", *_LISTS):
        yield name, "playlist"


def _outputs(asked: _CommandLine) -> Iterator[Offer]:
    for room in asked.rooms():
        for output in room.get("outputs", ()):
            yield output["id"], output.get("role", "")


def _chimes(asked: _CommandLine) -> Iterator[Offer]:
    for name in _CHIMES:
        yield name, ""
    for room in asked.rooms():
        for name in room.get("chimes", ()):
            yield name, "of the room's own"


def _phases(asked: _CommandLine) -> Iterator[Offer]:
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


def _kinds(_asked: _CommandLine) -> Iterator[Offer]:
    from kacenv.cli.schema import KINDS

    return ((kind, "") for kind in KINDS)


def _records(_asked: _CommandLine) -> Iterator[Offer]:
    """Yield records by their files' names; none is opened."""
    for path in sorted((state_folder() / "records").glob("*.json")):
        *_, year, month, day, name = path.stem.split("-")
        yield name, f"{year}-{month}-{day}"


_OFFERS: Final[dict[tuple[str, ...], Callable[[_CommandLine], Iterable[Offer]]]] = {
    ("scene",): _scenes,
    ("compare",): _scenes,
    ("room",): _rooms,
    ("playlist",): _playlists,
    ("playlists",): _playlists,
    ("output",): _outputs,
    ("output_or_level",): _outputs,
    ("check", "names"): _everything,
    ("chime", "name"): _chimes,
    ("audio", "chime", "name"): _chimes,
    ("rehearse", "at"): _phases,
    ("schema", "kind"): _kinds,
    ("record", "show", "id_"): _records,
    ("record", "remove", "id_"): _records,
}
"""Completions by the parameter's name, or by its command's and its own."""
