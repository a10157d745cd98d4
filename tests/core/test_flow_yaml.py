"""YAML on one line, as it is shown in errors and in the reference."""

from typing import Any

import pytest
import yaml

from kacenv.core.flow_yaml import flow_yaml


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("15m", "15m"),
        (7, "7"),
        (["E4", {"note": "B4", "after": "2s"}], "[E4, {note: B4, after: 2s}]"),
        ("#ff8040", '"#ff8040"'),
        ('{"dim": {level}}', """'{"dim": {level}}'"""),
    ],
)
def test_values_are_written_as_a_person_would(value: Any, text: str) -> None:
    """Text is quoted only where YAML would read something else, and reads back the same."""
    assert flow_yaml(value) == text
    assert yaml.safe_load(flow_yaml(value)) == value
