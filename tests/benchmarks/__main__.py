"""Runs the benchmarks that are named, or all, and prints their lines.

`python -m benchmarks crossfades playing` runs two of them.
"""

import platform
import sys
from importlib import import_module

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
    for name in names or ALL:
        benchmark = import_module(f"benchmarks.{name}")
        print(f"\n{benchmark.__doc__}")
        for line in benchmark.report():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
