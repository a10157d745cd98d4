"""A session rendered to a file, with a bar that shows how far it is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kacenv.loader import House, load_room, load_session
from kacenv.render import Progress as Hear
from kacenv.render import Rendered, render
from kacenv.timeline import Timeline
from kacenv.units import format_clock


def render_scene(
    house: House, scene: str, room: str, path: Path, output: str | None = None
) -> None:
    """Render `scene` in `room` to the FLAC file `path`, and say what staff would be told.

    Raises:
        LoadError: the scene or the room can't be used.
        RenderError: the file can't be written, or there is no such output.
    """
    timeline = load_session(house, scene, room)
    with _bar(timeline) as progress:
        rendered = render(load_room(house, room), timeline, path, output=output, progress=progress)
    for line in _lines(path, rendered):
        print(line)


def _lines(path: Path, rendered: Rendered) -> Iterator[str]:
    yield f"{format_clock(rendered.length)} of sound are in {path}."
    for moment in rendered.told:
        yield f"{format_clock(moment.at):>8}  {getattr(moment.command, 'text', '')}"


@contextmanager
def _bar(timeline: Timeline) -> Iterator[Hear]:
    """Shown in a terminal, on stderr; nowhere else."""
    console = Console(stderr=True)
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
