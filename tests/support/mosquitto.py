"""A real Mosquitto on a free port of loopback, started and stopped at will."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from support.certificates import Certificates
from support.priority import ahead

PROGRAM = "/usr/sbin/mosquitto"
PASSWORDS = "/usr/bin/mosquitto_passwd"
START_TIMEOUT = 30.0
_CHANCE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_SPAN, _SHARES = 10_000, 20


class Mosquitto:
    """One broker; `stop` and `start` again keep its port.

    With `user`, only that one may enter; with `certificates`, only over TLS.
    """

    def __init__(
        self,
        folder: Path,
        user: str | None = None,
        password: str = "",
        port: int | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        self.port = port or free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", f"user {_owner()}"]
        if user is None:
            lines.append("allow_anonymous true")
        else:
            passwords = folder / "passwords"
            passwords.touch()
            subprocess.run([PASSWORDS, "-b", passwords, user, password], check=True)
            lines += ["allow_anonymous false", f"password_file {passwords}"]
        if certificates is not None:
            lines += [f"certfile {certificates.certificate}", f"keyfile {certificates.key}"]
        self._config = folder / f"mosquitto-{self.port}.conf"
        self._config.write_text("\n".join(lines) + "\n")

    def configured(self, *lines: str) -> Self:
        """Add lines to its configuration, before it is started."""
        with self._config.open("a") as config:
            config.writelines(f"{line}\n" for line in lines)
        return self

    def allowing(self, *rights: str) -> Self:
        """Let everybody do this alone, in the words of an `acl_file`; it drops all else."""
        rules = self._folder / "rights"
        rules.write_text("".join(f"topic {right}\n" for right in rights))
        return self.configured(f"acl_file {rules}")

    def refusing_to_read(self, *allowed: str) -> Self:
        """Let everybody send anything, and refuse subscriptions but to `allowed`."""
        acls = [{"acltype": "subscribePattern", "topic": topic, "allow": True} for topic in allowed]
        rules = {
            "defaultACLAccess": {
                "publishClientSend": True,
                "publishClientReceive": True,
                "subscribe": False,
                "unsubscribe": True,
            },
            "roles": [{"rolename": "all", "acls": acls}],
            "groups": [{"groupname": "all", "roles": [{"rolename": "all"}]}],
            "anonymousGroup": "all",
        }
        config = self._folder / "rights.json"
        config.write_text(json.dumps(rules))
        (plugin,) = Path("/usr/lib").glob("*/mosquitto_dynamic_security.so")
        return self.configured(f"plugin {plugin}", f"plugin_opt_config_file {config}")

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Start, and return once it accepts connections."""
        log = (self._folder / "mosquitto.log").open("ab")
        with log, ahead():
            self._process = subprocess.Popen(
                [PROGRAM, "-v", "-c", self._config], stdout=subprocess.DEVNULL, stderr=log
            )
        self._await_listening(self._process)

    def _await_listening(self, process: subprocess.Popen[bytes]) -> None:
        """Its log on stderr would have to be polled; a connection says it as well."""
        for _ in range(int(START_TIMEOUT / 0.02)):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1.0).close()
            except ConnectionRefusedError:
                try:
                    process.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError(f"mosquitto ended at once, see {self._folder}") from None
            else:
                return
        raise RuntimeError(f"mosquitto didn't listen within {START_TIMEOUT} s")

    def stop(self) -> None:
        """Kill it as a power cut would; harmless if it isn't running."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None


def _ports() -> Iterator[int]:
    """Ports below those that Linux gives to the near ends of connections, in turn.

    From among those a client that knocks at a stopped broker's port may one day be given that
    very port, and then it is connected with itself. Each process begins in a share of its own,
    so that two files of tests at once don't choose the same port.
    """
    lowest = max(int(_CHANCE.read_text().split()[0]) - _SPAN, 1024)
    begin = os.getpid() % _SHARES * (_SPAN // _SHARES)
    return (lowest + (begin + step) % _SPAN for step in range(_SPAN))


_PORTS = _ports()


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now, and that was not given before."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def _owner() -> str:
    """Mosquitto drops root for the user named here; the tests' files belong to this one."""
    return "root" if os.geteuid() == 0 else os.environ.get("USER", "mosquitto")
