"""A JACK server without hardware whose sound is recorded, and a synthesiser on it."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
from support.waiting import PATIENCE, wait_until

from kacenv.devices.audio.samples import Block, silence
from kacenv.devices.midi.rtmidi_ports import load_rtmidi

_RTMIDI: Any = load_rtmidi()  # it has no types
RATE = 48_000
SOUNDS = "/usr/share/sounds/sf2/TimGM6mb.sf2"


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other worker has a JACK server.

    A client's socket bears its name, not its server's: on two servers at once, two clients of
    one name take each other's place.
    """
    with Path(tempfile.gettempdir(), f"kacenv-tests-jack-{os.getuid()}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def jack_server() -> Iterator[dict[str, str]]:
    """A server of its own, one at a time; gives the variables by which programs find it.

    It waits for its clients: where it doesn't, a busy machine loses messages.
    """
    with _alone(), _running_server() as found:
        yield found


@contextmanager
def _running_server() -> Iterator[dict[str, str]]:
    """Start a server; stop it at the end."""
    name = f"kacenv-{os.getpid()}"
    found = {
        "JACK_DEFAULT_SERVER": name,
        "JACK_NO_START_SERVER": "1",
        "MIDO_BACKEND": "mido.backends.rtmidi/UNIX_JACK",
    }
    command = ["jackd", "--sync", "--no-realtime", "--name", name]
    command += ["-d", "dummy", "-r", str(RATE)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until(lambda: ports(found) != "", "JACK doesn't answer")
            yield found
        finally:
            server.terminate()


def ports(found: dict[str, str]) -> str:
    """The ports of a server, one a line; empty while it doesn't answer."""
    return _run(found, "jack_lsp")


def record_outputs(found: dict[str, str], path: Path) -> Block:
    """Record for a second what programs play to the server's outputs; return it, if any do."""
    feeding = _feeding(_run(found, "jack_lsp", "-c", "system:playback"))
    if not feeding:
        return silence(0, 1)
    _run(found, "jack_rec", "-f", str(path), "-d", "1", "-b", "16", *feeding)
    sound, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(sound)


def _feeding(listed: str) -> list[str]:
    """Return the ports linked to those that `jack_lsp -c` has listed: its indented lines."""
    return [line.strip() for line in listed.splitlines() if line.startswith(" ")]


def _run(found: dict[str, str], *command: str) -> str:
    """Run a program on a server; return what it says."""
    environment = {**os.environ, **found}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    ).stdout


class Pedal:
    """A pedal: a port of its own, as long as it is plugged in."""

    def __init__(self, name: str = "pedal") -> None:
        self._port: Any = _RTMIDI.MidiOut(_RTMIDI.API_UNIX_JACK, name)
        self._port.open_virtual_port("out")

    def send(self, *data: int) -> None:
        """Send one message, or what pretends to be one."""
        self._port.send_message(list(data))

    def unplug(self) -> None:
        """Take its port away."""
        self._port.close_port()
        self._port.delete()


@contextmanager
def recorded_synth(found: dict[str, str], folder: Path) -> Iterator[Path]:
    """A FluidSynth called `bell-synth`; gives the file that grows with what it plays."""
    sound = folder / "synth.raw"
    settings = {
        "midi.jack.id": "bell-synth",
        "audio.file.name": str(sound),
        "audio.file.type": "raw",
        "audio.file.format": "s16",
    }
    options = [part for pair in settings.items() for part in ("-o", "=".join(pair))]
    command = ["fluidsynth", "-q", "-m", "jack", "-a", "file", "-r", str(RATE), *options, SOUNDS]
    with subprocess.Popen(
        command,
        env={**os.environ, **found},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as synth:
        try:
            wait_until(lambda: "bell-synth" in ports(found), "the synthesiser doesn't come")
            yield sound
        finally:
            synth.terminate()


def played(sound: Path) -> npt.NDArray[np.float64]:
    """What it has played so far, in mono, full scale 1."""
    data = sound.read_bytes()
    samples = np.frombuffer(data[: len(data) // 4 * 4], "<i2").reshape(-1, 2)
    return np.asarray(samples.mean(axis=1) / 32768)


def strike_note(sound: npt.NDArray[np.float64]) -> int:
    """The MIDI pitch at which a tubular bell is heard, which is in none of its partials.

    The ear takes it from the fourth, fifth and sixth mode, whose frequencies are nearly as
    2 : 3 : 4 (Fletcher & Rossing, The Physics of Musical Instruments, 21.9).
    """
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    step = RATE / len(sound)

    def near(frequency: float) -> float:
        low, high = (round(frequency * bound / step) for bound in (0.98, 1.02))
        return float(spectrum[low : high + 1].max())

    def score(pitch: int) -> float:
        base = 440.0 * 2 ** ((pitch - 69) / 12)
        return near(2 * base) * near(2.94 * base) * near(4 * base)

    return max(range(45, 94), key=score)
