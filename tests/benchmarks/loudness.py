"""Measure forty foreign tracks and the house music, beside FFmpeg's own program."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from support.ffmpeg import Reading, beginning, ebur128_of_all
from support.houses import foreign_pieces

from kacenv.analysis import Measurement
from kacenv.analysis.loudness_meter import measure

HOUSE = Path(__file__).parents[2] / "playlists" / "house"
_FIRST = 30.0
"""Seconds that are compared of each foreign track."""


def report() -> Iterator[str]:
    """Yield the greatest differences, and how many tracks they are of."""
    with TemporaryDirectory() as folder:
        files = [beginning(file, Path(folder), _FIRST) for file in foreign_pieces()]
        files += sorted(HOUSE.glob("*.opus"))
        pairs = list(zip(map(str, files), ebur128_of_all(files), strict=True))
        apart = [differences(measure(file), theirs) for file, theirs in pairs]
    loudness, peak, spread = (max(column) for column in zip(*apart, strict=True))
    yield f"{len(apart)} tracks; differences from FFmpeg at most:"
    yield f"loudness {loudness:.2f} LU, true peak {peak:.2f} dB, loudness range {spread:.2f} LU"


def differences(ours: Measurement, theirs: Reading) -> tuple[float, float, float]:
    """Return how far two measurements are apart."""
    loudness = float("inf") if ours.loudness is None else abs(ours.loudness - theirs.loudness)
    peak, spread = ours.true_peak - theirs.true_peak, ours.loudness_range - theirs.loudness_range
    return loudness, abs(peak), abs(spread)
