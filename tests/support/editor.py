"""YAML as an editor reads it: YAML 1.2's core schema, where `yes` is a word and 64 is a number."""

import re
from typing import Any

import yaml


class BadYAML(Exception):  # noqa: N818 - an editor's squiggle
    """What an editor marks before it looks at any schema."""


class _Loader(yaml.SafeLoader):
    """PyYAML with the tags of YAML 1.2 and each key once."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as in PyYAML

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(keys) != len(set(keys)) or len(keys) != len(node.value):
            raise BadYAML("a key twice, or one that isn't a word")
        made = super().construct_mapping(node, deep)
        return {str(key): value for key, value in made.items()}


_CORE = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}
for _name, (_pattern, _first) in _CORE.items():
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), _first
    )


def as_edited(content: bytes) -> list[Any]:
    """The documents in a file.

    Raises:
        BadYAML: It isn't text, isn't YAML, or is more than an editor bears.
    """
    try:
        return list(yaml.load_all(content.decode("utf-8"), _Loader))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadYAML(str(error)) from error
