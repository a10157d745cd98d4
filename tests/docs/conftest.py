"""A sound server nobody hears, and the house music as if it had been measured before."""

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from support.measurements import a_measurement, a_verdict
from support.pulse import Pulse

from kacenv.analysis import MeasurementCache
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.analysis.scan import content_hash
from kacenv.core.units import Decibels, Seconds

MUSIC = Path(__file__).parents[2] / "playlists" / "house"
_CHANNELS = 4


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What programs need in order to find a sound device of four channels."""
    with Pulse(tmp_path_factory.mktemp("pulse"), channels=_CHANNELS) as pulse:
        env = {name: value for name, value in pulse.env.items() if name.startswith("PULSE")}
        yield env


@pytest.fixture(scope="session")
def measured(own_cache: None) -> None:  # noqa: ARG001 - it must be there first
    """The house music's true lengths, and its loudness as playlists/README.md has it."""
    with MeasurementCache() as cache:
        for path in sorted(MUSIC.glob("*.opus")):
            with av.open(path) as container:
                length = Seconds((container.duration or 0) / av.time_base)
            found = a_measurement(loudness=-20.0, true_peak=Decibels(-2.0), duration=length)
            cache.keep(path, FileStamp.of(path), content_hash(path), a_verdict(found))
