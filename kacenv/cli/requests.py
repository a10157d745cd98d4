"""Commands that send a request, made from the requests' definitions."""

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer

from kacenv.cli import completion
from kacenv.cli.fast_path import send
from kacenv.cli.help_text import described
from kacenv.cli.options import RoomOption
from kacenv.model.request_definition import Argument, RequestDefinition
from kacenv.model.request_table import BY_KIND, REQUESTS
from kacenv.model.request_text import PressError, fields_of


def add_requests(app: typer.Typer) -> None:
    """Add a command for every request of one word that has none yet."""
    groups = {one.name for one in app.registered_groups}
    known = groups | {one.name for one in app.registered_commands}
    for definition in REQUESTS:
        if definition.is_one_word and definition.typed not in known:
            add_request(app, definition.kind, definition.typed)


def add_request(app: typer.Typer, kind: str, name: str, *, hidden: bool = False) -> None:
    """Add the command `name`, which sends the request of this kind."""
    definition = BY_KIND[kind]
    signed = any(one.signed for one in definition.arguments)
    app.command(
        name,
        hidden=hidden,
        help=definition.help,
        context_settings={"ignore_unknown_options": signed},
        **described(definition.summary, *definition.examples),
    )(_command(definition))


def _command(definition: RequestDefinition) -> Callable[..., None]:
    parameters = list(_parameters(definition))

    def command(room: str | None = None, **given: Any) -> None:
        typed = [word for name in given_names for word in _words(definition, given[name])]
        try:
            fields = fields_of([*definition.typed.split(), *typed])
        except PressError as error:
            raise typer.BadParameter(str(error)) from error
        send(room, **fields)

    given_names = [one.name for one in parameters if one.name != "room"]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # typer reads it
    return command


def _words(definition: RequestDefinition, value: str | list[str] | bool | None) -> list[str]:
    """Return a parameter's value as it was typed."""
    if isinstance(value, bool):
        return [definition.flag.word] if definition.flag and value else []
    return [value] if isinstance(value, str) else value or []


def _parameters(definition: RequestDefinition) -> Iterator[inspect.Parameter]:
    arguments = definition.arguments
    if len(arguments) > 1 and any(one.optional for one in arguments):
        yield _all_words(definition)
    else:
        yield from map(_one_word, arguments)
    if definition.flag:
        option = typer.Option(definition.flag.word, help=definition.flag.help)
        yield _parameter(definition.flag.word.strip("-"), Annotated[bool, option], False)
    yield _parameter("room", RoomOption, None)


def _all_words(definition: RequestDefinition) -> inspect.Parameter:
    """Return one parameter for all words, since those that may be left out come before others."""
    names = definition.arguments[0].names
    offers = completion.first_word(completion.NAMES[names]) if names else None
    shown = typer.Argument(metavar=definition.usage, autocompletion=offers)
    if all(one.optional for one in definition.arguments):
        return _parameter("words", Annotated[list[str] | None, shown], None)
    return _parameter("words", Annotated[list[str], shown])


def _one_word(argument: Argument) -> inspect.Parameter:
    shown = typer.Argument(
        metavar=f"[{argument.metavar}]" if argument.optional else argument.metavar,
        help=argument.help,
        autocompletion=completion.NAMES[argument.names] if argument.names else None,
    )
    if argument.optional:
        return _parameter(argument.field, Annotated[str | None, shown], None)
    return _parameter(argument.field, Annotated[str, shown])


def _parameter(
    name: str, annotation: Any, default: Any = inspect.Parameter.empty
) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)
