"""Validation of a file against its model, with all errors in plain words."""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from kacenv.config.schema.json_schema import model_schema
from kacenv.config.schema.lookup import SchemaLookup
from kacenv.config.yaml.document import Document, Trail, Tree
from kacenv.config.yaml.repair import repaired
from kacenv.config.yaml.text_files import any_of, near
from kacenv.core.errors import FileProblem, LoadError, UnitError
from kacenv.core.units import LEVEL, UNITS
from kacenv.model.fields import Model

M = TypeVar("M", bound=Model)

_LONGEST = 60
_MOST_MENDED = 100
_UNITS = {**{unit.example: unit for unit in UNITS}, "12% 2200 K": LEVEL}
"""Unit that was probably meant, by the error's example."""
_PRIVATE = {
    *("patient", "patients", "client", "clients", "people", "diagnosis", "notes", "note"),
    *("dose", "dosage", "drug", "medicine", "medication", "route", "birthday"),
}
"""Keys that would hold data about a person."""
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(h|m|s)?[a-z]*", re.IGNORECASE)


def validate(model: type[M], document: Document) -> M:
    """Parse `document` as a model.

    Raises:
        LoadError: With everything that is wrong in the file, sorted by line.
    """
    problems = list(document.problems)
    try:
        value = model.model_validate(document.tree)
    except ValidationError as error:
        explainer = _Explainer(document, SchemaLookup(model_schema(model)))
        problems += explainer.explain(error)
        problems += explainer.hidden_rules(error, model)
    if problems:
        raise LoadError(in_order(problems))
    return value


def in_order(problems: list[FileProblem]) -> tuple[FileProblem, ...]:
    """Return the problems without duplicates, by file and line."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line, one.column)))


class _Explainer:
    """Turns pydantic's errors about one document into problems."""

    def __init__(self, document: Document, lookup: SchemaLookup) -> None:
        self._document = document
        self._lookup = lookup

    def explain(self, error: ValidationError) -> Iterator[FileProblem]:
        for detail in self._details(error):
            yield self._one(detail["loc"], detail)

    def _details(self, error: ValidationError) -> list[Any]:
        details = error.errors(include_url=False)
        return [detail for detail in details if not self._is_echo(detail["loc"], detail)]

    def hidden_rules(self, error: ValidationError, model: type[Model]) -> Iterator[FileProblem]:
        """Yield violated rules between values, which other errors had hidden."""
        details = self._details(error)
        few = len(details) <= _MOST_MENDED
        tree = repaired(self._document, self._lookup, details) if few else None
        if tree is None:
            return
        try:
            model.model_validate(tree)
        except ValidationError as behind:
            for detail in behind.errors(include_url=False):
                if isinstance(self._document.at(detail["loc"]), dict):
                    yield self._one(detail["loc"], detail)

    def _is_echo(self, trail: Trail, detail: Any) -> bool:
        """Return True if the error repeats one of the YAML parser's or of a list's items."""
        if any(trail[: len(spoilt)] == spoilt for spoilt in self._document.spoilt):
            return True
        given = self._document.at(trail)
        return detail["type"] == "too_short" and isinstance(given, list) and bool(given)

    def _one(self, trail: Trail, detail: Any) -> FileProblem:
        if trail and trail[-1] == "[key]":
            return self._bad_name(trail[:-1], detail)
        match detail["type"]:
            case "extra_forbidden":
                return self._unknown_key(trail)
            case "missing":
                return self._missing_key(trail)
            case "value_error":
                return self._refused(trail, detail["ctx"]["error"])
            case _:
                return self._wrong_value(trail)

    def _bad_name(self, trail: Trail, detail: Any) -> FileProblem:
        cause = detail.get("ctx", {}).get("error")
        names = self._lookup.keys(trail[:-1])
        if isinstance(cause, UnitError):
            expected, example = cause.expected, f"{_slug_like(_cut(str(trail[-1])))}:"
        else:
            expected = f"one of: {', '.join(names)}"
            example = near(str(trail[-1]), names) or (names[0] if names else "")
        found = f"`{_cut(str(trail[-1]))}`"
        return self._document.problem(trail, found, expected, example, of_key=True)

    def _unknown_key(self, trail: Trail) -> FileProblem:
        key, value = str(trail[-1]), self._document.at(trail)
        if key == "password":
            return self._open_password(trail)
        if key.lower() in _PRIVATE and trail[0] != "chimes":
            return self._about_people(trail)
        names = self._lookup.keys(trail[:-1])
        like = near(key, names)
        others = any_of(sorted(name for name in names if name != like))
        expected = f"`{like}`; the other keys here are: {others}" if like else f"one of: {others}"
        example = self._lookup.example((*trail[:-1], like)) if like else ""
        if like and isinstance(value, str):
            example = f"{like}: {_show(value)}"
        found = f"the key `{_cut(key)}`, which has no meaning here"
        return self._document.problem(trail, found, expected, example, of_key=True)

    def _open_password(self, trail: Trail) -> FileProblem:
        found = "a password that everyone who opens this file can read"
        expected = (
            "`password_file`, a file that holds the password alone,"
            " or `password_env`, the name of an environment variable"
        )
        example = "password_file: /etc/kacenv/broker.password"
        return self._document.problem(trail, found, expected, example, of_key=True)

    def _about_people(self, trail: Trail) -> FileProblem:
        found = f"the key `{trail[-1]}`"
        expected = (
            "nothing about the people in the chairs;"
            " these files know seats, times, music and light alone"
        )
        return self._document.problem(trail, found, expected, of_key=True)

    def _missing_key(self, trail: Trail) -> FileProblem:
        expected = f"`{trail[-1]}`: {self._lookup.meaning(self._lookup.at(trail))}"
        return self._document.problem(
            trail[:-1], f"no `{trail[-1]}`", expected, self._lookup.example(trail)
        )

    def _wrong_value(self, trail: Trail) -> FileProblem:
        value = self._document.at(trail)
        expected, example = self._lookup.expected(trail), self._lookup.example(trail)
        choices = self._lookup.at(trail).get("enum", ())
        like = near(value, choices) if isinstance(value, str) else ""
        if like:
            example = _pair(trail, like)
        if value is None and self._lookup.may_be_left_out(trail):
            expected += f"; or no `{trail[-1]}` at all"
        return self._document.problem(trail, _found(trail, value), expected, example)

    def _refused(self, trail: Trail, cause: Exception) -> FileProblem:
        if not isinstance(cause, UnitError):
            return self._document.problem(trail, _found(trail, None), str(cause))
        value = self._document.at(trail)
        if isinstance(value, dict) and self._is_block(trail):
            return self._broken_rule(trail, cause)
        example = self._lookup.example(trail)
        guessed = _with_unit(value, cause.example, usual=example[-1])
        example = _pair(trail, guessed) if guessed else example
        return self._document.problem(trail, _found(trail, value), cause.expected, example)

    def _is_block(self, trail: Trail) -> bool:
        """Return True if a block may stand at `trail`, or its key is unknown."""
        return bool(self._lookup.at(trail).get("type", "object") == "object")

    def _broken_rule(self, trail: Trail, cause: UnitError) -> FileProblem:
        """Return the problem of a rule between values, placed at the value that violates it."""
        found, words = str(cause.found), re.findall(r"[\w-]+", cause.expected)
        at = _offender(self._document.at(trail), cause)
        like = near(found, words) if cause.example in words else ""
        example = _pair(at, like or cause.example)
        return self._document.problem((*trail, *at), found, cause.expected, example, of_key=True)


def _pair(trail: Trail, text: str) -> str:
    key = trail[-1] if trail else 0
    return text if isinstance(key, int) or re.match(r"[a-z_]+:", text) else f"{key}: {text}"


def _found(trail: Trail, value: Tree) -> str:
    key = trail[-1] if trail else 0
    return _show(value) if isinstance(key, int) else f"{_cut(key)}: {_show(value)}"


def _show(value: Tree) -> str:
    if value is None:
        return "(nothing)"
    if isinstance(value, list) and not value:
        return "(an empty list)"
    if isinstance(value, list):
        return f"(a list of {len(value)})"
    if isinstance(value, dict):
        return f"(a block: {_cut(', '.join(value))})"
    return _cut(value) if value and value == value.strip() else f'"{_cut(value)}"'


def _cut(text: str) -> str:
    one_line = " ".join(text.split("\n"))
    return one_line[:_LONGEST] + "…" if len(one_line) > _LONGEST else one_line


def _slug_like(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "seat-a"


def _with_unit(value: Tree, example: str, usual: str) -> str:
    """Return the probable meaning of a number without a unit, or with its unit written out.

    `example` is the error's own; `usual` is the unit that times have at this key.
    """
    match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or example not in _UNITS:
        return ""
    unit = _UNITS[example]
    guess = f"{match[1]}{unit.symbol or (match[2] or usual).lower()}"
    return guess if unit.accepts(guess) else ""


def _offender(tree: Tree, cause: UnitError) -> Trail:
    """Return the path of the value that violates a rule; empty if unknown."""
    found = str(cause.found)
    if found.endswith(" twice"):
        named = _places(tree, found.removesuffix(" twice"))
        return next((at for at in reversed(list(named)) if at[-1] in {"name", "id"}), ())
    values = [list(_places(tree, text)) for text in found.split(", ")]
    if all(values):
        return values[-1][-1]
    spoken_of = _keys(tree, found) or _keys(tree, cause.expected)
    return spoken_of[-1] if spoken_of else ()


def _keys(tree: Tree, sentence: str) -> list[Trail]:
    """Return the keys of `tree` that `sentence` names, with or without the underscore."""
    names = tree if isinstance(tree, dict) else {}
    plain = sentence.replace("_", " ")
    return [(key,) for key in names if re.search(rf"\b{re.escape(key.replace('_', ' '))}\b", plain)]


def _places(tree: Tree, text: str) -> Iterator[Trail]:
    if tree == text:
        yield ()
    children: Any = ()
    if isinstance(tree, dict):
        children = tree.items()
    elif isinstance(tree, list):
        children = enumerate(tree)
    for step, child in children:
        for trail in _places(child, text):
            yield (step, *trail)
