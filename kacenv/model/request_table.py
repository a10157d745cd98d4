"""All requests that people can make of a room, each defined once.

From here are made: the engine's transitions, the commands and their help, completion, the parser
and printer of typed requests, the tablet's keys, what a pedal may do, docs/requests.md.
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
    TabletKey,
    Topic,
)

_TIME = Argument("by", "TIME", "E.g. 10m, or 1h10m.", write=format_seconds)
_CHECK_IN = Argument("check_in", "CHECK-IN", optional=True, begins=r"\D")
_OUTPUT = Argument("output", "OUTPUT", optional=True, names="output")
_NO_CHECK_IN = "No check-in is due."
_RUNS_ALREADY = "Time is running already."

_SESSION = (
    RequestDefinition(
        "hold",
        topic=Topic.SESSION,
        summary="Stay in this phase; the music goes on",
        help=(
            "Stay in this phase until released: the clocks of phase and session stop, check-ins "
            "wait, and the music goes on."
        ),
        examples=("hold",),
        already={Mode.HELD: "Already holding."},
        leads_to={Mode.RUNNING: Mode.HELD, Mode.RETURNING: Mode.HELD},
        keys=(
            TabletKey(
                "hold",
                place="time",
                name="Hold here",
                ask={"kind": "hold"},
                hint="the music goes on",
                icon="hold",
                style="tall wide",
                face=KeyFace(
                    shown={"mode": "held"},
                    name="Let time run",
                    hint="time stands still",
                    ask={"kind": "release"},
                    icon="run",
                ),
            ),
        ),
    ),
    RequestDefinition(
        "release",
        topic=Topic.SESSION,
        summary="Let time run on after a hold",
        help="Let time run on after a hold.",
        examples=("release",),
        works_in=frozenset({Mode.HELD}),
        already=dict.fromkeys((Mode.RUNNING, Mode.RETURNING), _RUNS_ALREADY),
        leads_to={Mode.HELD: Mode.RUNNING},
    ),
    RequestDefinition(
        "extend",
        topic=Topic.SESSION,
        summary="Make this phase longer",
        help=(
            "Make this phase longer; everything after it moves. A phase that is over its time gets "
            "so much from now on."
        ),
        examples=("extend 10m",),
        arguments=(_TIME,),
        counts_once=True,
        keys=(
            TabletKey(
                "extend-5",
                place="time",
                name="+ 5 min",
                ask={"kind": "extend", "by": "5m"},
                hint="longer",
            ),
            TabletKey(
                "extend-10",
                place="time",
                name="+ 10 min",
                ask={"kind": "extend", "by": "10m"},
                hint="longer",
            ),
        ),
    ),
    RequestDefinition(
        "shorten",
        topic=Topic.SESSION,
        summary="Make this phase shorter; it never ends at once",
        help=(
            "Take time off this phase again, but leave it a minute at least, or what it had; it "
            "never ends at once, nor with a piece that ends before that."
        ),
        examples=("shorten 5m",),
        arguments=(_TIME,),
        counts_once=True,
    ),
    RequestDefinition(
        "next",
        topic=Topic.SESSION,
        summary="Go on to the next phase now, by a crossfade",
        help=(
            "Go on to the next phase now, by a crossfade; check-ins that won't come any more are "
            "named."
        ),
        examples=("next",),
        leads_to={Mode.HELD: Mode.RUNNING},
        counts_once=True,
        keys=(
            TabletKey(
                "next",
                place="time",
                name="Go on",
                ask={"kind": "next"},
                hint="",
                icon="next",
                slow=True,
                last=True,
            ),
        ),
    ),
    RequestDefinition(
        "back",
        topic=Topic.SESSION,
        summary="Go back to the beginning of the phase before",
        help=(
            "Go back to the beginning of the phase before, by a crossfade; in the first phase, to "
            "its own beginning."
        ),
        examples=("back",),
        leads_to={Mode.RETURNING: Mode.RUNNING, Mode.HELD: Mode.RUNNING},
        counts_once=True,
        keys=(
            TabletKey(
                "back",
                place="time",
                name="Back",
                ask={"kind": "back"},
                hint="",
                icon="back",
                slow=True,
            ),
        ),
    ),
    RequestDefinition(
        "end",
        topic=Topic.SESSION,
        summary="Come home early: the return arc, compressed",
        help=(
            "Come home early: go to the scene's return arc, compressed to its limit, and end from"
            " there."
        ),
        examples=("end",),
        already={Mode.FADING: "The session is ending already."},
        leads_to={Mode.RUNNING: Mode.RETURNING, Mode.HELD: Mode.RETURNING},
        pedal_held=True,
        keys=(
            TabletKey(
                "end",
                place="close",
                name="End",
                ask={"kind": "end"},
                hint="come\N{NO-BREAK SPACE}home early",
                icon="home",
                slow=True,
                last=True,
            ),
        ),
    ),
    RequestDefinition(
        "stop",
        topic=Topic.SESSION,
        summary="Fade everything out in seconds, safe light up",
        help="Fade everything out in 6 s and bring up the safe light gently.",
        examples=("stop",),
        works_in=IN_SESSION | {Mode.FADING},
        already={Mode.IDLE: "Nothing is playing."},
        leads_to=dict.fromkeys((Mode.RUNNING, Mode.RETURNING, Mode.HELD), Mode.FADING),
        pedal_held=True,
        keys=(
            TabletKey(
                "stop",
                place="close",
                name="Stop",
                ask={"kind": "stop"},
                hint="fade out, lights up",
                icon="stop",
                slow=True,
                last=True,
            ),
        ),
    ),
    RequestDefinition(
        "undo",
        topic=Topic.SESSION,
        summary="Take back the last press, within ten seconds",
        help=(
            "Take back the last press of the last ten seconds, to the very plan that was there "
            "before it, by crossfades; again for the one before."
        ),
        examples=("undo",),
        works_in=ANYTIME,
        counts_once=True,
    ),
)
_CHECK_INS = (
    RequestDefinition(
        "done",
        topic=Topic.CHECK_INS,
        summary="A check-in that is due has been seen to",
        help="Mark a check-in as done: the one that has been due for longest, or the one named.",
        examples=("done", "done check-in-2"),
        arguments=(_CHECK_IN,),
        works_in=IN_SESSION | {Mode.FADING},
        already={Mode.IDLE: _NO_CHECK_IN},
        counts_once=True,
        keys=(TabletKey("check-in-done", place="check-in", name="Done", ask={"kind": "done"}),),
    ),
    RequestDefinition(
        "snooze",
        topic=Topic.CHECK_INS,
        summary="Let a check-in come again in 5 minutes, or later",
        help="Let a check-in come again, with its chime, in 5 minutes or after as long as you say.",
        examples=("snooze", "snooze 10m", "snooze check-in-3 10m"),
        arguments=(
            _CHECK_IN,
            Argument("by", "TIME", optional=True, begins=r"\d", write=format_seconds),
        ),
        already={Mode.IDLE: _NO_CHECK_IN},
        counts_once=True,
        keys=(
            TabletKey(
                "check-in-later",
                place="check-in",
                name="In 5 min",
                ask={"kind": "snooze", "by": "5m"},
            ),
        ),
    ),
    RequestDefinition(
        "pass",
        topic=Topic.CHECK_INS,
        summary="Let a check-in that is due go by",
        help="Let a check-in that is due go by: the one due for longest, or the one named.",
        examples=("pass", "pass check-in-3"),
        arguments=(_CHECK_IN,),
        works_in=IN_SESSION | {Mode.FADING},
        already={Mode.IDLE: _NO_CHECK_IN},
        counts_once=True,
        keys=(TabletKey("check-in-pass", place="check-in", name="Let pass", ask={"kind": "pass"}),),
    ),
    RequestDefinition(
        "seat",
        topic=Topic.CHECK_INS,
        summary="Begin a seat's own clock, or set it back",
        help="Begin a seat's own clock, from which its check-ins count; reset sets it back.",
        examples=("seat a started", "seat a reset"),
        arguments=(
            Argument("seat", "a|b", words={"a": {"seat": "a"}, "b": {"seat": "b"}}, closed=True),
            Argument(
                "started",
                "started|reset",
                words={"started": {"started": True}, "reset": {"started": False}},
                closed=True,
            ),
        ),
        keys=(
            TabletKey(
                "seat-a",
                place="seat-a",
                name="Seat A started",
                ask={"kind": "seat", "seat": "a", "started": True},
                slow=True,
            ),
            TabletKey(
                "seat-b",
                place="seat-b",
                name="Seat B started",
                ask={"kind": "seat", "seat": "b", "started": True},
                slow=True,
            ),
        ),
    ),
)
_SOUND = (
    RequestDefinition(
        "volume",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Louder or quieter than the plan: all outputs, or one",
        help=(
            "Set the volume of one output, or of all, from the plan's level; asking twice is "
            "asking once."
        ),
        examples=("volume -3dB", "volume seat-a 0dB"),
        arguments=(
            _OUTPUT,
            Argument("level", "LEVEL", signed=True, write=lambda level: f"{level:+g} dB"),
        ),
        works_in=ANYTIME,
    ),
    RequestDefinition(
        "mute",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Silence one output, or all, softly",
        help=(
            "Fade one output, or all for people in the room, to silence in 2 s, its volume "
            "untouched; --off lets it sound again."
        ),
        examples=("mute", "mute seat-a", "mute --off", "mute seat-a --off"),
        arguments=(_OUTPUT,),
        flag=Flag("--off", "muted", "Let it sound again."),
        works_in=ANYTIME,
    ),
    RequestDefinition(
        "duck",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Lower the music so that you can speak",
        help=(
            "Lower the music by 12 dB in 1 s so that you can speak; --off brings it back over 10 s."
        ),
        examples=("duck", "duck --off"),
        flag=Flag("--off", "ducked", "Let the music come back."),
        keys=(
            TabletKey(
                "duck",
                place="music",
                name="Speak",
                ask={"kind": "duck", "ducked": True},
                hint="music low",
                icon="voice",
                pressed=True,
                face=KeyFace(
                    shown={"ducked": True},
                    name="Music back",
                    hint="music is low",
                    ask={"kind": "duck", "ducked": False},
                ),
            ),
        ),
    ),
    RequestDefinition(
        "silence",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Fade the music to silence, on purpose",
        help="Fade the music to silence in 8 s, until: kacenv music. Pieces run on unheard.",
        examples=("silence",),
        keys=(
            TabletKey(
                "silence",
                place="music",
                name="Silence",
                ask={"kind": "silence"},
                hint="fade out",
                icon="silence",
                pressed=True,
                face=KeyFace(
                    shown={"hushed": True}, name="Music", hint="fade in", ask={"kind": "music"}
                ),
            ),
        ),
    ),
    RequestDefinition(
        "music",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Bring it back; or look after the music's files",
        help="Bring the music back in 8 s after a silence.",
        examples=("music",),
    ),
    RequestDefinition(
        "intensity",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Lean towards livelier or calmer pieces",
        help=(
            "Lean towards livelier (up) or calmer (down) pieces, by their energy, from the next "
            "good moment on; two steps at most."
        ),
        examples=("intensity up", "intensity down"),
        arguments=(
            Argument(
                "lean",
                "up|down",
                words={"up": {"lean": "up"}, "down": {"lean": "down"}},
                closed=True,
            ),
        ),
        counts_once=True,
        keys=(
            TabletKey(
                "calmer",
                place="music",
                name="Calmer",
                ask={"kind": "intensity", "lean": "down"},
                hint="pieces",
                icon="calmer",
                spent={"lean": -2},
            ),
            TabletKey(
                "livelier",
                place="music",
                name="Livelier",
                ask={"kind": "intensity", "lean": "up"},
                hint="pieces",
                icon="livelier",
                spent={"lean": 2},
            ),
        ),
    ),
    RequestDefinition(
        "chime",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Strike a soft bell for staff",
        help="Strike a soft chime for staff: bell, two-bells, deep-bell or one of the room's own.",
        examples=("chime", "chime deep-bell"),
        arguments=(Argument("chime", "CHIME", "Else bell.", optional=True, names="chime"),),
        works_in=ANYTIME,
        counts_once=True,
        lasting="A chime that has been struck can't be taken back.",
        keys=(
            TabletKey(
                "chime",
                place="close",
                name="Chime",
                ask={"kind": "chime"},
                hint="for staff",
                icon="bell",
            ),
        ),
    ),
)
_LIGHT = (
    RequestDefinition(
        "lights",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Set all lamps, or give them back to the plan",
        help=(
            "Set every zone to one level, or each a step dimmer or brighter, until the next look;"
            " plan gives them back."
        ),
        examples=("lights 20%", "lights dimmer", "lights brighter", "lights plan"),
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
        keys=(
            TabletKey(
                "dimmer",
                place="light",
                name="Dimmer",
                ask={"kind": "lights", "step": "dimmer"},
                icon="dimmer",
            ),
            TabletKey(
                "brighter",
                place="light",
                name="Brighter",
                ask={"kind": "lights", "step": "brighter"},
                icon="brighter",
            ),
            TabletKey(
                "plan",
                place="light",
                name="By plan",
                ask={"kind": "lights"},
                hint="",
                spent={"light_hand": "plan"},
            ),
        ),
    ),
    RequestDefinition(
        "lights-resume",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Lamps changed by hand go back to their look",
        help=(
            "Bring lamps that were changed by hand, at the wall or in another app, back to their "
            "look."
        ),
        examples=("lights resume",),
        words="lights resume",
        works_in=ANYTIME,
        lasting="Lamps that went back to their look can't be taken away from it again.",
    ),
    RequestDefinition(
        "lights-up",
        topic=Topic.SOUND_AND_LIGHT,
        summary="Bring up the safe light in 3 s, from any state",
        help=(
            "Bring up the safe light in 3 s, repeated on each lamp until it has confirmed; it "
            "stays, and later looks wait, until you set another light or give it back with: "
            "kacenv lights plan."
        ),
        examples=("lights-up",),
        works_in=ANYTIME,
        keys=(
            TabletKey(
                "lights-up",
                place="light",
                name="Lights up",
                ask={"kind": "lights-up"},
                hint="safe light, now",
                icon="sun",
                style="tall",
                pressed=True,
                face=KeyFace(
                    shown={"light_hand": "lights-up"},
                    name="Lights up",
                    hint="until given back",
                    ask={"kind": "lights-up"},
                ),
            ),
        ),
    ),
)
REQUESTS: Final = (*_SESSION, *_CHECK_INS, *_SOUND, *_LIGHT)
"""Requests of people, in the order in which they are listed."""
BY_KIND: Final = {one.kind: one for one in REQUESTS}
