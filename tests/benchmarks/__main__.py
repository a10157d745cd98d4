"""Runs the benchmarks that are named, or all, and prints their lines.

`python -m benchmarks crossfades playing` runs two of them.
"""

import platform
import sys

from support.reports import print_reports

ALL = (
    "cold_start",
    "engine_step",
    "playing",
    "crossfades",
    "session",
    "devices",
    "rendering",
    "scanning",
    "loudness",
    "checking",
    "page",
    "touch",
    "lights",
)


def main(names: list[str]) -> None:
    """Print the machine, then each benchmark."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    print_reports("benchmarks", names or ALL)


if __name__ == "__main__":
    main(sys.argv[1:])
