"""Rendering of a session to a file, with a progress bar."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kacenv.cli.terminal import say, terminal_console
from kacenv.config import House, load_room, load_session
from kacenv.core.units import Seconds, format_clock
from kacenv.model.commands import Notice, Prompt
from kacenv.model.request_text import request_words
from kacenv.model.requests import Press
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.offline_render import Progress as Hear
from kacenv.rehearsal.offline_render import Rendered, render
from kacenv.rehearsal.simulation import Pressed, rehearse


def render_scene(  # noqa: PLR0913 - all but four have defaults
    house: House,
    scene: str,
    room: str,
    path: Path,
    output: str | None = None,
    *,
    presses: Sequence[tuple[Seconds, Press]] = (),
) -> None:
    """Render `scene` in `room` to the FLAC file `path`, and print the messages for staff.

    Raises:
        LoadError: The scene or the room can't be used.
        RenderError: The file can't be written, or there is no such output.
        RefusedError: A press makes no sense at its time.
    """
    timeline, place = load_session(house, scene, room), load_room(house, room)
    _try(place, timeline, presses)
    with _bar(timeline) as progress:
        rendered = render(place, timeline, path, presses, output=output, progress=progress)
    for line in _lines(path, rendered):
        say(line)


def _try(room: Room, timeline: Timeline, presses: Sequence[tuple[Seconds, Press]]) -> None:
    """Rehearse the session without sound, so that refusals come at once."""
    for _ in rehearse(room, timeline, presses):
        pass


def _lines(path: Path, rendered: Rendered) -> Iterator[str]:
    yield f"{format_clock(rendered.length)} of sound are in {path}."
    for at, command in rendered.moments:
        match command:
            case Prompt(text=text) | Notice(text=text):
                yield f"{format_clock(at):>8}  {text}"
            case Pressed(press=press, reply=reply):
                yield f"{format_clock(at):>8}  {request_words(press)}: {reply}"


@contextmanager
def _bar(timeline: Timeline) -> Iterator[Hear]:
    """Yield the progress callback; the bar is on stderr, only in a terminal."""
    console = terminal_console(stderr=True)
    columns = TextColumn("Rendering"), BarColumn(), TextColumn("{task.percentage:>3.0f} %")
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task("", total=timeline.duration)
        yield lambda done: progress.update(task, completed=min(done, timeline.duration))
