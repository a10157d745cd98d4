"""Programs whose modules each report what they have measured."""

from collections.abc import Sequence
from importlib import import_module


def print_reports(package: str, names: Sequence[str]) -> None:
    """Run modules of a package one after another, and print each one's purpose and lines.

    `kills=20` hands 20 to the report of `kills`.
    """
    for words in names:
        name, _, size = words.partition("=")
        module = import_module(f"{package}.{name}")
        print(f"\n{module.__doc__}")
        for line in module.report(*([float(size)] if size else [])):
            print(f"  {line}", flush=True)
