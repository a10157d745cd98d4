"""Whoever uses kacenv, or passes it on, can read what everything in it is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
LOCKED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
ROW = re.compile(r"^\| ([a-z0-9-]+) \| .+ \| (.+) \|$", re.MULTILINE)
LIST = PAGE.partition("## What is installed from")[2].partition("|---|")[2]


def locked(file: str) -> dict[str, str]:
    """The packages that a requirement file locks, with their versions."""
    return dict(LOCKED.findall((ROOT / file).read_text(encoding="utf-8")))


def test_every_locked_package_has_its_licence() -> None:
    """What is installed where kacenv runs, and nothing that isn't any more."""
    assert set(dict(ROW.findall(LIST))) == set(locked("requirements.txt"))


def test_the_site_has_the_page() -> None:
    """It is in the navigation."""
    assert "licences.md" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-dev.txt", "requirements-build.txt"]
)
def test_locks_have_hashes_and_name_no_address(file: str) -> None:
    """Whatever index a machine uses, it gets the same files."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    requirements = [part for part in re.split(r"\n(?=\S)", text) if not part.startswith("#")]
    assert requirements
    assert all("--hash=sha256:" in part for part in requirements)


def test_the_tests_run_with_what_clinics_run() -> None:
    """Each runtime package is locked to the same version for development."""
    runtime, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert runtime
    assert {name: dev.get(name) for name in runtime} == runtime
