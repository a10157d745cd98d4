"""What pages say between their blocks holds: links, anchors, commands, exit codes, variables."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.grammar import NotUnderstoodError, understood
from typer.main import get_command

from docs.hooks.commands import leaves
from docs.hooks.commands import page as command_page
from docs.hooks.keys import page as key_page
from docs.hooks.shell import ROOT, blocks, commands, pages
from kacenv.cli.app import app
from kacenv.config.schema.json_schema import SchemaKind

PAGES = pages()
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SPAN = re.compile(r"`(kacenv [^`]+)`")
SOURCE = re.compile(r"`((?:kacenv|tests)/[\w./-]+\.(?:py|js))`")
PLACEHOLDER = re.compile(r"\b[A-Z][A-Z-]+\b|…")
"""A word for something else, as in `kacenv rehearse SCENE`."""
VARIABLE = re.compile(r"\"((?:KACENV|XDG|PULSE|OPENBLAS|NOTIFY|JOURNAL|STATE|SUDO)_[A-Z_]+)\"")


def without_blocks(page: Path) -> str:
    """A page's text without what is fenced."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    found = set()
    for heading in HEADING.findall(without_blocks(page)):
        bare = re.sub(r"\[(.+?)\]\(.+?\)|[`*]", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\s-]", "", bare).strip().replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_anchors_hold(page: Path) -> None:
    """Each relative link leads to a file that is there, and each anchor to a heading in it."""
    for link in LINK.findall(without_blocks(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_of_the_source_are_there(page: Path) -> None:
    """A module or a test that a sentence names exists, unless NAME stands for one to be written."""
    for named in SOURCE.findall(without_blocks(page)):
        assert "NAME" in named or (ROOT / named).exists(), named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_between_the_lines_are_understood(page: Path) -> None:
    """`kacenv …` in a sentence or a table is a command, with options that it has."""
    for typed in SPAN.findall(without_blocks(page)):
        if not PLACEHOLDER.search(typed):
            understood(typed.replace("\\|", "|").rstrip(" …"))


def test_a_mistyped_command_is_not_understood() -> None:
    """The check above sees an unknown command, an unknown option and a word too many."""
    for wrong in ("kacenv begin", "kacenv check --hard", "kacenv music export calm a.m3u8 b"):
        with pytest.raises(NotUnderstoodError, match=r"[Nn]o such|too many"):
            understood(wrong)


def test_every_command_has_a_place_in_the_reference_and_an_example() -> None:
    """The reference of commands tells of each of them, and shows how each is typed."""
    text = command_page()
    for name, _ in leaves(get_command(app), "kacenv"):
        heading = re.search(rf"^#+ {name}\n(.*?)(?=^#+ kacenv|\Z)", text, re.DOTALL | re.MULTILINE)
        assert heading, name
        assert "```sh\nkacenv " in heading[1], f"{name}: no page says how it is typed"


@pytest.mark.parametrize("kind", SchemaKind)
def test_every_key_has_a_place_in_the_reference(kind: SchemaKind) -> None:
    """A heading, a meaning and a table for each key that the page for people lists."""
    text = (ROOT / "docs" / f"{kind}.md").read_text()
    listed = re.findall(r"^\| `([\w.]+)` \|.*\|.*\| .+ \|$", text, re.MULTILINE)
    assert len(listed) > 10
    assert set(re.findall(r"^## `([\w.]+)`$", key_page(kind), re.MULTILINE)) >= set(listed)


def variables() -> Iterator[str]:
    """The environment variables that the source names."""
    for path in (ROOT / "kacenv").rglob("*.py"):
        yield from VARIABLE.findall(path.read_text())


def test_every_environment_variable_is_told() -> None:
    """The page lists each variable that the program reads."""
    told = (ROOT / "docs" / "environment.md").read_text()
    found = set(variables())
    assert len(found) > 8
    assert [name for name in sorted(found) if f"`{name}`" not in told] == []


def test_what_apt_and_make_are_told_is_so() -> None:
    """Pages install what fetches kacenv and no more, and targets that they name are there."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    for page in PAGES:
        for one in commands(page):
            if found := re.search(r"apt install -y (git make .*)", one.bare):
                assert set(found[1].split()) == {"git", "make"}, f"{one}: make setup does the rest"
            for target in re.findall(r"\bmake (?:-C \S+ )?(\w+)", one.bare):
                assert target in targets or "apt" in one.bare, one


def test_the_version_of_python_is_the_projects() -> None:
    """Pages that name a Python name none that is too old."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = int(project["requires-python"].removeprefix(">=3."))
    for page in PAGES:
        for version in re.findall(r"Python 3\.(\d+)", without_blocks(page)):
            assert int(version) >= oldest, page


def test_blocks_are_found() -> None:
    """The reader of pages sees blocks, lines that go on, and what is said beside a command."""
    assert sum(1 for page in PAGES for _ in blocks(page)) > 60
    all_typed = [one for page in PAGES for one in commands(page)]
    assert len(all_typed) > 100
    assert not [one for one in all_typed if one.bare.endswith("\\") or " # " in one.bare]
