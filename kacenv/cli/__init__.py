"""The command line. Heavy imports wait until a command needs them, so that it answers at once."""


def main() -> None:
    """Run `kacenv`; what a person did wrong is said in plain words, never as a traceback."""
    from kacenv.cli.app import run

    run()
