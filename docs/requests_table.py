"""What docs/requests.md shows of the requests' definitions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from docs.markdown import table
from kacenv.engine.transitions import diagram
from kacenv.model.mode import ANYTIME
from kacenv.model.request_definition import RequestDefinition
from kacenv.model.request_table import REQUESTS

_HEAD: Final = ("request", "typed", "what it does", "on the tablet", "can be taken back")


def parts() -> Mapping[str, str]:
    """Return the page's made parts by their names."""
    return {
        "diagram": f"```mermaid\n{diagram()}\n```",
        "anytime": _anytime(),
        "table": table(_HEAD, map(_row, REQUESTS)),
    }


def _anytime() -> str:
    *others, last = [f"`{one.kind}`" for one in REQUESTS if one.works_in == ANYTIME]
    return f"{', '.join(others)} and {last} work in every mode."


def _row(one: RequestDefinition) -> Sequence[str]:
    typed = ", ".join(f"`{example}`" for example in one.examples)
    keys = ", ".join(dict.fromkeys(_keys(one)))
    return f"`{one.kind}`", typed, one.help, keys, "no" if one.lasting else "yes"


def _keys(one: RequestDefinition) -> Iterator[str]:
    """Yield the names of its tablet keys, on either face."""
    for request in REQUESTS:
        for key in request.keys:
            for face in (key, key.face):
                if face and face.ask["kind"] == one.kind:
                    yield face.name
