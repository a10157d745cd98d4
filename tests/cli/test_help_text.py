"""What `--help` says: every command once, whole, and with an example that can be typed."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from kacenv.cli.app import app
from kacenv.cli.help_text import LONGEST, examples_of

NARROW = {"COLUMNS": "80", "TERMINAL_WIDTH": "80"}
PROGRAM: Any = get_command(app)


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that people see, with its words."""
    for name, command in group.commands.items():
        words = (*path, name)
        if not command.hidden:
            yield words, command
        yield from commands(command, words) if hasattr(command, "commands") else ()


ALL = dict(commands(PROGRAM))


def shown(*words: str) -> str:
    """What `kacenv WORDS --help` prints in a narrow terminal."""
    done = CliRunner().invoke(app, [*words, "--help"], env=NARROW)
    assert done.exit_code == 0
    return done.output


def test_every_command_is_listed_in_one_group() -> None:
    """A line for each, below the heading of what it is for; no heading is empty."""
    text = shown()
    blocks = re.findall(r"^([A-Z][^\n]*):\n((?:  [a-z].*\n)+)", text, re.MULTILINE)
    listed = {head: re.findall(r"^  (\S+)", rows, re.MULTILINE) for head, rows in blocks}
    assert list(listed) == list(PROGRAM.topics)
    names = [name for rows in listed.values() for name in rows]
    assert sorted(names) == sorted(words[0] for words in ALL if len(words) == 1)


@pytest.mark.parametrize("words", [(), *(words for words in ALL if len(words) == 1)], ids=" ".join)
def test_nothing_is_cut_short(words: tuple[str, ...]) -> None:
    """No summary ends in dots or runs over the edge, in any list of commands."""
    lines = shown(*words).splitlines()
    assert not [line for line in lines[1:] if line.endswith("...")]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_command_has_a_short_line_and_an_example_that_can_be_typed(
    words: tuple[str, ...],
) -> None:
    """Its help ends with lines to type, which the command line understands."""
    command = ALL[words]
    assert len(command.short_help) <= LONGEST
    assert not command.short_help.endswith(".")
    lines = [line.strip() for line in shown(*words).splitlines()]
    assert examples_of(command)
    for example in examples_of(command):
        assert f"kacenv {example}" in lines
        assert understood(example)


def understood(example: str) -> bool:
    """Whether the words are an order that the command line takes, without carrying it out."""
    group, words, context = PROGRAM, shlex.split(example), None
    while hasattr(group, "commands"):
        context = group.make_context(group.name, list(words), parent=context)
        rest = [*context._protected_args, *context.args]
        if not rest:
            return bool(group.invoke_without_command)
        _, group, words = group.resolve_command(context, rest)
    return group.make_context(group.name, list(words), parent=context) is not None
