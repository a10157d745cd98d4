"""The chime bus: any chime on its frame, at a level set by the music, rendered before it is due."""

import numpy as np
import pytest
from support.decks import OfflineMixer, chime, one_output, playing, tone

from kacenv.core.units import Seconds, amplitude
from kacenv.devices.audio.mixing.bell_synth import ring
from kacenv.devices.audio.mixing.chime_bus import SILENCE
from kacenv.devices.audio.samples import RATE
from kacenv.model.chime import BUILT_IN, Note, Phrase
from kacenv.model.room import Room
from kacenv.model.scene import Audience

OUTPUTS = [{"id": "speakers", "role": "speakers"}]
LAKE = Phrase("lake", (Note(Seconds(0.0), 64, 48), Note(Seconds(1.2), 76, 30)))


def test_a_chime_of_the_rooms_own_rings() -> None:
    """What is rendered is the phrase as the bell plays it, at the softest peak over silence."""
    mix = OfflineMixer(one_output())
    mix.perform(chime(Audience.ROOM, 0.5, LAKE))
    sound = mix.render(4.0)[:, 0]
    wanted = ring(LAKE) * np.float32(amplitude(-38.0))
    np.testing.assert_array_equal(sound[RATE // 2 :], wanted[: len(sound) - RATE // 2])


def test_chimes_are_made_before_they_are_due() -> None:
    """The chimes of a room are ready from the start, and rendering never makes one."""
    ring.cache_clear()
    own = {"chimes": {"lake": {"notes": ["E4", {"note": "E5", "after": "1.2s"}]}}}
    room = Room.model_validate({"name": "test", "outputs": OUTPUTS, **own})
    mix = OfflineMixer(room)
    assert ring.cache_info().misses == len(BUILT_IN) + 1
    mix.perform(chime(Audience.ROOM, 0.1, room.phrases["lake"]))
    mix.render(0.5)
    assert ring.cache_info().misses == len(BUILT_IN) + 1
    mix.perform(chime(Audience.ROOM, 0.7, LAKE))
    made = ring.cache_info().misses
    mix.render(0.5)
    assert ring.cache_info().misses == made == len(BUILT_IN) + 2


@pytest.mark.parametrize("level", [0.5, 0.05])
def test_the_level_of_the_music_is_told(level: float) -> None:
    """It is the rms of the last three seconds, of a sine 3 dB below its peak."""
    mix = playing(one_output(), tone(10.0, level=level))
    assert mix.mixer.recent_music < -10
    mix.render(4.0)
    assert mix.mixer.recent_music == pytest.approx(20 * np.log10(level) - 3.01, abs=0.1)


def test_before_any_music_there_is_silence() -> None:
    """A mixer that hasn't rendered has heard nothing."""
    assert OfflineMixer(one_output()).mixer.recent_music == SILENCE
