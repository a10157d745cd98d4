"""Output streams of the command line: whatever is printed, no text of others drives the terminal.

kacenv's own styling has ways of its own: `write_styled`, and the console that `rich` draws on.
"""

import sys
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, Any

from kacenv.core.plain_text import cleaned, cleaned_line

if TYPE_CHECKING:
    from rich.console import Console  # noqa: TID251 - this is the console that cleans


class CleanStream(TextIOWrapper):
    """Text stream that cleans all that is written; it shares the buffer of another one."""

    before: TextIOWrapper
    """The stream in whose place it is, which would close the buffer if it went."""

    @classmethod
    def over(cls, stream: TextIOWrapper) -> "CleanStream":
        """Return a stream in place of `stream`; what its encoding lacks becomes question marks."""
        stream.flush()
        made = cls(
            stream.buffer,
            stream.encoding,
            errors="replace",
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        made.before = stream
        return made

    def write(self, text: str) -> int:
        """Write text without characters that a terminal obeys."""
        return super().write(cleaned(text))

    def write_styled(self, text: str) -> int:
        """Write text as it is; only for text that is all kacenv's own, or was cleaned before."""
        return super().write(text)

    def __del__(self) -> None:
        """Leave the buffer open, which isn't this stream's own."""
        try:  # noqa: SIM105 - when the program ends, there is no `suppress` any more
            self.detach()
        except (OSError, TypeError, ValueError):
            pass


def clean_streams() -> None:
    """Put clean streams in place of standard output and error."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper) and not isinstance(stream, CleanStream):
            setattr(sys, name, CleanStream.over(stream))


def say(line: str) -> None:
    """Print one line at once, whatever names it holds."""
    print(cleaned_line(line), flush=True)


def write_styled(text: str) -> None:
    """Write kacenv's own control sequences to standard output at once."""
    write = sys.stdout.write_styled if isinstance(sys.stdout, CleanStream) else sys.stdout.write
    write(text)
    sys.stdout.flush()


class _StyledStream:
    """The way of `rich` past the cleaning of a stream; the console cleans each text by itself."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.write = getattr(stream, "write_styled", stream.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def terminal_console(*, stderr: bool = False) -> "Console":
    """Return a console that draws on standard output or error, and cleans all text."""
    from rich.console import Console  # noqa: TID251 - ditto
    from rich.segment import Segment

    class CleanConsole(Console):
        """Console that cleans the text of all that it renders."""

        def render(self, *given: Any, **named: Any) -> Iterator[Segment]:
            for segment in super().render(*given, **named):
                yield segment if segment.control else segment._replace(text=cleaned(segment.text))

    stream: Any = _StyledStream(sys.stderr if stderr else sys.stdout)
    return CleanConsole(file=stream)
