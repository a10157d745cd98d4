"""JSON Schema of the strings that the models' parsers accept: ECMA-262 regular expressions.

Only ASCII digits; Python's parsers also accept others, which nobody types.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

Schema = dict[str, Any]
"""Node of a JSON Schema."""


def text(pattern: str, expected: str, example: str) -> Schema:
    """Return the schema of text with a pattern, and the editor's message for other text."""
    said = f"Expected {expected}, for example: {example}"
    whole = rf"^\s*{pattern}\s*$"
    return {"type": "string", "pattern": whole, "patternErrorMessage": said, "examples": [example]}


def _either(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_FRACTION: Final = r"(?:\.[0-9]+)?"
_HUNDRED: Final = rf"(?:0*(?:100(?:\.0+)?|[0-9]{{1,2}}{_FRACTION})\s*%)"
_WHITE: Final = r"(?:0*(?:10000|[1-9][0-9]{3})\s*K)"
_COLOR: Final = r"#(?!000000)[0-9A-Fa-f]{6}"
_LOUDER: Final = rf"\+?0*(?:24(?:\.0+)?|(?:2[0-3]|1?[0-9]){_FRACTION})"
_QUIETER: Final = rf"-0*(?:90(?:\.0+)?|[1-8]?[0-9]{_FRACTION})"
_SPAN: Final = rf"(?=[0-9])(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+{_FRACTION}s)?"
_DAYS: Final = r"(?:[0-2]?[0-9]{1,3}|3[0-5][0-9]{2}|36[0-4][0-9]|3650)d"
_CONTROLS: Final = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"

DURATION: Final = text(_SPAN, "a time with its unit (h, m or s)", "1h10m")
DAYS: Final = text(_DAYS, "a number of days (d), from 0d to 3650d", "30d")
DECIBELS: Final = text(rf"(?:{_LOUDER}|{_QUIETER})\s*dB", "a level from -90 dB to 24 dB", "-6 dB")
LEVEL: Final = text(_HUNDRED, "a light level from 0% to 100%", "35%")
KELVIN: Final = text(_WHITE, "a colour temperature from 1000 K to 10000 K", "2200 K")
COLOR: Final = text(_COLOR, "a colour in quotes: # and six digits from 0 to f", "#ff8040")
SETTING: Final[Schema] = {
    "anyOf": [
        text(
            _either("off", rf"{_HUNDRED}(?:\s+(?:{_WHITE}|{_COLOR}))?"),
            "a light level, with or without a white or a quoted colour",
            "12% 2200 K",
        ),
        {
            "type": "object",
            "properties": {"level": LEVEL, "kelvin": KELVIN, "color": COLOR},
            "required": ["level"],
            "additionalProperties": False,
            "not": {"required": ["kelvin", "color"]},
        },
    ],
    "examples": ["12% 2200 K", "off"],
}

SLUG: Final[Schema] = {
    "type": ["string", "integer"],
    "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "minimum": 0,
    "patternErrorMessage": "Expected a short name of small letters, digits and hyphens: seat-a",
}
PLAIN: Final[Schema] = {
    "type": ["string", "number", "boolean"],
    "pattern": f"^[^{_CONTROLS}]*$",
    "patternErrorMessage": "Expected letters, digits and signs that can be shown",
}
"""Text, including what YAML takes for a number."""
LINE: Final[Schema] = {
    "type": ["string", "number", "boolean"],
    "pattern": rf"^(?![\s\S]*[{_CONTROLS}])\s*\S(?:[\s\S]{{0,78}}\S)?\s*$",
    "patternErrorMessage": "Expected one line of at most 80 characters",
}
YES: Final[Schema] = {
    "anyOf": [
        {"const": True},
        {"type": "string", "pattern": "^(?:[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee]|[Oo][Nn])$"},
    ],
    "patternErrorMessage": "Expected yes, once someone has listened and heard no words",
    "examples": ["yes"],
}
YES_OR_NO: Final[Schema] = {
    "anyOf": [
        {"type": "boolean"},
        {"enum": ["yes", "no"]},
        {
            "type": "string",
            "pattern": "^(?:[Yy](?:[Ee][Ss])?|[Nn][Oo]?|[Oo](?:[Nn]|[Ff][Ff])|[Tt](?:[Rr][Uu][Ee])?"
            "|[Ff](?:[Aa][Ll][Ss][Ee])?)$",
        },
    ]
}
PITCH: Final[Schema] = {
    "anyOf": [
        text(
            _either(
                "[Cc](?:#?[2-6]|7)",
                "[Cc][Bb][3-7]",
                "[D-Gd-gAa][#Bb]?[2-6]",
                "[Bb][Bb]?[2-6]",
                "[Bb]#[1-6]",
                "0?(?:3[6-9]|[4-8][0-9]|9[0-6])",
            ),
            "a note from C2 to C7, or its MIDI number, from 36 to 96",
            "E4",
        ),
        {"type": "integer", "minimum": 36, "maximum": 96},
    ],
    "examples": ["E4"],
}

SHORT_DELAY: Final[Schema] = {
    "pattern": r"^\s*(?:0+h)?(?:0+m)?(?:0+(?:\.(?:[0-4][0-9]*|50*))?s)?\s*$",
    "patternErrorMessage": "Expected a delay of at most 0.5s, for example: 0.012s",
}
GENTLE: Final[Schema] = {
    "pattern": r"^\s*0*(?:20(?:\.0+)?|1?[1-9](?:\.[0-9]+)?|10(?:\.[0-9]+)?)\s*%\s*$",
    "patternErrorMessage": "Expected from 1% to 20% a second, for example: 10%",
}
WITH_LEVEL: Final[Schema] = {
    "pattern": r"\{level\}",
    "patternErrorMessage": """Expected a text with {level} in it: '{"dim": {level}}'""",
}
WITH_WHITE: Final[Schema] = {
    "pattern": r"\{(?:kelvin|mired)\}",
    "patternErrorMessage": """Expected a text with {kelvin} or {mired} in it: '{"ct": {mired}}'""",
}
MORE_THAN_NOTHING: Final[Schema] = {
    "pattern": "[1-9]",
    "patternErrorMessage": "Expected a phase that lasts longer than nothing",
}
A_SECOND_OR_MORE: Final[Schema] = {
    "pattern": r"^\s*(?:[0-9]*[1-9][0-9]*h|(?:[0-9]+h)?[0-9]*[1-9][0-9]*m"
    r"|(?:[0-9]+h)?(?:[0-9]+m)?[0-9]*[1-9][0-9]*(?:\.[0-9]+)?s)",
    "patternErrorMessage": "Expected 1s or more",
}

HOST_NAME: Final[Schema] = {
    "pattern": r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$",
    "patternErrorMessage": "Expected a name of this machine, in small letters: garden.clinic.lan",
}
THIS_MACHINE: Final[Schema] = {
    "pattern": r"^(?:localhost|127(?:\.[0-9]{1,3}){3}|::1|(?:0{1,4}:){7}0{0,3}1)$"
}
NO_ADDRESS: Final[Schema] = {
    "not": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://"},
    "errorMessage": "Nothing comes from the network; give the path of a file",
}

_TO_126: Final = "(?:12[0-6]|1[01][0-9]|0?[0-9]{1,2})"
_TO_127: Final = "(?:12[0-7]|1[01][0-9]|0?[0-9]{1,2})"
_NAME: Final = (
    "(?:(?:[A-Ga-g]|[ACDFGacdfg]#)(?:-1|[0-8])|(?:[C-Gc-g]|[CDFcdf]#)9)"
)  # fmt: skip
_NOTE, _CONTROL = "[Nn][Oo][Tt][Ee]", "[Cc][Oo][Nn][Tt][Rr][Oo][Ll]"
_PROGRAM: Final = "[Pp][Rr][Oo][Gg][Rr][Aa][Mm]"
_ABOVE: Final = rf" +[Aa][Bb][Oo][Vv][Ee] +{_TO_126}"
_BELOW: Final = rf" +[Bb][Ee][Ll][Oo][Ww] +(?!0+(?![0-9])){_TO_127}"
_CHANNEL: Final = "(?: +[Oo][Nn] +[Cc][Hh][Aa][Nn][Nn][Ee][Ll] +(?:1[0-6]|0?[1-9]))?"
_HELD: Final = r"(?: +[Hh][Ee][Ll][Dd] +(?:0\.[5-9]|[1-9](?:\.[0-9])?|10)[Ss])?"
_FADER: Final = f"{_CONTROL} +{_TO_127}{_CHANNEL}"

TRIGGER: Final = text(
    _either(
        f"{_NOTE} +(?:{_TO_127}|{_NAME}){_CHANNEL}{_HELD}",
        f"{_CONTROL} +{_TO_127}(?:{_ABOVE}|{_BELOW}){_CHANNEL}{_HELD}",
        f"{_CONTROL} +{_TO_127}{_CHANNEL}",
        f"{_PROGRAM} +{_TO_127}{_CHANNEL}",
    ),
    "what arrives, as kacenv midi learn shows it",
    "note 60",
)


def press(kinds: Iterable[str], held: Sequence[str]) -> Schema:
    """Return the schema of a control's action: a fader sets a volume, others press one of `kinds`.

    A program change can't be held down, so it presses nothing that must be `held`.
    """
    pressed = {
        "pattern": rf"^\s*(?:{'|'.join(sorted(kinds))})(?:\s[\s\S]*)?$",
        "patternErrorMessage": "Expected what is typed after kacenv, for example: hold",
    }
    at_once = {
        "pattern": rf"^(?!\s*(?:{'|'.join(held)})(?:\s|$))",
        "patternErrorMessage": f"{' and '.join(held)} are for what can be kept down, such as "
        "note 60",
    }
    faded = {
        "pattern": r"^\s*volume(?:\s+\S+)?\s*$",
        "patternErrorMessage": "Expected volume, or volume seat-a; to press: above 63",
    }
    return {
        "if": {"properties": {"on": {"type": "string", "pattern": rf"^\s*{_FADER}\s*$"}}},
        "then": {"properties": {"do": faded}},
        "else": {
            "properties": {"do": pressed},
            "if": {"properties": {"on": {"type": "string", "pattern": rf"^\s*{_PROGRAM}\s"}}},
            "then": {"properties": {"do": at_once}},
        },
    }
