"""Generator of a clinic's first house: a room, scenes and playlists."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kacenv.config.schema.json_schema import SchemaKind, text_of
from kacenv.config.yaml.document import parse
from kacenv.config.yaml.text_files import any_of, shown
from kacenv.config.yaml.validation_errors import validate
from kacenv.core.errors import KacenvError
from kacenv.model.dialects import WORDS, Dialect
from kacenv.model.look import Zone
from kacenv.model.room import Role, Room
from kacenv.system.paths import shipped_house

SCENES: Final = ("couple-lozenge", "couple-injection")
"""Scenes that come with the program and suit any room."""
_MODELINE: Final = "# yaml-language-server: $schema=../"
_SCHEMAS: Final = "docs/schema"
_WHITES: Final = {
    "settle": (35, 2700, 20, 25),
    "dusk": (16, 2400, 10, 12),
    "deep": (6, 2200, 5, 6),
    "dark": (2, 2200, 4, 5),
    "dawn": (12, 2300, 8, 10),
    "day": (45, 2700, 30, 35),
}
"""Looks that the scenes use: seats in % and kelvin, task and path in %."""
INTEGRATION: Final = """\
# Two people, an integration session of 50 minutes: talking, with music far below the voices.
# A plan for sound and light, not clinical advice; all its times are our choice.
title: Integration, talking

phases:
  - name: arrive
    duration: 10m
    playlist: settle
    level: -10 dB
    light: day
    light_fade: 60s

  - name: talk
    duration: 35m
    playlist: integration
    level: -14 dB          # below the voices
    light: day

  - name: close
    duration: 5m
    playlist: return
    level: -10 dB
    light: day

overflow: overflow

check_ins:
  - at: 30m
    phases: [talk]
    prompt: Five minutes left for talking
    chime: none

ending:
  from: close
  within: 5m
"""


@dataclass(frozen=True, slots=True)
class LampAnswer:
    """Lamp as entered by the user."""

    id: str
    dialect: Dialect
    topic: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class SetupAnswers:
    """Answers to `kacenv init`: the room's name, outputs, broker and lamps."""

    room: str
    roles: tuple[Role, ...] = (Role.SPEAKERS,)
    device: str = "default"
    broker: str = ""
    lamps: tuple[LampAnswer, ...] = ()
    midi: str = ""
    """MIDI port that plays the chimes; empty for the built-in bell."""


def write_first_house(folder: Path, answers: SetupAnswers) -> list[Path]:
    """Write a house to `folder`, and return the files; nothing is overwritten.

    Raises:
        KacenvError: A file exists, or the folder can't be written.
        LoadError: The answers don't make a valid room.
    """
    text = room_text(answers)
    validate(Room, parse(text, f"rooms/{answers.room}.yaml"))
    contents: dict[Path, str | Path] = {folder / "rooms" / f"{answers.room}.yaml": text}
    contents |= {folder / path: content for path, content in _scenes_and_music()}
    contents |= {folder / "schema" / f"{kind}.json": text_of(kind) for kind in SchemaKind}
    _refuse_to_overwrite(folder, list(contents))
    written: list[Path] = []
    try:
        for path, content in contents.items():
            _write(path, content, written)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise KacenvError(
            f"{error.filename or folder} can't be written: {error.strerror}."
        ) from error
    return written


def _scenes_and_music() -> Iterator[tuple[str, str | Path]]:
    shipped = shipped_house()
    music = sorted((shipped / "playlists" / "house").glob("*.opus"))
    if not music:
        raise KacenvError(
            f"The music that comes with kacenv isn't in {shown(shipped)}. Fetch kacenv as a whole."
        )
    for name in SCENES:
        yield f"scenes/{name}.yaml", _taken_along(shipped / "scenes" / f"{name}.yaml")
    yield "scenes/integration.yaml", f"{_MODELINE}schema/{SchemaKind.SCENE}.json\n{INTEGRATION}"
    for path in sorted((shipped / "playlists").glob("*.yaml")):
        yield f"playlists/{path.name}", _taken_along(path)
    for path in music:
        yield f"playlists/house/{path.name}", path


def _taken_along(path: Path) -> str:
    """Return a shipped file's text, its modeline pointing to the house's own schemas."""
    return path.read_text(encoding="utf-8").replace(f"../{_SCHEMAS}/", "../schema/", 1)


def _refuse_to_overwrite(folder: Path, paths: Sequence[Path]) -> None:
    there = [str(path.relative_to(folder)) for path in paths if path.exists() or path.is_symlink()]
    if there:
        raise KacenvError(
            f"There is a house in {shown(folder)} already, and nothing in it was touched:"
            f" {any_of(there)}. Name another folder: kacenv init my-clinic"
        )


def _write(path: Path, content: str | Path, written: list[Path]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        written.append(path)
        if isinstance(content, str):
            file.write(content.encode("utf-8"))
        else:
            with content.open("rb") as source:
                shutil.copyfileobj(source, file)


def room_text(answers: SetupAnswers) -> str:
    """Return the room file for these answers."""
    lines = [
        f"{_MODELINE}schema/{SchemaKind.ROOM}.json",
        "# Written by kacenv init; change what differs, then run: kacenv check",
        f"name: {answers.room}",
        "",
        "outputs:",
        *_outputs(answers),
        *_broker(answers),
        *_chimes(answers),
        "",
        "# What scenes ask for by name. Warm white only, and never quite dark where people walk.",
        "looks:",
        *(f"  {name}: {{{_look(figures, answers)}}}" for name, figures in _WHITES.items()),
        "",
        "# What comes on at once when someone presses “lights up”: enough to stand up and work in.",
        f"safe_light: {{{_look((70, 2700, 80, 70), answers)}}}",
    ]
    return "\n".join(lines) + "\n"


def _outputs(answers: SetupAnswers) -> Iterator[str]:
    """Yield the outputs, each with channels of its own; staff have one."""
    first = 1
    for role in answers.roles:
        count = 1 if role is Role.STAFF else 2
        channels = ", ".join(str(first + more) for more in range(count))
        yield f"  - id: {role.value}"
        yield f"    role: {role.value}"
        yield f"    device: {_quoted(answers.device)}"
        yield f"    channels: [{channels}]"
        yield "    ceiling: -6 dB         # no sample passes this; see kacenv audio calibrate"
        first += count


def _broker(answers: SetupAnswers) -> Iterator[str]:
    if not answers.lamps:
        return
    yield from ("", "broker:", f"  host: {_quoted(answers.broker)}", "", "lights:")
    for lamp in answers.lamps:
        yield f"  - id: {lamp.id}"
        yield f"    dialect: {lamp.dialect.value}"
        yield f"    topic: {_quoted(lamp.topic)}"
        yield f"    zone: {lamp.zone.value}"
        yield f"    can: {WORDS[lamp.dialect].first_can}   # what it really can: docs/room.md"


def _chimes(answers: SetupAnswers) -> Iterator[str]:
    if answers.midi:
        yield from ("", "midi:", f"  chimes: {_quoted(answers.midi)}")


def _look(figures: tuple[int, int, int, int], answers: SetupAnswers) -> str:
    seats, kelvin, task, path = figures
    light = {Zone.SEATS: f"{seats}% {kelvin} K", Zone.TASK: f"{task}%", Zone.PATH: f"{path}%"}
    zones = {lamp.zone for lamp in answers.lamps} or set(Zone)
    return ", ".join(f"{zone.value}: {light[zone]}" for zone in Zone if zone in zones)


def _quoted(text: str) -> str:
    """Return text quoted for YAML if necessary."""
    plain = text.replace("-", "").replace("/", "").replace(".", "").isalnum()
    inner = text.replace("'", "''")
    return text if plain and text.lower() != "null" else f"'{inner}'"
