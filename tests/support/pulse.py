"""A PulseAudio server of our own, with a null sink whose sound is recorded."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
from support.priority import ahead
from support.waiting import wait_until

from kacenv.devices.audio.samples import RATE, Block

CHANNELS = (
    *("front-left", "front-right", "rear-left", "rear-right", "front-center", "lfe"),
    *("side-left", "side-right", *(f"aux{number}" for number in range(10))),
)
"""The order in which sound cards number them."""


class Pulse:
    """Starts `pulseaudio` in `folder`; programs find it, and no JACK, by the variables in `env`.

    `more` are further sinks of as many channels.
    """

    def __init__(
        self, folder: Path, channels: int = 2, sink: str = "room", more: tuple[str, ...] = ()
    ) -> None:
        self.folder, self.channels, self.sink, self.more = folder, channels, sink, more
        socket = folder / "native"
        self.env = {
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_COOKIE": str(folder / "cookie"),
            "XDG_CONFIG_HOME": str(folder),
            "HOME": str(folder),
            "JACK_DEFAULT_SERVER": "none",
        }
        self._socket = socket
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with ahead():
            self._begin()
        self._wait_until_it_answers()

    def _begin(self) -> None:
        command = ["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n"]
        command += ["--log-target=null", "--use-pid-file=no", "--disable-shm=yes"]
        command += ["-L", f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"]
        for sink in (self.sink, *self.more):
            command += ["-L", self._null_sink(sink)]
        self._server = self._run(*command)

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        nothing = subprocess.DEVNULL
        return subprocess.Popen(
            command, env=self._whole_env, stdout=nothing, stderr=nothing, start_new_session=True
        )

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._server is not None
        return self._server.pid

    def stop(self) -> None:
        """End the server, as a crash would."""
        if self._server:
            self._server.kill()
            self._server.wait()
            self._server = None
        self._socket.unlink(missing_ok=True)

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        """Record what the sink plays to `path`; `read` gives it back."""
        command = ["parec", f"--device={self.sink}.monitor", "--raw", "--latency-msec=20"]
        command += [f"--channel-map={','.join(CHANNELS[: self.channels])}"]
        command += ["--format=float32le", f"--rate={RATE}", f"--channels={self.channels}"]
        with path.open("wb") as stream:
            with ahead():
                recorder = subprocess.Popen(command, env=self._whole_env, stdout=stream)
            try:
                wait_until(lambda: path.stat().st_size > 0)
                yield
            finally:
                recorder.terminate()
                recorder.wait()

    def read(self, path: Path) -> Block:
        """A recording, of shape (frames, channels)."""
        samples = np.fromfile(path, np.float32)
        whole = len(samples) // self.channels * self.channels
        return samples[:whole].reshape(-1, self.channels)

    def remove(self, sink: str) -> None:
        """Take a sink away, as if its cable were pulled."""
        modules = self.pactl("list", "short", "modules").splitlines()
        number = next(line.split()[0] for line in modules if f"sink_name={sink} " in line)
        self.pactl("unload-module", number)

    def restore(self, sink: str) -> None:
        """Plug a sink in again."""
        self.pactl("load-module", *self._null_sink(sink).split())

    def pactl(self, *words: str) -> str:
        """What `pactl WORDS` prints."""
        command = ["pactl", *words]
        done = subprocess.run(
            command, env=self._whole_env, capture_output=True, check=True, text=True
        )
        return done.stdout

    def _null_sink(self, name: str) -> str:
        places = ",".join(CHANNELS[: self.channels])
        sink = f"module-null-sink sink_name={name} rate={RATE} format=float32le"
        sink += f" channel_map={places} channels={self.channels}"
        return f"{sink} sink_properties=device.description={name.title()}"

    @property
    def _whole_env(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    def _wait_until_it_answers(self) -> None:
        ask = partial(subprocess.run, ["pactl", "info"], env=self._whole_env, capture_output=True)
        wait_until(lambda: ask(check=False).returncode == 0, "the sound server doesn't answer")
