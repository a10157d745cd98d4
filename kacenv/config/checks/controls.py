"""Checks of a pedal's or a controller's mapping against requests, outputs and chimes."""

from collections.abc import Iterator

from kacenv.config.yaml.document import Document, Trail
from kacenv.config.yaml.text_files import any_of, near
from kacenv.core.errors import FileProblem
from kacenv.devices.midi.control_map import Fader, request_of
from kacenv.model.midi_trigger import Trigger
from kacenv.model.request_text import PressError
from kacenv.model.requests import Chime, Mute, Press, Volume
from kacenv.model.room import Room


def check_control_map(room: Room, document: Document) -> Iterator[FileProblem]:
    """Yield each invalid `do`, each unknown name, and each duplicate `on`."""
    seen: set[Trigger] = set()
    for index, control in enumerate(room.midi.controls.map if room.midi.controls else ()):
        item = ("midi", "controls", "map", index)
        if control.on in seen:
            found = f"on: {document.at((*item, 'on'))}, a second time"
            yield document.problem((*item, "on"), found, "each `on` only once in `map`")
        seen.add(control.on)
        trail = (*item, "do")
        try:
            wish = request_of(control)
        except PressError as error:
            found = f"do: {control.do}"
            yield document.problem(trail, found, error.expected, f"do: {error.example}")
        else:
            yield from _unknown(wish, room, document, trail)


def _unknown(
    wish: Press | Fader, room: Room, document: Document, trail: Trail
) -> Iterator[FileProblem]:
    match wish:
        case Volume(output=str(name)) | Mute(output=str(name)) | Fader(output=str(name)):
            what, known = "output", [output.id for output in room.outputs]
        case Chime(chime=name):
            what, known = "chime", list(room.phrases)
        case _:
            return
    if name not in known:
        like = near(name, known)
        yield document.problem(
            trail,
            f"do: {document.at(trail)}, but there is no {what} {name[:60]}",
            f"one of the room's {what}s: {any_of(known)}",
            f"do: {str(document.at(trail)).replace(name, like)}" if like else "",
        )
