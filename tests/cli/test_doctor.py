"""`kacenv doctor` beside a running room, as a technician types it."""

import json
from pathlib import Path

import pytest
from support.daemon import ForkedDaemon
from support.fork_server import ForkServer
from support.houses import write_house

ROOM = """name: garden
outputs: [{id: speakers, role: speakers}]
broker: {host: 127.0.0.1, port: 9, user: geheimrat, password_file: PASSWORD}
lights: [{id: lamp, dialect: zigbee2mqtt, topic: z/lamp, zone: seats}]
safe_light: {seats: 70%}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house whose room has a broker with a password."""
    (tmp_path / "password").touch(0o600)
    (tmp_path / "password").write_text("schatz-des-anton\n")
    text = ROOM.replace("PASSWORD", str(tmp_path / "password"))
    return write_house(tmp_path, rooms__garden=text)


def test_the_doctor_sees_all_and_gives_nothing_away(house: Path, forks: ForkServer) -> None:
    """All probes answer; the room's fault has its way out; no user, password or path is told."""
    with ForkedDaemon(forks, house, "garden") as daemon:
        done = daemon.run("doctor", "--json", check=False)
    findings = {one["what"]: one for one in json.loads(done.stdout)["findings"]}
    assert done.stderr == ""
    assert done.returncode == 1
    assert {"kacenv", "system", "libraries", "storage", "clock", "house"} <= set(findings)
    assert findings["garden: room"]["found"].startswith("runs; no session")
    assert [line.partition(":")[0] for line in findings["garden: processes"]["lines"]][:1] == [
        "room"
    ]
    assert findings["garden: lights"]["mark"] == "wrong"
    assert findings["garden: broker"]["mark"] == "wrong"
    assert not any("broke (" in one["found"] for one in findings.values())
    for secret in ("schatz", "geheimrat", str(house)):
        assert secret not in done.stdout
