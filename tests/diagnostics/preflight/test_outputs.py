"""A soft tone through a real sound server, and a microphone that hears its monitor."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.availability import ScriptedAvailability
from support.pulse import Pulse

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output import miniaudio_backend
from kacenv.devices.audio.output.sound_device import Device
from kacenv.devices.audio.samples import RATE
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight import outputs
from kacenv.diagnostics.preflight.outputs import output
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question, Taken
from kacenv.model.room import Room
from kacenv.system.room_lock import claim


def room(device: str = "default", **more: object) -> Room:
    """A room with one output."""
    fields = {"id": "seat-a", "role": "seat-a", "device": device, **more}
    return Room.model_validate({"name": "quiet", "outputs": [fields]})


def last(said: Iterator[ProbeMessage]) -> Finding | Question:
    """What a probe says after all its steps."""
    *steps, found = said
    assert all(isinstance(step, Progress) for step in steps)
    assert isinstance(found, Finding | Question)
    return found


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tone that is just long enough."""
    monkeypatch.setattr(outputs, "TONE", Seconds(1.0))
    monkeypatch.setattr(outputs, "_BEFORE", Seconds(0.5))


@pytest.mark.usefixtures("brief", "pulse")
def test_a_microphone_hears_each_side() -> None:
    """Both sides' tones stand far above the room; nobody needs to be asked."""
    found = last(output(room(), "seat-a", ScriptedAvailability(), "default"))
    assert isinstance(found, Finding)
    assert found.mark is Severity.FINE
    assert found.found.startswith("heard by the microphone, ")


@pytest.mark.usefixtures("brief")
def test_a_muted_device_is_no_go(pulse: Pulse) -> None:
    """The device takes the tone, the microphone hears none; a person who heard it is believed."""
    pulse.pactl("set-sink-mute", pulse.sink, "1")
    try:
        found = last(
            output(room(channels=[1]), "seat-a", ScriptedAvailability(), f"monitor of {pulse.sink}")
        )
    finally:
        pulse.pactl("set-sink-mute", pulse.sink, "0")
    assert isinstance(found, Question)
    assert found.unasked == found.no
    assert found.no.mark is Severity.WRONG
    assert found.no.found == "mono: the microphone heard no tone"
    assert "volume" in found.no.todo
    assert found.yes.mark is Severity.FINE


@pytest.mark.usefixtures("brief", "pulse")
def test_without_a_microphone_a_person_is_asked() -> None:
    """Where nobody is, no more is claimed than that the device took it."""
    found = last(output(room(channels=[2]), "seat-a", ScriptedAvailability()))
    assert isinstance(found, Question)
    assert found.unasked.found == "the device took the tone; not listened to"
    assert found.unasked.mark is found.yes.mark is Severity.FINE
    assert found.no.mark is Severity.WRONG


@pytest.mark.usefixtures("brief", "pulse")
def test_a_side_is_not_played_once_the_room_is_taken() -> None:
    """A session has begun during the left side's tone: the right side stays silent."""
    availability = ScriptedAvailability()
    said = output(room(), "seat-a", availability)
    assert next(said) == Progress("a soft tone, left")
    assert next(said) == Progress("a soft tone, right")
    availability.taken = True
    looks = availability.looks
    assert list(said) == [Taken("A session is on.", "Look again later.")]
    assert looks > 1
    assert availability.looks == looks + 1


def test_a_tone_that_sounds_fades_out_once_the_room_is_taken(
    pulse: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It doesn't sound for as long as it was meant to, and it doesn't break off either."""
    monkeypatch.setattr(outputs, "TONE", Seconds(60.0))
    path = tmp_path / "heard"

    class Listener(ScriptedAvailability):
        """Take the room once half a second of the tone was heard."""

        def check(self) -> None:
            self.taken = bool(np.count_nonzero(np.abs(pulse.read(path)) > 1e-4) > RATE // 2)
            super().check()

    with pulse.recording(path):
        said = list(output(room(channels=[1]), "seat-a", Listener()))
    assert said[-1] == Taken("A session is on.", "Look again later.")
    sound = np.abs(pulse.read(path)[:, 0])
    sounds = np.flatnonzero(sound > 1e-4)
    assert 0.5 * RATE < sounds[-1] - sounds[0] < 50 * RATE
    assert sound[sounds[-1] - RATE // 20 :].max() < 0.1 * sound.max()


@pytest.mark.usefixtures("pulse")
def test_what_is_lacking_is_named() -> None:
    """A device, a channel, a microphone."""
    for one, microphone, says in (
        (room("UMC1820"), None, "no sound device is called 'UMC1820'; there are: Room"),
        (room(channels=[3]), None, "has 2 channels, the room uses 3"),
        (room(), "Røde", "no microphone is called 'Røde'; there are: "),
    ):
        found = last(output(one, "seat-a", ScriptedAvailability(), microphone))
        assert isinstance(found, Finding)
        assert found.mark is Severity.WRONG
        assert says in found.found
        assert found.todo


def test_no_sound_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a server or card that is said."""
    for name, value in Pulse(tmp_path / "nowhere").env.items():
        monkeypatch.setenv(name, value)
    found = last(output(room(), "seat-a", ScriptedAvailability()))
    assert isinstance(found, Finding)
    assert (found.mark, found.found) == (Severity.WRONG, "no sound device was found")


def test_a_card_that_the_daemon_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a sound server the idle daemon has it to itself: a note, and how to hear it."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path))
    card = miniaudio_backend.DeviceMatch("card", None, 2, Seconds(0.1), on_server=False)
    monkeypatch.setattr(miniaudio_backend, "find", lambda _wanted, _channels: card)

    def busy(wanted: str, _channels: int) -> Device:
        raise DeviceError(f"the sound device {wanted!r} can't be opened")

    alone = last(output(room(), "seat-a", ScriptedAvailability(), open_device=busy))
    assert isinstance(alone, Finding)
    assert alone.mark is Severity.WRONG
    with claim("quiet"):
        held = last(output(room(), "seat-a", ScriptedAvailability(), open_device=busy))
    assert isinstance(held, Finding)
    assert held.mark is Severity.NOTE
    assert "no tone was played" in held.found
    assert "systemctl stop kacenv-quiet" in held.todo
