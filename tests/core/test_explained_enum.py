"""Members of an enumeration that explain themselves."""

from kacenv.core.explained_enum import ExplainedEnum


class Fault(ExplainedEnum):
    """Two faults."""

    GAP = "gap", "A track is silent."
    LOSS = "loss", "An end is lost."


def test_a_member_is_its_name_and_has_a_meaning() -> None:
    """It equals its name, is written as that, and its words stand beside it."""
    assert [*Fault] == ["gap", "loss"]
    assert (str(Fault.LOSS), Fault.LOSS.meaning) == ("loss", "An end is lost.")
