"""The help that is printed without loading any command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from kacenv import cli
from kacenv.cli.app import app
from kacenv.cli.fast_path import HELP_FILE

SCRIPT = [str(Path(sys.executable).with_name("kacenv"))]
MODULE = [sys.executable, "-m", "kacenv"]


def whole_help(name: str = "kacenv") -> str:
    """The help as the definitions of all commands give it, as wide as `COLUMNS` says."""
    command = get_command(app)
    return command.get_help(command.make_context(name, [], resilient_parsing=True)) + "\n"


def run(*words: str) -> object:
    """Run `kacenv WORDS` in this process; return its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["kacenv", *words])
        try:
            cli.main()
        except SystemExit as leave:
            return leave.code
    return 0


@pytest.fixture(params=[40, 79, 80, 200], ids=str)
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The width of the terminal."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def test_the_kept_help_is_that_of_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a command has changed, `make help-text` writes the file again."""
    monkeypatch.setenv("COLUMNS", "80")
    assert HELP_FILE.read_text(encoding="utf-8") == whole_help()


@pytest.mark.usefixtures("columns")
def test_help_suits_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the same as that of the whole program at every width."""
    assert run("--help") == 0
    assert capsys.readouterr() == (whole_help(), "")


@pytest.mark.usefixtures("columns")
def test_without_a_word_help_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """It goes to the errors, and the program exits as after a mistyped command."""
    assert run() == 2
    assert capsys.readouterr() == ("", whole_help())


@pytest.mark.parametrize(
    ("program", "name"), [(SCRIPT, "kacenv"), (MODULE, "python -m kacenv")], ids=["script", "-m"]
)
def test_help_names_the_program_as_it_was_started(
    program: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first line can be typed again."""
    monkeypatch.setenv("COLUMNS", "80")
    done = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout == whole_help(name)


def test_without_a_terminal_help_is_80_columns_wide() -> None:
    """A pipe has no width."""
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    done = subprocess.run(
        [*SCRIPT, "--help"], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout == HELP_FILE.read_text(encoding="utf-8")


def test_help_loads_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Typer nor what a command needs is imported."""
    monkeypatch.setenv("COLUMNS", "80")
    code = (
        "import sys; sys.argv = ['kacenv', '--help']\n"
        "from kacenv.cli import main; main()\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "kacenv.cli.fast_path" in loaded
    assert not {"typer", "shutil", "kacenv.cli.app"} & loaded
