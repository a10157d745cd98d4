"""Checks of a pedal's or a controller's mapping against requests, outputs and chimes."""

from collections.abc import Iterator

from kacenv.config.yaml.document import Document, Trail
from kacenv.config.yaml.text_files import any_of, near
from kacenv.core.errors import FileProblem
from kacenv.devices.midi.control_map import Fader, request_of
from kacenv.model.midi_trigger import Trigger
from kacenv.model.request_table import BY_KIND
from kacenv.model.request_text import PressError
from kacenv.model.requests import Press
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
    known_names = {"output": [output.id for output in room.outputs], "chime": list(room.phrases)}
    for what, name in _names(wish):
        known = known_names[what]
        if name in known:
            continue
        like = near(name, known)
        yield document.problem(
            trail,
            f"do: {document.at(trail)}, but there is no {what} {name[:60]}",
            f"one of the room's {what}s: {any_of(known)}",
            f"do: {str(document.at(trail)).replace(name, like)}" if like else "",
        )


def _names(wish: Press | Fader) -> Iterator[tuple[str, str]]:
    """Yield each name in a control's request, after the kind of thing that is named."""
    if isinstance(wish, Fader):
        named = [("output", wish.output)]
    else:
        arguments = BY_KIND[wish.kind].arguments
        named = [(one.names, getattr(wish, one.field)) for one in arguments if one.names]
    yield from ((what, name) for what, name in named if name is not None)
