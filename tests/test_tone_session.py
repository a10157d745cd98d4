"""The end-to-end session on simulated time: how exactly its sound follows the plan.

The same figures of the real one are under `make bench`.
"""

from pathlib import Path

import numpy as np
import pytest
from support.tone_figures import (
    Recording,
    bells_heard,
    decibels,
    gap,
    lateness,
    phases_heard,
    pitch_of,
    power_below,
    power_deviations,
)
from support.tone_house import (
    BELLS,
    END,
    FADE,
    NAME,
    PHASES,
    SPEAKERS,
    STAFF,
    STROKES,
    TONES,
    tone_house,
)

from kacenv.config import House, load_room, load_session
from kacenv.devices.audio.samples import RATE
from kacenv.rehearsal.offline_render import OfflineSession

_NO_BROKER = 1883
"""The light of a rendered session goes nowhere."""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return what the room's device would play."""
    return _rendered(tmp_path_factory.mktemp("tones"))


def _rendered(folder: Path) -> Recording:
    house = House(tone_house(folder, _NO_BROKER))
    session = OfflineSession(load_room(house, NAME), load_session(house, NAME, NAME))
    try:
        sound = np.concatenate([block.astype(np.float64) for block in session.blocks()])
    finally:
        session.close()
    return Recording(np.pad(sound, ((0, RATE), (0, 0))), 0.0)


@pytest.mark.parametrize(("index", "name"), list(enumerate(PHASES)))
def test_every_phase_has_its_music(heard: Recording, index: int, name: str) -> None:
    """When its crossfade is over, a phase sounds of its own tone alone."""
    pitch, other = pitch_of(heard, index)
    assert abs(pitch - TONES[name]) < 1.0
    assert other < 0.01


def test_there_is_no_gap(heard: Recording) -> None:
    """From the first second to the last fade no silence is longer than a tone's zero crossing."""
    assert gap(heard) < 0.002


def test_crossfades_hold_their_power(heard: Recording) -> None:
    """Through each change of phase the music's power stays within 0.5 dB."""
    deviations = power_deviations(heard)
    print(f"largest deviation {max(map(abs, deviations)):.3f} dB in {len(deviations)} windows")
    assert len(deviations) > 40
    assert max(map(abs, deviations)) < 0.5


@pytest.mark.parametrize(
    ("channel", "due"),
    [(SPEAKERS, at) for at in BELLS["room"]] + [(STAFF, at) for at in BELLS["staff"]],
)
def test_chimes_come_in_time(heard: Recording, channel: int, due: float) -> None:
    """Each chime begins within 20 ms of its moment."""
    assert abs(lateness(heard, channel, due)) < 0.02


def test_a_staff_chime_is_for_staff_alone(heard: Recording) -> None:
    """The speakers carry nothing of the staff's bell, and the staff none of the music."""
    due = BELLS["staff"][0]
    speakers, staff = (heard.between(due, due + 1.0, channel) for channel in (SPEAKERS, STAFF))
    high = [power_below(signal, RATE) - power_below(signal, 200) for signal in (speakers, staff)]
    assert decibels(high[0] / high[1]) < -40
    assert not heard.between(1.0, 11.0, STAFF).any()


def test_the_session_ends_in_time(heard: Recording) -> None:
    """After the last phase the music fades out, and then there is silence."""
    assert power_below(heard.between(END, END + 1.0), 200) > 0
    assert not heard.between(END + FADE + 0.3, END + FADE + 0.4).any()


def test_the_order_is_heard_whatever_was_lost(heard: Recording) -> None:
    """With a quarter of each second missing, the same phases and chimes are found."""
    torn = heard.sound[RATE // 3 :].copy()
    for start in range(0, len(torn), RATE):
        torn[start : start + RATE // 4] = 0
    assert phases_heard(torn) == phases_heard(heard.sound) == list(PHASES)
    assert bells_heard(torn) == bells_heard(heard.sound) == STROKES
