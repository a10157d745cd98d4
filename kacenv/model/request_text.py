"""Requests as they are typed after `kacenv`: words to fields, and back.

Without pydantic, so that the command line answers at once.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kacenv.core.errors import KacenvError
from kacenv.model.request_definition import Argument, Fields, RequestDefinition
from kacenv.model.request_table import BY_KIND, REQUESTS

if TYPE_CHECKING:
    from kacenv.model.requests import Press

DANGEROUS: Final = frozenset({"stop", "end", "lights-up", "pass"})
"""Kinds that only their own words lead to, as what they do can't be mended."""


class PressError(KacenvError):
    """Request that can't be parsed; the message gives its syntax."""

    def __init__(self, message: str, expected: str, example: str) -> None:
        super().__init__(message)
        self.expected = expected
        self.example = example


def syntax_of(definition: RequestDefinition) -> str:
    """Return all ways to type a request: `duck, or duck --off`."""
    first = definition.typed.split()[0]
    alike = (one for one in REQUESTS if one.typed.split()[0] == first)
    *others, last = (example for one in alike for example in one.examples)
    return f"{', '.join(others)}, or {last}" if others else last


def press_error(definition: RequestDefinition, message: str, expected: str = "") -> PressError:
    """Return an error whose message ends with the request's syntax."""
    syntax = syntax_of(definition)
    return PressError(message, expected or syntax, definition.examples[0])


def definition_of(words: list[str]) -> RequestDefinition:
    """Return the request that is typed: the one with most words in common.

    Raises:
        PressError: There is no such request.
    """
    typed = " ".join([*words, ""])
    known = [one for one in REQUESTS if typed.startswith(f"{one.typed} ")]
    if known:
        return max(known, key=lambda one: len(one.typed))
    every = ", ".join(sorted(one.typed for one in REQUESTS if one.is_one_word))
    found = f"{words[0]!r} can't be pressed" if words else "something to press is missing"
    raise PressError(f"{found}. There is: {every}.", f"one of: {every}", "hold")


def fields_of(words: list[str]) -> Fields:
    """Parse a request into its kind and fields, without validation.

    Raises:
        PressError: There is no such request, or its arguments differ.
    """
    definition = definition_of(words)
    rest = words[len(definition.typed.split()) :]
    fields: dict[str, Any] = {"kind": definition.kind}
    if definition.flag:
        fields[definition.flag.field] = definition.flag.word not in rest
        rest = [word for word in rest if word != definition.flag.word]
    for argument, word in _assigned(definition, rest, words):
        fields |= _argument_fields(definition, argument, word, words)
    return fields


def _assigned(
    definition: RequestDefinition, rest: list[str], words: list[str]
) -> Iterator[tuple[Argument, str]]:
    """Yield each argument that is given, with its word."""
    left, required = list(rest), sum(not one.optional for one in definition.arguments)
    for argument in definition.arguments:
        if argument.optional and not _takes(argument, left, required):
            continue
        required -= not argument.optional
        if not left:
            raise _misunderstood(definition, words)
        yield argument, left.pop(0)
    if left:
        raise _misunderstood(definition, words)


def _misunderstood(definition: RequestDefinition, words: list[str]) -> PressError:
    way_out = f"Type: {syntax_of(definition)}"
    if definition.kind in DANGEROUS:
        way_out = f"kacenv has done nothing. See: kacenv {definition.typed} --help"
    return press_error(definition, f"{' '.join(words)!r} can't be understood. {way_out}")


def _takes(argument: Argument, left: list[str], required: int) -> bool:
    """Tell if the next word is this optional argument's; later ones need `required` words."""
    return len(left) > required and re.match(argument.begins, left[0]) is not None


def _argument_fields(
    definition: RequestDefinition, argument: Argument, word: str, words: list[str]
) -> Fields:
    if word in argument.words:
        return {key: value for key, value in argument.words[word].items() if value is not None}
    if argument.closed:
        known = " or ".join(map(repr, argument.words))
        text = f"{' '.join(words)}: expected {known}; type: {syntax_of(definition)}"
        raise press_error(definition, text)
    return {argument.field: word}


def request_words(press: "Press") -> str:
    """Return a press as it is typed after `kacenv`: `extend 10m`."""
    definition = BY_KIND[press.kind]
    words = [definition.typed, *(_written(press, one) for one in definition.arguments)]
    if definition.flag and not getattr(press, definition.flag.field):
        words.append(definition.flag.word)
    return " ".join(filter(None, words))


def _written(press: "Press", argument: Argument) -> str:
    for word, fields in argument.words.items():
        if all(getattr(press, name) == value for name, value in fields.items()):
            return word
    value = getattr(press, argument.field)
    return "" if value is None else argument.write(value)
