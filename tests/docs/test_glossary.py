"""Each thing has one name: on the keys, in commands, in messages and in the manual."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.hooks.shell import ROOT, pages
from kacenv.cli.fast_path import HELP_FILE
from kacenv.model.request_table import REQUESTS

GLOSSARY = (ROOT / "docs/glossary.md").read_text("utf-8")
NOT_USED = [
    word.strip()
    for cell in re.findall(
        r"^\| [^|]+ \| ([^|]+) \|$", GLOSSARY.partition("| and not |\n|---|---|\n")[2], re.MULTILINE
    )
    for word in cell.split(",")
]
WINGS = ("engine", "session", "cli", "model", "diagnostics")
"""Packages whose words people read."""
ARTIST = "kacenv house music"
"""Who the pieces that come along are by, in their own tags."""


def prose(page: Path) -> str:
    """A page's text without code, and without the table of what isn't said."""
    text, _, _ = page.read_text("utf-8").partition("| and not |")
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)


def sentences() -> Iterator[tuple[str, str]]:
    """Every text of the code that may be a message: one with a space."""
    for path in (path for wing in WINGS for path in (ROOT / "kacenv" / wing).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield str(path), node.value


def told() -> list[tuple[str, str]]:
    """All words for people, each with its place."""
    faces = [face for one in REQUESTS for key in one.keys for face in (key, key.face) if face]
    keys = [("key", f"{face.name} {face.hint}") for face in faces]
    manual = [(str(page), prose(page)) for page in pages()]
    return [*keys, *manual, *sentences(), ("help", HELP_FILE.read_text("utf-8"))]


def test_nothing_is_called_by_another_name() -> None:
    """The names that the glossary rules out are found nowhere."""
    assert len(NOT_USED) > 5
    wrong = re.compile(rf"\b(?:{'|'.join(map(re.escape, NOT_USED))})\b", re.IGNORECASE)
    assert [
        (place, found[0])
        for place, text in told()
        for found in wrong.finditer(text.replace(ARTIST, ""))
    ] == []


@pytest.mark.parametrize(
    "word",
    [*("house", "broker", "MQTT", "daemon", "topic", "LUFS", "mired", "kelvin", "token", "PIN")],
)
def test_terms_of_the_trade_are_explained(word: str) -> None:
    """What a reader who is no technician may not know has its row."""
    assert f"| **{word}** | " in GLOSSARY


def test_the_page_is_as_small_as_the_manual_says() -> None:
    """What a tablet loads is below the size that the API's page names."""
    (most,) = re.findall(
        r"less than\s+(\d+) kB\s+in all", (ROOT / "docs/api.md").read_text("utf-8")
    )
    web = (ROOT / "kacenv/server/web").rglob("*")
    assert sum(file.stat().st_size for file in web if file.is_file()) < int(most) * 1000
