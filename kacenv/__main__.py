"""Entry point of `python -m kacenv`."""

from kacenv.cli import main

if __name__ == "__main__":
    main()
