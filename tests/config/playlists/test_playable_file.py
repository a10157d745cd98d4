"""The verdict is asked first, and the file's header only where there is none."""

import os
from pathlib import Path

import pytest
from support.houses import write_silence
from support.measurements import a_measurement, a_verdict

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.header_cache import Headers
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.analysis.verdict import Verdict
from kacenv.config.playlists.playable_file import UnplayableError, playable
from kacenv.core.units import Seconds


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose header promises a minute."""
    return write_silence(tmp_path / "a.wav", 60, rate=100)


def known(path: Path, verdict: Verdict) -> KnownMeasurements:
    """A cache with this verdict on the file."""
    return KnownMeasurements({os.fsencode(path): (FileStamp.of(path), verdict)})


def test_a_header_is_never_believed_over_a_verdict(file: Path) -> None:
    """The length is that which was decoded, also by an older kacenv."""
    sound = a_measurement(duration=Seconds(41.0))
    for verdict in (a_verdict(sound), Verdict(sound)):
        found = playable(file, known(file, verdict), Headers())
        assert (found.length, found.verdict) == (41.0, verdict)


def test_without_a_verdict_the_header_is_all_there_is(file: Path) -> None:
    """A file that has changed since has no verdict either."""
    assert playable(file, KnownMeasurements(), Headers()).length == 60.0
    before = known(file, Verdict(fault="it is text, not music"))
    write_silence(file, 70, rate=100)
    assert playable(file, before, Headers()).length == 70.0


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict(fault="it is locked"), "it is locked"),
        (a_verdict(a_measurement(head=Seconds(180.0))), "nothing can be heard"),
    ],
)
def test_what_the_room_passes_over_is_refused(file: Path, verdict: Verdict, reason: str) -> None:
    """By the verdict, although its header is well."""
    with pytest.raises(UnplayableError, match=reason):
        playable(file, known(file, verdict), Headers())


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """In words, and without a verdict."""
    with pytest.raises(UnplayableError, match="can't be read"):
        playable(tmp_path / "away.wav", KnownMeasurements(), Headers())
