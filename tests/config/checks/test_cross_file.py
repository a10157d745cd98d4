from pathlib import Path

from kacenv.config.checks.cross_file import (
    ScenePlan,
    check_music,
    check_scene,
    unknown_playlist,
)
from kacenv.config.yaml.document import parse
from kacenv.config.yaml.validation_errors import validate
from kacenv.core.units import Seconds
from kacenv.model.playlist import Cut, Queue
from kacenv.model.scene import Scene

PHASE = "  - {name: settle, duration: 15m, playlist: calm, end: track, window: 3m}\n"


def plan(more: str = "") -> ScenePlan:
    """A scene of one phase, and what else is said."""
    document = parse(f"title: x\nphases:\n{PHASE}{more}", "x.yaml")
    return ScenePlan(validate(Scene, document), document)


def queue(minutes: float, *, repeat: bool = False) -> dict[str, Queue]:
    """The one playlist, so long."""
    cut = Cut(str(Path("a.wav")), "a", "", Seconds(minutes * 60))
    return {"calm": Queue("calm", (cut,), Seconds(12), repeat=repeat)}


def test_music_must_reach_the_end_of_the_window() -> None:
    """A playlist has to last as long as its phase may."""
    assert len(list(check_music(plan(), queue(17.9)))) == 1
    assert list(check_music(plan(), queue(18))) == []


def test_repeat_and_overflow_cover_any_phase() -> None:
    """A playlist that begins again, or an overflow, never runs dry."""
    assert list(check_music(plan(), queue(1, repeat=True))) == []
    assert list(check_music(plan("overflow: calm\n"), queue(1))) == []


def test_broken_playlist_is_not_called_short() -> None:
    """A playlist that couldn't be loaded is told about elsewhere."""
    assert list(check_music(plan(), {})) == []


def test_check_in_at_the_very_end_is_late() -> None:
    """A check-in at the moment its phase ends would never come."""
    late = "check_ins:\n  - {at: 15m, phases: [settle], prompt: x}\n"
    in_time = "check_ins:\n  - {at: 14m59s, phases: [settle], prompt: x}\n"
    assert len(list(check_scene(plan(late)))) == 1
    assert list(check_scene(plan(in_time))) == []


def test_usual_ending_may_be_missing() -> None:
    """Only an ending that the scene itself names must be one of its phases."""
    assert list(check_scene(plan())) == []
    assert list(check_scene(plan("ending: {within: 5m}\n"))) == []
    assert len(list(check_scene(plan("ending: {from: return}\n")))) == 1


def test_playlists_are_named_once() -> None:
    """Each playlist is listed with its first place, the overflow too."""
    assert plan("overflow: calm\n").playlists() == {"calm": ("phases", 0, "playlist")}
    assert plan("overflow: rest\n").playlists()["rest"] == ("overflow",)


def test_a_playlist_that_cannot_be_read_is_named() -> None:
    """A scene that plays a list of a closed format is told which, and the way out."""
    text = f"title: x\nphases:\n{PHASE.replace('calm', 'Evening.FPL')}"
    document = parse(text, "x.yaml")
    scene = ScenePlan(validate(Scene, document), document)
    problem = unknown_playlist(scene, ("phases", 0, "playlist"), ("calm",))
    assert problem.found == "playlist: Evening.FPL, a playlist of foobar2000"
    assert problem.expected == "a playlist that kacenv can read; export it there as M3U8 or XSPF"
