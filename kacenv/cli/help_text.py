"""Help texts of all commands: summaries and examples."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from typer.core import TyperGroup

DRIVE: Final = "During a session"
SEATS: Final = "Check-ins and seats"
SENSES: Final = "Sound and light"
PLAN: Final = "Before a session"
AFTER: Final = "After a session"
ROOM: Final = "Setting up"
GROUPS: Final = (DRIVE, SEATS, SENSES, PLAN, AFTER, ROOM)
LONGEST: Final = 60
"""Most characters of a summary, for one line in the narrowest terminal."""


class CommandHelp(NamedTuple):
    """Summary of a command, and its examples without `kacenv`."""

    summary: str
    examples: tuple[str, ...]


def _page(summary: str, *examples: str) -> CommandHelp:
    return CommandHelp(summary, examples)


COMMAND_HELP: Final = {
    "start": _page("Begin a session", "start couple-lozenge --room garden"),
    "status": _page("Show where the session is, and what comes next", "status", "status --json"),
    "watch": _page("The same, live; q leaves, the room goes on", "watch", "watch --room garden"),
    "hold": _page("Stay in this phase; the music goes on", "hold"),
    "release": _page("Let time run on after a hold", "release"),
    "extend": _page("Make this phase longer", "extend 10m"),
    "shorten": _page("Make this phase shorter; it never ends at once", "shorten 5m"),
    "next": _page("Go on to the next phase now, by a crossfade", "next"),
    "back": _page("Go back to the beginning of the phase before", "back"),
    "end": _page("Come home early: the return arc, compressed", "end"),
    "stop": _page("Fade everything out in seconds, safe light up", "stop"),
    "done": _page("A check-in that is due has been seen to", "done", "done check-in-2"),
    "snooze": _page("Let a check-in come again in 5 minutes, or later", "snooze", "snooze 10m"),
    "pass": _page("Let a check-in that is due go by", "pass"),
    "seat": _page("Begin a seat's own clock, or set it back", "seat a started", "seat a reset"),
    "volume": _page(
        "Louder or quieter than the plan: all outputs, or one",
        "volume -3dB",
        "volume seat-a 0dB",
    ),
    "mute": _page("Silence one output, or all, softly", "mute seat-a", "mute seat-a --off"),
    "duck": _page("Lower the music so that you can speak", "duck", "duck --off"),
    "silence": _page("Fade the music to silence, on purpose", "silence"),
    "music": _page("Bring it back; or look after the music's files", "music", "music scan"),
    "intensity": _page("Lean towards livelier or calmer pieces", "intensity up", "intensity down"),
    "chime": _page("Strike a soft bell for staff", "chime", "chime deep-bell"),
    "lights": _page(
        "Set all lamps, or give them back to the plan", "lights 20%", "lights plan", "lights resume"
    ),
    "lights-up": _page(
        "Bring up the safe light in 3 s, from any state",
        "lights-up",
        "lights-up --direct --room garden",
    ),
    "scenes": _page("List the scenes that can be started", "scenes"),
    "rooms": _page("List the rooms: which run, and which need mending", "rooms"),
    "check": _page(
        "Find what is wrong in rooms, scenes and playlists",
        "check",
        "check garden --here",
        "check ~/draft/evening.yaml",
    ),
    "rehearse": _page(
        "Go through a session: in words, as a picture, as sound",
        "rehearse couple-lozenge --room garden",
        "rehearse couple-lozenge --at 40m hold --at 50m release",
        "rehearse couple-lozenge --picture session.svg",
        "rehearse couple-lozenge --render session.flac",
        "rehearse couple-lozenge --room garden --live 60",
    ),
    "preflight": _page("Try everything ten minutes before: GO or NO-GO", "preflight garden"),
    "record": _page(
        "What happened in a session; nothing about who was there",
        "record",
        "record --html session.html",
        "record --music",
    ),
    "demo": _page("Play the three-minute demo, with virtual lamps", "demo"),
    "init": _page(
        "Write a first room, scenes and playlists", "init", "init clinic --room garden --yes"
    ),
    "doctor": _page("Look at machine, devices and rooms; say what to do", "doctor"),
    "audio": _page("Find sound devices, hear them, measure the room", "audio devices"),
    "midi": _page("Find MIDI ports, and learn what a pedal sends", "midi ports"),
    "access": _page("Say which tablets may drive or watch a room", "access list"),
    "service": _page("Have systemd keep a room running", "service install --room garden"),
    "serve": _page(
        "Run a room until it is told to leave",
        "serve --room garden",
        "serve --room garden --supervised --log garden.log",
    ),
    "schema": _page(
        "Print the JSON Schema of a kind of file, for editors",
        "schema scene",
        "schema --all schemas",
    ),
    "audio devices": _page("List the sound devices", "audio devices"),
    "audio test": _page("A soft tone on each channel in turn", "audio test --room garden"),
    "audio chime": _page("Hear a chime before it is used", "audio chime bell --room garden"),
    "audio calibrate": _page(
        "Find an output's trim with a sound-level meter",
        "audio calibrate speakers --room garden",
        "audio calibrate speakers --room garden --reading 62dB --write",
    ),
    "service install": _page(
        "Start the room with the machine, and when it dies",
        "service install --room garden --now",
        "service install --room garden --dry-run",
    ),
    "service uninstall": _page("Leave the room to itself", "service uninstall --room garden"),
    "service show": _page("Print the unit that install writes", "service show --room garden"),
    "music import": _page(
        "Make a playlist from a folder of music", "music import Music/Calm --name calm"
    ),
    "music list": _page("List the playlists: how many pieces, how long", "music list"),
    "music missing": _page("Name every piece that has no file", "music missing"),
    "music export": _page("Write a playlist for other players", "music export calm calm.m3u8"),
    "music pack": _page("Pack a scene with its music", "music pack couple-lozenge lozenge.tar"),
    "music unpack": _page("Take in a packed scene", "music unpack lozenge.tar"),
    "music scan": _page(
        "Measure every track, so that all play equally loud", "music scan", "music scan calm.m3u8"
    ),
    "record list": _page("List the records that are kept", "record list", "record list --json"),
    "record show": _page("Show one of them", "record show 3f9a0c12"),
    "record remove": _page("Remove one for good, or all", "record remove 3f9a0c12"),
    "midi ports": _page("List the MIDI ports", "midi ports"),
    "midi learn": _page("Show what a pedal or controller sends", "midi learn --room garden"),
    "access add": _page(
        "Let a device in, by a token or a PIN",
        'access add "tablet garden" --room garden',
        'access add "wall display" --role viewer --pin --room garden',
    ),
    "access list": _page("List the devices that may log in", "access list --room garden"),
    "access remove": _page("Let a device in no more", 'access remove "tablet garden"'),
    "lights set": _page("Set all lamps until the next look", "lights 20%"),
    "lights resume": _page("Lamps changed by hand go back to their look", "lights resume"),
    "lights test": _page("Make each lamp a little brighter in turn", "lights test --room garden"),
    "lights simulate": _page(
        "Stand in for a room's lamps, and show them",
        "lights simulate --room garden",
        "lights simulate --room garden --broker --loss 10%",
    ),
}
"""Pages by the commands' words, in the order of listing."""


class CommandGroup(TyperGroup):
    """Root command, whose commands are listed by topic, one line each."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        _put_in(self)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's own words
        """Write the groups, with all summaries in one column."""
        width = max(map(len, self.commands), default=0)
        for group in GROUPS:
            rows = [(f"{name:<{width}}", text) for name, text in self._listed(group)]
            if rows:
                with formatter.section(group):
                    formatter.write_dl(rows)

    def _listed(self, group: str) -> Iterator[tuple[str, str]]:
        for name in sorted(self.commands, key=_place):
            command: Any = self.commands[name]
            if command.rich_help_panel == group and not command.hidden:
                yield name, command.short_help


def _place(name: str) -> int:
    return list(COMMAND_HELP).index(name) if name in COMMAND_HELP else len(COMMAND_HELP)


def _put_in(group: Any, path: tuple[str, ...] = ()) -> None:
    """Set each command's summary and, below its help, its examples."""
    for name, command in group.commands.items():
        words = (*path, name)
        page = COMMAND_HELP.get(" ".join(words))
        if page:
            command.short_help = page.summary
            command.epilog = "\b\n" + "\n".join(_lines(page))
        if isinstance(command, TyperGroup):
            _put_in(command, words)


def _lines(page: CommandHelp) -> Iterator[str]:
    yield "Example:" if len(page.examples) == 1 else "Examples:"
    for example in page.examples:
        yield f"  kacenv {example}"
