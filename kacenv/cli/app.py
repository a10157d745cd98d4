"""The commands of `kacenv`."""

import sys
from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import typer

from kacenv.cli.music import app as music_app
from kacenv.cli.quick import send, show_status
from kacenv.cli.sound import app as sound_app

app = typer.Typer(
    name="kacenv",
    help="Music, light and check-ins for the room in which ketamine-assisted therapy happens.",
    epilog="Begin: kacenv start couple-lozenge --room demo. kacenv is not a medical device.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_SLOW_DISK = 120.0
"""Measuring a scene's music may take this long (seconds)."""
app.add_typer(sound_app, name="audio", rich_help_panel="The room itself")
app.add_typer(music_app, name="music", rich_help_panel="During a session")
_DRIVE, _PLAN, _RUN = "During a session", "Before a session", "The room itself"
RoomOption = Annotated[
    str | None,
    typer.Option("--room", "-r", envvar="KACENV_ROOM", help="The room, if several are running."),
]
HouseOption = Annotated[
    Path | None,
    typer.Option("--house", help="The folder of rooms/, scenes/ and playlists/."),
]


@app.command(rich_help_panel=_DRIVE)
def start(scene: str, room: RoomOption = None, house: HouseOption = None) -> None:
    """Begin a session, e.g. kacenv start couple-lozenge --room garden."""
    from kacenv.cli.client import post, the_room
    from kacenv.cli.start import ensure_running
    from kacenv.loader import House

    home = House.find(house)
    name = ensure_running(home, room) if room else the_room(None)
    found = {"scene": str(home.scene(scene).resolve())}
    print(post(name, "/v1/start", found, timeout=_SLOW_DISK)["reply"])


@app.command(rich_help_panel=_DRIVE)
def status(
    room: RoomOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Show phase, time left, music, light and what comes next."""
    show_status(room, as_json=as_json)


@app.command(rich_help_panel=_DRIVE)
def hold(room: RoomOption = None) -> None:
    """Stay in this phase; the music goes on until you release."""
    send(room, "hold")


@app.command(rich_help_panel=_DRIVE)
def release(room: RoomOption = None) -> None:
    """Let time run on after a hold."""
    send(room, "release")


@app.command(rich_help_panel=_DRIVE)
def extend(by: str, room: RoomOption = None) -> None:
    """Make this phase longer, e.g. kacenv extend 10m."""
    send(room, "extend", by=by)


@app.command("next", rich_help_panel=_DRIVE)
def go_on(room: RoomOption = None) -> None:
    """Go on to the next phase now, by a crossfade."""
    send(room, "next")


@app.command(rich_help_panel=_DRIVE)
def back(room: RoomOption = None) -> None:
    """Go back to the beginning of the phase before."""
    send(room, "back")


_AS_TYPED = {"ignore_unknown_options": True}
"""Lets `-3dB` be a level, not an option."""


@app.command(rich_help_panel=_DRIVE, context_settings=_AS_TYPED)
def volume(
    output_or_level: Annotated[str, typer.Argument(metavar="[OUTPUT] LEVEL")],
    level: Annotated[str | None, typer.Argument(hidden=True)] = None,
    room: RoomOption = None,
) -> None:
    """Set the volume from the plan's, e.g. kacenv volume -3dB, or kacenv volume seat-a 0dB."""
    output = output_or_level if level is not None else None
    send(room, "volume", output=output, level=level or output_or_level)


@app.command(rich_help_panel=_DRIVE)
def mute(
    output: Annotated[str | None, typer.Argument(metavar="[OUTPUT]")] = None,
    off: Annotated[bool, typer.Option("--off", help="Let it sound again.")] = False,
    room: RoomOption = None,
) -> None:
    """Silence one output, or all, softly; kacenv mute --off lets them sound again."""
    send(room, "mute", output=output, muted=not off)


@app.command(rich_help_panel=_DRIVE)
def duck(
    off: Annotated[bool, typer.Option("--off", help="Let the music come back.")] = False,
    room: RoomOption = None,
) -> None:
    """Lower the music so that you can speak; kacenv duck --off brings it back slowly."""
    send(room, "duck", ducked=not off)


@app.command(rich_help_panel=_DRIVE)
def silence(room: RoomOption = None) -> None:
    """Fade the music to silence, until: kacenv music."""
    send(room, "silence")


@app.command(rich_help_panel=_DRIVE)
def intensity(
    lean: Annotated[str, typer.Argument(metavar="up|down")], room: RoomOption = None
) -> None:
    """Lean towards livelier (up) or calmer (down) pieces from the next good moment on."""
    send(room, "intensity", lean=lean)


@app.command(rich_help_panel=_DRIVE)
def lights(
    level: Annotated[str, typer.Argument(metavar="LEVEL|plan")], room: RoomOption = None
) -> None:
    """Set all lamps until the next look, e.g. kacenv lights 20%; or give them back: plan."""
    send(room, "lights", level=None if level == "plan" else level)


@app.command("lights-up", rich_help_panel=_DRIVE)
def lights_up(room: RoomOption = None) -> None:
    """Bring up the safe light in 3 s; it stays until: kacenv lights plan."""
    send(room, "lights-up")


@app.command(rich_help_panel=_DRIVE)
def chime(
    name: Annotated[str, typer.Argument(metavar="[CHIME]")] = "bell", room: RoomOption = None
) -> None:
    """Strike a soft chime for staff: bell, two-bells or deep-bell."""
    send(room, "chime", chime=name)


@app.command(rich_help_panel=_DRIVE)
def end(room: RoomOption = None) -> None:
    """Come home early: the return arc, compressed."""
    send(room, "end")


@app.command(rich_help_panel=_DRIVE)
def stop(room: RoomOption = None) -> None:
    """Fade everything out in a few seconds and bring up the safe light."""
    send(room, "stop")


@app.command(rich_help_panel=_PLAN)
def check(house: HouseOption = None) -> None:
    """Read every room, scene and playlist, and say what is wrong."""
    from kacenv.loader import House, check_house, warnings_of

    home = House.find(house)
    problems = check_house(home)
    for problem in problems:
        print(f"{problem}\n")
    cautions = warnings_of(home)
    for caution in cautions:
        print(caution)
    read = {"rooms": home.rooms(), "scenes": home.scenes(), "playlists": home.playlists()}
    counts = ", ".join(f"{len(names)} {kind}" for kind, names in read.items())
    print(f"Read: {counts}. Problems: {_count(problems)}. Warnings: {_count(cautions)}.")
    sys.exit(1 if problems else 0)


def _count(found: Sized) -> str:
    return str(len(found) or "none")


@app.command(rich_help_panel=_PLAN)
def rehearse(
    scene: str,
    room: Annotated[str, typer.Option("--room", "-r", envvar="KACENV_ROOM")] = "demo",
    render: Annotated[
        Path | None, typer.Option("--render", help="Write the sound to this FLAC file instead.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", help="With --render: this output alone.")
    ] = None,
    house: HouseOption = None,
) -> None:
    """Print a whole session's timeline without playing it, or render its sound to a file."""
    if render is not None:
        from kacenv.cli.render import render_scene
        from kacenv.loader import House

        render_scene(House.find(house), scene, room, render, output)
        return
    from kacenv.cli.rehearsal import rehearsal_lines
    from kacenv.loader import House, load_room, load_session
    from kacenv.simulate import rehearse as simulated

    home = House.find(house)
    timeline = load_session(home, scene, room)
    for line in rehearsal_lines(timeline, simulated(load_room(home, room), timeline)):
        print(line)


@app.command(rich_help_panel=_RUN)
def serve(
    room: Annotated[str, typer.Option("--room", "-r", envvar="KACENV_ROOM")],
    house: HouseOption = None,
) -> None:
    """Run a room until it is told to leave (Ctrl-C or SIGTERM)."""
    import asyncio

    from kacenv.cli.logs import log_to_stderr
    from kacenv.daemon import serve as run_room
    from kacenv.loader import House

    log_to_stderr()
    asyncio.run(run_room(House.find(house), room))


@app.command(rich_help_panel=_RUN)
def demo(house: HouseOption = None) -> None:
    """Play the three-minute demo scene with virtual lamps."""
    import logging

    from kacenv.cli.logs import log_to_stderr
    from kacenv.demo import play

    log_to_stderr(logging.ERROR)
    sys.exit(play(house))
