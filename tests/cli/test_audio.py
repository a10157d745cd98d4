"""`kacenv audio`: devices, a tone on each channel, and the trim that a meter asks for."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.decks import rms
from support.houses import write_house
from support.pulse import Pulse
from typer.testing import CliRunner, Result

from kacenv.cli.audio import app
from kacenv.config import House, load_room
from kacenv.core.errors import DaemonError, DeviceError
from kacenv.devices.audio.samples import RATE

ROOM = """# our room
name: quiet
outputs:
  - id: speakers          # on the wall
    role: speakers
    trim: -4 dB           # by ear
    ceiling: -6 dB
  - role: seat-a          # no trim yet
    id: seat-a
    channels: [3, 4]
  - {id: seat-b, role: seat-b, channels: [3]}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with one room."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    return write_house(tmp_path / "house", rooms__quiet=ROOM)


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """A sound server whose device has four channels."""
    server = Pulse(tmp_path, channels=4)
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    with server:
        yield server


@pytest.fixture
def no_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound server that this process could find."""
    for name, value in Pulse(tmp_path / "nowhere").env.items():
        monkeypatch.setenv(name, value)


def typed(*words: str, house: Path | None = None, keys: str = "") -> Result:
    """Type `kacenv audio WORDS`."""
    place = ["--room", "quiet", "--house", str(house)] if house else []
    return CliRunner().invoke(app, [*words, *place], input=keys)


def test_devices_are_listed(pulse: Pulse) -> None:
    """Each device has a name, channels and a sound system, for people and for scripts."""
    assert pulse.channels == 4
    assert typed("devices").output == "Room  (4 channels, PulseAudio)\n"
    listed = json.loads(typed("devices", "--json").output)
    assert listed == [{"name": "Room", "channels": 4, "backend": "PulseAudio"}]


@pytest.mark.usefixtures("no_sound")
def test_no_devices_are_said_plainly() -> None:
    """Without a device people hear what to do, and scripts get an empty list."""
    result = typed("devices")
    assert isinstance(result.exception, DeviceError)
    assert "Connect it and switch it on" in str(result.exception)
    assert json.loads(typed("devices", "--json").output) == []


def test_each_channel_sounds_in_turn(pulse: Pulse, house: Path, tmp_path: Path) -> None:
    """Each channel is announced, then carries a tone of -30 dBFS while the others are silent."""
    path = tmp_path / "recording"
    with pulse.recording(path):
        result = typed("test", "speakers", house=house)
    assert result.output.splitlines()[:2] == [
        "speakers, left: channel 1 of default",
        "speakers, right: channel 2 of default",
    ]
    sound = pulse.read(path)
    assert np.abs(sound).max(axis=0) == pytest.approx([10 ** (-30 / 20)] * 2 + [0, 0], rel=1e-2)
    assert not (sound[:, 0].astype(bool) & sound[:, 1].astype(bool)).any()
    assert sound[:, 0].nonzero()[0].max() < sound[:, 1].nonzero()[0].min()


def test_all_devices_are_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, house: Path
) -> None:
    """Each output is heard on its own device, and on no other."""
    (house / "rooms/quiet.yaml").write_text("""name: quiet
outputs:
  - {id: seat-a, role: seat-a, device: left, channels: [2]}
  - {id: seat-b, role: seat-b, device: right, channels: [1]}
""")
    server, path = Pulse(tmp_path, sink="left", more=("right",)), tmp_path / "recording"
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    with server, server.recording(path):
        result = typed("test", house=house)
    assert result.output.splitlines()[:2] == [
        "seat-a, mono: channel 2 of left",
        "seat-b, mono: channel 1 of right",
    ]
    sound = server.read(path)
    assert np.abs(sound).max(axis=0) == pytest.approx([0, 10 ** (-30 / 20)], rel=1e-2)


def test_a_chime_can_be_heard(pulse: Pulse, house: Path, tmp_path: Path) -> None:
    """A chime of the room's own sounds on one output, as soft as it is in a quiet room."""
    room = house / "rooms/quiet.yaml"
    room.write_text(room.read_text() + "chimes: {lake: {notes: [E4, {note: B4, after: 0.3s}]}}\n")
    path = tmp_path / "recording"
    with pulse.recording(path):
        result = typed("chime", "lake", "--output", "seat-a", house=house)
    assert result.output == "lake on seat-a, at -38 dBFS\n"
    sound = pulse.read(path)
    assert np.abs(sound).max(axis=0) == pytest.approx([0, 0] + [10 ** (-38 / 20)] * 2, rel=1e-2)
    unknown = typed("chime", "gong", house=house)
    assert "bell, two-bells, deep-bell, lake" in str(unknown.exception)


def test_a_running_room_is_left_alone(house: Path, tmp_path: Path) -> None:
    """While a daemon holds the room, neither tone nor noise is played."""
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "quiet.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for words in (["test"], ["chime"], ["calibrate", "speakers"]):
            result = typed(*words, house=house)
            assert isinstance(result.exception, DaemonError)
            assert "The room quiet is running" in str(result.exception)


def test_an_unknown_output_is_refused(house: Path) -> None:
    """The error names the outputs there are."""
    result = typed("test", "roof", house=house)
    assert isinstance(result.exception, DeviceError)
    assert "it has: speakers, seat-a, seat-b" in str(result.exception)


def test_a_reading_makes_a_trim(house: Path) -> None:
    """The trim line, and the ceiling in the meter's unit, are printed; nothing is written."""
    result = typed("calibrate", "speakers", "--reading", "57dB", house=house)
    assert result.exit_code == 0
    assert "\n    trim: " in result.output
    assert "ceiling: -6 dB   # no peak passes 81 dB SPL" in result.output
    assert (house / "rooms/quiet.yaml").read_text() == ROOM


@pytest.mark.parametrize("reading", ["loud", "12", "62 %", ""])
def test_a_bad_reading_is_refused(house: Path, reading: str) -> None:
    """What isn't a level of a room is told in plain words."""
    result = typed("calibrate", "speakers", "--reading", reading, house=house)
    assert isinstance(result.exception, DeviceError)


@pytest.mark.parametrize("output", ["speakers", "seat-a", "seat-b"])
def test_a_trim_is_written_and_nothing_else(house: Path, output: str) -> None:
    """The scalar is replaced or added, comments and other lines stay, and the file loads."""
    path = house / "rooms/quiet.yaml"
    before = load_room(House(house), "quiet")
    words = ["calibrate", output, "--reading", "57.5 dB", "--write"]
    said = typed(*words, house=house).output
    trim = next(line.split("trim: ")[1] for line in said.splitlines() if "  trim: " in line)
    after = load_room(House(house), "quiet")
    changed = {new.id: f"{new.trim:g} dB" for new in after.outputs if new not in before.outputs}
    assert changed == {output: trim}
    comments = [line.partition("#")[2] for line in ROOM.splitlines() if "#" in line]
    text = path.read_text()
    assert [line.partition("#")[2] for line in text.splitlines() if "#" in line] == comments
    assert len(set(text.splitlines()) - set(ROOM.splitlines())) <= 2
    again = typed(*words, house=house).output
    assert said == again
    assert path.read_text() == text


def test_a_file_that_shares_its_trims_is_left_as_it_is(house: Path) -> None:
    """Where a change would touch another output, people get the line to put in themselves."""
    shared = """name: quiet
outputs:
  - {id: speakers, role: speakers, trim: &same -4 dB}
  - {id: seat-a, role: seat-a, trim: *same}
"""
    path = house / "rooms/quiet.yaml"
    path.write_text(shared)
    result = typed("calibrate", "seat-a", "--reading", "57 dB", "--write", house=house)
    assert isinstance(result.exception, DeviceError)
    assert "put in: trim: " in str(result.exception)
    assert path.read_text() == shared


def test_a_quoted_trim_keeps_its_quotes(house: Path) -> None:
    """Only what stands between the quotes is replaced, and line ends stay as they were."""
    path = house / "rooms/quiet.yaml"
    path.write_bytes(ROOM.replace("-4 dB", "'-4 dB'").replace("\n", "\r\n").encode())
    typed("calibrate", "speakers", "--reading", "57 dB", "--write", house=house)
    line = path.read_bytes().splitlines(keepends=True)[5]
    assert line.startswith(b"    trim: '")
    assert line.endswith(b" dB'           # by ear\r\n")


def test_the_noise_is_played_softly(pulse: Pulse, house: Path, tmp_path: Path) -> None:
    """Noise is heard on the output's own channels alone, very soft at first, until a reading."""
    path = tmp_path / "recording"
    with pulse.recording(path):
        result = typed("calibrate", "seat-a", house=house, keys="55\n")
    assert result.exit_code == 0
    assert "Pink noise on seat-a: -30 dBFS rms, seed 1" in result.output
    sound = pulse.read(path)
    assert not sound[:, :2].any()
    heard = sound[np.flatnonzero(np.abs(sound[:, 2]) > 1e-7)[0] :]
    assert 0 < rms(heard[: RATE // 2, 2:]) < 10 ** (-55 / 20)
    assert not sound[-100:].any()
