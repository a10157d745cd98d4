"""Findings of probes, with remedies."""

import getpass
import os
import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from kacenv.core.plain_text import json_text
from kacenv.system.redact import redact

_NOBODYS = frozenset({"root", "kacenv", "localhost", "debian", "nobody", "audio"})


class Severity(StrEnum):
    """Severity of a finding."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding: `found` in a few words, `lines` of detail, `todo` as the remedy if one is needed."""

    what: str
    found: str
    mark: Severity = Severity.FINE
    todo: str = ""
    lines: tuple[str, ...] = ()


def counted(number: int, what: str) -> str:
    """Return a number of things in words, as `1 scene` or `3 scenes`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def to_json(findings: Iterable[Finding]) -> str:
    """Return the findings as JSON, masked."""
    listed = [asdict(masked(finding)) for finding in findings]
    return json_text({"findings": listed}, indent=2)


def to_text(findings: Sequence[Finding]) -> str:
    """Return the findings as text, masked, with a summary at the end."""
    width = max((len(finding.what) for finding in findings), default=0)
    lines = [line for finding in findings for line in _lines(masked(finding), width)]
    wrong = sum(finding.mark is Severity.WRONG for finding in findings)
    notes = sum(finding.mark is Severity.NOTE for finding in findings)
    return "\n".join([*lines, "", f"Wrong: {wrong or 'nothing'}. To note: {notes or 'nothing'}."])


def _lines(finding: Finding, width: int) -> Iterator[str]:
    margin = " " * (7 + width + 2)
    mark = "WRONG" if finding.mark is Severity.WRONG else str(finding.mark)
    yield f"{mark:<7}{finding.what:<{width}}  {finding.found}".rstrip()
    yield from (f"{margin}{line}" for line in finding.lines)
    if finding.todo:
        yield f"{margin}what to do: {finding.todo}"


def masked(finding: Finding) -> Finding:
    """Return the finding without secrets and without the names of people and machines."""
    return replace(
        finding,
        found=_masked(finding.found),
        todo=_masked(finding.todo),
        lines=tuple(_masked(line) for line in finding.lines),
    )


def _masked(text: str) -> str:
    text = redact(text.replace("\n", " | "))
    for name in _names():
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "***", text)
    return text


def _names() -> set[str]:
    """Return the names of the user and of this machine."""
    names = {os.environ.get("SUDO_USER", ""), platform.node()}
    with suppress(KeyError, OSError):  # a user without a name
        names.add(getpass.getuser())
    return {name for name in names if len(name) > 1} - _NOBODYS
