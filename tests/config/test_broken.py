"""Every broken file in `tests/data/broken` says exactly what the text beside it says."""

import re
import shutil
from pathlib import Path

import pytest

from kacenv.config import House, load_room, load_session
from kacenv.config.playlists.resolve import load_queue
from kacenv.core.errors import LoadError
from kacenv.model.dialects import Dialect
from kacenv.model.request_table import REQUESTS
from kacenv.model.scene import Phase

BROKEN = Path(__file__).parents[1] / "data" / "broken"
FILES = sorted(path for path in BROKEN.glob("*/*") if path.suffix != ".txt")
LISTS: dict[str, list[str]] = {
    "[every request]": sorted(one.typed for one in REQUESTS if one.is_one_word),
    "[every dialect]": [str(one) for one in Dialect],
    "[every phase key]": sorted(Phase.model_fields),
}
"""What the texts beside the files name by a word, so that a new one changes none of them."""
JARGON = re.compile(
    r"input should|valid (dict|tuple|list|string)|mapping|scalar|token|pydantic", re.IGNORECASE
)


def load(house: House, file: Path) -> None:
    """Put `file` into the house and load it as what it pretends to be."""
    kind = file.parent.name
    placed = Path(shutil.copy(file, house.root / kind / file.name))
    if kind == "rooms":
        load_room(house, file.stem)
    elif kind == "scenes":
        load_session(house, file.stem, "rosewood")
    else:
        load_queue(placed, file.name)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_broken_file_is_explained(house: House, file: Path) -> None:
    """All problems of a file are told at once, word for word as reviewed."""
    with pytest.raises(LoadError) as caught:
        load(house, file)
    reviewed = file.with_name(f"{file.name}.txt").read_text()
    for word, names in LISTS.items():
        reviewed = reviewed.replace(word, ", ".join(names))
    assert f"{caught.value}\n" == reviewed


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_explanations_are_plain(file: Path) -> None:
    """No explanation speaks a programmer's language, repeats a secret or a patient's name."""
    text = file.with_name(f"{file.name}.txt").read_text()
    assert not JARGON.search(text)
    assert "gehe" not in text
    assert "Mustermann" not in text


def test_there_are_enough_broken_files() -> None:
    """The collection holds rooms, scenes and playlists, and no text without its file."""
    assert len(FILES) >= 60
    texts = {path.name.removesuffix(".txt") for path in BROKEN.glob("*/*.txt")}
    assert texts == {path.name for path in FILES}
