"""YAML files as trees of text, with the position of every key and value."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import yaml
from yaml.composer import Composer
from yaml.reader import ReaderError
from yaml.resolver import Resolver

from kacenv.config.yaml import syntax_errors
from kacenv.config.yaml.text_files import read_text, shown
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.plain_text import is_utf8

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML built without libyaml
    CParser = object  # type: ignore[assignment, misc] # unused then
HAS_LIBYAML: Final = yaml.__with_libyaml__
_READ_OTHERWISE: Final = re.compile(r"[!?\t]")
"""Syntax that libyaml accepts or reads differently from PyYAML: tags, complex keys, tabs."""

Trail = tuple[str | int, ...]
"""Path of a node: keys of blocks and indices of lists, from 0."""
Tree = str | list["Tree"] | dict[str, "Tree"] | None
"""Contents of a file; every scalar is its text, or None."""

MAX_DEPTH = 20
MAX_NODES = 50_000
_LONGEST_NAME = 40
_EMPTY = {"", "~", "null"}
_ITEMS = {
    "phases": "phase",
    "check_ins": "check-in",
    "tracks": "track",
    "outputs": "output",
    "lights": "lamp",
    "notes": "note",
}
_NAMES = ("name", "id", "title")
_KNOWN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
}


class Position(NamedTuple):
    """Position in a file; both count from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Document:
    """File: its tree, the position of each node, and its YAML errors."""

    file: str
    tree: dict[str, Tree] = field(default_factory=dict)
    values: dict[Trail, Position] = field(default_factory=dict)
    keys: dict[Trail, Position] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    spoilt: set[Trail] = field(default_factory=set)
    """Paths with a problem, so that they aren't reported twice."""

    def at(self, trail: Trail) -> Tree:
        """Return the node at `trail`, or None."""
        node: Tree = self.tree
        for step in trail:
            if isinstance(node, dict) and isinstance(step, str):
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                return None
        return node

    def place(self, trail: Trail, *, of_key: bool = False) -> Position:
        """Return the position of a value or its key, or of the nearest enclosing block."""
        if of_key and trail in self.keys:
            return self.keys[trail]
        while trail and trail not in self.values:
            trail = trail[:-1]
        return self.values.get(trail, Position(1, 1))

    def where(self, trail: Trail) -> str:
        """Return the path in words: `phase 2 (onset), duration`."""
        return ", ".join(self._steps(trail))

    def _steps(self, trail: Trail) -> Iterator[str]:
        for depth, step in enumerate(trail):
            if isinstance(step, int):
                yield self._item(trail[: depth + 1], step)
            elif not (step in _ITEMS and depth + 1 < len(trail)):
                yield " ".join(step.split())[:_LONGEST_NAME]

    def _item(self, trail: Trail, index: int) -> str:
        parent = trail[-2] if len(trail) > 1 else ""
        name = self._name(trail)
        return f"{_ITEMS.get(str(parent), 'item')} {index + 1}" + (f" ({name})" if name else "")

    def _name(self, trail: Trail) -> str:
        names = (self.at((*trail, key)) for key in _NAMES)
        return next(
            (name for name in names if isinstance(name, str) and len(name) <= _LONGEST_NAME), ""
        )

    def problem(
        self, trail: Trail, found: str, expected: str, example: str = "", *, of_key: bool = False
    ) -> FileProblem:
        """Return a problem with the node at `trail`, placed at its value or its key."""
        line, column = self.place(trail, of_key=of_key)
        return FileProblem(self.file, line, column, self.where(trail), found, expected, example)


def read_document(path: Path) -> Document:
    """Read the YAML file at `path`.

    Raises:
        LoadError: It can't be read at all. Other errors are in `problems`.
    """
    return parse(read_text(path), shown(path))


def parse(text: str, file: str) -> Document:
    """Parse `text` as a document; `file` names it in problems."""
    root = _compose(text, file)
    if root is None:
        raise LoadError(
            (FileProblem(file, 1, 1, "", "nothing, or comments alone", "lines of `key: value`"),)
        )
    if not isinstance(root, yaml.MappingNode):
        found = "a list" if isinstance(root, yaml.SequenceNode) else "a line without a key"
        raise LoadError((FileProblem(file, 1, 1, "", found, "lines of `key: value`"),))
    return _TreeBuilder(Document(file)).grow(root)


class _Bounded(Composer):
    """Composer with bounds on nesting and on the number of nodes."""

    depth = 0
    count = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        self.count += 1
        for passed, problem in (
            (self.depth > MAX_DEPTH, "nested too deep"),
            (self.count > MAX_NODES, "too many entries"),
        ):
            if passed:
                event = self.peek_event()  # type: ignore[attr-defined] # the parser beside it has it
                raise syntax_errors.BoundError(problem, event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Loader(_Bounded, yaml.SafeLoader):
    """PyYAML's own parser, whose errors `syntax` can explain."""


class _FastLoader(_Bounded, CParser, Resolver):
    """libyaml's parser, whose error messages differ."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        Resolver.__init__(self)


def _compose(text: str, file: str) -> yaml.Node | None:
    root = _composed_in_c(text)
    if root is not None:
        return root
    try:
        loader = _Loader(text)
    except ReaderError as error:
        raise LoadError((syntax_errors.unprintable(error, text, file),)) from error
    try:
        return loader.get_single_node()
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise LoadError((syntax_errors.explain(error, loader.get_mark(), text, file),)) from error


def _composed_in_c(text: str) -> yaml.Node | None:
    """Return the tree by libyaml, eight times as fast; None if its result may differ."""
    if not HAS_LIBYAML or _READ_OTHERWISE.search(text):
        return None
    try:
        return _FastLoader(text).get_single_node()
    except (yaml.YAMLError, ValueError, OverflowError):
        return None


class _TreeBuilder:
    """Turns nodes into a document; aliases are expanded within bounds."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._count = 0

    def grow(self, root: yaml.MappingNode) -> Document:
        self._document.tree = self._block(root, ())
        return self._document

    def _node(self, node: yaml.Node, trail: Trail) -> Tree:
        self._document.values[trail] = _place(node)
        self._count_up(trail)
        if node.tag not in _KNOWN_TAGS:
            found = node.tag.replace("tag:yaml.org,2002:", "!!")[:60]
            self._spoil(node, trail, f"the tag {found}", "plain text, lists and blocks, no tags")
        if isinstance(node, yaml.MappingNode):
            return self._block(node, trail)
        if isinstance(node, yaml.SequenceNode):
            return [self._node(item, (*trail, index)) for index, item in enumerate(node.value)]
        return self._text(node, trail) if isinstance(node, yaml.ScalarNode) else None

    def _count_up(self, trail: Trail) -> None:
        self._count += 1
        if self._count > MAX_NODES or len(trail) > MAX_DEPTH:
            found = "a block that grows without end where `*name` stands for other lines"
            expected = "each line written out, without `&name` and `*name`"
            raise LoadError((self._document.problem(trail[:1], found, expected, of_key=True),))

    def _block(self, node: yaml.MappingNode, trail: Trail) -> dict[str, Tree]:
        self._document.values.setdefault(trail, _place(node))
        block: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, trail)
            if key is None:
                continue
            if key in block:
                self._twice(key_node, (*trail, key))
                continue
            self._document.keys[(*trail, key)] = _place(key_node)
            block[key] = self._node(value_node, (*trail, key))
        return block

    def _key(self, node: yaml.Node, trail: Trail) -> str | None:
        if isinstance(node, yaml.ScalarNode) and node.value and _clean(node.value):
            return str(node.value)
        kinds: dict[type[yaml.Node], str] = {
            yaml.SequenceNode: "a list as a key",
            yaml.MappingNode: "a block as a key",
        }
        found = kinds.get(type(node), "a line without a key")
        self._spoil(node, trail, found, "a word before the colon", "title: Calm")
        return None

    def _twice(self, node: yaml.Node, trail: Trail) -> None:
        first = self._document.keys[trail].line
        found = f"`{trail[-1]}` a second time (it's on line {first} already)"
        self._spoil(node, trail, found, "each key once; delete one of the two lines")

    def _text(self, node: yaml.ScalarNode, trail: Trail) -> str | None:
        if not node.style and node.value in _EMPTY:
            return None
        if not _clean(node.value):
            self._spoil(node, trail, *_unclean(node.value))
            return ""
        return str(node.value)

    def _spoil(
        self, node: yaml.Node, trail: Trail, found: str, expected: str, example: str = ""
    ) -> None:
        line, column = _place(node)
        document = self._document
        document.spoilt.add(trail)
        document.problems.append(
            FileProblem(
                document.file, line, column, document.where(trail), found, expected, example
            )
        )


def _place(node: yaml.Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


def _unclean(text: str) -> tuple[str, str]:
    """Return what is wrong with such a text, and what is expected."""
    if is_utf8(text):
        return "characters that can't be shown", "letters, digits and signs"
    return "a name that isn't UTF-8", "the file renamed in letters, and its new name here"


def _clean(text: str) -> bool:
    """Return True if `text` has no control characters or surrogates."""
    if text.isprintable():
        return True
    plain = re.sub(r"[\n\t]", "", text)
    return not any(unicodedata.category(c) in {"Cc", "Cs"} for c in plain)
