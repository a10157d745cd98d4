"""Every number that a clinic or a client writes has a bound, and a monstrous one is told."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from kacenv.config import House, load_room
from kacenv.config.schema.json_schema import SchemaKind, model_schema, schema_of
from kacenv.config.schema.lookup import SchemaLookup
from kacenv.config.yaml.document import Document, Trail, parse
from kacenv.config.yaml.validation_errors import validate
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import UNITS
from kacenv.model.chime import PITCH
from kacenv.model.fields import Model, Schema, text_schema
from kacenv.model.look import SettingField
from kacenv.model.midi_trigger import TRIGGER
from kacenv.model.playlist import Playlist
from kacenv.model.requests import PressField
from kacenv.model.room import Room
from kacenv.model.scene import Scene

MODELS: tuple[type[Model], ...] = (Room, Scene, Playlist)
DIGITS = "9" * 400
MONSTERS = (
    DIGITS,
    f"-{DIGITS}",
    "1e400",
    ".inf",
    "nan",
    *(f"{DIGITS}{unit}" for unit in ("h", "m", "s", "d", "%", " dB", " K")),
    *(f"1.{DIGITS}{unit}" for unit in ("", "s", "%", " dB")),
    f"-{DIGITS} dB",
    f"{DIGITS}h{DIGITS}m{DIGITS}s",
    f"note {DIGITS}",
    f"note 60 held {DIGITS}s",
    f"12% {DIGITS} K",
)
WITH_NUMBERS = {text_schema(unit)["pattern"] for unit in (*UNITS, PITCH, TRIGGER)}
"""Patterns of texts that hold a number."""
EXAMPLES_OF_LIGHT = TypeAdapter(SettingField).json_schema()["examples"]
"""Mark a zone's light, which is a text or a block."""
NUMBERS: dict[type[Model], int] = {Room: 22, Scene: 8, Playlist: 5}


def full(lookup: SchemaLookup, node: Schema) -> Any:
    """Return a value for every key of a node, down to its leaves."""
    node = lookup.resolve(node)
    if "properties" in node and node.get("examples") != EXAMPLES_OF_LIGHT:
        return {key: full(lookup, one) for key, one in node["properties"].items()}
    if node.get("type") == "array":
        return [full(lookup, node.get("items", {}))]
    return lookup.sample(node)


def leaves(tree: Any, trail: Trail = ()) -> Iterator[Trail]:
    """Yield the place of every value that isn't a block or a list."""
    if isinstance(tree, dict | list) and tree:
        for key, one in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from leaves(one, (*trail, key))
    else:
        yield trail


def replaced(tree: Any, trail: Trail, value: str) -> Any:
    """Return a copy of the tree with another value at a place."""
    if not trail:
        return value
    copied = tree.copy()
    copied[trail[0]] = replaced(tree[trail[0]], trail[1:], value)
    return copied


def problems(model: type[Model], document: Document) -> tuple[FileProblem, ...]:
    """Return what is wrong with a document as a file of a model."""
    try:
        validate(model, document)
    except LoadError as error:
        return error.problems
    return ()


def is_number(node: Schema) -> bool:
    """Return whether a value is a number, with a unit or without."""
    is_light = node.get("examples") == EXAMPLES_OF_LIGHT
    return is_light or node.get("type") == "integer" or node.get("pattern") in WITH_NUMBERS


@pytest.mark.parametrize("turn", range(len(MONSTERS)))
@pytest.mark.parametrize("model", MODELS)
def test_a_monster_in_any_place_is_told_with_its_line(model: type[Model], turn: int) -> None:
    """One in each place, turn by turn: in each number of each file it is a problem at its line."""
    lookup = SchemaLookup(model_schema(model))
    whole = full(lookup, model_schema(model))
    places = list(leaves(whole))
    for at, trail in enumerate(places):
        whole = replaced(whole, trail, MONSTERS[(at + turn) % len(MONSTERS)])
    document = parse(yaml.safe_dump(whole, width=10_000), "monster.yaml")
    found = problems(model, document)
    told = {one.line for one in found}
    assert all(len(str(one)) < 4_000 for one in found)
    numbers = [trail for trail in places if is_number(lookup.at(trail))]
    assert len(numbers) >= NUMBERS[model]
    assert [trail for trail in numbers if document.place(trail).line not in told] == []


@pytest.mark.parametrize("text", MONSTERS)
def test_a_monstrous_press_is_refused(text: str) -> None:
    """A client's request with such a number is refused, as text and as a number of JSON."""
    press: Any = TypeAdapter(PressField)
    values: list[Any] = [text, 10**400, math.inf, -math.inf, math.nan, -1, [text]]
    for kind, key in (
        ("extend", "by"),
        ("shorten", "by"),
        ("snooze", "by"),
        ("volume", "level"),
        ("lights", "level"),
        ("undo", "number"),
    ):
        for value in values:
            with pytest.raises(ValidationError):
                press.validate_python({"kind": kind, key: value})


def bare_numbers(node: Any, where: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield each node of a schema that takes a number without a unit."""
    if isinstance(node, list):
        for at, one in enumerate(node):
            yield from bare_numbers(one, f"{where}/{at}")
    elif isinstance(node, dict):
        kinds = node.get("type", ())
        if {"integer", "number"} & {*([kinds] if isinstance(kinds, str) else kinds)}:
            yield where, node
        for key, one in node.items():
            if key not in {"examples", "default", "enum", "const"}:
                yield from bare_numbers(one, f"{where}/{key}")


@pytest.mark.parametrize("kind", SchemaKind)
def test_the_schema_shows_every_bound(kind: SchemaKind) -> None:
    """A number without a unit has a lowest and a highest; text that may be one has a pattern."""
    found = dict(bare_numbers(schema_of(kind)))
    assert found
    for where, node in found.items():
        is_text = "string" in node["type"] and "integer" not in node["type"]
        assert ("pattern" in node) if is_text else ({"minimum", "maximum"} <= node.keys()), where


def test_the_api_shows_every_bound() -> None:
    """So do the requests of the API."""
    schema = TypeAdapter(PressField).json_schema()
    found = dict(bare_numbers(schema))
    assert found
    assert all({"minimum", "maximum"} <= node.keys() for node in found.values()), json.dumps(found)


def test_a_name_is_short_enough_for_a_file(house: House) -> None:
    """A room's name is part of names of files and sockets; one that none can have is refused."""
    path = house.root / "rooms" / "long.yaml"
    for length, is_right in ((64, True), (65, False)):
        text = (house.root / "rooms/rosewood.yaml").read_text()
        path.write_text(text.replace("name: rosewood", f"name: {'a' * length}"))
        if is_right:
            assert len(load_room(house, "long").name) == 64
        else:
            with pytest.raises(LoadError, match="a short name"):
                load_room(house, "long")
