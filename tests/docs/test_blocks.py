"""What the documentation shows of files is right: YAML by our models, JSON by itself."""

import json
import re
from typing import Final

import pytest

from docs.hooks.shell import Block, blocks, pages
from kacenv.config.yaml.document import parse
from kacenv.config.yaml.validation_errors import validate
from kacenv.model.fields import Model
from kacenv.model.playlist import Playlist
from kacenv.model.room import Room
from kacenv.model.scene import Scene

OURS: Final = [block for page in pages() for block in blocks(page) if block.language == "yaml"]
OTHERS: Final = {"docs/how-to/home-assistant.md": "Home Assistant's own files"}
"""Pages that show YAML of other programs, marked `yml`, and whose."""
LANGUAGES: Final = {"sh", "yaml", "yml", "json", "mermaid", ""}
MINIMAL: Final[dict[type[Model], dict[str, str]]] = {
    Room: {
        "name": "name: garden",
        "outputs": "outputs: [{id: speakers, role: speakers}]",
        "broker": "broker: {host: 127.0.0.1}",
        "safe_light": "safe_light: {seats: 70%, task: 70%, path: 70%}",
    },
    Scene: {
        "title": "title: A scene",
        "phases": "phases: [{name: settle, duration: 15m, playlist: settle}]",
    },
    Playlist: {
        "title": "title: A playlist",
        "tracks": "tracks: [{file: a.flac, title: A, artist: B, licence: CC0, instrumental: yes}]",
    },
}
"""What makes a fragment a whole file."""


def whole(block: Block) -> tuple[type[Model], str]:
    """The kind of file that a block is, or is a part of, and that file."""
    text = f"lights:\n{block.text}" if block.text.lstrip().startswith("- {id:") else block.text
    keys = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    kinds = [kind for kind in MINIMAL if keys <= set(kind.model_fields)]
    assert keys, f"{block.page}:{block.line}: nothing of a file"
    assert kinds, f"{block.page}:{block.line}: no kind of file has {', '.join(sorted(keys))}"
    lines = [line for key, line in MINIMAL[kinds[0]].items() if key not in keys]
    return kinds[0], "\n".join([*lines, text])


def judge(block: Block) -> None:
    """Read a block as its kind of file; raises what is wrong with it."""
    kind, text = whole(block)
    validate(kind, parse(text, f"{block.page}:{block.line}"))


@pytest.mark.parametrize("block", OURS, ids=lambda block: f"{block.page}:{block.line}")
def test_yaml_can_be_read(block: Block) -> None:
    """A whole file is right, and so is a fragment in the smallest file around it."""
    judge(block)


def test_a_wrong_fragment_is_found() -> None:
    """The check above sees a key that no file has, and a value that is none."""
    for wrong in ("outputs:\n  - {id: a, role: choir}\n", "lamps: []\n"):
        with pytest.raises(Exception, match=r"choir|lamps"):
            judge(Block("x", 1, "yaml", wrong))


def test_every_block_says_what_it_is() -> None:
    """No block escapes the checks by its name; YAML of others is listed with whose it is."""
    for page in pages():
        for block in blocks(page):
            assert block.language in LANGUAGES, f"{block.page}:{block.line}: {block.language}"
            if block.language == "yml":
                assert block.page in OTHERS
            if block.language == "json":
                json.loads(block.text)
            if not block.language:
                assert "kacenv " not in block.text, f"{block.page}:{block.line}: a command"
