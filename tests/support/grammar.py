"""Whether the command line would take a command, without running any of it."""

import shlex
from functools import cache
from typing import Any

from typer import Context
from typer._click.exceptions import UsageError
from typer.core import TyperGroup
from typer.main import get_command

from kacenv.cli.app import app
from kacenv.cli.press_options import joined


class NotUnderstoodError(Exception):
    """Nobody could type this."""


def understood(typed: str) -> None:
    """Hold a command against the command line's grammar; nothing of it is run.

    What must be there may be left out, as people do in a sentence.
    """
    name, *rest = shlex.split(typed)
    command = _program()
    above: Context | None = None
    while True:
        context = Context(command, above, name, **command.context_settings)
        rest = _left(command, context, rest)
        if not rest:
            return
        if not isinstance(command, TyperGroup):
            raise NotUnderstoodError(f"too many words: {rest}")
        found = command.get_command(context, _in_full(command, rest)[0])
        if found is None:
            raise NotUnderstoodError(f"no such command: {rest[0]}")
        rest = _in_full(command, rest)[1:]
        name, command, above = str(found.name), found, context


@cache
def _program() -> Any:
    return get_command(app)


def _left(command: Any, context: Context, words: list[str]) -> list[str]:
    """What is left of the words once options and arguments are taken; callbacks are not called."""
    try:
        _, rest, _ = command.make_parser(context).parse_args(_joined(command, words))
    except UsageError as error:
        raise NotUnderstoodError(str(error)) from error
    return list(rest)


def _joined(command: Any, words: list[str]) -> list[str]:
    """`rehearse --at 40m hold` has its press in several words; a sentence may name `--at` alone."""
    options = {option: one for one in command.params for option in one.opts}
    last = options.get(words[-1]) if words else None
    words = [*words, "x"] if last is not None and not getattr(last, "is_flag", True) else words
    return joined(words, [*options]) if "--at" in options else words


def _in_full(group: TyperGroup, words: list[str]) -> list[str]:
    """`kacenv lights 20%` is short for `kacenv lights set 20%`."""
    return ["set", *words] if group.name == "lights" and words[0] not in group.commands else words
