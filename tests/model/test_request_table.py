"""The definitions of all requests agree with their models and with themselves."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from kacenv.model.fields import Model
from kacenv.model.request_definition import RequestDefinition, TabletKey
from kacenv.model.request_parser import press_of
from kacenv.model.request_table import REQUESTS
from kacenv.model.request_text import request_words
from kacenv.model.requests import Press, PressField

MODELS: dict[str, type[Model]] = {one.model_fields["kind"].default: one for one in get_args(Press)}
EXAMPLES = [(one, example) for one in REQUESTS for example in one.examples]
KEYS = [key for one in REQUESTS for key in one.keys]
SUMMARY = 60
"""Most characters of a summary, for one line in the narrowest terminal."""


def test_each_request_is_defined_once() -> None:
    """Every kind that a person can ask for has its definition, and no other."""
    assert sorted(one.kind for one in REQUESTS) == sorted(MODELS)


@pytest.mark.parametrize("definition", REQUESTS, ids=lambda one: one.kind)
def test_a_definition_names_fields_that_are_there(definition: RequestDefinition) -> None:
    """Arguments, their words and the flag set fields of the request's model."""
    fields = {one.field for one in definition.arguments}
    fields |= {name for one in definition.arguments for word in one.words.values() for name in word}
    fields |= {definition.flag.field} if definition.flag else set()
    assert fields <= set(MODELS[definition.kind].model_fields)


@pytest.mark.parametrize("definition", REQUESTS, ids=lambda one: one.kind)
def test_texts_fit_where_they_are_shown(definition: RequestDefinition) -> None:
    """The summary is a line without a full stop, the help is whole sentences."""
    assert len(definition.summary) <= SUMMARY
    assert not definition.summary.endswith(".")
    assert definition.help.endswith(".")
    assert "|" not in definition.help


@pytest.mark.parametrize(("definition", "example"), EXAMPLES, ids=lambda one: str(one)[:20])
def test_each_example_is_the_request(definition: RequestDefinition, example: str) -> None:
    """What help says to type is understood as this request, and written as it is typed."""
    press = press_of(example.split())
    assert press.kind == definition.kind
    assert press_of(request_words(press).replace(" dB", "dB").split()) == press


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.id)
def test_each_key_asks_what_the_room_takes(key: TabletKey) -> None:
    """Whatever a key sends is a valid request, on both its faces."""
    adapter: TypeAdapter[Any] = TypeAdapter(PressField)
    for ask in [key.ask, *([key.face.ask] if key.face else [])]:
        assert adapter.validate_python(dict(ask)).kind == ask["kind"]
    assert len([one for one in KEYS if one.id == key.id]) == 1
