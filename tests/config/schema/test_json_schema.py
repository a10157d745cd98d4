"""The JSON Schemas, judged by an independent validator over YAML as editors read it."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from support.editor import BadYAML, as_edited

from kacenv.config.schema.json_schema import SchemaKind, schema_of, text_of
from kacenv.model import fields
from kacenv.model.chime import Pitch
from kacenv.model.fields import Schema
from kacenv.model.look import SettingField
from kacenv.model.midi_trigger import TriggerField
from kacenv.model.room import Delay, LightSlope

ROOT = Path(__file__).parents[3]
BROKEN = ROOT / "tests" / "data" / "broken"
RIGHT = sorted(
    path
    for root in (ROOT, ROOT / "tests" / "data" / "house")
    for kind in SchemaKind
    for path in (root / f"{kind}s").glob("*.yaml")
)
ONLY_THE_LOADER = {
    "playlists/cues.yaml": "how long a file is stands in the file",
    "playlists/missing-file.yaml": "whether there is a file",
    "playlists/not-audio.yaml": "whether a file is music",
    "playlists/outside.yaml": "where the house lies",
    "playlists/symlink.yaml": "where a link leads",
    "rooms/chimes-missing.yaml": "whether there is a file",
    "rooms/controls-twice.yaml": "that two names mean one note",
    "rooms/empty.yaml": "editors don't mark a file in which nothing stands yet",
    "rooms/missing-music-folder.yaml": "whether there is a folder",
    "rooms/two-lamps-one-id.yaml": "JSON Schema can't compare keys of several blocks",
    "rooms/two-outputs-one-id.yaml": "JSON Schema can't compare keys of several blocks",
    "scenes/check-in-unknown-phase.yaml": "JSON Schema can't look a name up",
    "scenes/duplicate-phase.yaml": "JSON Schema can't compare keys of several blocks",
    "scenes/ending-from-nowhere.yaml": "JSON Schema can't look a name up",
    "scenes/late-check-ins.yaml": "JSON Schema can't compare times",
    "scenes/missing-playlist.yaml": "another file",
    "scenes/not-covered.yaml": "how much music another file holds",
    "scenes/phase-called-title-twice.yaml": "JSON Schema can't compare keys of several blocks",
    "scenes/seats-nothing-waits.yaml": "JSON Schema can't tell which phase is the last",
    "scenes/unknown-chime.yaml": "another file, the room's",
    "scenes/unknown-look.yaml": "another file, the room's",
}
"""The broken files that are right by themselves, and what only the loader knows."""
JSONSCHEMA: Any = importlib.import_module("jsonschema")
SCHEMAS = {kind: schema_of(kind) for kind in SchemaKind}


def validator(schema: Schema) -> Any:
    """Judges by `schema`."""
    return JSONSCHEMA.Draft202012Validator(schema)


def objections(file: Path) -> list[str]:
    """What an editor says of the file."""
    judge = validator(SCHEMAS[SchemaKind(file.parent.name.removesuffix("s"))])
    try:
        documents = as_edited(file.read_bytes())
    except BadYAML as error:
        return [str(error)]
    return [error.message for one in documents for error in judge.iter_errors(one)]


def name(file: Path) -> str:
    """The file's name with its folder."""
    return f"{file.parent.name}/{file.name}"


@pytest.mark.parametrize("kind", SchemaKind)
def test_schemas_are_schemas(kind: SchemaKind) -> None:
    """Each is right by the meta-schema of its draft."""
    JSONSCHEMA.Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("kind", SchemaKind)
def test_written_schemas_are_up_to_date(kind: SchemaKind) -> None:
    """What lies in docs/schema is what the models say; else: kacenv schema --all docs/schema."""
    assert (ROOT / "docs" / "schema" / f"{kind}.json").read_text() == text_of(kind)


@pytest.mark.parametrize("file", RIGHT, ids=name)
def test_right_files_are_accepted(file: Path) -> None:
    """An editor has nothing to say of the files that come with the program."""
    assert objections(file) == []


@pytest.mark.parametrize("file", sorted(BROKEN.glob("*/*.yaml")), ids=name)
def test_broken_files_are_rejected(file: Path) -> None:
    """An editor marks every broken file, but for those that only the loader can know."""
    assert bool(objections(file)) == (name(file) not in ONLY_THE_LOADER)


def test_exceptions_are_still_there() -> None:
    """No reason is given for a file that is gone."""
    assert {name(file) for file in BROKEN.glob("*/*.yaml")} >= set(ONLY_THE_LOADER)


@pytest.mark.parametrize("file", [file for file in RIGHT if ROOT / "tests" not in file.parents])
def test_shipped_files_lead_editors_to_their_schema(file: Path) -> None:
    """The first line is the modeline of VS Code's YAML extension; its path is there."""
    match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text())
    assert match
    assert (file.parent / match[1]).resolve() == (
        ROOT / "docs" / "schema" / f"{file.parent.name.removesuffix('s')}.json"
    )


def nodes(tree: Any) -> Iterator[Schema]:
    """Every block of a schema."""
    if isinstance(tree, dict):
        yield tree
    for one in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes(one)


@pytest.mark.parametrize("kind", SchemaKind)
def test_every_key_has_words_and_a_right_example(kind: SchemaKind) -> None:
    """Hovering over a key shows what it is for; examples and defaults are what may stand there."""
    root = SCHEMAS[kind]
    described = [
        (key, one)
        for node in nodes(root)
        if node.get("type") == "object"
        for key, one in node.get("properties", {}).items()
        if "additionalProperties" in node and "examples" in one
    ]
    assert len(described) > 8
    for key, one in described:
        if key not in {"level", "kelvin", "color", "seats", "task", "path"}:
            assert one["description"].endswith("."), key
        judge = validator({**one, "$defs": root.get("$defs", {})})
        for example in [*one["examples"], *([one["default"]] if "default" in one else [])]:
            assert judge.is_valid(example), (key, example)


def reads(field: TypeAdapter[Any], value: object) -> bool:
    """Whether the model's own reader takes the value."""
    try:
        field.validate_python(value)
    except ValidationError:
        return False
    return True


SETTINGS = ["12% 2200 K", "off", "12%2200 K", "5% #ff8040", "12% 2200 K #ff8040", "101%"]
SETTINGS += ["12 % 900 K", "12% #000000"]
PITCHES = ["C2", "B1#", "Cb7", "C#7", "C7", "B#1", "cb2", "36", "036", "97", "E#6", "Fb2", "BB3"]
TRIGGERS = ["note 60", "control 64 above 126", "note G9", "control 64 above 127", "note 128"]
TRIGGERS += ["control 1 below 0", "program 3 on channel 16", "note g#9", "note 60 on channel 0"]
TRIGGERS += ["note c-1", "control 7 below 127 on channel 09", "note e#3", "note 60 above 3"]
DELAYS = ["0.012s", "0.5s", "0.50s", "0.51s", "1s", "0m", "0.05s"]
SLOPES = ["1%", "20%", "20.1%", "0.9%", "10%", "01.5%", "0%", "21%", "19.9%"]
TEXTS: list[tuple[Any, str, list[str]]] = [
    (fields.Duration, "0159.hms ", ["1h10m", "90s", "0.5s", "1h5s", "h"]),
    (fields.Days, "0365d ", ["30d", "3650d", "3651d", "0d", "0030d", "00030d"]),
    (fields.Decibels, "0249.+-dB ", ["-6 dB", "+24dB", "24.1 dB", "-90dB"]),
    (fields.Level, "019.% ", ["35%", "100%", "100.0 %", "100.1%", "0100%"]),
    (fields.Kelvin, "019K ", ["2200 K", "10000K", "10001 K", "02200K"]),
    (SettingField, "01%K# of", SETTINGS),
    (Pitch, "CBEb#12367", PITCHES),
    (TriggerField, "note 1267C#-g", TRIGGERS),
    (fields.Slug, "aZ0-", ["seat-a", "a--b", "-a"]),
    (fields.Line, "a \n", ["Calm", " ", "x" * 80, "x" * 81, "  " + "x" * 80 + " "]),
    (Delay, "05.sm", DELAYS),
    (LightSlope, "0129.%", SLOPES),
]
"""Each type of field, letters to make texts of, and texts to try."""


@pytest.mark.parametrize(("kind", "letters", "texts"), TEXTS)
def test_patterns_accept_what_readers_accept(kind: Any, letters: str, texts: list[str]) -> None:
    """A field's schema accepts exactly what its reader does, whatever is written."""
    field = TypeAdapter(kind)
    judge = validator(field.json_schema())

    @given(st.one_of(st.text(letters, max_size=9), st.sampled_from(texts)))
    def agree(text: str) -> None:
        assert judge.is_valid(text) == reads(field, text), text

    agree()


@given(st.one_of(st.text("#0fF8", max_size=9), st.sampled_from(["#ff8040", "#000000", "ff8040"])))
def test_colours_are_accepted_as_they_are_read(text: str) -> None:
    """A colour in a block is accepted by the schema exactly where it is read."""
    judge = validator(TypeAdapter(SettingField).json_schema())
    block = {"level": "12%", "color": text}
    assert judge.is_valid(block) == reads(TypeAdapter(SettingField), block)


@pytest.mark.parametrize(("payload", "right"), [('{"dim": {level}}', True), ("dim", False)])
def test_payload_needs_its_placeholder(payload: str, right: bool) -> None:
    """A payload that says no level is marked by an editor, as `kacenv check` marks it."""
    lamp = SCHEMAS[SchemaKind.ROOM]["$defs"]["Fixture"]["properties"]["payload"]
    assert validator(lamp).is_valid(payload) is right


def test_an_editor_says_it_in_plain_words() -> None:
    """A wrong time is answered with a right one, not with a regular expression."""
    duration = json.dumps(SCHEMAS[SchemaKind.SCENE])
    words = "Expected a time with its unit (h, m or s), up to 99h, 5999m or 359999s"
    assert f"{words}, for example: 1h10m" in duration
