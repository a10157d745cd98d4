"""Translate what people type into the commands they mean; one table of synonyms for all.

Only words with one possible meaning are translated. Others lead to the commands that may be
meant, shown whole. Commands that can't be mended (`DANGEROUS`) are neither translated to, nor
proposed for another word.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

from kacenv.core.units import Seconds, format_seconds
from kacenv.model.request_bounds import LONGEST_TIME, LOUDEST, QUIETEST
from kacenv.model.request_definition import Argument, Fields, KeyFace, TabletKey
from kacenv.model.request_table import BY_KIND, REQUESTS
from kacenv.model.request_text import DANGEROUS

UNDERSTOOD: Final = {
    "unhold": "release",
    "next phase": "next",
    "go on": "next",
    "previous phase": "back",
    "take back": "undo",
    "speak": "duck",
    "talk": "duck",
    "silence off": "music",
    "music on": "music",
    "music off": "silence",
    "silent": "silence",
    "dim": "lights dimmer",
    "lights dim": "lights dimmer",
    "lights down": "lights dimmer",
    "light plan": "lights plan",
    "lights back": "lights plan",
    "bell": "chime",
    "ring": "chime",
    "later": "snooze",
    "help": "--help",
    "version": "--version",
}
"""Words with one meaning, in small letters, and the command that they are."""
LEADS: Final = {
    "pause": {"hold": "stay in this phase; the music goes on", "silence": "fade the music out"},
    "resume": {
        "release": "let time run on after a hold",
        "music": "bring the music back after a silence",
        "lights resume": "bring lamps that were changed by hand back to their light",
    },
    "play": {
        "start SCENE": "begin a session; kacenv scenes lists them",
        "music": "bring the music back after a silence",
    },
    "run": {"start SCENE": "begin a session; kacenv scenes lists them"},
    "skip": {"next": "go on to the next phase"},
    "forward": {"next": "go on to the next phase"},
    "go": {"next": "go on to the next phase"},
    "rewind": {"back": "go back to the beginning of the phase before"},
    "previous": {"back": "go back to the beginning of the phase before"},
    "cancel": {"undo": "take back the last press"},
    "revert": {"undo": "take back the last press"},
    "quit": {"status": "see where the session is; the room goes on by itself"},
    "exit": {"status": "see where the session is; the room goes on by itself"},
    "bye": {"status": "see where the session is; the room goes on by itself"},
    "abort": {"end --help": "how to come home early", "stop --help": "how to fade everything out"},
    "halt": {"end --help": "how to come home early", "stop --help": "how to fade everything out"},
    "finish": {"end --help": "how to come home early", "stop --help": "how to fade everything out"},
    "lights up": {
        "lights brighter": "one step brighter",
        "lights-up": "the safe light, which stays",
    },
    "lights on": {
        "lights plan": "give the light back to the plan",
        "lights 20%": "set all lamps to a level",
    },
    "lights off": {
        "lights 0%": "all lamps dark",
        "lights plan": "give the light back to the plan",
    },
    "let pass": {"pass": "let the check-in that is due go by"},
    "ok": {"done": "a check-in that is due has been seen to"},
    "yes": {"done": "a check-in that is due has been seen to"},
    "ignore": {"snooze": "let a check-in come again in 5 minutes"},
    "louder": {"volume +1dB": "1 dB above the plan"},
    "quieter": {"volume -3dB": "3 dB below the plan", "duck": "lower the music to speak"},
    "volume up": {"volume +1dB": "1 dB above the plan"},
    "volume down": {"volume -3dB": "3 dB below the plan", "duck": "lower the music to speak"},
    "seat a": {"seat a started": "begin seat A's clock"},
    "seat b": {"seat b started": "begin seat B's clock"},
    "list": {"scenes": "list the scenes", "rooms": "list the rooms"},
    "info": {"status": "see where the session is"},
    "test": {"preflight ROOM": "try the real room", "rehearse SCENE": "go through a scene"},
    "scan": {"music scan": "measure every track"},
    "import": {"music import FOLDER": "make a playlist from a folder of music"},
}
"""Words with several meanings, in small letters; each command that may be meant, and what for."""
LEADS.update(dict.fromkeys(("lights-on", "light on", "light"), LEADS["lights on"]))
LEADS.update(dict.fromkeys(("lights-off", "light off", "dark"), LEADS["lights off"]))
LEADS["light up"] = LEADS["lights up"]
LEADS.update(dict.fromkeys(("continue", "unpause"), LEADS["resume"]))
LEADS["go back"], LEADS["ls"] = LEADS["rewind"], LEADS["list"]
_WORDS: Final = {"vol": "volume", "light": "lights", "lamps": "lights", "prolong": "extend"}
"""First words that are another name of a command."""
_OFF: Final = {"unmute": "mute", "unduck": "duck"}
"""First words that are a command with `--off`."""
_PLAIN_MINUTES: Final = 30
"""A number without a unit is minutes up to here; beyond, it could be seconds."""
_SPAN: Final = re.compile(
    r"\+?\s*(?:(?P<h>\d+)\s*h(?:rs?|ours?)?)?\s*(?:(?P<m>\d+)\s*m(?:ins?|inutes?)?)?\s*"
    r"(?:(?P<s>\d+)\s*s(?:ecs?|econds?)?)?"
)
_LEVEL: Final = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)(?:db)?|(\d{1,2}(?:\.\d+)?)db")


class UnclearError(Exception):
    """Words that may mean several commands; the message shows each of them whole."""


def meant(words: list[str], commands: Collection[str]) -> list[str]:
    """Return the command line that is meant by `words`, which may be `words` themselves.

    Raises:
        UnclearError: They have no meaning that is the only one.
    """
    spoken, options = _split(words)
    if not spoken or (len(words) == 1 and words[0] in commands):
        return words
    phrase = " ".join(spoken).lower()
    if phrase in LEADS:
        raise UnclearError(_led(" ".join(spoken), LEADS[phrase], options))
    found = UNDERSTOOD.get(phrase) or _of_key(phrase, commands)
    if found:
        return [*found.split(), *options]
    if _span(phrase) or re.fullmatch(r"-\d.*", phrase):
        raise UnclearError(_of_a_quantity(phrase, options))
    return [*_with_patience(spoken, options), *options]


def _with_patience(spoken: list[str], options: list[str]) -> list[str]:
    """Return words whose first is a command, its quantities as kacenv writes them."""
    first, *rest = spoken
    name = _WORDS.get(first.lower(), first.lower())
    if name in _OFF:
        return [_OFF[name], *_outputs([*rest, "off"], options)]
    if name in _ARGUMENTS and "--help" not in options:
        return [name, *_ARGUMENTS[name](rest, options)]
    return [name, *rest]


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Split a command line before its first option; a negative number is none."""
    ends = (at for at, word in enumerate(words) if re.match(r"-(?!\d)", word))
    end = next(ends, len(words))
    return words[:end], words[end:]


def _led(typed: str, found: Mapping[str, str], options: list[str]) -> str:
    """Return what `typed` leads to, a line for each command."""
    after = "".join(f" {one}" for one in options or ())
    whole = [(f"kacenv {command}{after}", reason) for command, reason in found.items()]
    width = max(len(command) for command, _ in whole)
    lines = (f"  {command:<{width}}  {reason}" for command, reason in whole)
    return "\n".join([f"kacenv can't be sure what {typed!r} means. You may mean:", *lines])


def _of_key(phrase: str, commands: Collection[str]) -> str | None:
    """Return the command of the tablet's key with this name; None if it could do harm."""
    for face in key_faces():
        name, kind = face.name.lower(), face.ask["kind"]
        if name == phrase and name not in commands and kind not in DANGEROUS:
            return typed_of(face.ask)
    return None


def key_faces() -> Iterator[TabletKey | KeyFace]:
    """Yield all faces of the tablet's keys."""
    for key in (key for one in REQUESTS for key in one.keys):
        yield key
        if key.face:
            yield key.face


def typed_of(ask: Fields) -> str:
    """Return the words that are typed for the request `ask`."""
    definition = BY_KIND[ask["kind"]]
    words = [definition.typed, *(_word_of(one, ask) for one in definition.arguments)]
    if definition.flag and not ask.get(definition.flag.field, True):
        words.append(definition.flag.word)
    return " ".join(filter(None, words))


def _word_of(argument: Argument, ask: Fields) -> str:
    for word, fields in argument.words.items():
        if all(ask.get(name) == value for name, value in fields.items()):
            return word
    return str(ask.get(argument.field, ""))


def _span(text: str) -> str | None:
    """Return a time as kacenv writes it; None if the text is none, or has no sure unit."""
    number = re.fullmatch(r"\+?\s*(\d{1,4})", text)
    if number:
        minutes = int(number[1])
        return f"{minutes}m" if 0 < minutes <= _PLAIN_MINUTES else None
    found = _SPAN.fullmatch(text)
    if not found or not any(found.groups()) or any(len(one or "") > 4 for one in found.groups()):
        return None
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return format_seconds(Seconds(hours * 3600 + minutes * 60 + seconds))


def _of_a_quantity(phrase: str, options: list[str]) -> str:
    """Return what a time or a level alone leads to."""
    span = _span(phrase)
    if span:
        found = {f"extend {span}": "make this phase longer"}
        return _led(phrase, found | {f"snooze {span}": "let a check-in come again then"}, options)
    less = _span(phrase.removeprefix("-").strip())
    level = _LEVEL.fullmatch(phrase.replace(" ", ""))
    found = {f"volume {level[1]}dB": "quieter than the plan"} if level else {}
    found |= {f"shorten {less}": "make this phase shorter"} if less else {}
    return _led(phrase, found or {"volume -3dB": "quieter than the plan"}, options)


def _times(kind: str) -> Callable[[list[str], list[str]], list[str]]:
    def written(words: list[str], options: list[str]) -> list[str]:
        """Return the words with their time as kacenv writes it."""
        words = [one for one in words if one.lower() not in ("by", "for", "in")]
        at = next((at for at, one in enumerate(words) if re.match(r"[+-]?\d", one)), len(words))
        text = " ".join(words[at:]).lower()
        if not text:
            return words
        if span := _span(text):
            return [*words[:at], span]
        raise UnclearError(_led(f"{kind} {text}", _clear_times(kind, text), options))

    return written


def _clear_times(kind: str, text: str) -> dict[str, str]:
    """Return commands with a time that may be meant by `text`, which is none."""
    less = _span(text.removeprefix("-").strip()) if text.startswith("-") else None
    if less and kind != "snooze":
        other = "shorten" if kind == "extend" else "extend"
        return {f"{other} {less}": BY_KIND[other].summary}
    minutes = int(text) if text.isdecimal() and len(text) < 4 else 0
    number = minutes if 0 < minutes * 60 <= LONGEST_TIME else 10
    return {f"{kind} {number}m": f"{number} minutes; at most {format_seconds(LONGEST_TIME)}"}


def _volume(words: list[str], options: list[str]) -> list[str]:
    """Return the words with their level as kacenv writes it; a bare number needs its sign."""
    for at in range(len(words)):
        if level := _LEVEL.fullmatch("".join(words[at:]).lower().replace(" ", "")):
            return [*words[:at], f"{level[1] or level[2]}dB"]
    ways = {
        "volume -3dB": f"3 dB quieter; it goes from {QUIETEST:g} dB to {LOUDEST:+g} dB",
        "volume 0dB": "as loud as planned",
    }
    raise UnclearError(_led(" ".join(["volume", *words]), ways, options))


def _lights(words: list[str], options: list[str]) -> list[str]:
    """Return the words with a bare number as a share of full light."""
    text = "".join(words).lower()
    share = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)(%|percent)?", text)
    if share and (share[2] or float(share[1]) > 1):
        return [f"{share[1]}%"]
    if share:
        ways = {f"lights {share[1]}%": "that share of full light", "lights plan": "by plan"}
        raise UnclearError(_led(f"lights {text}", ways, options))
    return words


def _outputs(words: list[str], _: list[str]) -> list[str]:
    """Return an output with `off` behind it as an option; `all` needs no name."""
    off = ["--off"] if words[-1:] == ["off"] else []
    return [*(one for one in words if one not in ("off", "on", "all")), *off]


def _one_room(words: list[str], options: list[str]) -> list[str]:
    """Return a room that is named without its option, with it."""
    is_named = any(one.partition("=")[0] in ("--room", "-r") for one in options)
    return ["--room", words[0]] if len(words) == 1 and not is_named else words


_ARGUMENTS: Final = {
    **{kind: _times(kind) for kind in ("extend", "shorten", "snooze")},
    "volume": _volume,
    "lights": _lights,
    **dict.fromkeys(("mute", "duck"), _outputs),
    **dict.fromkeys(("status", "watch"), _one_room),
}
"""For each command whose arguments are read with patience, the function that does."""


def near(word: str, commands: Collection[str]) -> list[str]:
    """Return the commands that a mistyped word may be; a dangerous one only by its own letters."""
    from difflib import get_close_matches

    alike = get_close_matches(word.lower(), set(commands) - DANGEROUS, cutoff=0.7)
    swapped = (one for one in sorted(DANGEROUS) if sorted(one) == sorted(word.lower()))
    return [*swapped, *alike]
