"""A machine of its own for what the documentation says to type: places, programs, room, lamps."""

import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from support.access import a_certificate
from support.daemon import ask_status
from support.fork_server import ForkServer
from support.mosquitto import Mosquitto, free_port
from support.waiting import PATIENCE, wait_until

from kacenv.config import House, load_room
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.system.clock import MonotonicClock

REPOSITORY = Path(__file__).parents[2]
_PLACES = ("/etc/kacenv", "/opt/kacenv", "/run/kacenv", "/var/lib/kacenv", "/usr/local", "/media")
"""Where the pages put things; each lies in the sandbox instead."""
_PLACE = re.compile(rf"(?<![\w.:/-])({'|'.join(_PLACES)}|/tmp)(?=/|\b)")
_BROKER = "-h 192.168.1.10"
_PROGRAM = """\
#!{python}
# kacenv itself, with the machine's places moved into {root}
from pathlib import Path
from kacenv import cli
from kacenv.system import paths
paths._SERVICE = Path("{root}/run/kacenv")
paths._SERVICE_STATE = Path("{root}/var/lib/kacenv")
paths._SERVICE_HOUSE = Path("{root}/etc/kacenv")
paths._CHECKOUT = Path("{root}/opt/kacenv")
cli.main()
"""
_CURL = """\
#!/bin/sh
# curl itself, which fails where the room refuses, and finds the clinic's name at this machine
exec {curl} --fail-with-body --connect-to garden.clinic.lan:8765:127.0.0.1:{port} "$@"
"""
_ROOM = """\
name: {name}
outputs:
  - {{id: speakers, role: speakers, channels: [1]}}
  - {{id: seat-a, role: seat-a, channels: [2]}}
  - {{id: seat-b, role: seat-b, channels: [3]}}
broker: {{host: 127.0.0.1, port: {port}}}
lights:
  - {{id: seat, dialect: zigbee2mqtt, topic: zigbee2mqtt/seat-left, zone: seats,
     can: [level, kelvin, transition]}}
  - {{id: desk, dialect: plain, topic: desk/set, state_topic: desk/state, zone: task}}
chimes:
  lake: {{notes: [E4, B4]}}
looks:
{looks}
safe_light: {{seats: 70% 2700 K, task: 70%}}
surfaces:
  tcp:
    port: {page}
    tls: {{certificate: clinic-ca.pem, key: garden.key}}
    names: [garden.clinic.lan]
  access: {{}}
"""
_LOOKS = ("settle", "dusk", "deep", "dark", "dawn", "day")
_TIME = re.compile(r"\b(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?\b")
_HASTE = 600
"""How much shorter a short scene is."""


class Done(NamedTuple):
    """How a command ended, and all it said."""

    code: int
    said: str


class Sandbox:
    """A folder that is the whole machine to the commands typed in it.

    `env` tells how sound is heard; `owned` is whether the house is there already. With `forks`,
    kacenv's commands are forks of that server.
    """

    def __init__(
        self, root: Path, env: dict[str, str], forks: ForkServer | None = None, *, owned: bool
    ) -> None:
        self.root, self._forks = root, forks
        self.cwd = self._at("/etc/kacenv" if owned else "/home")
        self._page = free_port()
        self.broker = Mosquitto(_made(root / "broker"))
        self._aliases: list[str] = []
        self._lamps: list[VirtualLamp] = []
        self.env = self._environment(env)
        self._programs()
        _made(self._at("/usr/local/bin"))
        self._checkout(self._at("/opt/kacenv"))
        self._short(root / "short")
        if owned:
            self._checkout(self._at("/etc/kacenv"), self._at("/opt/kacenv"))
            self.write_rooms("garden", "rosewood")

    def __enter__(self) -> Self:
        """Start the broker."""
        self.broker.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End what was started here, whoever started it, and leave nothing behind."""
        self.leave()
        for lamp in self._lamps:
            lamp.close()
        self.broker.stop()
        shutil.rmtree(self.root)

    def run(self, typed: str, keys: str = "", seconds: float = PATIENCE) -> Done:
        """Type a command, and `keys` while it runs; where it changed to, the next one is."""
        with self._begun(f"{self._moved(typed)}\ncode=$?; pwd >&9; exit $code") as shell:
            try:
                said, _ = shell.communicate(keys.encode(), timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(shell.pid, signal.SIGKILL)
                said, _ = shell.communicate()
                return Done(-1, f"{said.decode()}\nno end after {seconds:g} s")
        self.cwd = Path((self.root / "where").read_text().strip() or self.cwd)
        return Done(shell.returncode, said.decode())

    def watch(self, typed: str, seconds: float = PATIENCE) -> Done:
        """Type a command that ends by Ctrl-C alone, and end it so once it has said something."""
        with self._begun(f"exec {self._unaliased(self._moved(typed))}") as shell:
            assert shell.stdout is not None
            heard, _, _ = select.select([shell.stdout], [], [], seconds)
            said = os.read(shell.stdout.fileno(), 65536) if heard else b""
            os.killpg(shell.pid, signal.SIGINT)
            try:
                rest, _ = shell.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(shell.pid, signal.SIGKILL)
                rest, _ = shell.communicate()
        return Done(shell.returncode, (said + rest).decode())

    def alias(self, typed: str) -> None:
        """Keep a shell's alias for the commands that follow."""
        self._aliases.append(self._moved(typed))

    def begin(self, scene: str = "couple-lozenge") -> None:
        """Have a session run in the garden, as if it had been begun a while ago."""
        if self._in_session():
            return
        done = self.run(f"kacenv start {scene} --room garden")
        assert done.code == 0, done.said

    def finish(self) -> str:
        """Have a session of the garden over, and its record written; the record's id."""
        records = self._at("/var/lib/kacenv/records")
        if not list(records.glob("*.html")):
            self.begin()
            self.run("kacenv stop --room garden")
        found = wait_until(lambda: list(records.glob("*.html")), "no record was written")
        return found[0].stem.rpartition("-")[2]

    def leave(self) -> None:
        """End every daemon of this sandbox, and forget the session that was on."""
        wait_until(self._is_empty, "a daemon doesn't end")
        for folder in ("/run/kacenv", "/var/lib/kacenv"):
            for path in self._at(folder).glob("garden*"):
                path.unlink()

    def _is_empty(self) -> bool:
        """Kill what is there, again and again: a room and its supervisor start each other anew."""
        left = self._own()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not left

    def hang_lamps(self) -> None:
        """Have the garden's lamps hang there, and listen; where a page has none, none."""
        houses = (self.cwd, self._at("/etc/kacenv"))
        house = next(one for one in houses if (one / "rooms" / "garden.yaml").is_file())
        if not self._lamps:
            room = load_room(House(house), "garden")
            clock = MonotonicClock()
            self._lamps = [VirtualLamp(one, clock, self.broker.port) for one in room.lights]
            for lamp in self._lamps:
                lamp.start()
            assert all(lamp.wait_until_listening(PATIENCE) for lamp in self._lamps)

    def publish(self, topic: str, text: str) -> None:
        """Keep a message on the broker, as Zigbee2MQTT does with its own state."""
        done = self.run(f"mosquitto_pub {_BROKER} -r -t {topic} -m {shlex.quote(text)}")
        assert done.code == 0, done.said

    def let_in(self, device: str) -> str:
        """A token by which a device may ask over the network."""
        done = self.run(f"kacenv access add {shlex.quote(device)} --room garden")
        found = re.search(r"kacenv_[\w-]+", done.said)
        assert found, done.said
        return found[0]

    def write_rooms(self, *names: str) -> None:
        """Rooms of a clinic, as somebody would have written them."""
        house = self._at("/etc/kacenv")
        looks = "\n".join(f"  {name}: {{seats: 10% 2200 K, task: 5%}}" for name in _LOOKS)
        for name in names:
            text = _ROOM.format(name=name, port=self.broker.port, page=self._page, looks=looks)
            (house / "rooms" / f"{name}.yaml").write_text(text)
        certificate, key = a_certificate(self.root / "certificates")
        shutil.copy(certificate, house / "clinic-ca.pem")
        shutil.copy(key, house / "garden.key")

    def empty(self) -> None:
        """As before a house was written."""
        shutil.rmtree(self._at("/etc/kacenv"), ignore_errors=True)

    def place(self, path: str) -> Path:
        """Where a place of the machine lies; its folder is there."""
        found = self._at(path)
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    def _begun(self, script: str) -> "subprocess.Popen[bytes]":
        where, cwd = (shlex.quote(str(path)) for path in (self.root / "where", self.cwd))
        before = ["shopt -s expand_aliases", *self._aliases, f"cd {cwd}", f"exec 9>{where}"]
        return subprocess.Popen(
            ["bash", "-c", "\n".join([*before, script])],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _unaliased(self, typed: str) -> str:
        """`exec` knows no aliases."""
        word, _, rest = typed.partition(" ")
        for alias in self._aliases:
            name, _, text = alias.removeprefix("alias ").partition("=")
            if name == word:
                return f"{shlex.split(text)[0]} {rest}"
        return typed

    def _moved(self, typed: str) -> str:
        """The same command in the sandbox's places."""
        moved = _PLACE.sub(lambda found: f"{self.root}{found[1]}", typed)
        return moved.replace(_BROKER, f"-h 127.0.0.1 -p {self.broker.port}")

    def _at(self, path: str) -> Path:
        return Path(f"{self.root}{path}")

    def _environment(self, sound: dict[str, str]) -> dict[str, str]:
        kept = {"KACENV_CACHE": os.environ["KACENV_CACHE"], "LANG": "C.UTF-8", **sound}
        own = {"HOME": "home", "XDG_CONFIG_HOME": "etc", "TMPDIR": "tmp", "XDG_RUNTIME_DIR": "run"}
        found = {name: str(_made(self.root / folder)) for name, folder in own.items()}
        (self.root / "home" / ".config").symlink_to(self.root / "etc")
        state = {"KACENV_RUN": self._at("/run/kacenv"), "KACENV_STATE": self._at("/var/lib/kacenv")}
        found |= {name: str(_made(path)) for name, path in state.items()}
        found |= {name: str(self.root / name.lower()) for name in ("SHORT", "IMAGE")}
        _made(self.root / "image")
        programs = f"{_made(self.root / 'bin')}:{Path(sys.executable).parent}"
        return {**kept, **found, "PATH": f"{programs}:/usr/sbin:/usr/bin:/bin:/sbin"}

    def _programs(self) -> None:
        curl = shutil.which("curl")
        for name, text in (
            ("kacenv", self._program()),
            ("curl", _CURL.format(curl=curl, port=self._page)),
            ("sudo", '#!/bin/sh\nexec "$@"\n'),
        ):
            program = self.root / "bin" / name
            program.write_text(text)
            program.chmod(0o755)

    def _program(self) -> str:
        """Return the text of the program `kacenv`."""
        text = _PROGRAM.format(python=sys.executable, root=self.root)
        if self._forks is None:
            return text
        script = _made(self.root / "scripts") / "kacenv"
        script.write_text(text)
        return self._forks.program(script)

    def _checkout(self, target: Path, source: Path = REPOSITORY) -> None:
        """The house that comes with the program; of a copy's copy the music is the same files."""
        copy = shutil.copy2 if source == REPOSITORY else _linked
        for folder in ("rooms", "scenes", "playlists", "docs/schema"):
            shutil.copytree(
                source / folder, target / folder, ignore=_NO_LEFTOVERS, copy_function=copy
            )

    def _short(self, target: Path) -> None:
        """The same house, whose scenes of hours take seconds."""
        self._checkout(target, self._at("/opt/kacenv"))
        for scene in (target / "scenes").glob("*.yaml"):
            scene.write_text(_TIME.sub(_shortened, scene.read_text()))
        shutil.copy(target / "rooms" / "demo.yaml", target / "rooms" / "garden.yaml")

    def _in_session(self) -> bool:
        """Return whether a session is on in the garden, by its own word."""
        try:
            status = ask_status(self._at("/run/kacenv/garden.sock"))
        except OSError:
            return False
        return status["session"]["phase"] is not None

    def _own(self) -> list[int]:
        """The daemons of this sandbox; each carries its run folder in its environment."""
        mark = f"KACENV_RUN={self.env['KACENV_RUN']}\0".encode()
        return [pid for pid in _processes() if _carries(pid, mark)]


_NO_LEFTOVERS: Callable[..., set[str]] = shutil.ignore_patterns("__pycache__")


def _linked(source: str, target: str) -> None:
    """Music is never written to; all else is a file of its own."""
    (os.link if source.endswith(".opus") else shutil.copy2)(source, target)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _shortened(time: re.Match[str]) -> str:
    hours, minutes, seconds = (int(part or 0) for part in time.groups())
    if not any(time.groups()):
        return time[0]
    return f"{(3600 * hours + 60 * minutes + seconds) / _HASTE:.3f}s"


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _carries(pid: int, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
