"""What the README shows of the commands: their names by topic."""

from collections.abc import Iterator, Mapping, Sequence

from typer.main import get_command

from docs.markdown import table
from kacenv.cli.app import app
from kacenv.cli.help_text import TopicGroup


def parts() -> Mapping[str, str]:
    """Return the page's made parts by their names."""
    return {"commands": table(("all commands", ""), _rows())}


def _rows() -> Iterator[Sequence[str]]:
    program = get_command(app)
    assert isinstance(program, TopicGroup)  # noqa: S101 - what `kacenv --help` lists
    for topic, names in program.topics.items():
        yield str(topic), ", ".join(f"`{name}`" for name in names)
