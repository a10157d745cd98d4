"""What probes say, as it goes through a pipe."""

import pytest

from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.probe_messages import (
    ProbeMessage,
    Progress,
    Question,
    Taken,
    from_line,
    to_line,
)

GOOD = Finding("lamp seat", "seen")
BAD = Finding("lamp seat", "not “seen”", Severity.WRONG, "Look at it.", ("a", "b"))


SAID = [
    Progress("12 of 60"),
    BAD,
    Question("Did you?", GOOD, BAD, GOOD),
    Taken("A session.", "Wait."),
]


@pytest.mark.parametrize("said", SAID)
def test_what_is_said_arrives(said: ProbeMessage) -> None:
    """One line carries it, whole."""
    line = to_line(said)
    assert "\n" not in line
    assert from_line(line) == said


@pytest.mark.parametrize(
    "line", ["", "hello", "3", "{}", '{"kind": "finding"}', '{"kind": "step"}']
)
def test_chatter_is_no_finding(line: str) -> None:
    """Something else on the pipe is told apart."""
    with pytest.raises(ValueError, match=r".+"):
        from_line(line)
