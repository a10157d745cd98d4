"""Enumeration whose members explain themselves."""

from enum import StrEnum
from typing import Self


class ExplainedEnum(StrEnum):
    """Enumeration of names with meanings, each defined as `GAP = "gap", "A track is silent."`."""

    meaning: str

    def __new__(cls, name: str, meaning: str) -> Self:
        """Return the member called `name`."""
        made = str.__new__(cls, name)
        made._value_, made.meaning = name, meaning
        return made
