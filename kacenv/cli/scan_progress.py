"""Progress of measuring music, in a terminal or a pipe."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kacenv.cli.terminal import say, terminal_console

if TYPE_CHECKING:
    from pathlib import Path

    from kacenv.analysis.scan import ScanResult


@contextmanager
def shown_scan(
    scanned: "Iterable[ScanResult]", total: int, *, quiet: bool
) -> "Iterator[Iterable[ScanResult]]":
    """Yield the scan's results, with a bar in a terminal, or a line each in a pipe.

    If `quiet`, the bar is on stderr, and a pipe gets nothing.
    """
    from rich.progress import Progress

    console = terminal_console(stderr=quiet)
    if not console.is_terminal:
        yield scanned if quiet else _line_by_line(scanned)
        return
    with Progress(console=console, transient=True) as progress:
        yield progress.track(scanned, total=total, description="Measuring")


def _line_by_line(scanned: "Iterable[ScanResult]") -> "Iterator[ScanResult]":
    for one in scanned:
        if one.sound is not None and not one.known:
            say(line_of(one))
        yield one


def judged(paths: "Iterable[Path]") -> bool:
    """Judge the files, with a bar in a terminal; return False if there is no verdict on any."""
    import sys

    from kacenv.analysis import MeasurementCache
    from kacenv.analysis.scan import scan
    from kacenv.core.errors import KacenvError

    files = list(dict.fromkeys(paths))
    if not files:
        return False
    try:
        with (
            MeasurementCache() as cache,
            shown_scan(scan(files, cache), len(files), quiet=True) as scanned,
        ):
            return sum(one.verdict is not None for one in scanned) > 0
    except KacenvError as error:
        print(error, file=sys.stderr)
        return False


def line_of(one: "ScanResult") -> str:
    """Return a file's measurement as a line, or the reason why it can't be played."""
    from kacenv.analysis.silence_gaps import DEAD_AIR
    from kacenv.config.yaml.text_files import shown
    from kacenv.core.units import Seconds, format_clock, format_seconds

    if one.sound is None:
        return f"{shown(one.path)}: {one.reason}"
    loudness = "silent" if one.sound.loudness is None else f"{one.sound.loudness:.1f} LUFS"
    length = format_clock(one.sound.duration)
    gap = Seconds(round(one.sound.gap))
    at = format_clock(one.sound.gap_at)
    silent = f"; silent for {format_seconds(gap)} at {at}" if one.sound.gap >= DEAD_AIR else ""
    return (
        f"{loudness:>10}  {one.sound.true_peak:6.1f} dBTP  {one.sound.loudness_range:4.1f} LU"
        f"  {length:>7}  {shown(one.path)}{silent}"
    )
