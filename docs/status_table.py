"""What docs/api.md shows of the status, made from its model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from docs.markdown import phrase, table
from kacenv.model.mode import RESTING
from kacenv.model.status import RoomStatus
from kacenv.model.status_field import Clock, Clocks, clocks_of

_HEAD: Final = ("field", "what", "unit", "with time")
Schema = dict[str, Any]


def parts() -> Mapping[str, str]:
    """Return the page's made parts by their names."""
    return {"status": table(_HEAD, rows()), "resting": _resting()}


def rows() -> Iterator[Sequence[str]]:
    """Yield a row for each field of the status; `[]` is one of a list, `NAME` one of a block."""
    root = TypeAdapter(RoomStatus).json_schema()
    yield from _rows(root, root, clocks_of(RoomStatus), "")


def _rows(root: Schema, block: Schema, clocks: Clocks, above: str) -> Iterator[Sequence[str]]:
    for name, node in block["properties"].items():
        clock = clocks.get(name, {})
        moves = _moves(clock) if isinstance(clock, Clock) else ""
        yield f"`{above}{name}`", phrase(node["description"]), node.get("x-unit", ""), moves
        inner = {} if isinstance(clock, Clock) else clock
        for step, record in _records(root, node):
            yield from _rows(root, record, inner, f"{above}{name}{step}.")


def _records(root: Schema, node: Schema, step: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield the record that a field holds, alone, in a list, or in a block by name."""
    if "$ref" in node:
        yield step, root["$defs"][node["$ref"].rsplit("/", 1)[1]]
    for one in node.get("anyOf", ()):
        yield from _records(root, one, step)
    for key, mark in (("items", "[]"), ("additionalProperties", ".NAME")):
        if isinstance(node.get(key), dict):
            yield from _records(root, node[key], step + mark)


def _moves(clock: Clock) -> str:
    if clock.like:
        return f"changes as `{clock.like}` does"
    until = f", up to `{clock.until}`" if clock.until else ""
    way = f"forwards{until}" if clock.forward else "back to 0"
    return way if clock.rests else f"{way}; always"


def _resting() -> str:
    modes = " or ".join(f"`{mode}`" for mode in sorted(RESTING))
    return f"In the modes {modes} clocks stand still, but for those that run always."
