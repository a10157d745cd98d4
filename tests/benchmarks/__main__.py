"""Runs every benchmark and prints its lines."""

import platform

from benchmarks import (
    checking,
    cold_start,
    crossfades,
    engine_step,
    lights,
    page,
    playing,
    rendering,
    scanning,
)


def main() -> None:
    """Print the machine, then each benchmark."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    for benchmark in (
        cold_start,
        engine_step,
        playing,
        crossfades,
        rendering,
        scanning,
        checking,
        page,
        lights,
    ):
        assert benchmark.__doc__
        print(f"\n{benchmark.__doc__}")
        for line in benchmark.report():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
