"""Trials on a machine with kacenv installed, in their order; each says what was seen."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

from vm.guest import Guest, GuestError
from vm.image import ROOT, STICK
from vm.manual import below

Trial = Callable[[Guest], str]
UNIT = "kacenv-garden"
_AUDIBLE = -50.0
"""Music is louder than this (dBFS RMS); the loopback card is silent but for kacenv."""
_NAP = 120.0
"""A sleep of 5 s is over by then, and the room has said so (seconds)."""
_ABSENCES = f"journalctl -u {UNIT} -b --no-pager | grep -c 'away for' || true"
"""How often the room has said since the boot that it was away."""
_LEVEL = """
import numpy, soundfile
sound = soundfile.read('/tmp/heard.wav')[0]
print(20 * numpy.log10(max(1e-9, numpy.sqrt(numpy.mean(sound ** 2)))))
"""
_CONTROLS = """
midi:
  controls:
    port: VirMIDI
    map:
      - {on: note 60, do: hold}
      - {on: note 62, do: release}
"""
_PRESS = "amidi -p $(amidi -l | awk '/Virtual/ {print $2; exit}') -S"


def install(guest: Guest) -> str:
    """Install and start the unit as the page says."""
    for block in below("Hear it", "Have it run"):
        guest.must(block.script, block.answers)
    return f"active; {guest.must('systemd-analyze security --no-pager ' + UNIT).splitlines()[-1]}"


def keep_a_password(guest: Guest) -> str:
    """Write a file that the service's group alone may read, as the page says."""
    for block in below("If there are lamps"):
        guest.must(block.script, block.answers)
    return guest.must("stat -c '%A %G' /etc/kacenv/broker.password").strip()


def start_with_the_machine(guest: Guest) -> str:
    """Restart the machine; the room is there by itself."""
    guest.reboot()
    guest.until(f"systemctl is-active {UNIT}")
    return "active after a restart of the machine"


def play(guest: Guest) -> str:
    """Start a session as the page says, and record the loopback card's other end."""
    guest.must("kacenv start couple-lozenge --room garden")
    return f"{_hear(guest):.1f} dBFS of music"


def kill_daemon(guest: Guest) -> str:
    """Kill the daemon below the supervisor; the session goes on."""
    before = _elapsed(guest)
    children = f"$(systemctl show -P MainPID {UNIT})"
    guest.must(f"pkill -KILL -P {children}")
    after = _resumed(guest, before)
    return f"session went on at {after:.0f} s (was at {before:.0f}), {_hear(guest):.1f} dBFS"


def kill_main(guest: Guest) -> str:
    """Kill the main process; systemd starts the room again, and the session goes on."""
    before, restarts = _elapsed(guest), _restarts(guest)
    guest.must(f"kill -KILL $(systemctl show -P MainPID {UNIT})")
    guest.until(f"test $(systemctl show -P NRestarts {UNIT}) -gt {restarts}")
    guest.until(f"systemctl is-active {UNIT}")
    return f"session went on at {_resumed(guest, before):.0f} s (was at {before:.0f})"


def get_stuck(guest: Guest) -> str:
    """Freeze every process of the room; systemd's watchdog fires, and the session goes on."""
    before = _elapsed(guest)
    guest.must(f"systemctl kill --signal=SIGSTOP {UNIT}")
    guest.until(f"journalctl -u {UNIT} -b --no-pager | grep -i 'watchdog timeout'")
    guest.until(f"systemctl is-active {UNIT}")
    after = _resumed(guest, before)
    return f"watchdog timeout, session went on at {after:.0f} s (was at {before:.0f})"


def press_a_pedal(guest: Guest) -> str:
    """Hold the session by a note from a MIDI device."""
    guest.must(f"{_PRESS} '90 3C 7F 80 3C 00'")
    guest.until('kacenv status --room garden --json | grep -q \'"mode": "held"\'')
    return "a note held the session"


def unplug_midi(guest: Guest) -> str:
    """Take the MIDI device away as a pulled cable does, and plug it in again; a press counts."""
    driver = "/sys/bus/platform/drivers/snd_virmidi"
    guest.must(f"echo snd_virmidi.0 > {driver}/unbind; ! amidi -l | grep Virtual")
    guest.must(f"sleep 5; echo snd_virmidi.0 > {driver}/bind")
    guest.until(
        f"{_PRESS} '90 3E 7F 80 3E 00'; sleep 2; kacenv status --room garden --json"
        ' | grep -q \'"mode": "running"\'',
        patience=180,
    )
    return "away and back; a note let the session run on"


def sleep(guest: Guest) -> str:
    """Suspend the machine for 5 s by the kernel's own trial; the same daemon plays on.

    All devices are suspended and woken as ever, but the emulated processors stay awake: qemu
    doesn't always bring them out of S3.
    """
    daemon, absences = _daemon(guest), int(guest.must(_ABSENCES))
    guest.must("echo core > /sys/power/pm_test; echo mem > /sys/power/state", patience=_NAP)
    guest.until(f'test "$({_ABSENCES})" -gt {absences}', patience=_NAP)
    level = _hear(guest)
    if _daemon(guest) != daemon:
        raise GuestError("the daemon was replaced")
    return f"slept for 5 s; the same daemon, {level:.1f} dBFS afterwards"


def _daemon(guest: Guest) -> str:
    return guest.must(f"pgrep -P $(systemctl show -P MainPID {UNIT})").strip()


def cut_the_power(guest: Guest) -> str:
    """Reset the machine in mid-session; after its boot the session goes on."""
    before = _elapsed(guest)
    guest.reset()
    guest.until(f"systemctl is-active {UNIT}")
    after = _resumed(guest, before)
    return f"session went on at {after:.0f} s (was at {before:.0f}), {_hear(guest):.1f} dBFS"


def upgrade(guest: Guest) -> str:
    """Upgrade as the page says, from a stick with a newer version; what was kept is kept."""
    guest.must("kacenv stop --room garden")
    guest.until("ls /var/lib/kacenv/records/*.json")
    kept = "md5sum /var/lib/kacenv/records/* /etc/kacenv/rooms/garden.yaml"
    before = guest.must(kept)
    guest.must(
        f"cd /{STICK} && sed -i 's/^__version__ = .*/__version__ = \"9.9.9\"/' kacenv/__init__.py"
        " && git -c user.name=t -c user.email=t commit -qam 'A newer version'"
    )
    for block in below("Update"):
        guest.until('! kacenv status --room garden --json | grep -q \'"mode": "running"\'')
        guest.must(block.script, block.answers)
    version = guest.must("kacenv --version").strip()
    if "9.9.9" not in version or guest.must(kept) != before:
        raise GuestError(f"the upgrade left {version}, and {guest.must(kept)}")
    return f"{version}; records and house unchanged, the room is up"


def uninstall(guest: Guest) -> str:
    """Take kacenv away as the page says; what it has kept stays."""
    for block in below("Take it away"):
        guest.must(block.script, block.answers)
    guest.must(f"! systemctl cat {UNIT} && ! command -v kacenv && ls /etc/kacenv /var/lib/kacenv")
    return "unit and program gone, house and records there"


TRIALS: dict[str, Trial] = {
    "installed as docs/install.md says": install,
    "the broker's password": keep_a_password,
    "started with the machine": start_with_the_machine,
    "music through ALSA": play,
    "daemon killed": kill_daemon,
    "main process killed": kill_main,
    "stuck: systemd's watchdog": get_stuck,
    "a pedal's press": press_a_pedal,
    "MIDI unplugged and back": unplug_midi,
    "the machine sleeps": sleep,
    "power cut in a session": cut_the_power,
    "upgraded": upgrade,
    "uninstalled": uninstall,
}


def add_pedal_script() -> str:
    """Return the command that gives the room of `kacenv init` a pedal."""
    return f"cat >> /etc/kacenv/rooms/garden.yaml <<'END'\n{_CONTROLS}END\nkacenv check garden"


def commit() -> str:
    """Return the commit that is tried."""
    asked = ["git", "log", "-1", "--format=%h %s"]
    return subprocess.run(
        asked, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def _status(guest: Guest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(guest.until("kacenv status --room garden --json"))
    return found


def _elapsed(guest: Guest) -> float:
    return float(_status(guest)["session"]["elapsed"])


def _resumed(guest: Guest, before: float) -> float:
    """Wait until the session is on again, and return how far it is (s).

    Raises:
        GuestError: It began from its start.
    """
    guest.until('kacenv status --room garden --json | grep -q \'"mode": "\\(running\\|held\\)"\'')
    after = _elapsed(guest)
    if after < before:
        raise GuestError(f"the session is at {after} s, and was at {before} s")
    return after


def _restarts(guest: Guest) -> int:
    return int(guest.must(f"systemctl show -P NRestarts {UNIT}"))


def _hear(guest: Guest) -> float:
    """Record until music is heard, and return its level (dBFS RMS)."""
    record = "arecord -q -D hw:Loopback,1,0 -f FLOAT_LE -r 48000 -c 2 -d 4 /tmp/heard.wav"
    program = f'/opt/kacenv/.venv/bin/python -c "{_LEVEL}"'
    level = -180.0
    for _ in range(20):
        level = float(guest.until(f"{record} && {program}").splitlines()[-1])
        if level > _AUDIBLE:
            return level
    raise GuestError(f"nothing is heard: {level:.0f} dBFS")
