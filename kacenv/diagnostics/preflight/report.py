"""Report of a preflight, as one page and as JSON."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Final

from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.probe_messages import Taken

WIDTH: Final = 80
LINES: Final = 66
"""Lines of a page: A4 at ten characters and six lines to the inch, or a tall terminal."""
_WORDS: Final = {Severity.FINE: "GO", Severity.NOTE: "NOTE", Severity.WRONG: "NO-GO"}
_MOST_NAMED = 4
_LET_GO: Final = (
    "The preflight has let go of lamps and sound and sends nothing more. A lamp that nobody has "
    "led anywhere since may be up to a tenth brighter, or dimmer, than before."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings of one preflight of `scenes`, which ended at `at` and took `took` seconds.

    `taken` is set if the room was needed before the end.
    """

    room: str
    scenes: tuple[str, ...]
    at: str
    took: float
    findings: tuple[Finding, ...]
    taken: Taken | None = None

    @property
    def go(self) -> bool:
        """True if all probes ran, and none found a fault."""
        return self.taken is None and not any(one.mark is Severity.WRONG for one in self.findings)

    def fields(self) -> dict[str, Any]:
        """Return the report as a dictionary for scripts."""
        return {
            "room": self.room,
            "scenes": list(self.scenes),
            "at": self.at,
            "took": round(self.took, 1),
            "go": self.go,
            "stopped": self.taken.reason if self.taken else None,
            "findings": [
                {**asdict(one), "mark": _WORDS[one.mark], "lines": list(one.lines)}
                for one in self.findings
            ],
        }

    def page(self) -> str:
        """Return one page of at most 66 lines of 80 characters; lines beyond are counted."""
        rows = _rows(self.findings)
        width = max((len(row.what) for row in rows), default=4)
        head = [self._title(), "", _columns("part", "found", "", width), "-" * WIDTH]
        table = [_columns(row.what, row.found, _WORDS[row.mark], width) for row in rows]
        verdict = ["-" * WIDTH, "", f"    {self._verdict(rows)}", ""]
        tail = [
            *self._broken_off(),
            *_todos(rows, Severity.WRONG, ""),
            *_todos(rows, Severity.NOTE, "To note: "),
        ]
        room = LINES - len(head) - len(verdict)
        table = _cut(table, max(room // 2, room - len(tail)))
        tail = _cut(tail, room - len(table))
        return "\n".join([*head, *table, *verdict, *tail]).rstrip()

    def _title(self) -> str:
        many = f"{len(self.scenes)} scenes"
        what = self.scenes[0] if len(self.scenes) == 1 else many
        title = textwrap.shorten(f"Preflight: {self.room}, {what}", WIDTH - 30, placeholder="…")
        end = f"{self.at}, {self.took:.0f} s"
        return f"{title:<{WIDTH - len(end)}}{end}"

    def _broken_off(self) -> Iterator[str]:
        if self.taken:
            yield from _paragraph("", f"{_LET_GO} {self.taken.todo}")

    def _verdict(self, rows: "Sequence[Finding]") -> str:
        if self.taken:
            return f"STOPPED: {self.taken.reason}"
        wrong = sum(row.mark is Severity.WRONG for row in rows)
        if not wrong:
            return "GO"
        return f"NO-GO: {'1 thing' if wrong == 1 else f'{wrong} things'}"


def _rows(findings: Sequence[Finding]) -> list[Finding]:
    """Group findings of one kind with the same remedy in one row."""
    rows: list[Finding] = []
    for _, group in groupby(findings, key=_alike):
        same = list(group)
        rows.append(same[0] if len(same) == 1 else _together(same))
    return rows


def _alike(finding: Finding) -> object:
    kind, _, name = finding.what.partition(" ")
    if finding.mark is Severity.FINE or not name:
        return finding
    return kind, finding.found, finding.mark, finding.todo


def _together(same: list[Finding]) -> Finding:
    kind = same[0].what.partition(" ")[0]
    names = [one.what.partition(" ")[2] for one in same]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    found = f"{', '.join(names[:_MOST_NAMED])}{more}: {same[0].found}"
    return Finding(f"{len(same)} {kind}s", found, same[0].mark, same[0].todo)


def _columns(what: str, found: str, word: str, width: int) -> str:
    room = WIDTH - width - 2 - 7
    return f"{what:<{width}}  {_fitted(found, room):<{room}}{word:>7}".rstrip()


def _fitted(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _todos(rows: Sequence[Finding], mark: Severity, before: str) -> list[str]:
    """Return the remedies of findings with `mark`, with texts that the table shortened in full."""
    chosen = [row for row in rows if row.mark is mark and (row.todo or mark is Severity.WRONG)]
    lines: list[str] = []
    for number, row in enumerate(chosen, 1):
        sign = f"{number}. " if mark is Severity.WRONG else f"{before}"
        lines += _paragraph(sign, f"{row.what}: {row.found}. {row.todo}")
    return lines


def _paragraph(sign: str, text: str) -> Iterator[str]:
    margin = " " * 3
    yield from textwrap.wrap(
        f"{sign}{' '.join(text.split())}",
        WIDTH,
        subsequent_indent=margin,
        max_lines=4,
        placeholder=" …",
    )


def _cut(lines: list[str], most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"… and {len(lines) - most + 1} more lines: see --json"]
