"""Values as YAML on one line."""

import re
from typing import Any, Final

_NEEDS_QUOTES: Final = re.compile(r"""[#{}\[\]"']""")


def flow_yaml(value: Any) -> str:
    """Return text, numbers, lists and blocks as YAML on one line, as a person would write it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow_yaml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow_yaml, value)) + "]"
    text = str(value)
    if not _NEEDS_QUOTES.search(text):
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'
