"""Agreement of the documentation with the dialects."""

import re
from pathlib import Path

import pytest
import yaml

from kacenv.devices.lights.dialects import CODECS
from kacenv.model.room import Ability, Dialect, Fixture

DOCS = Path(__file__).parents[4] / "docs"
ROW = re.compile(r"^\| `([\w-]+)` \| (.+) \|$", re.MULTILINE)


def test_the_room_page_shows_a_lamp_of_every_dialect() -> None:
    """Each example can be copied as it is."""
    lamps = (DOCS / "room.md").read_text().split("## Lamps")[1]
    text = lamps.split("```yaml\n")[1].split("```")[0]
    fixtures = [Fixture.model_validate(fields) for fields in yaml.safe_load(text)]
    assert {fixture.dialect for fixture in fixtures} == set(Dialect)


@pytest.mark.parametrize("dialect", Dialect)
def test_the_table_has_each_dialects_scale_and_longest_fade(dialect: Dialect) -> None:
    """The figures are the code's."""
    rows = dict(ROW.findall((DOCS / "dialects.md").read_text()))
    fixture = Fixture.model_validate(
        {"id": "x", "dialect": dialect, "topic": "x", "zone": "seats", "can": [Ability.LEVEL]}
    )
    speech = CODECS[dialect]
    if dialect is not Dialect.PLAIN:
        assert f"0\u2013{speech.scale(fixture).full} |" in rows[dialect]
    bounded = 0 < speech.LONGEST < 86400
    assert (f" {speech.LONGEST:g} s |" in rows[dialect]) == bounded
