"""MkDocs hook: generates the reference of the commands from the commands themselves.

Its examples are those of `--help`, and of the other pages.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.main import get_command

from docs.hooks.shell import commands as typed_in
from docs.hooks.shell import pages
from kacenv.cli.app import app
from kacenv.cli.help_text import examples_of

_PAGE: Final = "reference/commands.md"
_MOST_EXAMPLES: Final = 4
_HEAD: Final = """\
# Commands

Made from the commands themselves; `kacenv COMMAND --help` says the same in a terminal. What
prints data takes `--json`. A command that names no room means the only one that runs, and one that
names no house the one in which [the first room](../first-room.md#where-it-goes) would be found.
How commands end is told in [exit codes](../environment.md).
"""
Command = Any
"""Command; the command line's library has several types of them."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, _PAGE, content=page()))
    return files


def page() -> str:
    """Return the reference of all commands, as Markdown."""
    parts, examples = [_HEAD], _examples()
    root: Command = get_command(app)
    for topic, names in root.topics.items():
        parts.append(f"## {topic}\n")
        for name in names:
            parts += _described(f"kacenv {name}", root.commands[name], examples)
    return "\n".join(parts)


def leaves(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    """Yield each command that can be run, with its full name."""
    below = getattr(command, "commands", {})
    if not below or command.invoke_without_command:
        yield name, command
    for word, one in below.items():
        yield from leaves(one, f"{name} {word}")


def _examples() -> dict[str, list[str]]:
    """Return the examples of `--help` and of the pages by command, each once."""
    names = [name for name, _ in leaves(get_command(app), "kacenv")]
    names.sort(key=len, reverse=True)
    found = defaultdict[str, list[str]](list)
    for named, command in _every(get_command(app), "kacenv"):
        found[named] += [f"kacenv {example}" for example in examples_of(command)]
    for path in pages():
        for typed in typed_in(path):
            name = next((one for one in names if f"{typed.bare} ".startswith(f"{one} ")), None)
            name = name or _lights(typed.bare)
            if name and typed.bare not in found[name]:
                found[name].append(typed.bare)
    return found


def _every(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    """Yield each command and group below `command`, with its full name."""
    for word, one in getattr(command, "commands", {}).items():
        yield f"{name} {word}", one
        yield from _every(one, f"{name} {word}")


def _lights(typed: str) -> str | None:
    """Return the command of a `kacenv lights 20%`, which is short for `kacenv lights set 20%`."""
    return "kacenv lights set" if typed.startswith("kacenv lights ") else None


def _described(name: str, command: Command, examples: dict[str, list[str]]) -> Iterator[str]:
    depth = "#" * (2 + len(name.split()) - 1)
    yield f"{depth} {name}\n"
    yield f"{_prose(command.help)}\n"
    below = getattr(command, "commands", {})
    if not below or command.invoke_without_command:
        yield _usage(name, command)
        yield from _table("argument", _arguments(command))
        yield from _table("option", _options(command))
        if examples[name]:
            yield "```sh\n" + "\n".join(examples[name][:_MOST_EXAMPLES]) + "\n```\n"
    for word, one in below.items():
        yield from _described(f"{name} {word}", one, examples)


def _usage(name: str, command: Command) -> str:
    words = [_metavar(one) for one in _visible(command, "argument")]
    return f"`{' '.join([name, *words, '[OPTIONS]'])}`\n"


def _visible(command: Command, kind: str) -> list[Any]:
    return [one for one in command.params if one.param_type_name == kind and not one.hidden]


def _metavar(argument: Any) -> str:
    shown = argument.metavar or argument.name.upper()
    return shown if argument.required or shown.startswith("[") else f"[{shown}]"


def _arguments(command: Command) -> Iterator[tuple[str, str]]:
    for one in _visible(command, "argument"):
        if one.help:
            yield f"`{_escaped(_metavar(one))}`", one.help


def _options(command: Command) -> Iterator[tuple[str, str]]:
    for one in _visible(command, "option"):
        flags = [f"`{flag}`" for flag in (*one.opts, *one.secondary_opts)]
        takes = "" if one.is_flag else f" `{_escaped(one.metavar or one.name.upper())}`"
        notes = [f"{one.help.rstrip('.')}." if one.help else ""]
        if one.required:
            notes.append("Required.")
        if one.envvar:
            notes.append(f"Else `{one.envvar}` in the environment.")
        if one.default is not None and not one.is_flag:
            notes.append(f"Else `{one.default}`.")
        yield ", ".join(flags) + takes, " ".join(filter(None, notes))


def _table(head: str, rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    lines = [f"| {left} | {_prose(right)} |" for left, right in rows]
    if lines:
        yield "\n".join([f"| {head} | |", "|---|---|", *lines]) + "\n"


def _prose(text: str) -> str:
    """Escape text for Markdown."""
    return text.replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*").strip()


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
