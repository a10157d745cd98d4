"""The wheel is the whole product: it needs no clone anywhere."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.shared import once

from kacenv import __version__

REPOSITORY = Path(__file__).parents[1]
HOUSE = "kacenv/house"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is built from this folder."""
    return once(tmp_path_factory, "dist", build_wheel)


def build_wheel(folder: Path) -> Path:
    """Build it in a folder, and return its file."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """What is inside."""
    return set(zipfile.ZipFile(wheel).namelist())


def shipped(folder: str, pattern: str) -> set[str]:
    """The files of a folder of the repository, as the wheel names them."""
    found = (REPOSITORY / folder).glob(pattern)
    return {f"{HOUSE}/{path.relative_to(REPOSITORY)}" for path in found}


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("scenes", "*.yaml"),
        ("rooms", "*.yaml"),
        ("playlists", "*.yaml"),
        ("playlists", "house/*.opus"),
        ("docs/schema", "*.json"),
    ],
)
def test_the_house_is_inside(names: set[str], folder: str, pattern: str) -> None:
    """Every scene, room, playlist, piece of music and schema."""
    expected = shipped(folder, pattern)
    assert expected
    assert expected <= names


def test_the_program_is_inside(names: set[str]) -> None:
    """Every module, every file of the tablet's page, and the licence."""
    files = [path for path in (REPOSITORY / "kacenv").rglob("*") if path.is_file()]
    wanted = {
        str(path.relative_to(REPOSITORY)) for path in files if "__pycache__" not in path.parts
    }
    assert wanted <= names
    assert f"kacenv-{__version__}.dist-info/licenses/LICENSE" in names


def test_nothing_else_is_inside(names: set[str]) -> None:
    """Neither tests nor what the music is rendered from."""
    kinds = {Path(name).suffix for name in names if name.startswith(f"{HOUSE}/")}
    assert kinds == {".yaml", ".opus", ".json"}
    assert {name.split("/")[0] for name in names} == {
        "kacenv",
        f"kacenv-{__version__}.dist-info",
    }


_WITHOUT_A_SERVICE = """
from pathlib import Path
from kacenv.system import paths
paths._SERVICE_HOUSE = Path("nowhere")
from kacenv.cli import main
main()
"""
"""Runs kacenv on a machine whose /etc/kacenv isn't there, even as root."""


class Installed:
    """kacenv as somebody has it who has nothing but the wheel, with a home of their own."""

    def __init__(self, site: Path, home: Path) -> None:
        self.site, self.home = site, home

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command, which ends with `code`; all that it says."""
        own = {"HOME": str(self.home), "PYTHONPATH": str(self.site), "KACENV_RUN": str(self.home)}
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        places = {
            f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("STATE", "CACHE")
        } | {"KACENV_STATE": str(self.home / "state"), "KACENV_CACHE": str(self.home / "cache")}
        done = subprocess.run(
            [sys.executable, "-c", _WITHOUT_A_SERVICE, *words],
            cwd=self.home,
            env=kept | own | places,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert str(self.site) not in said
        return said


@pytest.fixture(scope="module")
def packages(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The wheel's files where no clone is near, to which nothing is added but compiled modules."""
    folder = tmp_path_factory.mktemp("site-packages")
    zipfile.ZipFile(wheel).extractall(folder)
    before = files_in(folder)
    yield folder
    assert files_in(folder) == before


def files_in(folder: Path) -> dict[Path, bytes]:
    """What lies in a folder, but for compiled modules."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if path.suffix != ".pyc"}


@pytest.fixture
def installed(packages: Path, tmp_path: Path) -> Installed:
    """A machine that has the wheel, and nothing else."""
    return Installed(packages, tmp_path)


def test_it_runs_without_a_clone(installed: Installed) -> None:
    """It knows its scenes, they are right, and one can be rehearsed."""
    assert installed.run("--version") == f"kacenv {__version__}\n"
    assert {line.split()[0] for line in installed.run("scenes").splitlines()} == {
        path.stem for path in (REPOSITORY / "scenes").glob("*.yaml")
    }
    installed.run("check", "--no-measure")
    assert "SETTLE" in installed.run("rehearse", "demo", "--room", "demo").upper()


def test_it_writes_a_first_house(installed: Installed) -> None:
    """With music and schemas, and never a word of where packages lie."""
    said = installed.run("init", "clinic", "--yes")
    assert "Without --house, commands look in" in said
    assert len(list((installed.home / "clinic/playlists/house").glob("*.opus"))) == 14
    assert (installed.home / "clinic/schema/scene.json").is_file()
    installed.run("check", "--no-measure", "--house", "clinic")


@pytest.mark.parametrize(
    "words",
    [
        ("service", "show", "--room", "demo"),
        ("music", "unpack", "nothing.tar"),
        ("music", "import", "music", "--listened"),
        ("audio", "calibrate", "speakers", "--room", "demo", "--reading", "62dB", "--write"),
    ],
)
def test_it_keeps_nothing_among_packages(installed: Installed, words: tuple[str, ...]) -> None:
    """What wants a house to keep things in says how to have one."""
    assert "kacenv init" in installed.run(*words, code=1)


def test_mistakes_are_told_without_its_folder(installed: Installed) -> None:
    """A scene that isn't there is looked for among those of kacenv itself."""
    said = installed.run("rehearse", "demmo", "--room", "demo", code=1)
    assert "kacenv's own scenes/demmo.yaml" in said
    assert "demo" in said
