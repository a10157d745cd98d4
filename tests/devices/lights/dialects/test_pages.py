"""Agreement of the documentation with the dialects; run as a program, writes it anew."""

from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules

import pytest
import yaml

from kacenv.devices.lights import dialects
from kacenv.devices.lights.dialects import codec
from kacenv.model.dialects import WORDS, Dialect
from kacenv.model.room import Fixture

DOCS = Path(__file__).parents[4] / "docs"
HEAD = "|---|---|---|---|---|---|---|---|\n"


def row(dialect: str) -> str:
    """Return a dialect's line of the table."""
    words = WORDS[dialect]
    cells = (words.lamps, words.level, words.white, words.color, words.fades, words.reports)
    return f"| {' | '.join((f'`{dialect}`', *cells, words.availability))} |\n"


def parts() -> Iterator[tuple[Path, str, str, str]]:
    """Yield what is made from the folders: page, the text before and after it, and the part."""
    dialects, room = DOCS / "dialects.md", DOCS / "room.md"
    yield dialects, HEAD, "\nA fade longer", "".join(map(row, WORDS))
    notes = "".join(words.note for words in WORDS.values())
    yield dialects, "each of them:\n\n", "\n## A new", notes
    examples = "".join(words.example for words in WORDS.values())
    yield room, "and how to add one.\n\n```yaml\n", "```\n", examples


def written(page: str, before: str, after: str, part: str) -> str:
    """Return a page with a part of it replaced."""
    head, _, rest = page.partition(before)
    return f"{head}{before}{part}{after}{rest.partition(after)[2]}"


@pytest.mark.parametrize(("path", "before", "after", "part"), list(parts()))
def test_the_pages_say_what_the_folders_say(path: Path, before: str, after: str, part: str) -> None:
    """Tables, notes and examples; run this file to write them anew."""
    page = path.read_text("utf-8")
    assert page.count(before) == 1
    assert written(page, before, after, part) == page


def test_each_codec_has_its_words() -> None:
    """A folder without them would never be found."""
    found = {
        name.replace("_", "-")
        for _, name, is_folder in iter_modules(dialects.__path__)
        if is_folder
    }
    assert found == set(Dialect)


@pytest.mark.parametrize("dialect", Dialect)
def test_the_example_is_a_lamp_of_it(dialect: Dialect) -> None:
    """It can be copied as it is."""
    (fields,) = yaml.safe_load(WORDS[dialect].example)
    assert Fixture.model_validate(fields).dialect == dialect


@pytest.mark.parametrize("dialect", Dialect)
def test_the_figures_are_the_codes(dialect: Dialect) -> None:
    """The scale, where it doesn't depend on the room file, and the longest fade."""
    (fields,) = yaml.safe_load(WORDS[dialect].example)
    lamp = codec(Fixture.model_validate(fields))
    assert WORDS[dialect].level in {f"0\u2013{lamp.full}", "0 to `scale`"}
    bounded = 0 < lamp.LONGEST < 86400
    assert WORDS[dialect].fades.endswith(f" {lamp.LONGEST:g} s") == bounded


if __name__ == "__main__":
    for name, *rest in parts():
        name.write_text(written(name.read_text("utf-8"), *rest), "utf-8")
