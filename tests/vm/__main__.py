"""Tries kacenv on virtual machines with Debian 12 and 13; `python -m vm 12` tries one.

Writes build/vm/CODENAME.log (all that was typed and said) and prints a table. Ends with 1 if any
trial failed.
"""

import os
import sys
import time

from vm.guest import Guest, GuestError
from vm.image import KEPT, build
from vm.manual import Block, below
from vm.trials import TRIALS, add_pedal_script, commit

RELEASES = {"12": "bookworm", "13": "trixie"}


def main(releases: list[str]) -> int:
    """Try each release, and return the exit code."""
    if os.geteuid():
        raise SystemExit("Building a machine needs root: sudo make vm")
    unknown = set(releases) - set(RELEASES)
    if unknown:
        raise SystemExit(f"No such release: {', '.join(sorted(unknown))}. Take 12 or 13.")
    tables = [try_release(name) for name in releases or RELEASES]
    print("\n\n".join("\n".join(table) for table, _ in tables))
    return 0 if all(whole for _, whole in tables) else 1


def try_release(name: str) -> tuple[list[str], bool]:
    """Run all trials on one release; return its table's lines, and whether each trial passed."""
    codename = RELEASES[name]
    print(f"Debian {name} ({codename}), kacenv {commit()}", flush=True)
    began = time.monotonic()
    image = build(codename, [*below("Install kacenv", "Write the house"), _pedal()])
    log = KEPT / f"{codename}.log"
    log.unlink(missing_ok=True)
    rows = [f"Debian {name}: built in {time.monotonic() - began:.0f} s, kacenv {commit()}"]
    whole = True
    with Guest(image, log) as guest:
        for title, trial in TRIALS.items():
            since = time.monotonic()
            try:
                seen, good = trial(guest), True
            except GuestError as error:
                seen, good, whole = str(error), False, False
                guest.revive()
                guest.run("journalctl -b --no-pager -n 80")
            row = (
                f"{'ok  ' if good else 'FAIL'} {title:34} {time.monotonic() - since:5.0f} s  {seen}"
            )
            print(f"  {row}", flush=True)
            rows.append(row)
    (KEPT / f"{codename}.table").write_text("\n".join(rows) + "\n")
    return rows, whole


def _pedal() -> Block:
    return Block("a pedal in the room file", add_pedal_script())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
