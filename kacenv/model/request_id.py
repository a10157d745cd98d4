"""Ids of requests: what is sent again with the same id is done once.

Without pydantic, so that the command line answers at once.
"""

import re
from typing import Final

PATTERN: Final = "[A-Za-z0-9._~-]{16,64}"
"""Characters of an id that need no quoting anywhere; so many that random ones never meet."""


def is_request_id(text: object) -> bool:
    """Return True if a text can be a request's id."""
    return isinstance(text, str) and re.fullmatch(PATTERN, text) is not None
