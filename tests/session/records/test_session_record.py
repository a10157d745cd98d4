"""The record's own form: closed, so that nothing about a person can be in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.lives import PLAN, lived

from kacenv.session.records import SessionRecord, build_record

KEYS = {
    *("id", "made_by", "format", "room", "scene", "date", "kept_until", "outcome"),
    *("planned_length", "length", "phases", "pieces", "presses", "holds", "check_ins", "seats"),
    *("away", "told", "dropouts", "timing", "lost_lines"),
    *("name", "planned", "real", "held", "extended", "difference", "begin", "end"),
    *("title", "artist", "licence", "phase", "crossfade", "at", "press", "reply"),
    *("prompt", "seat", "due", "answered", "snoozed", "certain", "text"),
    *("orders", "half", "nearly_all", "latest", "underruns", "longest_silence"),
}
"""Every word that may stand before a colon; docs/record.md says what each is."""
ROOT = Path(__file__).parents[3]


def blocks(schema: Any) -> Iterator[dict[str, Any]]:
    """Every block of a schema."""
    if isinstance(schema, dict):
        yield schema
    for one in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(one, dict | list):
            yield from blocks(one)


def test_no_other_key_has_a_place() -> None:
    """Every object is closed, and has the keys that were reviewed; none takes any text's name."""
    schema = SessionRecord.model_json_schema()
    objects = [one for one in blocks(schema) if one.get("type") == "object"]
    assert len(objects) >= 9
    assert all(one["additionalProperties"] is False for one in objects)
    assert {key for one in objects for key in one["properties"]} == KEYS


def test_each_key_is_documented() -> None:
    """docs/record.md names it."""
    text = (ROOT / "docs" / "record.md").read_text()
    assert [key for key in sorted(KEYS) if f"`{key}`" not in text] == []


def test_it_reads_back(tmp_path: Path) -> None:
    """What is written is what is read."""
    record = build_record(lived(tmp_path / "test.journal", PLAN)).record
    assert SessionRecord.model_validate_json(record.model_dump_json()) == record
