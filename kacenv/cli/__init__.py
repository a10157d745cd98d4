"""The command line. Heavy imports wait until a command needs them, so that it answers at once."""

import sys


def main() -> None:
    """Run `kacenv`; what a person did wrong is said in plain words, never as a traceback."""
    from kacenv.cli import quick

    if not quick.run(sys.argv[1:]):
        from kacenv.cli.app import run

        run()
