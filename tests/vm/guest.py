"""A virtual machine under qemu: started from an image, talked to, slept, and cut from power."""

import json
import select
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from vm.image import Image

PATIENCE = 900.0
"""The processor is emulated and the host may be busy (seconds)."""
_QEMU = (
    # Ahead of what else the host does: starved, a machine shows the host's state and not kacenv's.
    *(
        "nice",
        "-n",
        "-15",
        "qemu-system-x86_64",
        "-accel",
        "tcg,thread=multi",
        "-cpu",
        "max",
        "-smp",
        "2",
    ),
    *("-m", "2048", "-display", "none", "-no-user-config", "-nodefaults", "-nic", "none"),
)


class GuestError(Exception):
    """The machine didn't do what was asked of it."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended in the guest."""

    code: int
    said: str


class Guest:
    """A running machine; used as a context, it is ended at its close.

    Its disk is an overlay, so the image stays as it was made.
    """

    def __init__(self, image: Image, log: Path) -> None:
        self._folder = image.folder
        self._log = log
        self._asked = 0
        overlay = self._folder / "run.qcow2"
        overlay.unlink(missing_ok=True)
        _create_overlay(image.disk, overlay)
        self._sockets = {name: self._folder / f"{name}.socket" for name in ("agent", "qmp")}
        self._typed = self._command(image, overlay)
        self._start()

    def _start(self) -> None:
        for path in self._sockets.values():
            path.unlink(missing_ok=True)
        self._unread = b""
        self._machine = subprocess.Popen(self._typed, cwd=self._folder)
        self._qmp = self._connect("qmp")
        self._agent = self._connect("agent")
        self.qmp("qmp_capabilities")

    def _command(self, image: Image, overlay: Path) -> list[str]:
        agent, qmp = (path.name for path in self._sockets.values())
        kernel = ["-kernel", str(image.kernel), "-initrd", str(image.initrd)]
        kernel += ["-append", "root=/dev/vda rw console=ttyS0 quiet"]
        channel = ["-device", "virtio-serial", "-device", "virtserialport,chardev=a,name=kacenv"]
        channel += ["-chardev", f"socket,id=a,path={agent},server=on,wait=off"]
        channel += ["-qmp", f"unix:{qmp},server=on,wait=off", "-serial", "file:console.log"]
        disk = ["-drive", f"file={overlay},if=virtio,format=qcow2,cache=writeback"]
        return [*_QEMU, *kernel, *channel, *disk]

    def __enter__(self) -> Self:
        """Return the machine itself, once it has booted."""
        self.await_boot()
        return self

    def __exit__(self, *_: object) -> None:
        """Cut its power for good."""
        self._end()

    def _end(self) -> None:
        self._machine.kill()
        self._machine.wait()
        for line in (self._agent, self._qmp):
            line.close()

    def await_boot(self) -> None:
        """Wait until the agent says that the machine has booted."""
        while "boot" not in self._next(PATIENCE):
            pass

    def run(self, script: str, answers: str = "", patience: float = PATIENCE) -> Done:
        """Run a script with bash as root, and return its end.

        Raises:
            GuestError: It hasn't ended in time.
        """
        self._asked += 1
        order = {"id": self._asked, "run": script, "answers": answers}
        self._agent.sendall(json.dumps(order).encode() + b"\n")
        while (said := self._next(patience)).get("id") != self._asked:
            if "boot" in said:
                raise GuestError(f"the machine booted while it ran: {script}")
        done = Done(said["code"], said["said"])
        self._write(f"$ {script}\n{done.said}({done.code})\n")
        return done

    def must(self, script: str, answers: str = "", patience: float = PATIENCE) -> str:
        """Run a script that has to end well, and return what it printed.

        Raises:
            GuestError: It ended with another code than 0.
        """
        done = self.run(script, answers, patience)
        if done.code:
            raise GuestError(f"{script} ended with {done.code}: {done.said[-600:]}")
        return done.said

    def until(self, script: str, patience: float = PATIENCE) -> str:
        """Run a script again and again until it ends well, and return what it printed.

        Raises:
            GuestError: It never did.
        """
        end = time.monotonic() + patience
        while (done := self.run(script)).code:
            if time.monotonic() > end:
                raise GuestError(f"never came true: {script}: {done.said[-600:]}")
            time.sleep(1)
        return done.said

    def reset(self) -> None:
        """Cut the power and give it back at once; what wasn't on the disk is lost."""
        self.qmp("system_reset")
        self.await_boot()

    def revive(self) -> None:
        """Restart a machine that answers no more, so that the next trial finds it up."""
        try:
            self.must("true", patience=60.0)
        except GuestError:
            self.restart()

    def restart(self) -> None:
        """End the emulator as a power cut does, and start another on the same disk."""
        self._end()
        self._start()
        self.await_boot()

    def reboot(self) -> None:
        """Restart the machine in the ordinary way."""
        self._send_away("systemctl reboot")
        self.await_boot()

    def _send_away(self, script: str) -> None:
        """Run what the agent can't answer any more."""
        order = {"id": 0, "run": f"(sleep 1; {script}) >/dev/null 2>&1 &"}
        self._agent.sendall(json.dumps(order).encode() + b"\n")

    def qmp(self, command: str, **arguments: object) -> None:
        """Give qemu an order (QEMU machine protocol)."""
        order = {"execute": command, "arguments": arguments}
        self._qmp.sendall(json.dumps(order).encode() + b"\n")

    def _next(self, patience: float) -> dict[str, Any]:
        """Return the next line from the agent."""
        end = time.monotonic() + patience
        while b"\n" not in self._unread:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._agent], [], [], left)[0]:
                raise GuestError(f"the machine said nothing for {patience:g} s")
            chunk = self._agent.recv(65536)
            if not chunk:
                raise GuestError("the machine is gone")
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _connect(self, name: str) -> socket.socket:
        path = self._sockets[name]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if path.exists():
                line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                line.connect(str(path))
                return line
            time.sleep(0.1)
        raise GuestError(f"qemu didn't start; see {self._folder}/console.log")

    def _write(self, text: str) -> None:
        with self._log.open("a") as book:
            book.write(text)


def _create_overlay(disk: Path, overlay: Path) -> None:
    if shutil.which("qemu-img") is None:
        raise SystemExit("qemu-img is missing; make vm installs it")
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(disk), "-F", "raw"]
    subprocess.run([*command, str(overlay)], check=True)
