"""Repair of a copy of a file, to find the errors that other errors hide.

Pydantic checks rules between values (unique names, keys that belong together) only if every
value is valid by itself. On a repaired copy it checks them at once.
"""

import copy
from typing import Any

from kacenv.config.schema.lookup import SchemaLookup
from kacenv.config.yaml.document import Document, Trail, Tree
from kacenv.config.yaml.text_files import near

_RULED = {
    *("phases", "name", "end", "window", "timeout"),
    *("check_ins", "at", "every"),
    *("outputs", "lights", "id", "device", "zone", "broker", "safe_light"),
    *("password_file", "password_env", "certificate_file", "key_file"),
}
"""Keys that rules are about: a rule can't be checked if one of these was repaired."""


def repaired(document: Document, lookup: SchemaLookup, details: list[Any]) -> Tree:
    """Return the tree with invalid values replaced by valid ones; None if that could mislead."""
    tree: Tree = copy.deepcopy(document.tree)
    for detail in details:
        trail: Trail = detail["loc"]
        block = _at(tree, trail[:-1])
        if not isinstance(block, dict) or not trail or _meant(trail, lookup) in _RULED:
            return None
        if detail["type"] == "extra_forbidden":
            block.pop(str(trail[-1]), None)
        else:
            block[str(trail[-1])] = lookup.sample(lookup.at(trail))
    return tree


def _meant(trail: Trail, lookup: SchemaLookup) -> str:
    """Return the key itself, or the one that was probably meant."""
    key = str(trail[-1])
    return near(key, lookup.keys(trail[:-1])) or key


def _at(tree: Tree, trail: Trail) -> Tree:
    return Document("", tree if isinstance(tree, dict) else {}).at(trail)
