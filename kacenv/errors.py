"""Everything that can go wrong and that a person may read about."""

from typing import NamedTuple


class KacenvError(Exception):
    """An error whose message can be shown as it is: what happened and what to do."""


class UnitError(KacenvError, ValueError):
    """A quantity that isn't written in its unit."""

    def __init__(self, expected: str, found: object, example: str) -> None:
        super().__init__(f"expected {expected}, found {found!r}, for example: {example}")
        self.expected = expected
        self.found = found
        self.example = example


class Problem(NamedTuple):
    """One thing wrong in one file; `line` and `column` count from 1, and are 0 for a folder."""

    file: str
    line: int
    column: int
    where: str
    found: str
    expected: str
    example: str = ""

    def __str__(self) -> str:
        """Three short lines, the first of which editors can jump to."""
        spot = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        place = f"{spot}: {self.where}".rstrip(": ")
        text = f"{place}\n  found     {self.found}\n  expected  {self.expected}"
        return f"{text}\n  example   {self.example}" if self.example else text


class LoadError(KacenvError):
    """One or more files can't be used; carries every problem that was found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class RefusedError(KacenvError):
    """A request that makes no sense now; nothing has changed."""


class DeviceError(KacenvError):
    """A device (sound, light, MIDI) can't be used; says what to do instead."""


class JournalError(KacenvError):
    """A session that broke off can't be read back; says what to do instead."""


class NewerJournalError(JournalError):
    """A newer kacenv has written a session down; it is kept for that one."""


class RecordError(KacenvError):
    """A session's record can't be found, read or removed; says what to do instead."""


class DaemonError(KacenvError):
    """The room's daemon can't be reached or can't be started."""


class RenderError(KacenvError):
    """A session can't be rendered to a file; says what to do instead."""


class NotRunningError(DaemonError):
    """No daemon listens for the room."""
