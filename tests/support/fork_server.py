"""Commands of kacenv as forks of a server that has imported all of it.

Each is a process with words, environment, folder and streams of its own, and ended by signals as
ever; only its modules are there already, which saves most of its time. How kacenv starts by itself
is tested with its real program.
"""

import ast
import fcntl
import gc
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Final, NamedTuple, NoReturn

_LEASE: Final = b"+"
_PROGRAM: Final = """\
#!{python} -IS
import os, signal, socket, sys
heeded = {{signal.SIGHUP, signal.SIGINT, signal.SIGTERM}}
signal.pthread_sigmask(signal.SIG_BLOCK, heeded)
line = socket.socket(socket.AF_UNIX)
line.connect({address!r})
socket.send_fds(line, [b"."], [0, 1, 2])
request = (
    {script!r}, sys.argv[1:], os.getcwd(), dict(os.environ), os.getpriority(os.PRIO_PROCESS, 0)
)
line.sendall(ascii(request).encode() + b"\\n")
answers = line.makefile()
pid = int(answers.readline())
for number in heeded:
    signal.signal(number, lambda number, _: os.kill(pid, number))
signal.pthread_sigmask(signal.SIG_UNBLOCK, heeded)
code = int(answers.readline())
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""
"""It stands for the fork: hands signals on, ends as that ends, and takes it along if killed."""


class _Request(NamedTuple):
    """What a fork is to be."""

    script: str
    words: list[str]
    folder: str
    environment: dict[str, str]
    priority: int


class Forked:
    """A script that runs in a fork, with what `subprocess.Popen` offers of a program."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._answers = line, line.makefile("rb", buffering=0)
        self.pid = int(self._answers.readline())
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self._ended(0.0)

    def wait(self, timeout: float) -> int:
        """Return how it ended, once it has."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"fork {self.pid}", timeout)
        return code

    def terminate(self) -> None:
        """Tell it to leave."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _ended(self, seconds: float) -> int | None:
        if self._code is None and select.select([self._line], [], [], seconds)[0]:
            self._code = int(self._answers.readline())
            self._answers.close()
            self._line.close()
        return self._code


class ForkServer:
    """A server that runs Python's scripts for as long as somebody has a lease."""

    def __init__(self, address: Path) -> None:
        self._address = str(address)

    def program(self, script: Path) -> str:
        """Return the text of a program that is called like any other, and runs `script` in a fork.

        Both have the same name, by which kacenv calls itself.
        """
        return _PROGRAM.format(python=sys.executable, address=self._address, script=str(script))

    def begin(self, words: list[str], environment: Mapping[str, str], output: IO[bytes]) -> Forked:
        """Run a script with its words in a fork that writes to `output`, and goes on by itself."""
        script, *rest = words
        priority = os.getpriority(os.PRIO_PROCESS, 0)
        asked = _Request(script, rest, str(Path.cwd()), dict(environment), priority)
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._address)
        with Path(os.devnull).open("rb") as nothing:
            socket.send_fds(line, [b"."], [nothing.fileno(), output.fileno(), output.fileno()])
            line.sendall(ascii(tuple(asked)).encode() + b"\n")
            return Forked(line)


@contextmanager
def leased(folder: Path) -> Iterator[ForkServer]:
    """Lend the server of this folder, which the first one starts, and the last one to go ends."""
    folder.mkdir(exist_ok=True)
    address = folder / "socket"
    with socket.socket(socket.AF_UNIX) as lease:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                lease.connect(str(address))
            except (FileNotFoundError, ConnectionRefusedError):
                _start(address)
                lease.connect(str(address))
            lease.sendall(_LEASE)
        yield ForkServer(address)


def _start(address: Path) -> None:
    """Start a server; who connects before it has imported all waits for it."""
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        number = listener.fileno()
        subprocess.run(
            [sys.executable, "-P", __file__, str(number)],
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            check=True,
        )


def _serve(listener: socket.socket) -> None:
    """Fork for each that asks, until the last lease is over."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody need wait for those that mind forks
    leases = set[socket.socket]()
    while True:
        for ready in select.select([listener, *leases], [], [])[0]:
            if ready is listener:
                _admit(listener, leases)
            else:
                leases.remove(ready)
                ready.close()
                if not leases:
                    return


def _admit(listener: socket.socket, leases: set[socket.socket]) -> None:
    """Keep a lease, or fork for a request."""
    line, _ = listener.accept()
    kind, streams, _, _ = socket.recv_fds(line, 1, 3)
    if kind == _LEASE:
        leases.add(line)
        return
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in (listener, *leases):
            one.close()
        _mind(line, streams)
    line.close()
    for stream in streams:
        os.close(stream)


def _mind(line: socket.socket, streams: list[int]) -> NoReturn:
    """Fork, and tell how that ends; kill it if nobody waits for it any more."""
    with line.makefile() as lines:
        asked = _Request(*ast.literal_eval(lines.readline()))
    if (pid := os.fork()) == 0:
        line.close()
        _take(streams)
        _become(asked)
    line.sendall(b"%d\n" % pid)
    if line.fileno() in select.select([line.fileno(), os.pidfd_open(pid)], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(BrokenPipeError):
        line.sendall(b"%d\n" % code)
    os._exit(0)


def _take(streams: list[int]) -> None:
    """Have these as standard streams."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        old = getattr(sys, name)
        new = open(old.fileno(), mode, errors=old.errors, closefd=False)  # noqa: SIM115 - a stream
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def _become(asked: _Request) -> NoReturn:
    """Run a script as if Python had just begun with it."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, asked.priority)
    os.setsid()
    os.chdir(asked.folder)
    os.environ.clear()
    os.environ.update(asked.environment)
    sys.argv[1:] = asked.words
    runpy.run_path(asked.script, run_name="__main__")
    sys.exit()


def _import_all() -> None:
    """Import every module of kacenv but its program."""
    import kacenv  # noqa: PLC0415 - who starts the server needs none of it

    for found in pkgutil.walk_packages(kacenv.__path__, "kacenv."):
        if not found.name.endswith("__main__"):
            import_module(found.name)


if __name__ == "__main__":
    if os.fork():
        os._exit(0)
    _import_all()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        _serve(listener)
