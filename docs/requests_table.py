"""Writes what docs/requests.md shows of the requests' definitions; `make generated` runs it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kacenv.engine.transitions import diagram
from kacenv.model.mode import ANYTIME
from kacenv.model.request_definition import RequestDefinition
from kacenv.model.request_table import REQUESTS

PAGE: Final = Path(__file__).with_name("requests.md")
_HEAD: Final = (
    "| request | typed | what it does | on the tablet | can be taken back |\n|---|---|---|---|---|"
)


def written(page: str) -> str:
    """Return the page with its made parts, each between `<!-- made: … -->` and `<!-- end -->`."""
    parts = {"diagram": f"```mermaid\n{diagram()}\n```", "anytime": _anytime(), "table": _table()}
    for name, text in parts.items():
        pattern = rf"(<!-- made: {name} -->\n).*?(\n<!-- end -->)"
        made = text.replace("\\", r"\\")
        page = re.sub(pattern, rf"\g<1>{made}\g<2>", page, flags=re.DOTALL)
    return page


def _anytime() -> str:
    *others, last = [f"`{one.kind}`" for one in REQUESTS if one.works_in == ANYTIME]
    return f"{', '.join(others)} and {last} work in every mode."


def _table() -> str:
    return "\n".join([_HEAD, *map(_row, REQUESTS)])


def _row(one: RequestDefinition) -> str:
    typed = ", ".join(f"`{example}`" for example in one.examples)
    keys = ", ".join(dict.fromkeys(_keys(one)))
    cells = (f"`{one.kind}`", typed, one.help, keys, "no" if one.lasting else "")
    return f"| {' | '.join(cells)} |"


def _keys(one: RequestDefinition) -> Iterator[str]:
    """Yield the names of its tablet keys, on either face."""
    for request in REQUESTS:
        for key in request.keys:
            for face in (key, key.face):
                if face and face.ask["kind"] == one.kind:
                    yield face.name


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
