"""`kacenv rehearse` as somebody types it who plans a session."""

import json
from pathlib import Path

import pytest
import soundfile
from support.houses import quiet_house, write_silence
from support.sounds import tone, write_wav
from support.typed import Said, typed

ROOM = """
name: quiet
outputs:
  - {id: speakers, role: speakers}
  - {id: staff, role: staff, channels: [3]}
"""
SCENE = """
title: {title}
phases:
  - {{name: onset, duration: {onset}, playlist: quiet, crossfade: 1s}}
  - {{name: return, duration: 20s, playlist: quiet, crossfade: 1s, level: -6 dB}}
check_ins:
  - {{at: 5s, prompt: Look in}}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with two scenes of half a minute and of forty seconds."""
    folder = tmp_path_factory.mktemp("house")
    scenes = {
        "scenes__short": SCENE.format(title="Short", onset="10s"),
        "scenes__long": SCENE.format(title="Long", onset="20s"),
    }
    quiet_house(folder, rooms__quiet=ROOM, **scenes)
    return folder


LONGER = ("--at", "5s", "hold", "--at", "12s", "release", "--at", "14s", "extend", "10s")
HELD = ("--at", "5s", "hold", "--at", "8s", "release")


def rehearse(house: Path, *words: str) -> Said:
    """Type `kacenv rehearse WORDS`."""
    return typed("rehearse", *words, env={"KACENV_HOUSE": str(house), "KACENV_ROOM": "quiet"})


def test_presses_are_in_the_timeline(house: Path) -> None:
    """Each press stands at its time with its answer, and moves what follows."""
    done = rehearse(house, "short", *LONGER)
    lines = done.stdout.splitlines()
    assert "    0:05    press     hold: Holding in onset. The music goes on until you release." in (
        lines
    )
    assert "    0:12    press     release: Time runs on in onset." in lines
    assert "    0:27  RETURN  20s, music -6 dB" in lines


def test_the_only_room_needs_no_name(tmp_path: Path) -> None:
    """A house made by `init` has one room, and its scenes are rehearsed there."""
    scene = SCENE.format(title="Short", onset="10s")
    house = quiet_house(tmp_path / "house", rooms__quiet=ROOM, scenes__short=scene)
    env = {"KACENV_HOUSE": str(house), "KACENV_CACHE": str(tmp_path / "cache")}
    assert typed("rehearse", "short", env=env).stdout.startswith("Short: ")
    (house / "rooms/other.yaml").write_text(ROOM.replace("quiet", "other"))
    refused = typed("rehearse", "short", env=env)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--room other" in refused.stderr


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_music_that_was_not_measured_is_told(tmp_path: Path, form: tuple[str]) -> None:
    """Until somebody has decoded it, a plan is only as right as what the files promise."""
    scene = SCENE.format(title="Short", onset="10s")
    house = quiet_house(tmp_path / "house", rooms__quiet=ROOM, scenes__short=scene)
    write_wav(house / "playlists/quiet.wav", tone(60, -20.0, 200.0), channels=1)
    env = {"KACENV_HOUSE": str(house), "KACENV_CACHE": str(tmp_path / "cache")}
    done = typed("rehearse", "short", "--room", "quiet", *form, env=env)
    assert done.stderr.startswith("1 of 1 pieces haven't been measured")
    typed("music", "scan", env=env)
    assert typed("rehearse", "short", "--room", "quiet", *form, env=env).stderr == ""


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        ("--at 5s jump", "'jump' can't be pressed. There is: back"),
        ("--at 5s volume moon -3dB", "At 0:05, volume moon -3 dB: There is no output moon"),
        ("--at 2m hold", "At 2:00, hold: the session has ended at 0:"),
        ("--picture x.gif", "For example: x.svg"),
        ("--live 60 --render x.flac", "One at a time"),
        ("--record", "for example: --live 60"),
        ("--compare long --live 60", "with --picture and with --json"),
        ("--compare nowhere", "one of: long, short"),
        ("--render x.flac --at 2m hold", "At 2:00, hold: the session has ended"),
    ],
)
def test_mistakes_get_the_way_out(house: Path, words: str, way_out: str) -> None:
    """A mistake ends with 1 and one clear error, and leaves no file behind."""
    done = rehearse(house, "short", *words.split())
    assert done.returncode == 1
    assert way_out in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("x.flac").exists()


def test_scenes_are_compared_on_one_axis(house: Path) -> None:
    """Both stand one above the other, the shorter one's row as much shorter as the session."""
    lines = rehearse(house, "short", "--compare", "long").stdout.splitlines()
    short, long = (line.rstrip() for line in lines if line.startswith("phases"))
    assert len(short) - 10 == pytest.approx((len(long) - 10) * 31 / 41, abs=2)
    assert [line for line in lines if line.startswith("return")] == [
        "return     0:10 for 21s                0:20 for 21s"
    ]
    assert "Short: 2 phases, 30s planned" in lines
    assert "Long: 2 phases, 40s planned" in lines


def test_json_has_the_whole_arc(house: Path) -> None:
    """Scripts get phases, pieces, loudness, looks and presses; of two scenes, a list."""
    arc = json.loads(rehearse(house, "short", "--json", *HELD).stdout)
    assert [phase["name"] for phase in arc["phases"]] == ["onset", "return"]
    assert arc["pieces"][0]["title"] == "Still"
    assert arc["held"] == [{"begin": 5.0, "end": 8.0}]
    assert {mark["kind"] for mark in arc["marks"]} >= {"press", "check-in", "chime"}
    both = json.loads(rehearse(house, "short", "--compare", "long", "--json").stdout)
    assert [arc["title"] for arc in both] == ["Short", "Long"]


def test_pictures_are_drawn(house: Path, tmp_path: Path) -> None:
    """One scene as PNG, two as SVG, presses and all."""
    png, svg = tmp_path / "one.png", tmp_path / "two.svg"
    done = rehearse(house, "short", "--picture", str(png))
    assert done.stdout == f"The picture is in {png}.\n"
    assert png.read_bytes().startswith(b"\x89PNG")
    rehearse(house, "short", "--compare", "long", "--picture", str(svg), "--at", "5s", "next")
    drawn = svg.read_text()
    assert drawn.count(">phases<") == 2
    assert drawn.count(">next<") == 2


def test_presses_are_in_the_sound(house: Path, tmp_path: Path) -> None:
    """A rendering with a hold is as much longer, and its summary names the press."""
    path = tmp_path / "held.flac"
    done = rehearse(house, "short", "--render", str(path), *HELD)
    assert "    0:05  hold: Holding in onset. The music goes on until you release." in (
        done.stdout.splitlines()
    )
    assert soundfile.info(path).duration == pytest.approx(34.0, abs=0.5)


def test_a_session_can_be_watched_many_times_as_fast(house: Path) -> None:
    """Without a terminal, each thing that happens comes as a line, to the end."""
    done = rehearse(house, "short", "--live", "60", *HELD)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    for words in ("ONSET", "check-in Look in", "hold: Holding in onset", "“Still”"):
        assert words in said


def test_short_and_gapless_pieces_are_told(tmp_path: Path) -> None:
    """A crossfade that a short piece holds names it; a piece that joins another says so."""
    scenes = {f"scenes__{name}": JOINS.replace("NAME", name) for name in ("brief", "album")}
    house = quiet_house(tmp_path, rooms__quiet=ROOM, **scenes)
    write_silence(house / "playlists/click.wav", 1)
    for name, crossfade in (("brief", "6s"), ("album", "0s")):
        (house / f"playlists/{name}.yaml").write_text(LISTED.format(crossfade=crossfade))
    brief = rehearse(house, "brief").stdout
    assert "“Click”, x; crossfade 0.5s, half of “Click”" in brief
    assert "“Still”, x; crossfade 0.5s, half of “Click”" in brief
    assert "“Click”, x; joins the one before, without a gap" in rehearse(house, "album").stdout


def test_a_piece_without_an_artist_is_called_by_its_title(tmp_path: Path) -> None:
    """Lists of other programs often name none."""
    scene = JOINS.replace("NAME", "bare.m3u8")
    house = quiet_house(tmp_path, rooms__quiet=ROOM, scenes__bare=scene)
    write_silence(house / "playlists/click.wav", 100)
    (house / "playlists/bare.m3u8").write_text("click.wav\n")
    assert "“click”; crossfade" in rehearse(house, "bare").stdout


JOINS = """
title: Joins
phases:
  - {name: onset, duration: 90s, playlist: NAME, crossfade: 1s}
"""
LISTED = """
title: x
crossfade: {crossfade}
repeat: yes
tracks:
  - {{file: quiet.wav, title: Still, artist: x, licence: x, instrumental: yes}}
  - {{file: click.wav, title: Click, artist: x, licence: x, instrumental: yes}}
"""
