import os
import re
from pathlib import Path

import pytest
from support.certificates import make_certificates

from kacenv.config import House, check_house, load_room, load_session
from kacenv.core.errors import DeviceError, LoadError
from kacenv.devices.lights.controller import LightController
from kacenv.model.scene import Audience, EndKind
from kacenv.system.clock import SimClock

CHECKOUT = House(Path(__file__).parents[2])
PHASES = ["settle", "onset", "build", "peak", "descent", "return", "integration"]
MINUTES = [
    ("couple-lozenge", [15, 20, 15, 35, 25, 20, 50]),
    ("couple-injection", [20, 5, 5, 25, 25, 20, 80]),
    ("solo-infusion", [15, 5, 10, 25, 20, 20, 25]),
]


def test_session_becomes_a_timeline(house: House) -> None:
    """A scene, a room and their music come together."""
    timeline = load_session(house, "evening", "rosewood")
    assert timeline.duration == 70 * 60.0
    assert [phase.name for phase in timeline.phases] == ["settle", "peak", "return"]
    assert timeline.phases[0].queue.cuts[0].title == "Evening"


def test_room_by_path(house: House) -> None:
    """A room's file can be given instead of its name."""
    path = house.root / "rooms" / "rosewood.yaml"
    assert load_room(house, str(path)).name == "rosewood"


def test_problems_of_all_files_come_together(house: House) -> None:
    """One attempt tells what is wrong in the room, the scene and the playlists."""
    for kind, name, old, new in (
        ("rooms", "rosewood", "role: speakers", "role: speaker"),
        ("scenes", "evening", "title: Evening", "title: Evening\nending: {from: exit}"),
        ("playlists", "calm", "music/morning.wav", "music/mourning.wav"),
    ):
        path = house.root / kind / f"{name}.yaml"
        path.write_text(path.read_text().replace(old, new))
    with pytest.raises(LoadError) as caught:
        load_session(house, "evening", "rosewood")
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [
        ("playlists/calm.yaml", 5),
        ("rooms/rosewood.yaml", 4),
        ("scenes/evening.yaml", 2),
    ]


def test_unknown_names_are_told_together(house: House) -> None:
    """A wrong scene doesn't hide a wrong room."""
    with pytest.raises(LoadError) as caught:
        load_session(house, "evning", "rosewod")
    files = [problem.file for problem in caught.value.problems]
    assert files == ["rooms/rosewod.yaml", "scenes/evning.yaml"]


def test_the_brokers_files_are_found_from_any_folder(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths begin in the room file's folder; what is missing is named by its full path."""
    path = house.root / "rooms" / "rosewood.yaml"
    host = "  host: 127.0.0.1\n"
    files = "ca_file: ../clinic-ca.pem\n  password_file: secret\n  tls: yes\n  user: k\n"
    path.write_text(path.read_text().replace(host, f"{host}  {files}"))
    monkeypatch.chdir(tmp_path)
    for room in (load_room(house, "rosewood"), load_room(house, os.path.relpath(path))):
        assert room.broker is not None
        assert room.broker.password_file == str(house.root / "rooms" / "secret")
        with pytest.raises(DeviceError, match=re.escape(f"{house.root}/rooms/secret can't be")):
            LightController(room, SimClock(), print)
    (house.root / "rooms" / "secret").touch(0o600)
    (house.root / "rooms" / "secret").write_text("open sesame")
    with pytest.raises(DeviceError, match=re.escape(f"{house.root}/clinic-ca.pem can't")):
        LightController(room, SimClock(), print)
    made = make_certificates(tmp_path, "clinic")
    made.authority.rename(house.root / "clinic-ca.pem")
    LightController(room, SimClock(), print).close()


def test_music_root_reaches_the_playlists(house: House) -> None:
    """A room's own music can be played in that room."""
    room = house.root / "rooms" / "rosewood.yaml"
    calm = house.root / "playlists" / "calm.yaml"
    calm.write_text(calm.read_text().replace("music/morning.wav", "secret.wav"))
    with pytest.raises(LoadError, match=r"no file secret\.wav"):
        load_session(house, "evening", "rosewood")
    room.write_text(room.read_text() + "music_root: ../private\n")
    timeline = load_session(house, "evening", "rosewood")
    assert timeline.phases[0].queue.cuts[1].path == str(house.root / "private" / "secret.wav")


def test_check_tells_each_problem_once(house: House) -> None:
    """A house is checked whole: each scene in each room, each problem told once."""
    assert check_house(house) == []
    room = house.root / "rooms" / "rosewood.yaml"
    (house.root / "rooms" / "second.yaml").write_text(room.read_text())
    unused = house.root / "playlists" / "unused.yaml"
    unused.write_text("title: x\n")
    scene = house.root / "scenes" / "evening.yaml"
    scene.write_text(scene.read_text() + "ending: {from: exit}\n")
    found = [problem.found for problem in check_house(house)]
    assert found == ["no `tracks`", "from: exit"]


def test_empty_house_is_told(tmp_path: Path) -> None:
    """A folder without scenes isn't called faultless."""
    assert [problem.found for problem in check_house(House(tmp_path))] == ["no such file"]


def test_shipped_house_is_faultless() -> None:
    """Every room, scene and playlist that comes with the program loads."""
    assert check_house(CHECKOUT) == []
    assert CHECKOUT.rooms() == ("demo", "example")
    names = {"couple-lozenge", "couple-injection", "solo-infusion", "demo"}
    assert set(CHECKOUT.scenes()) == names


@pytest.mark.parametrize(("scene", "minutes"), MINUTES)
def test_long_scenes_follow_the_sources(scene: str, minutes: list[int]) -> None:
    """The long scenes have the researched durations, slow light and check-ins for staff alone."""
    timeline = load_session(CHECKOUT, scene, "example")
    assert [phase.name for phase in timeline.phases] == PHASES
    assert [phase.duration / 60 for phase in timeline.phases] == minutes
    assert all(phase.light_fade >= 60 for phase in timeline.phases)
    assert timeline.overflow is not None
    cues = [*timeline.cues, *(cue for phase in timeline.phases for cue in phase.cues)]
    assert cues
    assert {cue.audience for cue in cues} == {Audience.STAFF}


def test_looks_are_warm_and_the_peak_is_dim() -> None:
    """No look of the shipped rooms is colder than 2700 K, and the peak is very dim."""
    for name in CHECKOUT.rooms():
        looks = load_room(CHECKOUT, name).looks
        settings = [setting for look in looks.values() for setting in look.values()]
        assert all(2200 <= setting.kelvin <= 2700 for setting in settings if setting.kelvin)
        assert all(setting.level <= 0.05 for setting in looks["dark"].values())


def test_demo_is_three_minutes() -> None:
    """The demo passes all seven phases in exactly three minutes and rings once for the room."""
    timeline = load_session(CHECKOUT, "demo", "demo")
    assert timeline.duration == 180.0
    assert [phase.name for phase in timeline.phases] == PHASES
    assert {phase.end for phase in timeline.phases} == {EndKind.TIME}
    audiences = [cue.audience for phase in timeline.phases for cue in phase.cues]
    assert audiences.count(Audience.ROOM) == 1
