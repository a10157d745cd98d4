"""A room's daemon plays through each sound system there is: its music is heard there."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from support.daemon import Daemon, ForkedDaemon
from support.ffmpeg import MakeFile
from support.fork_server import ForkServer
from support.houses import musical_house
from support.jack import jack_server, record_outputs
from support.pipewire import PipeWire
from support.pulse import Pulse
from support.waiting import wait_until

from kacenv.devices.audio.samples import RATE, Block

PITCH = 440.0


@pytest.fixture
def house(tmp_path: Path, make_file: MakeFile) -> Path:
    """Return a house whose music is one tone."""
    return musical_house(tmp_path / "house", [make_file("flac", f"sine={PITCH:g}", span=60.0)])


@contextmanager
def playing(forks: ForkServer, house: Path, environment: dict[str, str]) -> Iterator[Daemon]:
    """Start a room and its session."""
    with ForkedDaemon(forks, house, "bench", {**os.environ, **environment}) as room:
        room.told("start", "bench")
        wait_until(lambda: room.ask_status()["meters"]["speakers"][0] > -60)
        yield room


def is_heard(sound: Block) -> bool:
    """Return whether the last half second is the music's tone more than anything else."""
    lately = sound[-RATE // 2 :, 0]
    if len(lately) < RATE // 2 or np.abs(lately).max() < 1e-3:
        return False
    spectrum = np.abs(np.fft.rfft(lately * np.hanning(len(lately))))
    return abs(int(spectrum.argmax()) * RATE / len(lately) - PITCH) < 5.0


@pytest.mark.parametrize("system", [Pulse, PipeWire])
def test_a_sound_server_plays_the_room(
    system: type[Pulse], house: Path, tmp_path: Path, forks: ForkServer
) -> None:
    """PulseAudio, and PipeWire in its place: the tone is recorded from the server's sink."""
    folder = tmp_path / "server"
    folder.mkdir(mode=0o700)
    path = tmp_path / "recording"
    with (
        system(folder) as server,
        playing(forks, house, server.env) as room,
        server.recording(path),
    ):
        wait_until(lambda: is_heard(server.read(path)))
        assert room.ask_status()["health"]["sound"] is None


def test_a_jack_server_plays_the_room(house: Path, tmp_path: Path, forks: ForkServer) -> None:
    """Where nothing else has a device, what feeds JACK's outputs is the tone.

    When the server dies, the session goes on silently; with the next one the tone is back.
    """
    nowhere, path = Pulse(tmp_path / "nowhere").env, tmp_path / "recording.wav"
    with ExitStack() as stack:
        with jack_server() as found:
            sound_only = {name: found[name] for name in found if name != "MIDO_BACKEND"}
            room = stack.enter_context(playing(forks, house, {**nowhere, **sound_only}))
            wait_until(lambda: is_heard(record_outputs(found, path)))
            assert room.ask_status()["health"]["sound"] is None
        wait_until(lambda: room.ask_status()["health"]["sound"] is not None)
        with jack_server() as found:
            wait_until(lambda: is_heard(record_outputs(found, path)))
            assert room.ask_status()["health"]["sound"] is None
        assert room.ask_status()["session"]["mode"] == "running"
        assert "jack" not in room.log.read_text().casefold()


def test_jack_is_left_to_midi(house: Path, tmp_path: Path, forks: ForkServer) -> None:
    """A room whose MIDI goes by JACK plays to nowhere rather than there; staff read why."""
    nowhere = Pulse(tmp_path / "nowhere").env
    with jack_server() as found, playing(forks, house, {**nowhere, **found}) as room:
        assert "MIDI goes by JACK" in room.ask_status()["health"]["sound"]


def test_without_any_sound_system_the_session_goes_on(
    house: Path, tmp_path: Path, forks: ForkServer
) -> None:
    """The room plays to nowhere, and staff read why."""
    with playing(forks, house, Pulse(tmp_path / "nowhere").env) as room:
        assert "No sound device was found" in room.ask_status()["health"]["sound"]
        assert "Cannot connect to server" not in room.log.read_text()
