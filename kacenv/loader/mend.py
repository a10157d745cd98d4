"""A copy of a file with its wrong values mended, so that what they hide comes to light.

Pydantic asks about rules between values (names that must differ, keys that belong together) only
once every value by itself is right. On a mended copy it asks at once.
"""

import copy
from typing import Any

from kacenv.loader.files import near
from kacenv.loader.guide import Guide
from kacenv.loader.source import Document, Trail, Tree, parse

_RULED = {
    *("phases", "name", "end", "window", "timeout"),
    *("check_ins", "at", "every"),
    *("outputs", "lights", "id", "device", "zone", "broker", "safe_light"),
    *("password_file", "password_env"),
}
"""The keys that rules speak of: where one of these had to be mended, a rule might be misled."""


def mended(document: Document, guide: Guide, details: list[Any]) -> Tree:
    """The tree with every wrong value replaced by a right one; None where that would mislead."""
    tree: Tree = copy.deepcopy(document.tree)
    for detail in details:
        trail: Trail = detail["loc"]
        block = _at(tree, trail[:-1])
        if not isinstance(block, dict) or not trail or _meant(trail, guide) in _RULED:
            return None
        if detail["type"] == "extra_forbidden":
            block.pop(str(trail[-1]), None)
        else:
            block[str(trail[-1])] = _sample(guide.example(trail), str(trail[-1]))
    return tree


def _meant(trail: Trail, guide: Guide) -> str:
    """The key itself, or the one that was probably meant."""
    key = str(trail[-1])
    return near(key, guide.keys(trail[:-1])) or key


def _at(tree: Tree, trail: Trail) -> Tree:
    return Document("", tree if isinstance(tree, dict) else {}).at(trail)


def _sample(example: str, key: str) -> Tree:
    return parse(example, "").tree.get(key)
