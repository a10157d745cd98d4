"""The unit: what systemd itself thinks of it, and whether a room can live behind its fences."""

import mmap
import os
import re
import shlex
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path, PurePath

import pytest
from support.daemon import KACENV
from support.fence import allowed_calls, fenced
from support.houses import write_house

from kacenv.server.supervisor import HEARTBEAT_TIMEOUT, SHUTDOWN_TIMEOUT, START_TIMEOUT
from kacenv.server.systemd_unit import WATCHDOG, ServiceUnit, unit_text, users_text

SERVICE = ServiceUnit("garden", "garden", PurePath("/etc/kacenv"), (KACENV,), broker="192.168.1.10")
LISTENED = """
import ctypes, mmap, os, sys
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
except PermissionError:
    print("fenced")
try:
    os.setpriority(os.PRIO_PROCESS, 0, -20)
except PermissionError:
    print("filtered")
import av, miniaudio, numpy, vlc
print(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda number: number + 1)(1))
import threading
asked = threading.Event()
def feeder():
    frames = yield b""
    while True:
        asked.set()
        frames = yield bytes(4 * frames)
feed = feeder()
next(feed)
with miniaudio.PlaybackDevice(backends=[miniaudio.Backend.NULL]) as device:
    device.start(feed)
    print(asked.wait(30))
"""


def value(unit: str, key: str) -> str:
    """The last value of a key in a unit's text."""
    return str(re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE)[-1])


@pytest.mark.parametrize("groups", [(), ("therapists",)], ids=["own", "group"])
def test_systemd_finds_no_fault(tmp_path: Path, groups: tuple[str, ...]) -> None:
    """`systemd-analyze verify` has nothing to say."""
    path = tmp_path / SERVICE.unit
    path.write_text(unit_text(replace(SERVICE, groups=groups)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("broker", [None, "lights.example.org"])
def test_systemd_finds_it_safe(tmp_path: Path, broker: str | None) -> None:
    """`systemd-analyze security` gives 3.0 or better, even where the address filter is off."""
    path = tmp_path / SERVICE.unit
    path.write_text(unit_text(replace(SERVICE, broker=broker, groups=("therapists",))))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found is not None
    print(f"exposure {found[1]}")
    assert float(found[1]) <= 3.0


@pytest.mark.parametrize(
    "house", ["/etc/kacenv", "/srv/Haus der Klänge", '/srv/50% "off" $HOME\\', "/srv/a;b#c'd"]
)
def test_every_path_arrives_as_it_is(tmp_path: Path, house: str) -> None:
    """systemd, and a shell that reads as it does, see the very words, whatever is in them."""
    unit = unit_text(replace(SERVICE, house=PurePath(house)))
    words = shlex.split(value(unit, "ExecStart"))
    found = [word.replace("%%", "%").replace("$$", "$") for word in words]
    assert found == [KACENV, "serve", "--supervised", "--room", "garden", "--house", house]
    path = tmp_path / SERVICE.unit
    path.write_text(unit)
    assert (
        subprocess.run(["systemd-analyze", "verify", "--man=no", path], check=False).returncode == 0
    )


def test_our_own_supervisor_comes_first() -> None:
    """Systemd's patience is longer than ours at each step, or it would end what we mend."""
    unit = unit_text(SERVICE)
    assert HEARTBEAT_TIMEOUT + 10 < WATCHDOG
    assert float(value(unit, "TimeoutStartSec").rstrip("s")) > START_TIMEOUT
    assert float(value(unit, "TimeoutStopSec").rstrip("s")) > SHUTDOWN_TIMEOUT


@pytest.mark.parametrize(
    ("broker", "filtered"),
    [
        (None, True),
        ("localhost", True),
        ("10.1.2.3", True),
        ("fd00::1", True),
        ("93.184.215.14", False),
        ("lights.clinic.example", False),
    ],
)
def test_the_network_is_the_clinics_own(broker: str | None, filtered: bool) -> None:
    """Addresses outside are shut off, unless the broker is there or a name server is needed."""
    assert ("IPAddressDeny=any" in unit_text(replace(SERVICE, broker=broker))) is filtered


def test_who_drives_the_room_gets_its_socket() -> None:
    """With a group for the socket, the service is its member and may hand the socket to it."""
    alone, shared = unit_text(SERVICE), unit_text(replace(SERVICE, groups=("therapists",)))
    assert value(shared, "SupplementaryGroups") == "audio therapists"
    assert "chown" in allowed_calls(shared) - allowed_calls(alone)
    assert "m kacenv therapists" in users_text(replace(SERVICE, groups=("therapists",)))


def test_sound_works_behind_the_fences() -> None:
    """Sound's libraries and callbacks do without memory that is writable and executable."""
    assert value(unit_text(SERVICE), "MemoryDenyWriteExecute") == "yes"
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()
    command = fenced(allowed_calls(unit_text(SERVICE)), [sys.executable, "-c", LISTENED])
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.split(), done.stderr) == (["fenced", "filtered", "2", "True"], "")


def test_a_room_lives_behind_the_fences(tmp_path: Path) -> None:
    """A supervised daemon starts, takes its socket, answers and leaves, as under systemd."""
    house = write_house(
        tmp_path, rooms__quiet="name: quiet\noutputs:\n  - {id: speakers, role: speakers}\n"
    )
    folders = {name: str(house / name) for name in ("KACENV_RUN", "KACENV_STATE", "KACENV_HOUSE")}
    environment = {**os.environ, **folders, "KACENV_HOUSE": str(house)}
    serve = [KACENV, "serve", "--supervised", "--room", "quiet"]
    command = fenced(allowed_calls(unit_text(SERVICE)), serve)
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as room:
        try:
            deadline = time.monotonic() + 60
            ask = [KACENV, "status", "--room", "quiet"]
            while subprocess.run(ask, env=environment, capture_output=True, check=False).returncode:
                assert room.poll() is None
                assert time.monotonic() < deadline
        finally:
            room.terminate()
            said = room.communicate(timeout=60)[1]
    assert (room.returncode, "the room quiet is ready" in said) == (0, True)
    assert "Operation not permitted" not in said
