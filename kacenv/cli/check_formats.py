"""Output formats of `kacenv check`: text for people, and formats of other programs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kacenv.core.plain_text import cleaned_line, json_text

if TYPE_CHECKING:
    from kacenv.config import HouseReport
    from kacenv.core.errors import FileProblem

_SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_PROBLEM: Final = "problem"
_PROBLEM_MEANING: Final = "Something in a file that keeps it from being used."


def to_text(survey: "HouseReport") -> str:
    """Format every problem in three lines, every warning in one, and their numbers."""
    counts = ", ".join(_count(number, kind) for kind, number in _read(survey).items())
    problems, warnings = len(survey.problems) or "none", len(survey.cautions) or "none"
    lines = [f"{problem}\n" for problem in survey.problems]
    lines += [str(caution) for caution in survey.cautions]
    held = f" Held against: {', '.join(map(str, survey.held_against))}." * bool(survey.held_against)
    summary = f"Read: {counts}.{held} Problems: {problems}. Warnings: {warnings}."
    return "\n".join([*lines, cleaned_line(summary)])


def to_json(survey: "HouseReport") -> str:
    """Format everything as JSON; lines and columns count from 1."""
    found = {
        "house": str(survey.house.root),
        "held_against": [str(root) for root in survey.held_against],
        "read": _read(survey),
        "problems": [problem._asdict() for problem in survey.problems],
        "warnings": [caution._asdict() for caution in survey.cautions],
    }
    return json_text(found, indent=2)


def to_github(survey: "HouseReport") -> str:
    """Format annotations for GitHub's runners."""
    lines = [
        _annotation("error", one.file, max(1, one.line), max(1, one.column), _sentence(one))
        for one in survey.problems
    ]
    lines += [
        _annotation("warning", one.file, one.line, one.column, one.text) for one in survey.cautions
    ]
    return "\n".join(lines)


def to_sarif(survey: "HouseReport") -> str:
    """Format as SARIF 2.1.0 (OASIS), for code hosts and editors."""
    from kacenv import __version__
    from kacenv.config.checks.track_warnings import WarningRule

    rules = [
        _rule(_PROBLEM, _PROBLEM_MEANING),
        *(_rule(one.value, one.meaning) for one in WarningRule),
    ]
    results = [
        _result(_PROBLEM, "error", one.file, max(1, one.line), max(1, one.column), _sentence(one))
        for one in survey.problems
    ]
    results += [
        _result(one.rule.value, "warning", one.file, one.line, one.column, one.text)
        for one in survey.cautions
    ]
    driver = {"name": "kacenv", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}
    return json_text(log, indent=2)


FORMATS: Final[dict[str, "Callable[[HouseReport], str]"]] = {
    "text": to_text,
    "json": to_json,
    "sarif": to_sarif,
    "github": to_github,
}


def _read(survey: "HouseReport") -> dict[str, int]:
    from kacenv.config.house import FileKind

    kinds = list(survey.files.values())
    return {kind.value: kinds.count(kind) for kind in FileKind}


def _count(number: int, kind: str) -> str:
    """Format a number with a noun given in the plural: `2 rooms`, `1 room`."""
    return f"1 {kind.removesuffix('s')}" if number == 1 else f"{number} {kind}"


def _sentence(problem: "FileProblem") -> str:
    where = f"{problem.where}: " if problem.where else ""
    example = f" For example: {problem.example}" if problem.example else ""
    return f"{where}found {problem.found}; expected {problem.expected}.{example}"


def _annotation(kind: str, file: str, line: int, column: int, text: str) -> str:
    return f"::{kind} file={_escaped(file, ':,')},line={line},col={column}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    """Percent-encode the characters reserved in GitHub's workflow commands."""
    return "".join(f"%{ord(sign):02X}" if sign in f"%\r\n{more}" else sign for sign in text)


def _rule(name: str, meaning: str) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": meaning}}


def _result(  # noqa: PLR0913, PLR0917 - one argument for each property
    rule: str, level: str, file: str, line: int, column: int, text: str
) -> dict[str, Any]:
    path = Path(file)
    address = path.as_uri() if path.is_absolute() else quote(os.fsencode(file))
    region = {"startLine": line, "startColumn": column}
    place = {"artifactLocation": {"uri": address}, "region": region}
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
