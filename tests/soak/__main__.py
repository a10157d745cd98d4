"""Runs the runs that are named, or all, and prints what was heard and what staff were told.

`python -m soak kills=20 live` runs two of them, one of them shorter than usual.
"""

import logging
import sys

from support.reports import print_reports

RUNS = (
    *("plan", "steady", "simulated", "pieces", "fuzz", "files", "lights", "kills", "real_kills"),
    *("live", "tablets", "hours"),
)


def main(names: list[str]) -> None:
    """The simulated runs first, then those in real time."""
    logging.basicConfig(level=logging.ERROR)
    print_reports("soak", names or RUNS)


if __name__ == "__main__":
    main(sys.argv[1:])
