"""Two real devices of one room, recorded at once: heard together, and one lost alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from support.busy import ahead, least, undisturbed
from support.decks import ArrayDeck, noise, rms
from support.ears import Ear, later, listening
from support.pulse import Pulse

from kacenv.audio import RoomAudio
from kacenv.audio.samples import RATE
from kacenv.clock import MonotonicClock
from kacenv.commands import Crossfade, CueTrack
from kacenv.playlist import Cut
from kacenv.room import Output, Role, Room
from kacenv.units import Seconds

PATIENCE = 30.0
TOGETHER = 0.005
SEATS = Room(
    name="test",
    outputs=(
        Output(id="seat-a", role=Role.SEAT_A, device="left", ceiling="0 dB"),
        Output(id="seat-b", role=Role.SEAT_B, device="right", ceiling="0 dB"),
    ),
)


def wait_until(condition: Callable[[], bool]) -> float:
    """Wait until `condition` holds; return the time (s) that took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() < begun + PATIENCE
        time.sleep(0.005)
    return time.monotonic() - begun


def _is_past(moment: float) -> bool:
    return time.monotonic() > moment


def _apart(one: Ear, other: Ear) -> float:
    """Return the offset (s) between two devices, once both are aligned."""

    def measure() -> float:
        wait_until(partial(_is_past, time.monotonic() + 1.1))
        end = time.monotonic() - 0.5
        return abs(later(*(ear.between(end - 1, end) for ear in (one, other))))

    wait_until(partial(_is_past, time.monotonic() + 3.2))
    return least(measure, TOGETHER)


@contextmanager
def playing() -> Iterator[RoomAudio]:
    """Start the room's audio with noise."""
    clock = MonotonicClock()
    deck = ArrayDeck(noise(60.0, 1))
    audio = RoomAudio(SEATS, clock, lambda _: None, lambda: deck)
    with ahead():
        audio.start()
        try:
            audio.perform(CueTrack(1, Cut("/x", "x", "x", Seconds(60.0))))
            audio.perform(Crossfade(1, clock.now(), Seconds(0.05)))
            yield audio
        finally:
            audio.close()


@undisturbed
def test_two_devices_are_heard_together(two_amps: Pulse) -> None:
    """Recorded at once and cross-correlated, both seats hear the same within 5 ms.

    Again so after one device was pulled and plugged in; the other plays on meanwhile, and
    staff are told which one is away.
    """
    with playing() as audio, listening(("left", "right")) as (left, right):
        before = _apart(left, right)
        assert audio.device == "Left, Right"
        assert audio.device_note is None
        first = time.monotonic() - 0.5
        two_amps.remove("left")
        noticed = wait_until(lambda: audio.device_note is not None)
        assert audio.device == "Right"
        assert str(audio.device_note).startswith(
            "No sound on seat-a: no sound device is called 'left'; there are: Right. "
            "The other outputs play on. Connect the device"
        )
        two_amps.restore("left")
        opened = wait_until(lambda: audio.device_note is None)
        with listening(("left",)) as (again,):
            after = _apart(again, right)
        second = time.monotonic() - 0.5
        assert audio.errors == audio.underruns == 0
    print(f"apart by {before * 1000:.2f} ms, after a return by {after * 1000:.2f} ms;")
    print(f"missed after {noticed:.2f} s, opened again {opened:.2f} s after its return")
    assert before < TOGETHER
    assert after < TOGETHER
    assert noticed < 1.2
    assert opened < 0.8
    meanwhile = right.between(first, second)
    parts = meanwhile[: len(meanwhile) // RATE * RATE].reshape(-1, RATE // 5, 2)
    assert [rms(part) for part in parts] == pytest.approx([0.1] * len(parts), rel=0.05)


@pytest.mark.usefixtures("no_sound_server")
def test_without_any_device_staff_are_told_of_each() -> None:
    """The note names every silent output and says that the session goes on."""
    with playing() as audio:
        wait_until(lambda: audio.music_level.rms == pytest.approx(-20.0, abs=1.0))
        assert audio.device == "none"
        assert audio.device_note == (
            "No sound on seat-a: no sound device was found. "
            "No sound on seat-b: no sound device was found. The session goes on silently. "
            "Connect the device and switch it on, or correct `device` in the room file; "
            "the sound comes back by itself."
        )
