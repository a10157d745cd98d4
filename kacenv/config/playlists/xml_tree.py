"""Small trees of the XML that other programs write."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat  # entities are refused before it sees them

from kacenv.core.errors import FileProblem, LoadError

_BASE: Final = "http://www.w3.org/XML/1998/namespace base"
_DECLARATION: Final = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_BYTES: Final = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
"""Surrogates that stand for bytes, and letters for private use that XML allows instead."""
_LETTERS: Final = {letter: byte for byte, letter in _BYTES.items()}


_DEEPEST: Final = 50
"""Most elements in each other; playlists have eight."""


@dataclass(slots=True)
class XmlElement:
    """Element with its place in the file; `space` is its namespace, "" without one.

    `bases` are the `xml:base` of the elements around it and of itself, the outermost first.
    """

    name: str
    space: str
    attributes: dict[str, str]
    line: int
    column: int
    bases: tuple[str, ...] = ()
    text: str = ""
    children: list["XmlElement"] = field(default_factory=list)

    def all(self, name: str) -> list["XmlElement"]:
        """Return the children called `name` in the same namespace."""
        return [one for one in self.children if (one.name, one.space) == (name, self.space)]

    def one_line(self, name: str) -> str:
        """Return the text of the first child called `name`, in one line; "" without one."""
        return next((" ".join(one.text.split()) for one in self.all(name)), "")

    def below(self) -> Iterator["XmlElement"]:
        """Yield all elements in it, in the file's order."""
        left = self.children[::-1]
        while left:
            one = left.pop()
            yield one
            left += one.children[::-1]


def xml_tree(text: str, file: str, kind: str) -> XmlElement:
    """Return the root of XML; `file` names it in problems, `kind` is what it should be.

    Raises:
        LoadError: It isn't XML, or declares entities (entity expansion attack).
    """
    declared = _DECLARATION.search(text)
    if declared:
        line = text.count("\n", 0, declared.start()) + 1
        found = f"a line that begins with {declared[0]}"
        expected = f"plain {kind} without declarations of its own; export the playlist again"
        raise LoadError((FileProblem(file, line, 1, "", found, expected),))
    builder = _TreeBuilder()
    try:
        return builder.tree(text)
    except _DepthError as error:
        line, column = error.args
        found, expected = "XML nested too deeply", f"{kind}; export the playlist again"
        raise LoadError((FileProblem(file, line, column, "", found, expected),)) from error
    except expat.ExpatError as error:
        found = f"something that isn't XML ({expat.ErrorString(error.code)})"
        expected = f"{kind}, as a music player exports it; export the playlist again"
        place = error.lineno, error.offset + 1
        raise LoadError((FileProblem(file, *place, "", found, expected),)) from error


class _DepthError(Exception):
    """Element that is nested too deeply: its line and column."""


class _TreeBuilder:
    def __init__(self) -> None:
        self._parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._open = [XmlElement("", "", {}, 0, 0)]
        self._texts: list[list[str]] = [[]]

    def tree(self, text: str) -> XmlElement:
        self._parser.Parse(text.translate(_BYTES).encode("utf-8", "replace"), True)
        return self._open[0].children[0]

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        space, _, name = full_name.rpartition(" ")
        around = self._open[-1]
        own = {key: value.translate(_LETTERS) for key, value in attributes.items()}
        bases = (*around.bases, own[_BASE]) if own.get(_BASE) else around.bases
        place = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        if len(self._open) > _DEEPEST:
            raise _DepthError(*place)
        element = XmlElement(name, space, own, *place, bases)
        around.children.append(element)
        self._open.append(element)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def _text(self, text: str) -> None:
        self._texts[-1].append(text.translate(_LETTERS))
