"""JSON Schema of the models' validators, by their names."""

from typing import Final

from kacenv.config.schema import patterns
from kacenv.config.schema.patterns import Schema
from kacenv.model.look import Zone
from kacenv.model.request_table import REQUESTS

READERS: Final[dict[str, Schema]] = {
    "parse_seconds": patterns.DURATION,
    "parse_days": patterns.DAYS,
    "parse_decibels": patterns.DECIBELS,
    "parse_level": patterns.LEVEL,
    "parse_kelvin": patterns.KELVIN,
    "parse_setting": patterns.SETTING,
    "parse_pitch": patterns.PITCH,
    "parse_trigger": patterns.TRIGGER,
    "_slug": patterns.SLUG,
    "_line": patterns.LINE,
    "_listened_to": patterns.YES,
}
"""Schemas of parsers: all that they accept."""


_TYPED: Final = [one.typed for one in REQUESTS if one.is_one_word]
_HELD: Final = [one.typed for one in REQUESTS if one.pedal_held]


def _given(key: str) -> Schema:
    """Return the schema: `key` is present and not null."""
    return {"required": [key], "properties": {key: {"not": {"type": "null"}}}}


def _ends(kind: str, key: str) -> Schema:
    """Return the schema: `key` is present with `end: kind`, and only then."""
    kind_given = {"required": ["end"], "properties": {"end": {"const": kind}}}
    return {"if": kind_given, "then": _given(key), "else": {"not": _given(key)}}


def _safe(zone: Zone) -> Schema:
    """Return the schema: a zone with lamps has a safe light."""
    lit = {"type": "object", "required": ["zone"], "properties": {"zone": {"const": zone.value}}}
    lamp = {"required": ["lights"], "properties": {"lights": {"type": "array", "contains": lit}}}
    light = {"type": "object", "required": [zone.value]}
    return {
        "if": lamp,
        "then": {"required": ["safe_light"], "properties": {"safe_light": light}},
    }


_LAMPS: Final[Schema] = {
    "required": ["lights"],
    "properties": {"lights": {"type": "array", "minItems": 1}},
}
_PHASES: Final[Schema] = {"required": ["phases"], "properties": {"phases": {"minItems": 1}}}
_FOLLOWS: Final[Schema] = {"not": {"const": "neither"}}
_WAITS: Final[Schema] = {"required": ["end"], "properties": {"end": {"const": "go"}}}
_STRANGE: Final[Schema] = {
    "required": ["host"],
    "properties": {"host": {"type": "string", "not": patterns.THIS_MACHINE}},
}
RULES: Final[dict[str, Schema]] = {
    "_short": patterns.SHORT_DELAY,
    "_gentle": patterns.GENTLE,
    "_with_level": {"anyOf": [{"type": "null"}, patterns.WITH_LEVEL]},
    "_with_white": {"anyOf": [{"type": "null"}, patterns.WITH_WHITE]},
    "_host_name": patterns.HOST_NAME,
    "_not_none": {"not": {"required": ["none"]}},
    "_spelt_out": {"anyOf": [{"const": "none"}]},
    "Stroke._pitch_alone": {"anyOf": [patterns.PITCH]},
    "OwnChime._notes_or_file": {"oneOf": [_given("notes"), _given("file")]},
    "Broker._one_password": {"not": {"allOf": [_given("password_file"), _given("password_env")]}},
    "Phase._end_is_whole": {
        "allOf": [_ends("track", "window"), _ends("go", "timeout")],
        "properties": {"duration": patterns.MORE_THAN_NOTHING},
    },
    "CheckIn._one_kind_of_time": {
        "oneOf": [_given("at"), _given("every")],
        "if": _given("every"),
        "then": {
            "anyOf": [_PHASES, _given("seat")],
            "properties": {"every": patterns.A_SECOND_OR_MORE},
        },
        "not": {"allOf": [_PHASES, _given("seat")]},
    },
    "Scene._something_waits_for_a_seat": {
        "if": {"required": ["phases_follow"], "properties": {"phases_follow": _FOLLOWS}},
        "then": {"properties": {"phases": {"minItems": 2, "contains": _WAITS}}},
    },
    "Tcp._plain_only_if_said": {"if": _STRANGE, "then": _given("tls")},
    "Surfaces._strangers_are_asked": {
        "if": {"required": ["tcp"], "properties": {"tcp": {"type": "object", **_STRANGE}}},
        "then": _given("access"),
    },
    "Room._lamps_are_reachable_and_safe": {
        "allOf": [{"if": _LAMPS, "then": _given("broker")}, *map(_safe, Zone)],
    },
}
"""Schemas of rules on parsed values: further conditions."""

UNSAID: Final[dict[str, str]] = {
    "CheckIn._no_chime": "`none` is a short name like any other",
    "ChimeLoudness._bounds_are_in_order": "one value can't be compared with another",
    "OwnChime._short": "times can't be added up",
    "Room._ids_are_unique": "keys of several blocks can't be compared",
    "Scene._check_ins_find_their_phases": "one value can't be looked up among others",
    "Scene._names_are_unique": "keys of several blocks can't be compared",
}
"""Rules that JSON Schema can't express, and why; `kacenv check` checks them."""

BLOCKS: Final[dict[str, Schema]] = {
    "Control": patterns.press(_TYPED, _HELD),
    "Track": {"properties": {"file": patterns.NO_ADDRESS}},
}
"""Schemas of blocks that the loader checks beyond their model."""
