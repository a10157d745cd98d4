"""Repair of a copy of a file, to find the errors that other errors hide.

Pydantic checks rules between values (unique names, keys that belong together) only if every
value is valid by itself. On a repaired copy it checks them at once.
"""

import copy
from typing import Any

from kacenv.config.yaml.document import Document, Trail, Tree, parse
from kacenv.config.yaml.field_help import FieldHelp
from kacenv.config.yaml.text_files import near

_RULED = {
    *("phases", "name", "end", "window", "timeout"),
    *("check_ins", "at", "every"),
    *("outputs", "lights", "id", "device", "zone", "broker", "safe_light"),
    *("password_file", "password_env"),
}
"""Keys that rules are about: a rule can't be checked if one of these was repaired."""


def repaired(document: Document, guide: FieldHelp, details: list[Any]) -> Tree:
    """Return the tree with invalid values replaced by valid ones; None if that could mislead."""
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


def _meant(trail: Trail, guide: FieldHelp) -> str:
    """Return the key itself, or the one that was probably meant."""
    key = str(trail[-1])
    return near(key, guide.keys(trail[:-1])) or key


def _at(tree: Tree, trail: Trail) -> Tree:
    return Document("", tree if isinstance(tree, dict) else {}).at(trail)


def _sample(example: str, key: str) -> Tree:
    return parse(example, "").tree.get(key)
