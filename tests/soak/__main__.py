"""Runs the runs that are named, or all, and prints what was heard and what staff were told.

`python -m soak kills live` runs two of them.
"""

import logging
import sys
from importlib import import_module

RUNS = ("steady", "simulated", "fuzz", "lights", "kills", "real_kills", "live", "tablets", "hours")


def main(names: list[str]) -> None:
    """The simulated runs first, then those in real time."""
    logging.basicConfig(level=logging.ERROR)
    for name in names or RUNS:
        run = import_module(f"soak.{name}")
        print(f"\n{run.__doc__}")
        for line in run.report():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
