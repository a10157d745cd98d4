"""Probes of a house and its rooms: real files, a real broker, a log as the daemon writes it."""

import logging
from collections.abc import Iterable
from pathlib import Path

import pytest
from support.certificates import make_certificates
from support.houses import quiet_house, write_house
from support.mosquitto import Mosquitto

from kacenv.cli.logs import log_to_file
from kacenv.config import House
from kacenv.diagnostics.doctor import room_probes
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.system.x509 import read_file

SCENE = "title: Quiet\nphases: [{name: onset, duration: 10m, playlist: quiet}]\n"
OUTPUTS = "outputs:\n  - {id: speakers, role: speakers}\n"


def a_house(folder: Path, broker: str = "") -> House:
    """A house with one room."""
    return House(write_house(folder, rooms__garden=f"name: garden\n{OUTPUTS}{broker}"))


def only(found: Iterable[Finding]) -> Finding:
    """The one finding of a probe."""
    (finding,) = found
    return finding


def test_a_house_is_counted_and_checked(tmp_path: Path) -> None:
    """Rooms, scenes, playlists and problems; where there are any, how to see them."""
    home = a_house(tmp_path)
    quiet_house(tmp_path, scenes__quiet=SCENE)
    assert only(room_probes.house(home)) == Finding("house", "1 room, 1 scene, 1 playlist")
    write_house(tmp_path, scenes__other="colour: red\n")
    found = only(room_probes.house(home))
    assert found.mark is Severity.WRONG
    assert "kacenv check" in found.todo
    assert str(tmp_path) not in str(found)


def test_a_broker_that_answers_is_fine(tmp_path: Path) -> None:
    """It is really spoken to."""
    with Mosquitto(tmp_path) as broker:
        home = a_house(tmp_path, f"broker: {{host: 127.0.0.1, port: {broker.port}}}\n")
        assert only(room_probes.broker(home, "garden")) == Finding(
            "garden: broker", f"127.0.0.1:{broker.port} answers"
        )


@pytest.mark.parametrize(
    ("broker", "mark", "word"),
    [
        ("", Severity.FINE, ""),
        ("broker: {host: 127.0.0.1, port: 9}\n", Severity.WRONG, "can't be reached"),
        (
            "broker: {host: 127.0.0.1, user: u, password_file: /nowhere}\n",
            Severity.WRONG,
            "password file",
        ),
        ("colour: red\n", Severity.WRONG, "kacenv check"),
    ],
    ids=["none", "away", "no-password", "broken"],
)
def test_a_broker_that_is_none_gets_the_way_out(
    tmp_path: Path, broker: str, mark: Severity, word: str
) -> None:
    """Away, without its password, or in a room that can't be read: each says what to do."""
    found = only(room_probes.broker(a_house(tmp_path, broker), "garden"))
    assert found.mark is mark
    assert word in found.todo


@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")  # paho drops failed handshakes
@pytest.mark.parametrize(("days", "mark"), [(-1, Severity.WRONG), (3, Severity.NOTE)])
def test_a_broker_s_certificate_is_looked_at(tmp_path: Path, days: int, mark: Severity) -> None:
    """Expired or soon to be: with its date, as the daemon says it."""
    made = make_certificates(tmp_path, "clinic", days=days)
    with Mosquitto(tmp_path, certificates=made) as broker:
        keys = f"{{host: 127.0.0.1, port: {broker.port}, tls: yes, ca_file: {made.authority}}}"
        *_, found = room_probes.broker(a_house(tmp_path, f"broker: {keys}\n"), "garden")
    assert found.mark is mark
    said = f"{found.found} {found.todo}"
    assert f"The certificate of the light broker at 127.0.0.1:{broker.port} expire" in said
    assert f"{read_file(made.certificate)[0].until:%d %B %Y}" in said


def test_the_last_troubles_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings and errors of the room's log, of lines and of JSON, the older file first."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path))
    assert only(room_probes.log("garden")).found == "no troubles"
    for name, as_json in (("garden.log.1", False), ("garden.log", True)):
        log_to_file(tmp_path / name, as_json=as_json)
        log = logging.getLogger("kacenv.session.session")
        log.info("phase peak")
        log.warning("of %s", name)
        logging.getLogger().handlers[0].close()
    logging.getLogger().handlers.clear()
    found = only(room_probes.log("garden"))
    assert [line.count("garden.log") for line in found.lines] == [1, 1]
    assert "garden.log.1" in found.lines[0]
    assert found.found == "the last troubles (2 of 2)"


def test_a_long_log_is_read_from_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many troubles the last twelve are shown; a file that is no text does no harm."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path))
    lines = "".join(f"level=error said=no-{number}\n" for number in range(20_000))
    (tmp_path / "garden.log").write_bytes(b"\xff\x00\n" + lines.encode())
    found = only(room_probes.log("garden"))
    assert len(found.lines) == room_probes.MOST_LINES
    assert found.lines[-1].endswith("no-19999")


def test_a_room_s_own_words_are_told() -> None:
    """What a running room says is not well is repeated, with its way out."""
    status = {
        "session": {"mode": "running"},
        "sound": "Card",
        "health": {"sound": None, "lights": "Not answering: lamp."},
    }
    assert list(room_probes.state("garden", status)) == [
        Finding("garden: room", "runs; in a session, running; sound by Card"),
        Finding("garden: lights", "not well", Severity.WRONG, "Not answering: lamp."),
    ]


def test_a_room_s_processes_and_gaps_are_told() -> None:
    """What each process is and for how long; gaps of the device with what to do."""
    status = {
        "session": {"mode": "idle"},
        "sound": "Card",
        "health": {},
        "at": 90.0,
        "processes": [{"pid": 7, "role": "room", "since": 30.0}],
        "dropouts": {"count": 2, "longest": 0.25},
    }
    _, processes, gaps = room_probes.state("garden", status)
    assert (processes.found, processes.lines) == ("1", ("room: process 7, for 1:00",))
    assert gaps.found == "2 gaps in this session or the last, the longest about 250 ms"
    assert gaps.mark is Severity.NOTE


def test_a_machine_without_systemd_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the other way to keep a room running is named."""
    monkeypatch.setattr(room_probes, "_BOOTED", tmp_path / "nowhere")
    found = only(room_probes.service("garden"))
    assert found.mark is Severity.NOTE
    assert "kacenv serve --supervised --room garden" in found.todo
