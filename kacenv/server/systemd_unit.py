"""Generator of a room's systemd unit, with its sandbox."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import PurePath

from kacenv.core.units import Seconds
from kacenv.system.thread_priority import REALTIME

WATCHDOG = Seconds(30.0)
"""Watchdog timeout, above the time in which our own supervisor replaces a hung daemon."""
_PRIVATE = (
    "localhost",
    "link-local",
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
)


@dataclass(frozen=True, slots=True)
class ServiceUnit:
    """Parameters of a room's unit.

    `room` is its name and `file` its file, as `--room` takes it; `program` runs kacenv; `groups`
    are those that the room file names; `broker` is the host of its broker. All paths are
    absolute.
    """

    room: str
    file: str
    house: PurePath
    program: tuple[str, ...]
    user: str = "kacenv"
    groups: tuple[str, ...] = ()
    broker: str | None = None

    @property
    def unit(self) -> str:
        """Name of the unit."""
        return unit_name(self.room)


def unit_name(room: str) -> str:
    """Return the name of the room's unit."""
    return f"kacenv-{room}.service"


def users_text(service: ServiceUnit) -> str:
    """Return the service's user and groups, for systemd-sysusers (sysusers.d(5))."""
    lines = [
        f'u {service.user} - "kacenv, the therapy room" /var/lib/kacenv',
        *(f"g {group} -" for group in service.groups),
        *(f"m {service.user} {group}" for group in ("audio", *service.groups)),
    ]
    return "".join(f"{line}\n" for line in lines)


def unit_text(service: ServiceUnit) -> str:
    """Return the unit file (systemd.service(5), systemd.exec(5)), for systemd 247 and later."""
    command = [*service.program, "serve", "--supervised"]
    command += ["--room", service.file, "--house", str(service.house)]
    return _UNIT.format(
        room=service.room,
        command=" ".join(_quoted(word) for word in command),
        user=service.user,
        groups=" ".join(("audio", *service.groups)),
        watchdog=f"{WATCHDOG:g}s",
        realtime=REALTIME,
        own=_OWN if service.groups else "",
        network=_network(service.broker),
    )


def _network(broker: str | None) -> str:
    """Return the address filter: this machine and private networks, if the broker is in one."""
    if broker is not None and broker != "localhost":
        try:
            if ip_address(broker).is_global:
                return f"# No filter of addresses: the broker {broker} is outside.\n"
        except ValueError:
            return "# No filter of addresses: only a name server knows where the broker is.\n"
    return f"IPAddressDeny=any\nIPAddressAllow={' '.join(_PRIVATE)}\n"


def _quoted(word: str) -> str:
    """Quote a word of a command for systemd (systemd.service(5))."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return plain if plain == word and not set(word) & set(" \t';#") else f'"{plain}"'


_OWN = """\
# It hands its socket to the group of those who drive the room.
SystemCallFilter=@chown
"""
_UNIT = """\
# Written by: kacenv service install --room {room}
# Your own changes: systemctl edit kacenv-{room}

[Unit]
Description=kacenv, music and light of the room {room}
# The network isn't waited for: music plays without it, and lamps follow once the broker is there.
After=sound.target
# Whatever happens, it is started again.
StartLimitIntervalSec=0

[Service]
Type=notify
# The daemon below our own supervisor says that it is ready, and beats.
NotifyAccess=all
ExecStart={command}
Restart=always
RestartSec=1s
# Our own supervisor replaces a daemon that begins too slowly, and tries three times.
TimeoutStartSec=600s
WatchdogSec={watchdog}
WatchdogSignal=SIGKILL
# Told to stop, the supervisor has the daemon fade out; what is left then is ended.
KillMode=mixed
TimeoutStopSec=15s

User={user}
SupplementaryGroups={groups}
UMask=0077
Environment=KACENV_RUN=%t/kacenv KACENV_STATE=%S/kacenv KACENV_CACHE=%C/kacenv
# For a broker's password (password_env), if there is one.
EnvironmentFile=-/etc/kacenv/{room}.env
RuntimeDirectory=kacenv
RuntimeDirectoryMode=0755
# Other rooms of this machine keep their sockets there, too.
RuntimeDirectoryPreserve=yes
StateDirectory=kacenv
StateDirectoryMode=0700
CacheDirectory=kacenv
CacheDirectoryMode=0755

# Sound comes first when the machine is busy, and goes last when memory runs out.
# The thread that feeds the sound device alone is real-time, as that of a sound server.
Nice=-10
LimitRTPRIO={realtime}
OOMScoreAdjust=-900
OOMPolicy=continue
LimitCORE=0

# Of devices, sound and MIDI alone.
DevicePolicy=closed
DeviceAllow=char-alsa rw
# Of files, all may be read that its user may read, music in home folders too.
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateMounts=yes
ProtectProc=invisible
# No ProcSubset=pid: the clock of the machine's start is in /proc/sys.
# Of the network, the broker and a tablet.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
{network}
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=yes
RestrictNamespaces=yes
LockPersonality=yes
# libVLC, FFmpeg and the callbacks of sound work without (tests/server/test_systemd_unit.py).
MemoryDenyWriteExecute=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RemoveIPC=no
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# The sound's thread asks for its place in the queue, and does not begin without.
SystemCallFilter=sched_setscheduler
{own}SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""
