"""Runs all runs and prints what was heard and what staff were told."""

import logging

from soak import lights, live, simulated, steady


def main() -> None:
    """The simulated hours, then ten real minutes."""
    logging.basicConfig(level=logging.ERROR)
    for run in (steady, simulated, lights, live):
        assert run.__doc__
        print(f"\n{run.__doc__}")
        for line in run.report():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
