from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from kacenv.config.yaml.document import Trail, parse
from kacenv.config.yaml.field_help import FieldHelp
from kacenv.model.playlist import Playlist
from kacenv.model.room import Room
from kacenv.model.scene import Scene

Key = tuple[type[BaseModel], Trail, FieldInfo]


def models_in(annotation: Any) -> list[tuple[type[BaseModel], Trail]]:
    """The models that an annotation holds, and the way to one in a list or under a name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [(annotation, ())]
    steps: dict[Any, Trail] = {tuple: (0,), dict: ("lake",)}
    step = steps.get(getattr(annotation, "__origin__", None), ())
    return [(model, (*step, *way)) for arg in get_args(annotation) for model, way in models_in(arg)]


def keys(root: type[BaseModel], model: type[BaseModel], trail: Trail = ()) -> Iterator[Key]:
    """Every key of a kind of file."""
    for name, field in model.model_fields.items():
        key = (*trail, field.alias or name)
        yield root, key, field
        for inner, way in models_in(field.annotation):
            yield from keys(root, inner, (*key, *way))


KEYS = [key for model in (Room, Scene, Playlist) for key in keys(model, model)]


@pytest.mark.parametrize(("model", "trail", "field"), KEYS, ids=lambda value: str(value)[:60])
def test_every_example_is_right(model: type[BaseModel], trail: Trail, field: FieldInfo) -> None:
    """What the guide offers as an example can be pasted in, whatever the key."""
    example = parse(FieldHelp(model).example(trail), "example")
    assert list(example.tree) == [trail[-1]]
    TypeAdapter(field.rebuild_annotation()).validate_python(example.tree[str(trail[-1])])


def test_keys_of_a_block() -> None:
    """A block's keys are listed as they're written in the file."""
    assert "for" in FieldHelp(Scene).keys(("check_ins", 0))
    assert FieldHelp(Room).keys(("looks", "dusk")) == ["seats", "task", "path"]
    assert FieldHelp(Room).keys(("nothing", "here")) == []


def test_expectations_are_plain() -> None:
    """Kinds of values are named in plain words with their bounds."""
    guide = FieldHelp(Room)
    assert guide.expected(("broker", "port")) == "a whole number from 1 to 65535"
    assert guide.expected(("broker", "tls")) == "yes or no"
    assert guide.expected(("lights", 0, "zone")) == "one of: seats, task, path"
    assert guide.expected(("outputs", 0, "channels")) == "a list of 1 to 2 entries"


def test_required_keys_cannot_be_left_out() -> None:
    """Only keys with a default may be left out."""
    guide = FieldHelp(Scene)
    assert guide.may_be_left_out(("check_ins",))
    assert not guide.may_be_left_out(("phases",))
