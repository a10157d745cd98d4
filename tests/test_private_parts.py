"""No module reaches into the private parts of another, or of a library."""

import ast
import builtins
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import kacenv

ROOT = Path(kacenv.__file__).parent
EXCEPTIONS = {
    # miniaudio takes the channels' order nowhere but in the configuration it keeps to itself.
    "devices/audio/output/miniaudio_backend.py: Playback._make_context",
    "devices/audio/output/miniaudio_backend.py: Playback._devconfig",
    # PyYAML gives its parser in C only together with a constructor, which would lose the places.
    "config/yaml/document.py: yaml._yaml.CParser",
}
DOCUMENTED = {"_asdict", "_fields", "_field_defaults", "_make", "_replace", "_value_", "os._exit"}
"""Names that Python documents as public in spite of their underscore."""


def _is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def _imports(tree: ast.AST) -> Iterator[str]:
    """Yield the private modules and names that are imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if any(map(_is_private, name.split("."))))


def _attributes(tree: ast.AST) -> Iterator[str]:
    """Yield the private attributes of anything but one's own class."""
    own = {"self", "cls", "super()"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            whole = ast.unparse(node)
            if ast.unparse(node.value) not in own and not {node.attr, whole} & DOCUMENTED:
                yield whole


def _inherited(tree: ast.Module) -> Iterator[str]:
    """Yield the private attributes that a class uses and its library's base defines."""
    ours = _names_of_ours(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_root(base) not in ours for base in node.bases):
            yield from (f"{node.name}.{name}" for name in sorted(_borrowed(node)))


def _names_of_ours(tree: ast.Module) -> set[str]:
    """Return the classes of kacenv, and Python's built-in ones, that a module knows."""
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    names |= set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "kacenv":
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def _root(base: ast.expr) -> str:
    """Return the first name of a base class, as `miniaudio` of `miniaudio.PlaybackDevice`."""
    return ast.unparse(base).split(".")[0].split("[")[0]


def _borrowed(owner: ast.ClassDef) -> set[str]:
    """Return the private attributes that a class reads or overrides, and sets nowhere itself."""
    read, own, supers = set[str](), set[str](), set[str]()
    for node in ast.walk(owner):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own.add(node.name)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"self", "cls"}:
            (own if isinstance(node.ctx, ast.Store) else read).add(node.attr)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "super()":
            supers.add(node.attr)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            own |= {ast.unparse(one) for one in _targets(node)}
    return {name for name in (read - own) | supers if _is_private(name)}


def _targets(node: ast.AnnAssign | ast.Assign) -> list[ast.expr]:
    return [node.target] if isinstance(node, ast.AnnAssign) else node.targets


def _parse(source: str) -> ast.Module:
    """Parse a module; again if Python before 3.11.5 mixed it up with another thread's parsing.

    A thread that logs a traceback parses, too (github.com/python/cpython/issues/106905).
    """
    for _ in range(9):
        with suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


def private_uses(source: str) -> Iterator[str]:
    """Yield the private parts that a module's source uses though they aren't its own."""
    tree = _parse(source)
    yield from _imports(tree)
    yield from _attributes(tree)
    yield from _inherited(tree)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from kacenv.x import _y", ["kacenv.x._y"]),
        ("import typer._click", ["typer._click"]),
        ("pool._processes", ["pool._processes"]),
        ("self._own.call(super()._kept, one._replace(a=1), os._exit, x.__dict__)", []),
        ("import lib\nclass A(lib.B):\n def f(self): return self._c", ["A._c"]),
        ("import lib\nclass A(lib.B):\n def f(self): self._c = self._d = 1; self._c", []),
        ("from kacenv.x import B\nclass A(B):\n def f(self): return self._c", []),
    ],
)
def test_a_private_part_is_found(source: str, found: list[str]) -> None:
    """Imports, attributes of others and what a library's base class keeps; nothing of one's own."""
    assert list(private_uses(source)) == found


def test_no_module_uses_anothers_private_parts() -> None:
    """Every exception is on the list, with its reason, and is still needed."""
    used = {
        f"{path.relative_to(ROOT)}: {part}"
        for path in ROOT.rglob("*.py")
        for part in private_uses(path.read_text())
    }
    assert used == EXCEPTIONS
