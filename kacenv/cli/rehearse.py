"""`kacenv rehearse`: a whole session beforehand, as text, as a picture, as sound, or live."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand

from kacenv.cli import completion
from kacenv.cli.options import HouseOption, JsonOption, a_number, print_json, room_option

if TYPE_CHECKING:
    from kacenv.core.units import Seconds
    from kacenv.model.requests import Press
    from kacenv.model.room import Room
    from kacenv.model.timeline import Timeline
    from kacenv.rehearsal.plot import Arc
    from kacenv.rehearsal.simulation import Moment

Presses = list[tuple["Seconds", "Press"]]
SceneArgument = Annotated[str, typer.Argument(autocompletion=completion.scenes)]
RoomOption = Annotated[str | None, room_option("The room; if there is only one, it needs no name.")]
AtOption = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="TIME PRESS",
        help="Press this then, e.g. --at 40m hold; any number.",
        autocompletion=completion.phase_times,
    ),
]
PictureOption = Annotated[
    Path | None, typer.Option("--picture", help="Draw it to this .svg or .png file.")
]
CompareOption = Annotated[
    str | None,
    typer.Option(
        "--compare",
        metavar="SCENE",
        help="Another scene on the same axis.",
        autocompletion=completion.scenes,
    ),
]
LiveOption = Annotated[
    float | None,
    typer.Option(
        "--live",
        metavar="SPEED",
        min=1,
        max=3600,
        callback=a_number,
        help="Go through it so many times as fast, with the tablet's page and virtual lamps.",
    ),
]
RecordOption = Annotated[
    bool, typer.Option("--record", help="With --live: keep a record, as of a session.")
]
PortOption = Annotated[
    int | None,
    typer.Option("--port", min=1, max=65535, help="With --live: the page's port on this machine."),
]
RenderOption = Annotated[
    Path | None, typer.Option("--render", help="Write the sound to this FLAC file.")
]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output", help="With --render: this output alone.", autocompletion=completion.outputs
    ),
]


class RehearseCommand(TyperCommand):
    """Joins all the words after `--at` to one press, up to the next option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line."""
        from kacenv.cli.press_options import joined

        options = [option for parameter in self.params for option in parameter.opts]
        return super().parse_args(ctx, joined(args, [*options, "--help"]))


def rehearse(  # noqa: PLR0913, PLR0917 - one for each option
    scene: SceneArgument,
    room: RoomOption = None,
    at: AtOption = None,
    picture: PictureOption = None,
    compare: CompareOption = None,
    as_json: JsonOption = False,
    live: LiveOption = None,
    record: RecordOption = False,
    port: PortOption = None,
    render: RenderOption = None,
    output: OutputOption = None,
    house: HouseOption = None,
) -> None:
    """Go through a whole session beforehand: in words, as a picture, as sound, or live."""
    from kacenv.cli.press_options import presses_at
    from kacenv.config import House

    room = room or House.find(house).only_room("demo")
    presses = presses_at(at or [])
    _check(picture, compare, live, render)
    _check_record(live, record=record)
    if render is not None:
        from kacenv.cli.render import render_scene

        render_scene(House.find(house), scene, room, render, output, presses=presses)
        return
    if live is not None:
        from kacenv.cli.live_rehearsal_view import RehearsalOptions, play

        play(House.find(house), RehearsalOptions(scene, room, presses, live, record, port))
        return
    names = [scene] if compare is None else [scene, compare]
    _show(_rehearsed(house, names, room, presses), picture, as_json=as_json)


def _check(
    picture: Path | None, compare: str | None, live: float | None, render: Path | None
) -> None:
    """Refuse contradictory options, and an unknown format, before the work."""
    from kacenv.core.errors import RenderError

    if sum(wish is not None for wish in (live, render, picture)) > 1:
        raise RenderError("One at a time: --picture, --render or --live.")
    if compare is not None and (live is not None or render is not None):
        raise RenderError("Scenes can be compared in words, with --picture and with --json.")
    if picture is not None:
        from kacenv.rehearsal.plot.picture_file import check_name

        check_name(picture)


def _check_record(live: float | None, *, record: bool) -> None:
    if record and live is None:
        from kacenv.core.errors import RenderError

        raise RenderError("A record is kept of a rehearsal with --live, for example: --live 60")


class _Rehearsed(NamedTuple):
    """Rehearsed scene."""

    room: "Room"
    timeline: "Timeline"
    moments: "list[Moment]"

    @property
    def arc(self) -> "Arc":
        from kacenv.analysis import known_measurements
        from kacenv.rehearsal.plot import arc_of

        return arc_of(self.room, self.timeline, self.moments, known_measurements())


def _rehearsed(
    house: Path | None, scenes: list[str], room: str, presses: Presses
) -> list[_Rehearsed]:
    from kacenv.config import House, load_room, load_session
    from kacenv.rehearsal.simulation import rehearse as simulated

    home = House.find(house)
    timelines = [load_session(home, scene, room) for scene in scenes]
    place = load_room(home, room)
    return [
        _Rehearsed(place, timeline, list(simulated(place, timeline, presses)))
        for timeline in timelines
    ]


def _show(sessions: list[_Rehearsed], picture: Path | None, *, as_json: bool) -> None:
    from kacenv.cli.timeline_text import rehearsal_fields, rehearsal_lines

    if picture is not None:
        from kacenv.rehearsal.plot import draw, write_picture

        write_picture(picture, draw([session.arc for session in sessions]))
    if as_json:
        print_json(rehearsal_fields([session.arc for session in sessions]))
    elif picture is not None:
        print(f"The picture is in {picture}.")
    else:
        if len(sessions) > 1:
            from kacenv.cli.text_chart import overview_lines

            print("\n".join(overview_lines([session.arc for session in sessions])), end="\n\n")
        words = ("\n".join(rehearsal_lines(one.timeline, one.moments)) for one in sessions)
        print("\n\n".join(words))
    _tell_unmeasured(sessions)


def _tell_unmeasured(sessions: list[_Rehearsed]) -> None:
    """Say on standard error how many pieces were planned by what their files promise."""
    from kacenv.analysis import known_measurements
    from kacenv.model.commands import CueTrack

    moments = [moment for session in sessions for moment in session.moments]
    cued = {one.command.cut.path for one in moments if isinstance(one.command, CueTrack)}
    known = known_measurements()
    verdicts = [known.verdict(Path(path)) for path in cued]
    left = sum(verdict is None or not verdict.whole for verdict in verdicts)
    if left:
        print(
            f"{left} of {len(cued)} pieces haven't been measured; lengths are what the files"
            " promise, and levels what they are. Run: kacenv music scan",
            file=sys.stderr,
        )
