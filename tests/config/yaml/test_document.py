import random
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from kacenv.config.yaml import document as source
from kacenv.config.yaml.document import MAX_DEPTH, MAX_NODES, Position, parse
from kacenv.config.yaml.validation_errors import validate
from kacenv.core.errors import LoadError
from kacenv.model.fields import Model
from kacenv.model.playlist import Playlist
from kacenv.model.room import Room
from kacenv.model.scene import Scene

DATA = Path(__file__).parents[2] / "data"
SIGNS = "[]{}:&*!|>-?%@`\"'\t\n #,~<\\\x07\x85\ufeff\U0001f514é0y"
MODELS: tuple[tuple[type[Model], str], ...] = (
    (Room, (DATA / "house/rooms/rosewood.yaml").read_text()),
    (Scene, (DATA / "house/scenes/evening.yaml").read_text()),
    (Playlist, (DATA / "house/playlists/calm.yaml").read_text()),
)


WORK = 5.0
"""Seconds of a processor, however many others want it; a file takes a thousandth of it."""


def test_scalars_stay_as_they_were_written() -> None:
    """Nothing turns into a number, a date, a time of day or a truth."""
    document = parse(
        "a: on\nb: 035\nc: 1:30\nd: 2026-11-23\ne: 1e3\nf: '~'\ng: !!str 7\n", "x.yaml"
    )
    assert document.tree == {
        "a": "on",
        "b": "035",
        "c": "1:30",
        "d": "2026-11-23",
        "e": "1e3",
        "f": "~",
        "g": "7",
    }
    assert document.problems == []


def test_empty_values_are_none() -> None:
    """Nothing, a tilde and null mean that there is no value; quotes keep an empty text."""
    assert parse("a:\nb: ~\nc: null\nd: ''\n", "x.yaml").tree == {
        "a": None,
        "b": None,
        "c": None,
        "d": "",
    }


def test_places_of_keys_and_values() -> None:
    """Each key and each value knows its line and column, counted from 1."""
    document = parse("title: x\nphases:\n  - name: settle\n", "x.yaml")
    trail = ("phases", 0, "name")
    assert document.place(trail) == Position(3, 11)
    assert document.place(trail, of_key=True) == Position(3, 5)
    assert document.place((*trail, "unknown")) == Position(3, 11)


def test_aliases_are_written_out() -> None:
    """A modest alias is allowed and keeps the places of its anchor."""
    document = parse("a: &x [1, 2]\nb: *x\n", "x.yaml")
    assert document.at(("b",)) == ["1", "2"]
    assert document.place(("b", 1)) == Position(1, 11)


def test_where_is_said_in_words() -> None:
    """Lists of known things are named after the thing and its own name."""
    document = parse("phases:\n  - name: settle\n    level: 3\n", "x.yaml")
    assert document.where(("phases", 0, "level")) == "phase 1 (settle), level"
    assert document.where(("phases",)) == "phases"


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH])
def test_nesting_is_bounded(depth: int) -> None:
    """Blocks nest to the bound and no deeper."""
    text = "a: " + "[" * depth + "]" * depth
    if depth < MAX_DEPTH:
        assert parse(text, "x.yaml").tree["a"]
        return
    with pytest.raises(LoadError, match="20 deep"):
        parse(text, "x.yaml")


def test_number_of_entries_is_bounded() -> None:
    """A file of very many small entries is refused before it takes long."""
    with pytest.raises(LoadError, match="a shorter file"):
        parse("a:\n" + "- b\n" * (MAX_NODES + 1), "x.yaml")


@pytest.mark.parametrize("text", ['a: "\\UFFFFFFFF"', 'a: "\\U00110000"', "%YAML 9.9\n---\na: 1"])
def test_reader_crashes_become_problems(text: str) -> None:
    """What makes the YAML reader itself stumble is told like any other problem."""
    with pytest.raises(LoadError):
        parse(text, "x.yaml")


def test_half_characters_are_refused() -> None:
    """Text that can't be stored as UTF-8 never gets into a model."""
    document = parse('a: "\\ud800"\n', "x.yaml")
    assert [problem.found for problem in document.problems] == ["characters that can't be shown"]


def only_load_errors(model: type[Model], text: str) -> None:
    """Load `text` with little work; any error is a LoadError that can be printed."""
    begun = time.thread_time()
    try:
        validate(model, parse(text, "x.yaml"))
    except LoadError as error:
        str(error).encode()
    assert time.thread_time() - begun < WORK


@examples(150)
@given(
    kind=st.sampled_from(MODELS),
    seed=st.randoms(use_true_random=False),
    edits=st.integers(1, 12),
)
def test_mutated_files_raise_nothing_else(
    kind: tuple[type[Model], str], seed: random.Random, edits: int
) -> None:
    """However a real file is torn, it loads or is explained, and soon."""
    model, text = kind
    for _ in range(edits):
        start = seed.randrange(len(text) + 1)
        end = min(len(text), start + seed.choice((0, 0, 1, 3, 30)))
        middle = seed.choice((seed.choice(SIGNS), text[start:end] * 2, "*a", "&a ", "? "))
        text = text[:start] + middle + text[end:]
    only_load_errors(model, text)


@examples(100)
@given(kind=st.sampled_from(MODELS), text=st.text(max_size=200) | st.text(SIGNS, max_size=80))
def test_random_text_raises_nothing_else(kind: tuple[type[Model], str], text: str) -> None:
    """Text that was never YAML is explained too."""
    only_load_errors(kind[0], text)


@pytest.mark.parametrize(
    "file",
    sorted(
        path
        for root in (Path(__file__).parents[3], Path(__file__).parents[2] / "data" / "broken")
        for kind in ("rooms", "scenes", "playlists")
        for path in (root / kind).glob("*.yaml")
    ),
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_libyaml_reads_what_pyyaml_reads(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast parser finds the same contents at the same places, and the same problems."""

    def read() -> object:
        try:
            document = source.read_document(file)
        except LoadError as error:
            return error.problems
        return document.tree, document.values, document.keys, document.problems

    fast = read()
    monkeypatch.setattr(source, "HAS_LIBYAML", False)
    assert fast == read()


@given(st.text("ab: -#'\"[]{},\n\t&*!|>%12", max_size=40))
def test_libyaml_agrees_on_any_text(text: str) -> None:
    """Whatever is written, both give the same tree, and its texts the same places."""
    fast = source._composed_in_c(text)
    try:
        slow = source._Loader(text).get_single_node()
    except yaml.YAMLError:
        return
    if fast is not None and slow is not None:
        assert _grown(fast) == _grown(slow)


def _grown(root: yaml.Node) -> object:
    if not isinstance(root, yaml.MappingNode):
        return None
    document = source._TreeBuilder(source.Document("x")).grow(root)
    places = document.values.items()
    return document.tree, {at: place for at, place in places if document.at(at) is not None}
