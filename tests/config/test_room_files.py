"""What keeps a room from starting is known to `check`, and said by both in the same words."""

import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.access import a_certificate
from support.daemon import KACENV
from support.houses import write_house
from support.waiting import PATIENCE

from kacenv.config import House, check_files, load_room, load_room_to_run
from kacenv.config.checks.track_warnings import WarningRule
from kacenv.core.errors import LoadError

_LAMPS = """
lights:
  - {id: seat, dialect: plain, topic: seat/set, zone: seats}
safe_light: {seats: 70%}
"""
_LAMP = """broker: {host: 127.0.0.1, port: 9}
lights:
  - {id: seat, dialect: plain, zone: seats, %s}
safe_light: {seats: 70%%}
"""
_TCP = "surfaces:\n  tcp: {port: 18765, tls: {certificate: %s, key: %s}}\n  access: {}\n"


def _broker(keys: str) -> str:
    return f"broker: {{host: 127.0.0.1, port: 9, user: k, {keys}}}{_LAMPS}"


Prepare = Callable[[Path], object]


def _private(name: str, text: bytes, mode: int = 0o600) -> Prepare:
    def write(house: Path) -> None:
        path = house / "rooms" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        path.chmod(mode)

    return write


def _nothing(_: Path) -> None:
    """Leave all as it is."""


def _pipe(house: Path) -> None:
    (house / "rooms").mkdir(parents=True)
    os.mkfifo(house / "rooms/pipe")


FAULTS: dict[str, tuple[str, Prepare, str]] = {
    "no password": (_broker("password_file: gone"), _nothing, "No such file"),
    "an endless password": (_broker("password_file: /dev/zero"), _nothing, "a device or a pipe"),
    "a piped password": (_broker("password_file: pipe"), _pipe, "a device or a pipe"),
    "a folder": (_broker("password_file: /etc"), _nothing, "it is a folder"),
    "an empty password": (_broker("password_file: p"), _private("p", b"\n"), "is empty"),
    "a password for all": (
        _broker("password_file: p"),
        _private("p", b"secret", 0o644),
        "others on this machine can read it",
    ),
    "a long password": (_broker("password_file: p"), _private("p", b"x" * 10**6), "64 kB"),
    "no text": (_broker("password_file: p"), _private("p", b"\xff\xfe"), "not readable as text"),
    "no user": (
        "broker: {host: 127.0.0.1, password_file: p}" + _LAMPS,
        _private("p", b"secret"),
        "a password but no user",
    ),
    "no authority": (_broker("tls: yes, ca_file: gone"), _nothing, "No such file"),
    "an endless authority": (_broker("tls: yes, ca_file: /dev/zero"), _nothing, "a device"),
    "no authority in it": (_broker("tls: yes, ca_file: p"), _private("p", b"x"), "can't be used"),
    "no client certificate": (
        _broker("tls: yes, certificate_file: gone, key_file: gone"),
        _nothing,
        "The certificate",
    ),
    "no certificate": (_TCP % ("gone.pem", "gone.key"), _nothing, "gone.pem isn't there"),
    "no certificate in it": (
        _TCP % ("rooms/p", "rooms/p"),
        _private("p", b"x"),
        "no certificate and its key",
    ),
    "an endless certificate": (_TCP % ("/dev/zero", "/dev/zero"), _nothing, "a device or a pipe"),
    "no group": ("surfaces: {socket_group: nobody-has-this}", _nothing, "isn't there"),
    "a hash in a topic": (_LAMP % 'topic: "a/#"', _nothing, "without # and +"),
    "a plus in a state": (_LAMP % "topic: a, state_topic: a/+", _nothing, "without # and +"),
    "a plus in a presence": (_LAMP % "topic: a, availability_topic: +", _nothing, "without #"),
    "a line break in a topic": (_LAMP % r'topic: "a\nb"', _nothing, "one line"),
    "a NUL in a topic": (_LAMP % r'topic: "a\0b"', _nothing, "letters, digits and signs"),
    "an endless topic": (_LAMP % f"topic: {'a/' * 700}", _nothing, "one line"),
    "keys elsewhere": ("surfaces: {access: {file: ../../x}}", _nothing, "ends in .json"),
    "keys in a journal": ("surfaces: {access: {file: bench.journal}}", _nothing, ".json"),
    "a host of two words": ("broker: {host: a b}", _nothing, "the name or the address"),
    "an address that is none": ("broker: {host: 300.1.1.1}", _nothing, "the name or the address"),
    "an address cut off": (
        'surfaces: {tcp: {host: "fe80:::1", tls: none}, access: {}}',
        _nothing,
        "the name or the address",
    ),
    "an endless host": (f"broker: {{host: {'a' * 64}}}", _nothing, "the name or the address"),
    "no chime": ("chimes: {lake: {file: gone.mid}}", _nothing, "isn't there"),
    "a chime that is none": ("chimes: {lake: {file: p}}", _private("p", b"x"), "MIDI file"),
    "no music": ("music_root: gone", _nothing, "no folder"),
}
_BY_PROCESSES = ("an endless password", "a password for all", "no certificate", "a hash in a topic")


@pytest.fixture
def broken(tmp_path: Path, request: pytest.FixtureRequest) -> House:
    """A house whose room has one of the faults."""
    lines, prepare, _ = FAULTS[request.param]
    prepare(tmp_path)
    return _house(tmp_path, lines)


def _house(folder: Path, lines: str) -> House:
    """A house with one room, which has these lines."""
    room = f"name: bench\noutputs:\n  - {{id: speakers, role: speakers}}\n{lines}\n"
    return House(write_house(folder, rooms__bench=room))


def _words(broken: House) -> str:
    """Return why the room can't be run."""
    with pytest.raises(LoadError) as refused:
        load_room_to_run(broken, "bench")
    return str(refused.value)


@pytest.mark.parametrize(("broken", "fault"), [(one, one) for one in FAULTS], indirect=["broken"])
def test_check_knows_what_serve_knows(broken: House, fault: str) -> None:
    """Each fault is a problem with its line and a way out, the same to both."""
    words = _words(broken)
    assert FAULTS[fault][2] in words
    told = [one for one in check_files(broken).problems if one.file.endswith("bench.yaml")]
    assert "\n".join(map(str, told)) == words
    assert all(one.line > 3 and one.expected for one in told)
    assert "secret" not in words


@pytest.mark.parametrize(
    ("broken", "fault"), [(one, one) for one in _BY_PROCESSES], indirect=["broken"]
)
def test_the_daemon_says_what_check_says(broken: House, fault: str) -> None:
    """`check` exits with 1, and `serve` refuses with the same sentence."""
    surroundings = {**os.environ, "KACENV_RUN": str(broken.root / "run")}
    surroundings["KACENV_STATE"] = str(broken.root / "state")
    words = ["--house", str(broken.root)]
    checked, served = (
        subprocess.run(
            [KACENV, *command, *words],
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        for command in (["check"], ["serve", "--room", "bench"])
    )
    assert (checked.returncode, served.returncode) == (1, 1)
    refusal = served.stderr.strip()
    assert FAULTS[fault][2] in refusal
    assert refusal in checked.stdout


def test_dates_keep_no_room_shut(tmp_path: Path) -> None:
    """A certificate that has expired is a warning: the music plays without the tablet."""
    a_certificate(tmp_path / "tls", until=timedelta(days=-2))
    house = _house(tmp_path, _TCP % ("tls/garden.pem", "tls/garden.key"))
    assert load_room_to_run(house, "bench").name == "bench"
    report = check_files(house)
    assert [one for one in report.problems if one.file.endswith("bench.yaml")] == []
    assert ["has expired" in one.text for one in report.cautions if one.rule is WarningRule.NETWORK]


def test_what_another_user_has_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that isn't set here may be set where the room runs; there it must be."""
    monkeypatch.delenv("KACENV_NO_SUCH_NAME", raising=False)
    house = _house(tmp_path, _broker("password_env: KACENV_NO_SUCH_NAME"))
    assert "KACENV_NO_SUCH_NAME isn't set" in _words(house)
    report = check_files(house)
    assert not [one for one in report.problems if one.file.endswith("bench.yaml")]
    (text,) = [one.text for one in report.cautions if "KACENV_NO_SUCH_NAME" in one.text]
    assert "check as that one" in text


def test_clients_open_no_secrets(tmp_path: Path) -> None:
    """Who only asks for the room's name or lamps needs no password, and may read none."""
    house = _house(tmp_path, _broker("password_file: gone"))
    assert load_room(house, "bench").name == "bench"


def test_a_right_room_is_opened_whole(tmp_path: Path) -> None:
    """With a password of its own, a certificate and a group, nothing is told."""
    _private("p", b"secret\n")(tmp_path)
    a_certificate(tmp_path / "tls")
    more = (_broker("password_file: p")) + (_TCP % ("tls/garden.pem", "tls/garden.key"))
    house = _house(tmp_path, f"{more}  socket_group: root")
    assert load_room_to_run(house, "bench").surfaces.socket_group == "root"
    assert not [one for one in check_files(house).problems if one.file.endswith("bench.yaml")]
