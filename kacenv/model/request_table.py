"""All requests that people can make of a room, each defined once.

From here are made: the engine's transitions, the commands and their help, completion, the parser
and printer of typed requests, the tablet's keys and undo, what a pedal may do, docs/requests.md.
The fields' types and bounds are in `requests`, the handlers in `kacenv.engine.handlers`.
"""

from typing import Final

from kacenv.core.units import format_seconds
from kacenv.model.mode import ANYTIME, IN_SESSION, Mode
from kacenv.model.request_definition import (
    Argument,
    Flag,
    KeyFace,
    RequestDefinition,
    Still,
    TabletKey,
    Topic,
    Undo,
)

_TIME = Argument("by", "TIME", "E.g. 10m, or 1h10m.", write=format_seconds)
_CHECK_IN = Argument("check_in", "CHECK-IN", optional=True, begins=r"\D")
_OUTPUT = Argument("output", "OUTPUT", optional=True, names="output")
_NO_CHECK_IN = "No check-in is due."
_RUNS_ALREADY = "Time is running already."

_SESSION = (
    RequestDefinition(
        "hold",
        Topic.SESSION,
        "Stay in this phase; the music goes on",
        "Stay in this phase until released: the clocks of phase and session stop, check-ins wait, "
        "and the music goes on.",
        ("hold",),
        works_in=IN_SESSION - {Mode.HELD},
        already={Mode.HELD: "Already holding."},
        leads_to={Mode.RUNNING: Mode.HELD, Mode.RETURNING: Mode.HELD},
        undo=Undo("release", still=Still("mode", "among", ("held",))),
        keys=(
            TabletKey(
                "hold",
                "time",
                "Hold here",
                {"kind": "hold"},
                hint="the music goes on",
                icon="hold",
                style="tall wide",
                face=KeyFace(
                    {"mode": "held"},
                    "Let time run",
                    "time stands still",
                    {"kind": "release"},
                    icon="run",
                ),
            ),
        ),
    ),
    RequestDefinition(
        "release",
        Topic.SESSION,
        "Let time run on after a hold",
        "Let time run on after a hold.",
        ("release",),
        works_in=frozenset({Mode.HELD}),
        already=dict.fromkeys((Mode.RUNNING, Mode.RETURNING), _RUNS_ALREADY),
        leads_to={Mode.HELD: Mode.RUNNING},
        undo=Undo("hold", still=Still("mode", "among", ("running", "returning"))),
    ),
    RequestDefinition(
        "extend",
        Topic.SESSION,
        "Make this phase longer",
        "Make this phase longer; everything after it moves.",
        ("extend 10m",),
        arguments=(_TIME,),
        counts_once=True,
        undo=Undo("shorten", still=Still("phase", "same")),
        keys=(
            TabletKey("extend-5", "time", "+ 5 min", {"kind": "extend", "by": "5m"}, hint="longer"),
            TabletKey(
                "extend-10", "time", "+ 10 min", {"kind": "extend", "by": "10m"}, hint="longer"
            ),
        ),
    ),
    RequestDefinition(
        "shorten",
        Topic.SESSION,
        "Make this phase shorter; it never ends at once",
        "Take time off this phase again, but leave it a minute at least, or what it had; it never "
        "ends at once.",
        ("shorten 5m",),
        arguments=(_TIME,),
        counts_once=True,
    ),
    RequestDefinition(
        "next",
        Topic.SESSION,
        "Go on to the next phase now, by a crossfade",
        "Go on to the next phase now, by a crossfade; check-ins that won't come any more are "
        "named.",
        ("next",),
        leads_to={Mode.HELD: Mode.RUNNING},
        counts_once=True,
        keys=(
            TabletKey(
                "next",
                "time",
                "Go on",
                {"kind": "next"},
                hint="",
                icon="next",
                slow=True,
                last=True,
            ),
        ),
    ),
    RequestDefinition(
        "back",
        Topic.SESSION,
        "Go back to the beginning of the phase before",
        "Go back to the beginning of the phase before, by a crossfade.",
        ("back",),
        leads_to={Mode.RETURNING: Mode.RUNNING, Mode.HELD: Mode.RUNNING},
        counts_once=True,
        keys=(
            TabletKey("back", "time", "Back", {"kind": "back"}, hint="", icon="back", slow=True),
        ),
    ),
    RequestDefinition(
        "end",
        Topic.SESSION,
        "Come home early: the return arc, compressed",
        "Come home early: go to the scene's return arc, compressed to its limit, and end from "
        "there.",
        ("end",),
        already={Mode.FADING: "The session is ending already."},
        leads_to={Mode.RUNNING: Mode.RETURNING, Mode.HELD: Mode.RETURNING},
        pedal_held=True,
        keys=(
            TabletKey(
                "end",
                "close",
                "End",
                {"kind": "end"},
                hint="come\N{NO-BREAK SPACE}home early",
                icon="home",
                slow=True,
                last=True,
            ),
        ),
    ),
    RequestDefinition(
        "stop",
        Topic.SESSION,
        "Fade everything out in seconds, safe light up",
        "Fade everything out in 6 s and bring up the safe light gently.",
        ("stop",),
        works_in=IN_SESSION | {Mode.FADING},
        already={Mode.IDLE: "Nothing is playing."},
        leads_to=dict.fromkeys((Mode.RUNNING, Mode.RETURNING, Mode.HELD), Mode.FADING),
        pedal_held=True,
        keys=(
            TabletKey(
                "stop",
                "close",
                "Stop",
                {"kind": "stop"},
                hint="fade out, lights up",
                icon="stop",
                slow=True,
                last=True,
            ),
        ),
    ),
)
_CHECK_INS = (
    RequestDefinition(
        "done",
        Topic.CHECK_INS,
        "A check-in that is due has been seen to",
        "Mark a check-in as done: the one that has been due for longest, or the one named.",
        ("done", "done check-in-2"),
        arguments=(_CHECK_IN,),
        works_in=IN_SESSION | {Mode.FADING},
        already={Mode.IDLE: _NO_CHECK_IN},
        counts_once=True,
        keys=(TabletKey("check-in-done", "check-in", "Done", {"kind": "done"}),),
    ),
    RequestDefinition(
        "snooze",
        Topic.CHECK_INS,
        "Let a check-in come again in 5 minutes, or later",
        "Let a check-in come again, with its chime, in 5 minutes or after as long as you say.",
        ("snooze", "snooze 10m", "snooze check-in-3 10m"),
        arguments=(
            _CHECK_IN,
            Argument("by", "TIME", optional=True, begins=r"\d", write=format_seconds),
        ),
        already={Mode.IDLE: _NO_CHECK_IN},
        counts_once=True,
        keys=(TabletKey("check-in-later", "check-in", "In 5 min", {"kind": "snooze", "by": "5m"}),),
    ),
    RequestDefinition(
        "pass",
        Topic.CHECK_INS,
        "Let a check-in that is due go by",
        "Let a check-in that is due go by: the one due for longest, or the one named.",
        ("pass", "pass check-in-3"),
        arguments=(_CHECK_IN,),
        works_in=IN_SESSION | {Mode.FADING},
        already={Mode.IDLE: _NO_CHECK_IN},
        counts_once=True,
        keys=(TabletKey("check-in-pass", "check-in", "Let pass", {"kind": "pass"}),),
    ),
    RequestDefinition(
        "seat",
        Topic.CHECK_INS,
        "Begin a seat's own clock, or set it back",
        "Begin a seat's own clock, from which its check-ins count; reset sets it back.",
        ("seat a started", "seat a reset"),
        arguments=(
            Argument("seat", "a|b", words={"a": {"seat": "a"}, "b": {"seat": "b"}}, closed=True),
            Argument(
                "started",
                "started|reset",
                words={"started": {"started": True}, "reset": {"started": False}},
                closed=True,
            ),
        ),
        undo=Undo(flips="started", still=Still("seats", "asked", of="seat")),
        keys=(
            TabletKey(
                "seat-a",
                "seat-a",
                "Seat A started",
                {"kind": "seat", "seat": "a", "started": True},
                slow=True,
            ),
            TabletKey(
                "seat-b",
                "seat-b",
                "Seat B started",
                {"kind": "seat", "seat": "b", "started": True},
                slow=True,
            ),
        ),
    ),
)
_SOUND = (
    RequestDefinition(
        "volume",
        Topic.SOUND_AND_LIGHT,
        "Louder or quieter than the plan: all outputs, or one",
        "Set the volume of one output, or of all, from the plan's level; asking twice is asking "
        "once.",
        ("volume -3dB", "volume seat-a 0dB"),
        arguments=(
            _OUTPUT,
            Argument("level", "LEVEL", signed=True, write=lambda level: f"{level:+g} dB"),
        ),
        works_in=ANYTIME,
        undo=Undo(rule="volume"),
    ),
    RequestDefinition(
        "mute",
        Topic.SOUND_AND_LIGHT,
        "Silence one output, or all, softly",
        "Fade one output, or all for people in the room, to silence in 2 s, its volume untouched; "
        "--off lets it sound again.",
        ("mute", "mute seat-a", "mute --off", "mute seat-a --off"),
        arguments=(_OUTPUT,),
        flag=Flag("--off", "muted", "Let it sound again."),
        works_in=ANYTIME,
        undo=Undo(flips="muted", still=Still("muted", "asked", of="output")),
    ),
    RequestDefinition(
        "duck",
        Topic.SOUND_AND_LIGHT,
        "Lower the music so that you can speak",
        "Lower the music by 12 dB in 1 s so that you can speak; --off brings it back over 10 s.",
        ("duck", "duck --off"),
        flag=Flag("--off", "ducked", "Let the music come back."),
        undo=Undo(flips="ducked", still=Still("ducked", "asked")),
        keys=(
            TabletKey(
                "duck",
                "music",
                "Speak",
                {"kind": "duck", "ducked": True},
                hint="music low",
                icon="voice",
                pressed=True,
                face=KeyFace(
                    {"ducked": True},
                    "Music back",
                    "music is low",
                    {"kind": "duck", "ducked": False},
                ),
            ),
        ),
    ),
    RequestDefinition(
        "silence",
        Topic.SOUND_AND_LIGHT,
        "Fade the music to silence, on purpose",
        "Fade the music to silence in 8 s, until: kacenv music. Pieces run on unheard.",
        ("silence",),
        undo=Undo("music", still=Still("hushed", "among", (True,))),
        keys=(
            TabletKey(
                "silence",
                "music",
                "Silence",
                {"kind": "silence"},
                hint="fade out",
                icon="silence",
                pressed=True,
                face=KeyFace({"hushed": True}, "Music", "fade in", {"kind": "music"}),
            ),
        ),
    ),
    RequestDefinition(
        "music",
        Topic.SOUND_AND_LIGHT,
        "Bring it back; or look after the music's files",
        "Bring the music back in 8 s after a silence.",
        ("music",),
        undo=Undo("silence", still=Still("hushed", "among", (False,))),
    ),
    RequestDefinition(
        "intensity",
        Topic.SOUND_AND_LIGHT,
        "Lean towards livelier or calmer pieces",
        "Lean towards livelier (up) or calmer (down) pieces, by their energy, from the next good "
        "moment on; two steps at most.",
        ("intensity up", "intensity down"),
        arguments=(
            Argument(
                "lean",
                "up|down",
                words={"up": {"lean": "up"}, "down": {"lean": "down"}},
                closed=True,
            ),
        ),
        counts_once=True,
        undo=Undo(flips="lean", still=Still("lean", "changed")),
        keys=(
            TabletKey(
                "calmer",
                "music",
                "Calmer",
                {"kind": "intensity", "lean": "down"},
                hint="pieces",
                icon="calmer",
                spent={"lean": -2},
            ),
            TabletKey(
                "livelier",
                "music",
                "Livelier",
                {"kind": "intensity", "lean": "up"},
                hint="pieces",
                icon="livelier",
                spent={"lean": 2},
            ),
        ),
    ),
    RequestDefinition(
        "chime",
        Topic.SOUND_AND_LIGHT,
        "Strike a soft bell for staff",
        "Strike a soft chime for staff: bell, two-bells, deep-bell or one of the room's own.",
        ("chime", "chime deep-bell"),
        arguments=(Argument("chime", "CHIME", "Else bell.", optional=True, names="chime"),),
        works_in=ANYTIME,
        counts_once=True,
        keys=(
            TabletKey("chime", "close", "Chime", {"kind": "chime"}, hint="for staff", icon="bell"),
        ),
    ),
)
_LIGHT = (
    RequestDefinition(
        "lights",
        Topic.SOUND_AND_LIGHT,
        "Set all lamps, or give them back to the plan",
        "Set every zone to one level, or each a step dimmer or brighter, until the next look; plan "
        "gives them back.",
        ("lights 20%", "lights dimmer", "lights brighter", "lights plan"),
        arguments=(
            Argument(
                "level",
                "LEVEL|plan",
                words={
                    "dimmer": {"level": None, "step": "dimmer"},
                    "brighter": {"level": None, "step": "brighter"},
                    "plan": {"level": None, "step": None},
                },
                write=lambda level: f"{level * 100:.3g}%",
            ),
        ),
        works_in=ANYTIME,
        undo=Undo(rule="lights"),
        keys=(
            TabletKey(
                "dimmer", "light", "Dimmer", {"kind": "lights", "step": "dimmer"}, icon="dimmer"
            ),
            TabletKey(
                "brighter",
                "light",
                "Brighter",
                {"kind": "lights", "step": "brighter"},
                icon="brighter",
            ),
            TabletKey(
                "plan",
                "light",
                "By plan",
                {"kind": "lights"},
                hint="",
                spent={"light_hand": "plan"},
            ),
        ),
    ),
    RequestDefinition(
        "lights-resume",
        Topic.SOUND_AND_LIGHT,
        "Lamps changed by hand go back to their look",
        "Bring lamps that were changed by hand, at the wall or in another app, back to their look.",
        ("lights resume",),
        words="lights resume",
        works_in=ANYTIME,
    ),
    RequestDefinition(
        "lights-up",
        Topic.SOUND_AND_LIGHT,
        "Bring up the safe light in 3 s, from any state",
        "Bring up the safe light in 3 s, repeated on each lamp until it has confirmed; it stays, "
        "and later looks wait, until: kacenv lights plan.",
        ("lights-up",),
        works_in=ANYTIME,
        undo=Undo(rule="lights"),
        keys=(
            TabletKey(
                "lights-up",
                "light",
                "Lights up",
                {"kind": "lights-up"},
                hint="safe light, now",
                icon="sun",
                style="tall",
                pressed=True,
                face=KeyFace(
                    {"light_hand": "lights-up"},
                    "Lights up",
                    "until given back",
                    {"kind": "lights-up"},
                ),
            ),
        ),
    ),
)
REQUESTS: Final = (*_SESSION, *_CHECK_INS, *_SOUND, *_LIGHT)
"""Requests of people, in the order in which they are listed."""
BY_KIND: Final = {one.kind: one for one in REQUESTS}
