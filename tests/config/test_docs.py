"""The examples in the documentation work, and nothing is left unsaid."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.houses import write_silence

from kacenv.config import House, load_room
from kacenv.config.playlists.resolve import load_queue
from kacenv.config.schema.json_schema import SchemaKind, schema_of
from kacenv.config.schema.lookup import SchemaLookup
from kacenv.config.yaml.document import Trail, parse
from kacenv.config.yaml.validation_errors import validate
from kacenv.model.fields import Model
from kacenv.model.playlist import Playlist
from kacenv.model.room import Room
from kacenv.model.scene import Scene

DOCS = Path(__file__).parents[2] / "docs"
KINDS: list[tuple[str, type[Model]]] = [("room", Room), ("scene", Scene), ("playlist", Playlist)]
ONE_NOTE = b"MThd\0\0\0\6\0\0\0\1\0`MTrk\0\0\0\x08\0\x90<@\0\xff/\0"
"""A whole MIDI file."""
ROW = re.compile(r"^\| `([\w.]+)` \|.*\| (.+) \|$", re.MULTILINE)


def example(name: str) -> str:
    """The annotated example in a page."""
    return (DOCS / f"{name}.md").read_text().split("```yaml\n")[1].split("```")[0]


def keys(lookup: SchemaLookup, schema: dict[str, Any], trail: Trail = ()) -> Iterator[str]:
    """Every key a kind of file may have, dotted; zones are none."""
    for name, node in schema.get("properties", {}).items():
        if "description" not in node:
            continue
        inner = (*trail, name)
        yield ".".join(step for step in inner if isinstance(step, str))
        below = lookup.at(inner)
        if below.get("type") == "array":
            inner = (*inner, 0)
            below = lookup.at(inner)
        yield from keys(lookup, below, inner)


@pytest.mark.parametrize(("name", "model"), KINDS)
def test_example_is_right(name: str, model: type[Model]) -> None:
    """The page's example loads."""
    validate(model, parse(example(name), name))


@pytest.mark.parametrize("name", SchemaKind)
def test_table_lists_every_key(name: str) -> None:
    """The page's table has a row for each key, with an example, and says which are required."""
    page = (DOCS / f"{name}.md").read_text()
    rows = dict(ROW.findall(page))
    lookup = SchemaLookup(schema_of(SchemaKind(name)))
    known = list(keys(lookup, lookup.at(())))
    assert sorted(rows) == sorted(known)
    for key in known:
        assert re.search(rf"^\| `{key}` \|.*`{key.rsplit('.', 1)[-1]}: \S", page, re.MULTILINE), key
        first, *rest = key.split(".")
        listed = lookup.at((first,)).get("type") == "array" and bool(rest)
        trail: Trail = (first, 0, *rest) if listed else (first, *rest)
        assert (rows[key] == "required") == (not lookup.may_be_left_out(trail)), key


def test_room_example_loads_in_a_house(house: House) -> None:
    """The room of the page can be copied as it is."""
    (house.root / "music").mkdir()
    (house.root / "rooms" / "chimes").mkdir()
    (house.root / "rooms" / "chimes" / "evening.mid").write_bytes(ONE_NOTE)
    (house.root / "rooms" / "new.yaml").write_text(example("room"))
    assert load_room(house, "new").name == "rosewood"


def test_playlist_example_loads_in_a_house(house: House) -> None:
    """The playlist of the page can be copied as it is, where its music is."""
    for name in ("evening", "morning"):
        write_silence(house.playlist_folder / "strings" / f"{name}.wav", 60)
    path = house.playlist_folder / "new.yaml"
    path.write_text(example("playlist").replace(".flac", ".wav"))
    assert [cut.length for cut in load_queue(path, "new").cuts] == [26.0, 60.0]
