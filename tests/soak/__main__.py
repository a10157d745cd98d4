"""Runs both fault runs and prints what was heard and what staff were told."""

import logging

from soak import live, simulated


def main() -> None:
    """The simulated hour, then ten real minutes."""
    logging.basicConfig(level=logging.ERROR)
    for run in (simulated, live):
        assert run.__doc__
        print(f"\n{run.__doc__}")
        for line in run.report():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
