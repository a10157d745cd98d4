"""Programs whose modules each report what they have measured."""

from collections.abc import Sequence
from importlib import import_module


def print_reports(package: str, names: Sequence[str]) -> None:
    """Run modules of a package one after another, and print each one's purpose and lines."""
    for name in names:
        module = import_module(f"{package}.{name}")
        print(f"\n{module.__doc__}")
        for line in module.report():
            print(f"  {line}", flush=True)
