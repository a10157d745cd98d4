"""Commands of `kacenv`."""

import sys
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from kacenv import __version__
from kacenv.cli import completion
from kacenv.cli.access import app as access_app
from kacenv.cli.audio import app as sound_app
from kacenv.cli.check import check
from kacenv.cli.doctor import doctor
from kacenv.cli.fast_path import send, show_status
from kacenv.cli.help_text import TopicGroup, described
from kacenv.cli.init import init
from kacenv.cli.lights import app as lights_app
from kacenv.cli.lists import rooms, scenes
from kacenv.cli.midi import app as midi_app
from kacenv.cli.music import app as music_app
from kacenv.cli.options import HouseOption, JsonOption, RoomOption, room_option
from kacenv.cli.preflight import preflight
from kacenv.cli.record import app as record_app
from kacenv.cli.rehearse import RehearseCommand, rehearse
from kacenv.cli.requests import add_requests
from kacenv.cli.schema import schema
from kacenv.cli.service import app as service_app
from kacenv.cli.watch import watch
from kacenv.model.request_definition import Topic
from kacenv.model.request_table import BY_KIND, REQUESTS


def _requests(topic: Topic) -> list[str]:
    return [one.typed for one in REQUESTS if one.topic is topic and one.is_one_word]


class _Commands(TopicGroup):
    """All commands, by topic."""

    topics: ClassVar = {
        Topic.SESSION: ["start", "status", "watch", *_requests(Topic.SESSION)],
        Topic.CHECK_INS: _requests(Topic.CHECK_INS),
        Topic.SOUND_AND_LIGHT: _requests(Topic.SOUND_AND_LIGHT),
        "Before a session": ["scenes", "rooms", "check", "rehearse", "preflight"],
        "After a session": ["record"],
        "Setting up": [
            *("demo", "init", "doctor", "audio", "midi", "access", "service", "serve", "schema")
        ],
    }

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line that is meant by what was typed."""
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        from kacenv.cli.synonyms import UnclearError, meant

        try:
            return super().parse_args(ctx, meant(args, self.commands))
        except UnclearError as unclear:
            print(unclear, file=sys.stderr)
            raise typer.Exit(2) from unclear

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command of this name, or leave with those that may be meant."""
        if ctx.resilient_parsing or args[0] in self.commands:
            return super().resolve_command(ctx, args)
        from kacenv.cli.synonyms import near

        found = [f"kacenv {one}" for one in near(args[0], self.commands)]
        proposed = f" You may mean: {', '.join(found)}." if found else ""
        return ctx.fail(f"There is no command {args[0]!r}.{proposed}")


app = typer.Typer(
    name="kacenv",
    cls=_Commands,
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


app.add_typer(sound_app, name="audio")
app.add_typer(service_app, name="service")
app.add_typer(music_app, name="music")
app.add_typer(midi_app, name="midi")
app.add_typer(access_app, name="access")
app.add_typer(record_app, name="record")
app.add_typer(lights_app, name="lights")


@app.command(**described("Begin a session", "start couple-lozenge --room garden"))
def start(
    scene: Annotated[
        str,
        typer.Argument(
            metavar="SCENE",
            help="Its name; kacenv scenes lists them.",
            autocompletion=completion.scenes,
        ),
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


@app.command(
    **described("Show where the session is, and what comes next", "status", "status --json")
)
def status(
    room: RoomOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show phase, time left, music, light and what comes next."""
    show_status(room, as_json=as_json)


app.command(
    **described("The same, live; q leaves, the room goes on", "watch", "watch --room garden")
)(watch)


@app.command(
    "lights-up",
    help=BY_KIND["lights-up"].help,
    **described(
        BY_KIND["lights-up"].summary,
        *BY_KIND["lights-up"].examples,
        "lights-up --direct --room garden",
    ),
)
def lights_up(
    room: RoomOption = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Past the daemon, straight over the light broker.")
    ] = False,
    house: HouseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --direct: for scripts.")] = False,
) -> None:
    """Bring up the safe light, through the daemon or past it."""
    if direct:
        from kacenv.cli.direct_lights import lights_up as straight

        sys.exit(straight(room, house, as_json=as_json))
    send(room, "lights-up")


app.command(
    **described(
        "Find what is wrong in rooms, scenes and playlists",
        "check",
        "check garden --here",
        "check ~/draft/evening.yaml",
    )
)(check)
app.command(
    **described(
        "Print the JSON Schema of a kind of file, for editors",
        "schema scene",
        "schema --all schemas",
    )
)(schema)
app.command(
    **described(
        "Write a first room, scenes and playlists", "init", "init clinic --room garden --yes"
    )
)(init)
app.command(**described("List the scenes that can be started", "scenes"))(scenes)
app.command(**described("List the rooms: which run, and which need mending", "rooms"))(rooms)
app.command(
    cls=RehearseCommand,
    **described(
        "Go through a session: in words, as a picture, as sound",
        "rehearse couple-lozenge --room garden",
        "rehearse couple-lozenge --at 40m hold --at 50m release",
        "rehearse couple-lozenge --picture session.svg",
        "rehearse couple-lozenge --render session.flac",
        "rehearse couple-lozenge --room garden --live 60",
    ),
)(rehearse)
app.command(**described("Try everything ten minutes before: GO or NO-GO", "preflight garden"))(
    preflight
)


@app.command(
    **described(
        "Run a room until it is told to leave",
        "serve --room garden",
        "serve --room garden --supervised --log garden.log",
    )
)
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


app.command(**described("Look at machine, devices and rooms; say what to do", "doctor"))(doctor)


@app.command(**described("Play the three-minute demo, with virtual lamps", "demo"))
def demo(house: HouseOption = None) -> None:
    """Play the three-minute demo scene with virtual lamps."""
    import logging

    from kacenv.cli.demo import play
    from kacenv.cli.logs import log_to_stderr

    log_to_stderr(logging.ERROR)
    sys.exit(play(house or _house_with_demo()))


add_requests(app)


def _house_with_demo() -> Path:
    """Return the default house if it has the demo, else the one that comes with the program."""
    from kacenv.system.paths import house_folder, shipped_house

    usual = house_folder()
    return usual if (usual / "scenes" / "demo.yaml").is_file() else shipped_house()
