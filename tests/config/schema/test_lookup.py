from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from kacenv.config.schema.json_schema import model_schema
from kacenv.config.schema.lookup import SchemaLookup
from kacenv.config.yaml.document import Trail, parse
from kacenv.model.fields import Model
from kacenv.model.playlist import Playlist
from kacenv.model.room import Room
from kacenv.model.scene import Scene

Key = tuple[type[Model], Trail, FieldInfo]


def models_in(annotation: Any) -> list[tuple[type[Model], Trail]]:
    """The models that an annotation holds, and the way to one in a list or under a name."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return [(annotation, ())]
    steps: dict[Any, Trail] = {tuple: (0,), dict: ("lake",)}
    step = steps.get(getattr(annotation, "__origin__", None), ())
    return [(model, (*step, *way)) for arg in get_args(annotation) for model, way in models_in(arg)]


def keys(root: type[Model], model: type[Model], trail: Trail = ()) -> Iterator[Key]:
    """Every key of a kind of file."""
    for name, field in model.model_fields.items():
        key = (*trail, field.alias or name)
        yield root, key, field
        for inner, way in models_in(field.annotation):
            yield from keys(root, inner, (*key, *way))


KEYS = [key for model in (Room, Scene, Playlist) for key in keys(model, model)]


@pytest.mark.parametrize(("model", "trail", "field"), KEYS, ids=lambda value: str(value)[:60])
def test_every_example_is_right(model: type[Model], trail: Trail, field: FieldInfo) -> None:
    """What the lookup offers as an example can be pasted in, whatever the key."""
    example = parse(SchemaLookup(model_schema(model)).example(trail), "example")
    assert list(example.tree) == [trail[-1]]
    TypeAdapter(field.rebuild_annotation()).validate_python(example.tree[str(trail[-1])])


def test_keys_of_a_block() -> None:
    """A block's keys are listed as they're written in the file."""
    assert "for" in SchemaLookup(model_schema(Scene)).keys(("check_ins", 0))
    assert SchemaLookup(model_schema(Room)).keys(("looks", "dusk")) == ["seats", "task", "path"]
    assert SchemaLookup(model_schema(Room)).keys(("nothing", "here")) == []


def test_expectations_are_plain() -> None:
    """Kinds of values are named in plain words with their bounds."""
    lookup = SchemaLookup(model_schema(Room))
    assert lookup.expected(("broker", "port")) == "a whole number from 1 to 65535"
    assert lookup.expected(("broker", "tls")) == "yes or no"
    assert lookup.expected(("lights", 0, "zone")) == "one of: seats, task, path"
    assert lookup.expected(("outputs", 0, "channels")) == "a list of 1 to 2 entries"


def test_required_keys_cannot_be_left_out() -> None:
    """Only keys with a default may be left out."""
    lookup = SchemaLookup(model_schema(Scene))
    assert lookup.may_be_left_out(("check_ins",))
    assert not lookup.may_be_left_out(("phases",))
