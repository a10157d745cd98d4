"""YAML's syntax errors in plain words."""

import re
from typing import NamedTuple

import yaml
from yaml.reader import ReaderError

from kacenv.core.errors import FileProblem


class BoundError(yaml.MarkedYAMLError):
    """File nested too deep, or too long."""

    def __init__(self, problem: str, mark: yaml.Mark) -> None:
        super().__init__(problem=problem, problem_mark=mark)


class _Hint(NamedTuple):
    """Explanation of YAML messages that contain `sign`; `begins` selects the opening mark."""

    sign: str
    expected: str
    example: str = ""
    begins: bool = False


_HINTS = (
    _Hint(
        "'\\t'",
        "spaces at the beginning of the line; here is a tab, and tabs don't count",
    ),
    _Hint(
        "mapping values are not allowed",
        "one key on a line; text that has a colon in it stands in quotes",
        'prompt: "Seat A: blood pressure"',
    ),
    _Hint(
        "expected <block end>",
        "a line that begins exactly below the lines it belongs to",
    ),
    _Hint("could not find expected ':'", "a key, a colon and a space", "title: Calm", begins=True),
    _Hint("unexpected end of stream", "a closing quote", 'title: "Calm"', begins=True),
    _Hint("expected ',' or ']'", "a closing bracket", "[build, peak]", begins=True),
    _Hint("expected ',' or '}'", "a closing brace", "{seats: 12%, path: 5%}", begins=True),
    _Hint(
        "undefined alias",
        "each line written out, without `*name`; text that begins with * stands in quotes",
        'title: "*"',
    ),
    _Hint("duplicate anchor", "each line written out, without `&name` and `*name`"),
    _Hint("another document", "one plan in a file: delete this line of dashes and what follows"),
    _Hint("unknown escape", "single quotes around text that has a \\ in it", "title: 'a\\b'"),
    _Hint("that cannot start any token", "quotes around text that begins so", 'title: "@home"'),
    _Hint("too many entries", "a shorter file; several playlists instead of one"),
    _Hint("nested too deep", "blocks and brackets at most 20 deep"),
    _Hint("int too large", "a sign that exists after \\U", 'title: "\\u2014"'),
)
_OTHER = _Hint("", "lines of `key: value`, lists of `- item`", "title: Calm")
_OPEN_PASSWORD = _Hint(
    "",
    "the password in a file of its own, and here the name of that file",
    "password_file: /etc/kacenv/broker.password",
)
_SECRET = re.compile(r"(password\w*\s*:).*", re.IGNORECASE)


def explain(error: Exception, reached: yaml.Mark, text: str, file: str) -> FileProblem:
    """Explain an error of the YAML reader; `reached` is the position if `error` has none."""
    message = str(getattr(error, "problem", None) or error)
    hint = next((hint for hint in _HINTS if hint.sign in message), _OTHER)
    mark = _mark(error, begins=hint.begins) or reached
    found = _line(text, mark.line)
    if _SECRET.match(found):
        hint = _OPEN_PASSWORD
    return FileProblem(file, mark.line + 1, mark.column + 1, "", found, hint.expected, hint.example)


def _mark(error: Exception, *, begins: bool) -> yaml.Mark | None:
    marks = [getattr(error, name, None) for name in ("context_mark", "problem_mark")]
    first, second = marks if begins else reversed(marks)
    return first or second


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    line = "".join(c for c in lines[min(number, len(lines) - 1)].strip() if c.isprintable())
    hidden = _SECRET.sub(r"\1 …", line)
    return (hidden[:60] + "…" if len(hidden) > 60 else hidden) or "the end of the file"


def unprintable(error: ReaderError, text: str, file: str) -> FileProblem:
    """Return the problem of a character that YAML doesn't allow."""
    before = text[: error.position]
    line, column = before.count("\n") + 1, error.position - before.rfind("\n")
    found = f"a character that can't be shown (number {ord(text[error.position])})"
    return FileProblem(file, line, column, "", found, "a plain text file; delete the character")
