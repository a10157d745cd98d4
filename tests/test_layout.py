"""Tests mirror the source, or stand in the table of tests/README.md; none imports from another."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest
from support.distribution import LONGEST, rank, spread

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "kacenv"
MODULES = sorted(
    path.relative_to(SOURCE) for path in SOURCE.rglob("*.py") if not path.stem.startswith("__")
)
ROW = re.compile(r"^\| `([\w/*]+)` \| (`.+`) \| (`.+\.py`) \|$", re.MULTILINE)


class Row(NamedTuple):
    """Some modules of a folder, as patterns of both, and the tests that stand for them."""

    folder: str
    modules: list[str]
    tests: list[str]

    def covers(self, module: Path) -> bool:
        """Return whether a module is one of these."""
        inside = fnmatch(str(module.parent), self.folder)
        return inside and any(fnmatch(module.stem, one) for one in self.modules)


def rows() -> list[Row]:
    """Return the table of tests/README.md."""
    found = ROW.findall((TESTS / "README.md").read_text(encoding="utf-8"))
    return [
        Row(folder, *(re.findall(r"`([^`]+)`", cell) for cell in cells)) for folder, *cells in found
    ]


def has_test(module: Path) -> bool:
    """Return whether a module has its test at the mirrored path."""
    return (TESTS / module.with_name(f"test_{module.name}")).exists()


def imported(path: Path) -> Iterator[str]:
    """Yield every module and name that a file imports, by its whole name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_test(name: str) -> bool:
    """Return whether an import leads to a file of tests or of fixtures."""
    *folders, stem = name.split(".")
    candidates = (TESTS.joinpath(*folders, stem), TESTS.joinpath(*folders))
    files = [path.with_suffix(".py") for path in candidates if path != TESTS]
    return any(
        file.is_file() and (file.stem.startswith("test_") or file.stem == "conftest")
        for file in files
    )


def test_each_module_has_its_test() -> None:
    """At the mirrored path, or by a row of the table."""
    table = rows()
    assert len(MODULES) > 200
    without = [module for module in MODULES if not has_test(module)]
    missing = [module for module in without if not any(row.covers(module) for row in table)]
    assert missing == []


def test_the_table_names_what_is_there() -> None:
    """Each row's modules and tests exist, and no line of it is written so that nobody reads it."""
    table = rows()
    text = (TESTS / "README.md").read_text(encoding="utf-8")
    assert len(table) == text.partition("| in | modules |")[2].count("\n| ")
    for row in table:
        names = [module.stem for module in MODULES if fnmatch(str(module.parent), row.folder)]
        assert [one for one in row.modules if not any(fnmatch(name, one) for name in names)] == []
        assert [one for one in row.tests if not (TESTS / one).is_file()] == []


def test_no_test_imports_from_another() -> None:
    """What two of them need lies in tests/support."""
    assert is_test("server.http.conftest.guarded")
    assert is_test("test_layout.rows")
    found = {
        f"{path.relative_to(TESTS)}: {name}"
        for path in TESTS.rglob("*.py")
        for name in imported(path)
        if is_test(name)
    }
    assert found == set()


def test_the_longest_files_are_there() -> None:
    """A file that was renamed is still one that begins first."""
    assert [rank(TESTS / name) for name in LONGEST] == list(range(len(LONGEST)))


@pytest.mark.parametrize("workers", [1, 2, 3, 5, 40])
def test_the_longest_files_begin_first_on_as_many_workers_as_there_are(workers: int) -> None:
    """Stretches of equal length begin with the longest; nothing is lost or torn apart."""
    items = [*"abcAAdefgBBBhiCjklmnop"]
    order = spread(items, lambda item: "CAB".index(item) if item.isupper() else None, workers)
    assert sorted(order) == sorted(items)
    length = max(len(items) // workers, 1)
    assert order[0] == "C"
    assert all(order[: workers * length : length][at] in "CAB" for at in range(min(workers, 3)))
    assert "AA" in "".join(order)
    assert "BBB" in "".join(order)
