"""Errors whose messages are for people."""

from typing import Final, NamedTuple

from kacenv.core.plain_text import cleaned_line

_LONGEST: Final = 120
"""Most characters of what was found in a message."""


class KacenvError(Exception):
    """Error whose message can be shown as it is: what happened and what to do."""


class UnitError(KacenvError, ValueError):
    """Quantity without its unit, or otherwise malformed."""

    def __init__(self, expected: str, found: object, example: str) -> None:
        shown = repr(found)
        shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
        super().__init__(f"expected {expected}, found {shown}, for example: {example}")
        self.expected = expected
        self.found = found
        self.example = example


class FileProblem(NamedTuple):
    """Problem in a file; `line` and `column` count from 1, and are 0 for a folder."""

    file: str
    line: int
    column: int
    where: str
    found: str
    expected: str
    example: str = ""

    def __str__(self) -> str:
        """Return three short lines, the first of which editors can jump to."""
        spot = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        lines = [
            f"{spot}: {self.where}".rstrip(": "),
            f"  found     {self.found}",
            f"  expected  {self.expected}",
            *([f"  example   {self.example}"] if self.example else []),
        ]
        return "\n".join(map(cleaned_line, lines))


class LoadError(KacenvError):
    """Files that can't be used, with every problem found."""

    def __init__(self, problems: tuple[FileProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class RefusedError(KacenvError):
    """Request that makes no sense now; the state is unchanged."""


class ReusedIdError(RefusedError):
    """Request with the id of another one."""


class DeviceError(KacenvError):
    """Device (sound, light, MIDI) that can't be used; the message says what to do instead."""


class SettingError(DeviceError):
    """A file, variable or group that can't be used, which the room file names at `key`.

    `found` and `expected` are its parts for a list of problems. It `depends_on_user` if another
    user of the machine may well use it, as the one that runs the room.
    """

    def __init__(
        self,
        key: tuple[str, ...],
        found: str,
        way_out: str,
        *,
        depends_on_user: bool = False,
    ) -> None:
        super().__init__(f"{found}; {way_out}")
        self.key = key
        self.found = found
        self.way_out = way_out
        self.depends_on_user = depends_on_user


class JournalError(KacenvError):
    """Session that can't be resumed; the message says what to do instead."""


class NewerJournalError(JournalError):
    """A newer kacenv has written a session down; it is kept for that one."""


class RecordError(KacenvError):
    """Record that can't be found, read or removed; the message says what to do instead."""


class DaemonError(KacenvError):
    """Daemon that can't be reached or can't be started."""


class RenderError(KacenvError):
    """Session that can't be rendered to a file; the message says what to do instead."""


class LostAnswerError(DaemonError):
    """Request that was sent, and whose answer didn't come; it may have been done."""


class NotRunningError(DaemonError):
    """Room without a listening daemon."""
