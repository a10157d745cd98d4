"""Help of commands: a summary for the list, examples below, commands listed by topic."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from typer.core import TyperGroup

LONGEST: Final = 60
"""Most characters of a summary, for one line in the narrowest terminal."""
_INDENT: Final = "  kacenv "


def described(summary: str, *examples: str) -> dict[str, Any]:
    """Return a command's settings: its summary, and examples (without `kacenv`) below its help."""
    heading = "Example:" if len(examples) == 1 else "Examples:"
    lines = (f"{_INDENT}{example}" for example in examples)
    return {"short_help": summary, "epilog": "\n".join(["\b", heading, *lines])}


def examples_of(command: Any) -> list[str]:
    """Return a command's examples, without `kacenv`."""
    lines = (command.epilog or "").splitlines()
    return [line.removeprefix(_INDENT) for line in lines if line.startswith(_INDENT)]


class TopicGroup(TyperGroup):
    """Root command, whose commands are listed by topic, one line each."""

    topics: ClassVar[Mapping[str, Sequence[str]]]
    """Names of the commands by topic, in the order of listing."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's own words
        """Write the topics, with all summaries in one column."""
        width = max(map(len, self.commands), default=0)
        for topic, names in self.topics.items():
            commands: list[Any] = [self.commands[name] for name in names]
            with formatter.section(topic):
                formatter.write_dl([(f"{one.name:<{width}}", one.short_help) for one in commands])
