"""What somebody should know of before a session, found without music or lamps."""

import os
from pathlib import Path

import pytest
from support.clinics import make_clinic
from support.houses import write_silence

from kacenv.config import House, check_files
from kacenv.config.checks.track_warnings import WarningRule
from kacenv.core.errors import LoadError


def change(path: Path, old: str, new: str) -> None:
    """Edit a file of the house."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def told(house: House, rule: WarningRule) -> list[str]:
    """What is said of one matter; the house is otherwise right."""
    found = check_files(house)
    assert found.problems == ()
    return [str(caution) for caution in found.cautions if caution.rule is rule]


def test_a_clinic_in_order_needs_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms, scenes and measured playlists that fit together say nothing."""
    monkeypatch.setenv("KACENV_CACHE", str(tmp_path / "cache"))
    found = check_files(make_clinic(tmp_path / "clinic", scenes=2, playlists=14, tracks=28))
    assert (found.problems, found.cautions, found.unmeasured) == ((), (), ())


def test_a_folder_that_is_away_is_a_problem(house: House) -> None:
    """Where the folder of scenes is a link to a disk that isn't there, this is said."""
    (house.root / "scenes").rename(house.root / "old")
    (house.root / "scenes").symlink_to(house.root / "disk")
    assert "a folder that can't be read" in [
        problem.found.partition(":")[0] for problem in check_files(house).problems
    ]


def test_overflow_that_takes_over_is_told(house: House) -> None:
    """A phase longer than its music, where the overflow goes on."""
    scene = house.scene("evening")
    change(scene, "duration: 35m\n    playlist: calm", "duration: 35m\n    playlist: brief")
    scene.write_text(scene.read_text() + "overflow: calm\n")
    assert told(house, WarningRule.COVERAGE) == [
        (
            "scenes/evening.yaml:9:15: brief holds 19m48s of music for a phase of 35m;"
            " after that, calm goes on"
        )
    ]


def test_long_crossfades_are_told(house: House) -> None:
    """A crossfade longer than half a piece, or than half its phase."""
    write_silence(house.playlist_folder / "music" / "morning.wav", 40)
    change(house.scene("evening"), "duration: 15m", "duration: 15m\n    crossfade: 8m")
    assert told(house, WarningRule.CROSSFADE) == [
        (
            "scenes/evening.yaml:5:16: a crossfade of 8m is longer than half of “Morning” (40s),"
            " which may play in it; then it takes 20s"
        ),
        (
            "scenes/evening.yaml:5:16: a crossfade of 8m, but the phase settle lasts 15m;"
            " it takes 7m30s"
        ),
    ]


def test_a_piece_too_short_for_its_playlists_crossfade_is_told(house: House) -> None:
    """It is named at its line, with the crossfades that it gets; the others aren't."""
    write_silence(house.playlist_folder / "music" / "morning.wav", 0.6, rate=100)
    path = house.playlist_folder / "calm.yaml"
    path.write_text(path.read_text().replace("title:", "crossfade: 12s\ntitle:", 1))
    (said,) = [line for line in told(house, WarningRule.CROSSFADE) if "calm.yaml" in line]
    assert said.startswith("playlists/calm.yaml:")
    assert said.endswith(
        ": “Morning” lasts 0.6s, too short for crossfades of 12s; its own take 0.3s"
    )


def test_a_light_that_is_quicker_than_it_says_is_told(house: House) -> None:
    """A light that takes longer than half its phase."""
    change(house.scene("evening"), "light: dusk", "light: dusk\n    light_fade: 8m")
    assert told(house, WarningRule.LIGHT_FADE) == [
        (
            "scenes/evening.yaml:7:17: a light_fade of 8m, but the phase settle lasts 15m;"
            " it takes 7m30s"
        )
    ]


def test_a_window_that_is_narrower_than_it_says_is_told(house: House) -> None:
    """A window longer than half its phase."""
    end = "light: dusk\n    end: track\n    window: 8m"
    change(house.scene("evening"), "light: dusk", end)
    assert told(house, WarningRule.WINDOW) == [
        "scenes/evening.yaml:8:13: a window of 8m, but the phase settle lasts 15m; it is 7m30s"
    ]


def test_check_ins_that_may_not_come_are_told(house: House) -> None:
    """A check-in in the minutes by which a phase may end early; one before them is safe."""
    scene = house.scene("evening")
    change(scene, "light: dusk", "light: dusk\n    end: track\n    window: 3m")
    ins = "".join(f"  - {{at: {at}, phases: [settle], prompt: Look}}\n" for at in ("11m", "12m"))
    scene.write_text(f"{scene.read_text()}check_ins:\n{ins}")
    assert told(house, WarningRule.CHECK_IN) == [
        (
            "scenes/evening.yaml:19:10: may not come: with its music, the phase settle may end"
            " after 12m"
        )
    ]


def test_looks_that_lamps_cannot_show_are_told(house: House) -> None:
    """A white out of range, a colour without colours, a level on a switch, a zone without lamp."""
    room = house.room("rosewood")
    change(room, "dusk: {seats: 16% 2400 K}", "dusk: {seats: 16% 1900 K, path: 5%}")
    change(room, "dark: {seats: 2% 2200 K}", 'dark: {seats: "2% #ff8040"}')
    assert told(house, WarningRule.LOOK) == [
        (
            "rooms/rosewood.yaml:14:17: seat-left goes from 2200 K to 6500 K; for 1900 K it shows"
            " 2200 K"
        ),
        "rooms/rosewood.yaml:14:35: no lamp is in the zone path",
        "rooms/rosewood.yaml:15:17: no colours: seat-left; there the level alone is shown",
    ]
    change(room, "can: [level, kelvin, transition]", "can: []")
    switched = [line for line in told(house, WarningRule.LOOK) if "on or off" in line]
    assert len(switched) == 4
    assert switched[0].endswith("seat-left can only be on or off; 16% 1900 K switches it on")


def test_a_dark_safe_light_is_told(house: House) -> None:
    """Lights-up must light the way."""
    change(house.room("rosewood"), "safe_light: {seats: 70%}", "safe_light: {seats: off}")
    assert any("lights-up leaves seats dark" in line for line in told(house, WarningRule.LOOK))


def test_unquoted_colours_are_told(house: House) -> None:
    """YAML reads # as a comment; other comments, and quoted colours, are left alone."""
    looks = "looks:\n  rose:\n    seats: 12% #ff8040\n  calm:\n    seats: 3%  # very dim\n"
    change(house.room("rosewood"), "looks:\n", looks)
    assert told(house, WarningRule.COMMENT) == [
        (
            "rooms/rosewood.yaml:15:16: #ff8040 isn't read: unquoted, # begins a comment; for a"
            ' colour write "12% #ff8040"'
        )
    ]


def test_unused_and_hidden_files_are_told(house: House) -> None:
    """Playlists that no scene uses, music in none, and files behind one of the same name.

    The trash, and what a Mac leaves beside a file, isn't spoken of.
    """
    for name in ("music/.Trash-1000/a.wav", "#recycle/a.wav", "music/._evening.wav"):
        write_silence(house.playlist_folder / name, 1)
    (house.root / "scenes" / "evening.yml").write_text("title: Old\n")
    assert told(house, WarningRule.UNUSED) == [
        "playlists/brief.yaml:1:1: no scene uses this playlist",
        "playlists/music:1:1: in no playlist: link.wav, picture.opus",
    ]
    (line,) = told(house, WarningRule.TWICE)
    assert line.startswith("scenes/evening.yml:1:1: isn't read, as evening.yaml stands before it")


def test_a_track_listed_twice_is_told(house: House) -> None:
    """The second line points to the first."""
    change(house.playlist_folder / "calm.yaml", "music/morning.wav", "music/evening.wav")
    assert told(house, WarningRule.TWICE) == [
        "playlists/calm.yaml:5:12: evening.wav is in this playlist already, on line 4"
    ]


def test_what_is_unmeasured_is_named(house: House) -> None:
    """A measuring needs each file with the playlist it is in."""
    found = check_files(house)
    assert len(found.unmeasured) == 4
    assert {path.name for _, path in found.unmeasured} == {"evening.wav", "morning.wav"}


def test_narrowed_to_what_was_named(house: House) -> None:
    """A scene brings its playlists along; other files are left out; a mistyped name is refused."""
    found = check_files(house)
    assert {one.file for one in found.narrowed(["evening"]).cautions} == {"playlists/calm.yaml"}
    assert [place.room.name for place in found.narrowed(["rosewood"]).places] == ["rosewood"]
    assert found.narrowed(["scenes/evening.yaml"]) == found.narrowed(["evening"])
    with pytest.raises(LoadError, match="evening"):
        found.narrowed(["evning"])


def test_names_that_no_text_can_hold_are_told(house: House) -> None:
    """Of music, its folders, playlists, scenes and rooms, in letters that can be read."""
    (house.playlist_folder / "new\x1b").mkdir()
    write_silence(house.playlist_folder / os.fsdecode(b"caf\xe9.wav"), 1)
    (house.playlist_folder / "e\x1b[31m.m3u8").write_text("music/morning.wav\n")
    (house.playlist_folder / os.fsdecode(b"\xe9.txt")).touch()
    assert told(house, WarningRule.NAME) == [
        (
            r"playlists/caf\xe9.wav:1:1: its name has letters that aren't UTF-8,"
            " so no playlist or command can name it; rename it"
        ),
        (
            r"playlists/e\x1b[31m.m3u8:1:1: its name has signs that can't be shown,"
            " so no playlist or command can name it; rename it"
        ),
        (
            r"playlists/new\x1b:1:1: its name has signs that can't be shown,"
            " so no playlist or command can name it; rename it"
        ),
    ]
