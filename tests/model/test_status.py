"""The status's model says what each field is, for the API and the documentation."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from kacenv.model.status import RoomStatus

ROOT = TypeAdapter(RoomStatus).json_schema()
RECORDS: dict[str, dict[str, Any]] = {"RoomStatus": ROOT, **ROOT["$defs"]}
FIELDS = [(name, field) for name, record in RECORDS.items() for field in record["properties"]]


@pytest.mark.parametrize(("record", "field"), FIELDS)
def test_each_field_is_described_in_a_sentence(record: str, field: str) -> None:
    """Whoever reads the API's description learns what a field means."""
    words = RECORDS[record]["properties"][field]["description"]
    assert words[0].isupper() or words[0] == "`"
    assert words.endswith(".")


def test_quantities_say_their_unit() -> None:
    """Each number that isn't a count, a share or a factor has its unit beside it."""
    without = {
        field
        for record, field in FIELDS
        if '"number"' in str(RECORDS[record]["properties"][field]).replace("'", '"')
        and "x-unit" not in RECORDS[record]["properties"][field]
    }
    assert without == {"rate", "level"}
