"""Two real devices of one room: both are heard, and one is lost alone."""

import pytest
from support.noise import playing_noise
from support.pulse import Pulse
from support.sink_recorder import recording_sinks
from support.waiting import wait_until

from kacenv.model.room import Output, Role, Room

SEATS = Room(
    name="test",
    outputs=(
        Output(id="seat-a", role=Role.SEAT_A, device="left", ceiling="0 dB"),
        Output(id="seat-b", role=Role.SEAT_B, device="right", ceiling="0 dB"),
    ),
)


def test_a_device_is_lost_alone_and_comes_back(two_amps: Pulse) -> None:
    """The other plays on meanwhile, and staff are told which one is away.

    How near both are heard, before and after: `test_ensemble.py`, and `make bench`.
    """
    with playing_noise(SEATS) as audio:
        wait_until(lambda: audio.device == "Left, Right")
        assert audio.device_note is None
        with recording_sinks(("left", "right")) as recorders:
            wait_until(lambda: all(recorder.is_sounding for recorder in recorders))
        two_amps.remove("left")
        wait_until(lambda: audio.device_note is not None)
        assert audio.device == "Right"
        assert str(audio.device_note).startswith(
            "No sound on seat-a: no sound device is called 'left'; there are: Right. "
            "The other outputs play on. Connect the device"
        )
        with recording_sinks(("right",)) as (right,):
            wait_until(lambda: right.is_sounding)
        two_amps.restore("left")
        wait_until(lambda: audio.device_note is None)
        with recording_sinks(("left", "right")) as recorders:
            wait_until(lambda: all(recorder.is_sounding for recorder in recorders))
        assert audio.device == "Left, Right"
        assert audio.errors == 0


@pytest.mark.usefixtures("no_sound_server")
def test_without_any_device_staff_are_told_of_each() -> None:
    """The note names every silent output and says that the session goes on."""
    with playing_noise(SEATS) as audio:
        wait_until(lambda: audio.music_level.rms == pytest.approx(-20.0, abs=1.0))
        assert audio.device == "none"
        assert audio.device_note == (
            "No sound on seat-a: no sound device was found. "
            "No sound on seat-b: no sound device was found. The session goes on silently. "
            "Connect the device and switch it on, or correct `device` in the room file; "
            "the sound comes back by itself."
        )
