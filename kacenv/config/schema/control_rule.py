"""JSON Schema of what a pedal or a controller does, which `kacenv check` reads as a request."""

from typing import Final

from kacenv.model.fields import Schema, matching
from kacenv.model.midi_trigger import FADER, any_case
from kacenv.model.request_table import REQUESTS

_TYPED: Final = "|".join(sorted(one.typed for one in REQUESTS if one.is_one_word))
_HELD: Final = [one.typed for one in REQUESTS if one.pedal_held]
_PRESSED: Final = matching(
    rf"^\s*(?:{_TYPED})(?:\s[\s\S]*)?$", "what is typed after kacenv, for example: hold"
)
_AT_ONCE: Final[Schema] = {
    "pattern": rf"^(?!\s*(?:{'|'.join(_HELD)})(?:\s|$))",
    "patternErrorMessage": f"{' and '.join(_HELD)} are for what can be kept down, such as note 60",
}
_FADED: Final = matching(
    r"^\s*volume(?:\s+\S+)?\s*$", "volume, or volume seat-a; to press: above 63"
)


def _on(pattern: str) -> Schema:
    """Return the schema of a control whose trigger has this pattern."""
    return {"properties": {"on": {"type": "string", "pattern": pattern}}}


CONTROL_RULE: Final[Schema] = {
    "if": _on(rf"^\s*{FADER}\s*$"),
    "then": {"properties": {"do": _FADED}},
    "else": {
        "properties": {"do": _PRESSED},
        "if": _on(rf"^\s*{any_case('program')}\s"),
        "then": {"properties": {"do": _AT_ONCE}},
    },
}
"""A fader sets a volume, others press; a program change, which can't be kept down, presses nothing
that must be held."""
