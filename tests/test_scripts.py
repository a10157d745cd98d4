"""What the Makefile does by scripts, and pre-commit as it: packages, upgrades, checks."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from kacenv.server.systemd_unit import ServiceUnit, unit_text

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "scripts"
KNOWN = "libvlc5 libasound2t64"


class Machine:
    """A machine whose programs only write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "log"
        self.has("id", "echo 1000")
        for name in ("sudo", "git", "make", "kacenv"):
            self.has(name)

    def has(self, name: str, does: str = "") -> None:
        """Have a program that does something, and writes down that it was called."""
        program = self.folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self._log}"\n{does}\n')
        program.chmod(0o755)

    def run(self, script: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a script here."""
        env: Mapping[str, str] = {"PATH": f"{self.folder}:/usr/bin:/bin"}
        command = [SCRIPTS / script, *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    @property
    def called(self) -> list[str]:
        """How programs were called, but those that only tell something."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [line for line in lines if line.split()[0] not in {"id", "dpkg-query", "apt-cache"}]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian that knows two packages and has one of them."""
    made = Machine(tmp_path)
    made.has("dpkg-query", 'case "$*" in *libvlc5) echo "install ok installed";; *) exit 1;; esac')
    made.has("apt-cache", f'case " {KNOWN} " in *" $2 "*) ;; *) exit 100;; esac')
    return made


def test_nothing_is_asked_for_where_nothing_is_missing(machine: Machine) -> None:
    """Neither root nor network; another name of a package that is there will do."""
    for words in (["libvlc5"], ["libvlc6|libvlc5"], []):
        assert machine.run("debian-packages", *words).returncode == 0
    assert machine.called == []


def test_a_package_is_called_as_this_release_calls_it(machine: Machine) -> None:
    """The first name that is known is installed, by sudo for who isn't root."""
    done = machine.run("debian-packages", "libvlc5", "libasound2|libasound2t64")
    assert done.returncode == 0, done.stderr
    update, install = machine.called
    assert update.startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get")
    assert update.endswith("update")
    assert install.endswith("install -y --no-install-recommends libasound2t64")


def test_a_commit_is_checked_by_what_make_lint_checks() -> None:
    """The hooks of pre-commit are the lines of the Makefile, by tools that are there already."""
    rules = (ROOT / "Makefile").read_text().replace("$(BIN)", ".venv/bin").split("\n\n")
    (lint,) = (rule for rule in rules if "\nlint: " in rule)
    lines = [line.strip() for line in lint.partition("\nlint: ")[2].splitlines()[1:]]
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repo["repo"] == "local"
    assert [hook["entry"] for hook in repo["hooks"]] == lines
    assert {hook["language"] for hook in repo["hooks"]} == {"system"}


def test_an_unknown_package_is_told(machine: Machine) -> None:
    """And nothing is installed."""
    done = machine.run("debian-packages", "nothing|nought")
    assert done.returncode != 0
    assert "No package of this system is called nothing|nought." in done.stderr
    assert all("install" not in call for call in machine.called)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A machine's units, one of which is a room's."""
    folder = tmp_path / "units"
    folder.mkdir()
    service = ServiceUnit("garden", "the-garden", Path("/etc/kacenv"), ("/opt/kacenv/bin/kacenv",))
    (folder / service.unit).write_text(unit_text(service))
    return folder


def test_an_upgrade_renews_the_services(machine: Machine, units: Path) -> None:
    """Fetched, installed, checked; then each room's unit is written anew, as it was asked for."""
    done = machine.run("upgrade", machine.folder / "kacenv", units)
    assert done.returncode == 0, done.stderr
    kacenv = machine.folder / "kacenv"
    assert machine.called == [
        "git pull --ff-only",
        "make setup",
        "kacenv check",
        f"sudo {kacenv} service install --room the-garden --house /etc/kacenv --user kacenv",
        "kacenv --version",
    ]
    assert "systemctl restart kacenv-garden" in done.stdout


def test_an_upgrade_stops_where_the_house_must_be_mended(machine: Machine, units: Path) -> None:
    """The service is left as it is."""
    machine.has("kacenv", "exit 1")
    done = machine.run("upgrade", machine.folder / "kacenv", units)
    assert done.returncode == 1
    assert machine.called[-1] == "kacenv check"
    assert "must be mended first" in done.stderr
