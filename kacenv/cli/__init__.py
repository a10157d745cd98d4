"""Command line. Heavy imports wait until a command needs them, so that it answers at once."""

import os
import sys

from kacenv.cli.terminal import clean_streams
from kacenv.core.errors import KacenvError
from kacenv.system.paths import in_words


def main() -> None:
    """Run `kacenv`; print errors in plain words, never as a traceback.

    Exits with 1 after an error that is for people, 130 after Ctrl-C.
    """
    from kacenv.cli import fast_path

    clean_streams()
    try:
        if "_KACENV_COMPLETE" in os.environ:
            from kacenv.cli.app import app

            app(prog_name="kacenv")
        elif not fast_path.run(sys.argv[1:]):
            from kacenv.cli.app import app

            app()
    except KacenvError as error:
        print(in_words(str(error)), file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stdout = None  # nothing is left to be flushed
        sys.exit(1)
