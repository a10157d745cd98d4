"""Tries kacenv against vendors' own code; `python -m peers calls quirks` runs two of the trials.

Prints a table, and ends with 1 if anything failed.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator

from peers import calls, home_assistant, quirks, zigbee
from peers.install import InstallError, install_converters, install_hass
from peers.row import Row

TRIALS = {
    "calls": (install_converters, calls.report),
    "zigbee": (install_converters, zigbee.report),
    "quirks": (install_converters, quirks.report),
    "home-assistant": (install_hass, home_assistant.report),
}


def main(names: list[str]) -> int:
    """Run the trials that are named, or all; return the exit code."""
    logging.basicConfig(level=logging.ERROR)
    unknown = set(names) - set(TRIALS)
    if unknown:
        raise SystemExit(f"No such trial: {', '.join(sorted(unknown))}. Take {', '.join(TRIALS)}.")
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    print(f"kacenv {commit.stdout.strip()} beside vendors' code", flush=True)
    rows = [row for name in names or TRIALS for row in _rows(name)]
    failed = sum(not row.good for row in rows)
    print(f"{len(rows) - failed} ok, {failed} failed")
    return 1 if failed else 0


def _rows(name: str) -> Iterator[Row]:
    install, report = TRIALS[name]
    began = time.monotonic()
    try:
        print(f"\n{name}: {install()}", flush=True)
        rows = report()
        for row in rows:
            print(f"  {row}", flush=True)
            yield row
    except (
        InstallError,
        AssertionError,
        TimeoutError,
        OSError,
        subprocess.SubprocessError,
    ) as error:
        row = Row(False, name, f"{type(error).__name__}: {error}")
        print(f"  {row}", flush=True)
        yield row
    print(f"  {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
