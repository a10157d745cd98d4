"""A room's daemon as a real process, and the commands a therapist would type beside it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self

from support.fork_server import Forked, ForkServer
from support.priority import ahead
from support.typed import Said, typed
from support.waiting import PATIENCE

KACENV = str(Path(sys.executable).with_name("kacenv"))


class Daemon:
    """`kacenv serve` for one room of a house, with a run folder of its own.

    `handles` is the most files and connections that it may have open.
    """

    def __init__(
        self,
        house: Path,
        room: str,
        environment: Mapping[str, str] | None = None,
        *,
        supervised: bool = False,
        handles: int | None = None,
    ) -> None:
        self._limits = [] if handles is None else ["prlimit", f"--nofile={handles}"]
        self._more = ["--supervised"] if supervised else []
        self.house, self.room = house, room
        self.environment = {
            **(environment or os.environ),
            "KACENV_RUN": str(house / "run"),
            "KACENV_STATE": str(house / "state"),
            "KACENV_HOUSE": str(house),
        }
        self.log = house / "daemon.log"
        self._process: subprocess.Popen[bytes] | Forked | None = None

    def __enter__(self) -> Self:
        """Start it, and wait until it answers."""
        self.start()
        return self

    def start(self) -> None:
        """Start it, anew after a kill, and wait until it answers."""
        with self.log.open("ab") as log, ahead():
            self._process = self._begin([KACENV, "serve", "--room", self.room, *self._more], log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(self.log.read_text())
            time.sleep(0.02)

    def _begin(self, words: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes] | Forked":
        return subprocess.Popen(
            [*self._limits, *words], env=self.environment, stdout=log, stderr=log
        )

    def _answers(self) -> bool:
        try:
            self.ask_status()
        except (OSError, ValueError):
            return False
        return True

    def kill(self) -> None:
        """What a power cut or a crash does to it."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)

    def __exit__(self, *_: object) -> None:
        """Tell it to leave, as the system would."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(PATIENCE)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def worker(self) -> int:
        """The process with the engine, which a supervisor keeps alive."""
        return self.process("room")

    def process(self, role: str) -> int:
        """The room's process in this role; 0 if there is none."""
        shown = self.ask_status()["processes"]
        return next((one["pid"] for one in shown if one["role"] == role), 0)

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Type `kacenv WORDS`, as a process of its own."""
        return subprocess.run(
            [KACENV, *words], env=self.environment, capture_output=True, text=True, check=check
        )

    def told(self, *words: str) -> Said:
        """Type `kacenv WORDS` without a process, which is right."""
        said = typed(*words, env=self.environment)
        assert said.returncode == 0, said
        return said

    def ask(self, path: str, body: dict[str, Any], request_id: str) -> Any:
        """Send a request with an id over its socket; what it answers, an error, too."""
        content = json.dumps(body).encode()
        head = f'POST {path} HTTP/1.0\r\nHost: room\r\nIdempotency-Key: "{request_id}"\r\n'
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        return _answered(self.house / "run" / f"{self.room}.sock", head.encode() + content)

    def ask_status(self) -> Any:
        """Return what the room says of itself."""
        return ask_status(self.house / "run" / f"{self.room}.sock")


class ForkedDaemon(Daemon):
    """The same in a fork, which saves its imports: for what isn't about how a program begins."""

    def __init__(
        self,
        forks: ForkServer,
        house: Path,
        room: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(house, room, environment)
        self._forks = forks

    def _begin(self, words: list[str], log: IO[bytes]) -> Forked:
        return self._forks.begin(words, self.environment, log)


def ask_status(path: Path) -> Any:
    """Ask a room for its status over its socket, without a program in between."""
    return _answered(path, b"GET /v1/status HTTP/1.0\r\nHost: room\r\n\r\n")


def _answered(path: Path, request: bytes) -> Any:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.sendall(request)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    return json.loads(answer.partition(b"\r\n\r\n")[2])
