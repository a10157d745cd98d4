"""A PipeWire server of our own in PulseAudio's place, with a null sink whose sound is recorded."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from support.pulse import Pulse
from support.waiting import wait_until


class PipeWire(Pulse):
    """PipeWire, its session manager on a bus of its own, and its PulseAudio server, in `folder`."""

    def __init__(self, folder: Path, channels: int = 2) -> None:
        super().__init__(folder, channels)
        self.env |= {
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_STATE_HOME": str(folder),
            "PIPEWIRE_RUNTIME_DIR": str(folder),
        }
        self._programs: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the programs, and plug the sink in once they answer."""
        super().start()
        self.restore(self.sink)

    def stop(self) -> None:
        """End the programs, the last one first."""
        for program in reversed(self._programs):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self._programs.clear()

    def _begin(self) -> None:
        self._programs.append(self._run("pipewire"))
        wait_until((self.folder / "pipewire-0").is_socket)
        self._programs.append(self._run("dbus-run-session", "--", "wireplumber"))
        self._programs.append(self._run("pipewire-pulse"))
