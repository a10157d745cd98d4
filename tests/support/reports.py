"""Programs whose modules each report what they have measured."""

import sys
from collections.abc import Sequence
from importlib import import_module


class WrongError(Exception):
    """What was measured is wrong; the report has said what."""


def print_reports(package: str, names: Sequence[str]) -> None:
    """Run modules of a package one after another, and print each one's purpose and lines.

    `kills=20` hands 20 to the report of `kills`, and `files=500,7` hands both. The program ends
    with 1 if one of them was wrong.
    """
    wrong = False
    for words in names:
        name, _, size = words.partition("=")
        module = import_module(f"{package}.{name}")
        print(f"\n{module.__doc__}")
        try:
            for line in module.report(*map(float, size.split(",") if size else ())):
                print(f"  {line}", flush=True)
        except WrongError:
            wrong = True
    if wrong:
        sys.exit(1)
