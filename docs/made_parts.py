"""Writes the parts of pages that are made from the code; `make generated` runs it.

Each stands between `<!-- made: NAME -->` and `<!-- end -->`.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from docs import access_table, commands_table, keys_table, names_table, requests_table, status_table
from kacenv.config.schema.json_schema import SchemaKind

FOLDER: Final = Path(__file__).parent
PAGES: Final[Mapping[str, Callable[[], Mapping[str, str]]]] = {
    "../README.md": commands_table.parts,
    "glossary.md": names_table.parts,
    "requests.md": requests_table.parts,
    "api.md": status_table.parts,
    "security.md": access_table.parts,
    **{f"{kind}.md": partial(keys_table.parts, kind) for kind in SchemaKind},
}
"""What makes the parts of each page, by their names."""


def written(name: str) -> str:
    """Return the page `name` with its parts made anew.

    Raises:
        ValueError: A part has no place on the page, or a place no part.
    """
    page, parts = (FOLDER / name).read_text("utf-8"), PAGES[name]()
    places = re.findall(r"^<!-- made: (\w+) -->$", page, re.MULTILINE)
    if sorted(places) != sorted(parts):
        raise ValueError(f"{name} has places for {places}, and there is {[*parts]}")
    return re.sub(
        r"(?<=<!-- made: )(\w+)( -->\n).*?(?=\n<!-- end -->)",
        lambda found: f"{found[1]}{found[2]}{parts[found[1]]}",
        page,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    for page in PAGES:
        (FOLDER / page).write_text(written(page), "utf-8")
