"""Commands typed without a process of their own: the same program, with its modules there already.

What only a process shows (signals, terminals, pipes, how fast it starts) is tested with real ones.
"""

import contextlib
import logging
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from kacenv import cli


class Said(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def typed(
    *words: str,
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
    keys: str = "",
) -> Said:
    """Type `kacenv WORDS`, then `keys` where it asks; in `env`, None takes a variable away."""
    place = contextlib.chdir(cwd) if cwd else contextlib.nullcontext()
    runner = CliRunner()
    with place, runner.isolation(keys, env) as (out, err, _), _surroundings(words):
        code = _run()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        return Said(code, out.getvalue().decode(), err.getvalue().decode())


def _run() -> int:
    try:
        cli.main()
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    return 0


@contextlib.contextmanager
def _surroundings(words: tuple[str, ...]) -> Iterator[None]:
    """Have the words on the command line, and measure music here; logs are afterwards as before."""
    root, own = logging.getLogger(), logging.getLogger("kacenv")
    handlers, levels = root.handlers[:], (root.level, own.level)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["kacenv", *words])
        measure_here(patch)
        yield
    root.handlers[:] = handlers
    for log, level in zip((root, own), levels, strict=True):
        log.setLevel(level)
    logging.captureWarnings(capture=False)


def measure_here(patch: pytest.MonkeyPatch) -> None:
    """Let scans measure in a thread; that they have processes of their own, test_scan.py shows."""
    patch.setattr("kacenv.analysis.scan._pool", lambda _: ThreadPoolExecutor(1))
