"""Commands of `kacenv`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kacenv import __version__
from kacenv.cli.access import app as access_app
from kacenv.cli.audio import app as sound_app
from kacenv.cli.check import check
from kacenv.cli.check_ins import done, let_pass, seat, snooze
from kacenv.cli.doctor import doctor
from kacenv.cli.fast_path import send, show_status
from kacenv.cli.help_text import AFTER, DRIVE, PLAN, ROOM, SEATS, SENSES, CommandGroup
from kacenv.cli.init import init
from kacenv.cli.lights import app as lights_app
from kacenv.cli.lists import rooms, scenes
from kacenv.cli.midi import app as midi_app
from kacenv.cli.music import app as music_app
from kacenv.cli.options import HouseOption, JsonOption, RoomOption, room_option
from kacenv.cli.preflight import preflight
from kacenv.cli.record import app as record_app
from kacenv.cli.rehearse import RehearseCommand, rehearse
from kacenv.cli.schema import schema
from kacenv.cli.service import app as service_app
from kacenv.cli.watch import watch
from kacenv.core.errors import KacenvError

app = typer.Typer(
    name="kacenv",
    cls=CommandGroup,
    help="Music, light and check-ins for the room in which ketamine-assisted therapy happens.",
    epilog="\b\nBegin:  kacenv start SCENE --room ROOM; kacenv scenes and rooms list them\n"
    "More:   kacenv start --help\n\n"
    "For scripts there is --json. Exits with 0 if done, 1 if not (and says why), 2 if mistyped, "
    "130 after Ctrl-C. kacenv is not a medical device.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_SLOW_DISK = 120.0
"""Time limit for measuring a scene's music, in seconds."""


def _show_version(asked: bool) -> None:
    """Print the version, as `quick` does where nothing else is asked."""
    if asked:
        print(f"kacenv {__version__}")
        raise typer.Exit


@app.callback()
def program(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", is_eager=True, callback=_show_version, help="Show the version."
        ),
    ] = False,
) -> None:
    """Music, light and check-ins for the room in which ketamine-assisted therapy happens."""


app.add_typer(sound_app, name="audio", rich_help_panel=ROOM)
app.add_typer(service_app, name="service", rich_help_panel=ROOM)
app.add_typer(music_app, name="music", rich_help_panel=SENSES)
app.add_typer(midi_app, name="midi", rich_help_panel=ROOM)
app.add_typer(access_app, name="access", rich_help_panel=ROOM)
app.add_typer(record_app, name="record", rich_help_panel=AFTER)
app.add_typer(lights_app, name="lights", rich_help_panel=SENSES)
TimeArgument = Annotated[str, typer.Argument(metavar="TIME", help="E.g. 10m, or 1h10m.")]


@app.command(rich_help_panel=DRIVE)
def start(
    scene: Annotated[
        str, typer.Argument(metavar="SCENE", help="Its name; kacenv scenes lists them.")
    ],
    room: RoomOption = None,
    house: HouseOption = None,
) -> None:
    """Begin a session: kacenv start couple-lozenge --room garden."""
    from kacenv.cli.start import ensure_running
    from kacenv.config import House
    from kacenv.server.client import post, the_room

    home = House.find(house)
    name = ensure_running(home, room) if room else the_room(None)
    found = {"scene": str(home.scene(scene).resolve())}
    print(post(name, "/v1/start", found, timeout=_SLOW_DISK)["reply"])


@app.command(rich_help_panel=DRIVE)
def status(
    room: RoomOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show phase, time left, music, light and what comes next."""
    show_status(room, as_json=as_json)


app.command(rich_help_panel=DRIVE)(watch)


@app.command(rich_help_panel=DRIVE)
def hold(room: RoomOption = None) -> None:
    """Stay in this phase; the music goes on until you release."""
    send(room, "hold")


@app.command(rich_help_panel=DRIVE)
def release(room: RoomOption = None) -> None:
    """Let time run on after a hold."""
    send(room, "release")


@app.command(rich_help_panel=DRIVE)
def extend(by: TimeArgument, room: RoomOption = None) -> None:
    """Make this phase longer: kacenv extend 10m."""
    send(room, "extend", by=by)


@app.command(rich_help_panel=DRIVE)
def shorten(by: TimeArgument, room: RoomOption = None) -> None:
    """Take time off this phase again: kacenv shorten 5m; it never ends at once."""
    send(room, "shorten", by=by)


@app.command("next", rich_help_panel=DRIVE)
def go_on(room: RoomOption = None) -> None:
    """Go on to the next phase now, by a crossfade."""
    send(room, "next")


@app.command(rich_help_panel=DRIVE)
def back(room: RoomOption = None) -> None:
    """Go back to the beginning of the phase before."""
    send(room, "back")


_AS_TYPED = {"ignore_unknown_options": True}
"""Makes `-3dB` an argument, not an option."""


@app.command(rich_help_panel=SENSES, context_settings=_AS_TYPED)
def volume(
    output_or_level: Annotated[str, typer.Argument(metavar="[OUTPUT] LEVEL")],
    level: Annotated[str | None, typer.Argument(hidden=True)] = None,
    room: RoomOption = None,
) -> None:
    """Set the volume from the plan's: kacenv volume -3dB, or kacenv volume seat-a 0dB."""
    output = output_or_level if level is not None else None
    send(room, "volume", output=output, level=level or output_or_level)


@app.command(rich_help_panel=SENSES)
def mute(
    output: Annotated[str | None, typer.Argument(metavar="[OUTPUT]")] = None,
    off: Annotated[bool, typer.Option("--off", help="Let it sound again.")] = False,
    room: RoomOption = None,
) -> None:
    """Silence one output, or all, softly; kacenv mute --off lets them sound again."""
    send(room, "mute", output=output, muted=not off)


@app.command(rich_help_panel=SENSES)
def duck(
    off: Annotated[bool, typer.Option("--off", help="Let the music come back.")] = False,
    room: RoomOption = None,
) -> None:
    """Lower the music so that you can speak; kacenv duck --off brings it back slowly."""
    send(room, "duck", ducked=not off)


@app.command(rich_help_panel=SENSES)
def silence(room: RoomOption = None) -> None:
    """Fade the music to silence, until: kacenv music."""
    send(room, "silence")


@app.command(rich_help_panel=SENSES)
def intensity(
    lean: Annotated[str, typer.Argument(metavar="up|down")], room: RoomOption = None
) -> None:
    """Lean towards livelier (up) or calmer (down) pieces from the next good moment on."""
    if lean not in {"up", "down"}:
        raise KacenvError(f"Lean up (livelier) or down (calmer), not {lean}: kacenv intensity up")
    send(room, "intensity", lean=lean)


@app.command("lights-up", rich_help_panel=SENSES)
def lights_up(
    room: RoomOption = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Past the daemon, straight over the light broker.")
    ] = False,
    house: HouseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --direct: for scripts.")] = False,
) -> None:
    """Bring up the safe light in 3 s; it stays until: kacenv lights plan."""
    if direct:
        from kacenv.cli.direct_lights import lights_up as straight

        sys.exit(straight(room, house, as_json=as_json))
    send(room, "lights-up")


@app.command(rich_help_panel=SENSES)
def chime(
    name: Annotated[str, typer.Argument(metavar="[CHIME]")] = "bell", room: RoomOption = None
) -> None:
    """Strike a soft chime for staff: bell, two-bells, deep-bell or one of the room's own."""
    send(room, "chime", chime=name)


for _answer in (done, snooze, seat):
    app.command(rich_help_panel=SEATS)(_answer)
app.command("pass", rich_help_panel=SEATS)(let_pass)


@app.command(rich_help_panel=DRIVE)
def end(room: RoomOption = None) -> None:
    """Come home early: the return arc, compressed."""
    send(room, "end")


@app.command(rich_help_panel=DRIVE)
def stop(room: RoomOption = None) -> None:
    """Fade everything out in a few seconds and bring up the safe light."""
    send(room, "stop")


app.command(rich_help_panel=PLAN)(check)
app.command(rich_help_panel=ROOM)(schema)
app.command(rich_help_panel=ROOM)(init)
app.command(rich_help_panel=PLAN)(scenes)
app.command(rich_help_panel=PLAN)(rooms)
app.command(rich_help_panel=PLAN, cls=RehearseCommand)(rehearse)
app.command(rich_help_panel=PLAN)(preflight)


@app.command(rich_help_panel=ROOM)
def serve(
    room: Annotated[
        str,
        room_option("The room; kacenv rooms lists them."),
    ],
    house: HouseOption = None,
    *,
    supervised: Annotated[
        bool, typer.Option("--supervised", help="Start it again whenever it dies or is stuck.")
    ] = False,
    log: Annotated[
        Path | None, typer.Option("--log", help="Log to this file, with rotation.")
    ] = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Log each event as a line of JSON.")
    ] = False,
) -> None:
    """Run a room until it is told to leave (Ctrl-C or SIGTERM).

    Exits with 0 after it was told to leave, 1 if the room can't be run, and says why.
    """
    from kacenv.cli.logs import log_to_file, log_to_stderr

    if log is None:
        log_to_stderr(as_json=log_json)
    else:
        log_to_file(log, as_json=log_json, rotate=not supervised)
    if supervised:
        from kacenv.cli.start import supervise

        sys.exit(supervise(room, house, log, as_json=log_json))
    from kacenv.cli.start import run

    sys.exit(run(room, house))


app.command(rich_help_panel=ROOM)(doctor)


@app.command(rich_help_panel=ROOM)
def demo(house: HouseOption = None) -> None:
    """Play the three-minute demo scene with virtual lamps."""
    import logging

    from kacenv.cli.demo import play
    from kacenv.cli.logs import log_to_stderr

    log_to_stderr(logging.ERROR)
    sys.exit(play(house or _house_with_demo()))


def _house_with_demo() -> Path:
    """Return the default house if it has the demo, else the one that comes with the program."""
    from kacenv.system.paths import house_folder, shipped_house

    usual = house_folder()
    return usual if (usual / "scenes" / "demo.yaml").is_file() else shipped_house()
