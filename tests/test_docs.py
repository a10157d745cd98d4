"""The documentation says what the code does."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from docs.made_parts import FOLDER, PAGES, written
from kacenv.cli.app import app
from kacenv.engine.transitions import diagram
from kacenv.model.request_table import REQUESTS

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("page", PAGES)
def test_what_pages_show_of_the_code_is_made_from_it(page: str) -> None:
    """Tables and pictures are what `make generated` writes; none is empty."""
    text = (FOLDER / page).read_text("utf-8")
    assert written(page) == text
    assert "-->\n<!-- end" not in text


def test_the_picture_of_requests_is_the_engines() -> None:
    """The diagram of states in docs/requests.md is drawn from the engine's table."""
    assert diagram() in (FOLDER / "requests.md").read_text("utf-8")


def test_the_readme_names_no_command_that_is_not_there() -> None:
    """Each `kacenv …` in the README exists; the table made from the program has them all."""
    readme = (ROOT / "README.md").read_text()
    commands = set(getattr(get_command(app), "commands", {}))
    named = {word.split("`")[0].split()[0] for word in readme.split("kacenv ")[1:] if word.strip()}
    assert {word for word in named if f"`kacenv {word}" in readme} <= commands
    listed = readme.partition("<!-- made: commands -->")[2].partition("<!-- end -->")[0]
    assert commands - {one.kind for one in REQUESTS} <= set(re.findall(r"`([\w-]+)`", listed))


def test_every_fault_is_proved_by_a_test_that_is_there() -> None:
    """Each line of the tables in docs/faults.md names tests, and all of them exist."""
    lines = (ROOT / "docs/faults.md").read_text().splitlines()
    faults = [line for line in lines if line.startswith("| ") and not line.startswith("| fault |")]
    assert len(faults) > 40
    for fault in faults:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", fault)
        assert named, fault
        for file, test in named:
            path = ROOT / "tests" / file
            assert path.exists(), fault
            found = re.search(rf"^(?:async )?def {test}\(", path.read_text(), re.MULTILINE)
            assert found, f"{file}::{test}"
