"""The effort of a piece of Python, in instructions carried out: the same on a busy machine."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def instructions(act: Callable[[], object]) -> int:
    """How many instructions Python carries out while it acts, but for those written in C."""
    count = 0

    def seen(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return seen

    before = sys.gettrace()
    sys.settrace(seen)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


class CountedText(str):
    """Text that counts how often any of its kind is compared or hashed."""

    __slots__ = ()
    seen = 0

    def __eq__(self, other: object) -> bool:
        CountedText.seen += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        CountedText.seen += 1
        return str.__hash__(self)
