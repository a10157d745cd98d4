"""A folder's music dealt to the phases of a scene, and the scene that plays it."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.houses import write_house, write_silence

from kacenv.analysis.tags import Tags
from kacenv.config import House, load_session
from kacenv.config.load import open_scene
from kacenv.config.transfer.assign_to_phases import (
    PhaseAssignment,
    PlaylistDemand,
    ShortPlaylist,
    assign,
    demands_of,
    scene_with,
)
from kacenv.config.transfer.import_folder import ImportedTrack
from kacenv.config.yaml.document import parse
from kacenv.core.errors import LoadError
from kacenv.core.units import Seconds

ROOM = "name: r\noutputs:\n  - {id: speakers, role: speakers}\n"
SCENE = """
title: "Two: evenings"   # for a couple
phases:
  - name: peak           # the long one
    duration: 30m
    playlist: peak       # deep
  - {name: rest, duration: 10m, playlist: calm}
  - {name: return, duration: 10m, playlist: "calm", crossfade: 5s}
overflow: calm           # when all else is over
"""
TRACK = "title: x\ntracks:\n  - {{file: x.wav, title: x, artist: x, licence: x, {}}}\n"


def a_piece(name: str, length: float, energy: int | None) -> ImportedTrack:
    """A piece that exists only by name."""
    return ImportedTrack(f"{name}.ogg", Tags(), Seconds(length), energy, None)


@pytest.fixture
def evenings(tmp_path: Path) -> House:
    """A house with a scene of a calm and a lively playlist."""
    tracks = {
        f"playlists__{name}": TRACK.format(f"energy: {energy}, instrumental: yes")
        for name, energy in (("peak", 4), ("calm", 1))
    }
    house = write_house(tmp_path, rooms__r=ROOM, scenes__evenings=SCENE, **tracks)
    write_silence(house / "playlists/x.wav", 60.0)
    (house / "playlists/new").mkdir()
    for number in range(4):
        write_silence(house / f"playlists/new/{number}.wav", 120.0)
    return House(house)


def test_what_a_scene_wants_of_its_music(evenings: House) -> None:
    """Each playlist once, the calmest first, with the time and energy of its phases."""
    scene = open_scene(evenings.scene("evenings")).scene
    assert demands_of(evenings, scene) == [
        PlaylistDemand("calm", Seconds(1200.0), 1.0),
        PlaylistDemand("peak", Seconds(1800.0), 4.0),
    ]


def test_the_calmest_pieces_go_where_it_is_calmest() -> None:
    """Shares are by time, and pieces stay in the order in which they came."""
    wanted = [
        PlaylistDemand("calm", Seconds(600.0), 1.0),
        PlaylistDemand("peak", Seconds(1200.0), 4.0),
    ]
    pieces = [a_piece(f"{n}", 100.0, energy) for n, energy in enumerate((5, 1, 4, None, 5, 3))]
    names = {name: [one.file for one in mine] for name, mine in assign(pieces, wanted).items()}
    assert names == {"calm": ["1.ogg", "3.ogg"], "peak": ["0.ogg", "2.ogg", "4.ogg", "5.ogg"]}


@given(
    st.lists(st.tuples(st.integers(30, 900), st.none() | st.integers(1, 5)), min_size=1),
    st.lists(st.integers(60, 7200), min_size=1, max_size=8),
)
def test_every_piece_is_dealt_once_and_no_playlist_is_empty(
    music: list[tuple[int, int | None]], lengths: list[int]
) -> None:
    """Whatever there is; where there is enough, each playlist gets two, or one that fills it."""
    pieces = [a_piece(f"{n}", length, energy) for n, (length, energy) in enumerate(music)]
    wanted = [PlaylistDemand(f"{n}", Seconds(length), 2.0) for n, length in enumerate(lengths)]
    if len(pieces) < len(wanted):
        return
    dealt = assign(pieces, wanted)
    least = min(2, len(pieces) // len(wanted))
    assert sorted(one.file for mine in dealt.values() for one in mine) == sorted(
        one.file for one in pieces
    )
    for one in wanted:
        mine = dealt[one.playlist]
        assert len(mine) >= least or (mine and mine[0].length >= one.length)


@given(
    st.lists(st.tuples(st.integers(30, 9000), st.none() | st.integers(1, 5)), min_size=8),
    st.lists(st.integers(60, 7200), min_size=1, max_size=8),
)
def test_no_playlist_has_a_livelier_piece_than_the_next(
    music: list[tuple[int, int | None]], lengths: list[int]
) -> None:
    """Length decides between pieces of one energy alone."""
    pieces = [a_piece(f"{n}", length, energy) for n, (length, energy) in enumerate(music)]
    wanted = [PlaylistDemand(f"{n}", Seconds(length), 2.0) for n, length in enumerate(lengths)]
    energies = [[one.energy or 2 for one in mine] for mine in assign(pieces, wanted).values()]
    assert all(max(calmer) <= min(livelier) for calmer, livelier in pairwise(energies))


@pytest.mark.parametrize("lengths", [(10, 10, 60), (10, 60, 10), (60, 10, 10)])
def test_a_piece_that_outlasts_short_phases_goes_to_the_longest(
    lengths: tuple[int, int, int],
) -> None:
    """A mix of two hours isn't cut short by a phase of ten minutes, wherever it is listed."""
    wanted = [PlaylistDemand(f"{n}", Seconds(60.0 * span), 2.0) for n, span in enumerate(lengths)]
    for place in range(6):
        pieces = [a_piece(f"{n}", 300.0, None) for n in range(5)]
        pieces.insert(place, a_piece("mix", 7200.0, None))
        dealt = assign(pieces, wanted)
        assert [len(mine) for mine in dealt.values()] == [2, 2, 2]
        assert "mix.ogg" in [one.file for one in dealt[f"{lengths.index(60)}"]]


def test_a_long_piece_takes_no_second_one_with_it() -> None:
    """Where the calmest piece fills the calmest phase alone, the rest is left to the others."""
    wanted = [
        PlaylistDemand("calm", Seconds(600.0), 1.0),
        PlaylistDemand("peak", Seconds(3600.0), 4.0),
    ]
    pieces = [a_piece("mix", 7200.0, 1), *(a_piece(f"{n}", 300.0, 4) for n in range(5))]
    assert [len(mine) for mine in assign(pieces, wanted).values()] == [1, 5]


def test_the_scene_differs_in_its_music_alone(evenings: House) -> None:
    """Comments and all other lines stay as they were, in whatever style they are written."""
    path = evenings.scene("evenings")
    text = scene_with(path, {"peak": "n-peak", "calm": "n-calm"}, "n-calm", "new: music")
    lines = zip(SCENE.splitlines(), text.splitlines(), strict=True)
    assert [after for before, after in lines if before != after] == [
        "title: 'Two: evenings, with new: music'   # for a couple",
        "    playlist: n-peak       # deep",
        "  - {name: rest, duration: 10m, playlist: n-calm}",
        "  - {name: return, duration: 10m, playlist: n-calm, crossfade: 5s}",
        "overflow: n-calm           # when all else is over",
    ]


def exchanged(evenings: House, old: str, new: str) -> str:
    """What becomes of the scene when `new` stands in it in place of `old`."""
    path = evenings.scene("evenings")
    assert SCENE.count(old) == 1
    path.write_text(SCENE.replace(old, new))
    return scene_with(path, {"peak": "n-peak", "calm": "n-calm"}, "n-calm", "new")


def test_words_about_playlists_stay_as_they_are(evenings: House) -> None:
    """A prompt that speaks of a playlist, or of the overflow, is no playlist."""
    prompt = "prompt: 'Change playlist: calm now'"
    check_in = f"check_ins:\n  - {{at: 5m, {prompt}}}\noverflow: calm"
    text = exchanged(evenings, "overflow: calm", check_in)
    assert prompt in text
    assert "overflow: n-calm" in text


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [
        (
            'title: "Two: evenings"   # for a couple',
            "title: >\n  Two\n  evenings\n\n# below",
            "title: Two evenings, with new\n\n# below",
        ),
        ("playlist: peak  ", "? playlist\n    : peak  ", "? playlist\n    : n-peak  "),
        ("overflow: calm", "overflow: # here\n  calm", "overflow: # here\n  n-calm"),
        ("overflow: calm  ", "overflow:", "overflow:"),
        ("playlist: peak  ", "playlist: &it peak  ", "playlist: &it n-peak  "),
    ],
)
def test_a_scene_is_followed_however_it_is_written(
    evenings: House, old: str, new: str, after: str
) -> None:
    """Folded lines, keys and values apart, names for later: the place is known, not guessed."""
    assert after in exchanged(evenings, old, new)


def test_a_scene_that_cannot_be_followed_is_refused(evenings: House) -> None:
    """Where another line would change with a playlist, nothing is written."""
    check_in = "overflow: &it calm\ncheck_ins:\n  - {at: 5m, prompt: *it}\n#"
    with pytest.raises(LoadError, match="can't be exchanged"):
        exchanged(evenings, "overflow: calm", check_in)


def test_names_that_are_taken_are_refused_before_anything_is_written(evenings: House) -> None:
    """A scene or a playlist of the name, with another name to take."""
    folder = evenings.playlist_folder / "new"
    PhaseAssignment(evenings, folder, None, "evenings")
    (evenings.root / "scenes/evenings-new.yaml").write_text("mine")
    with pytest.raises(LoadError, match=r"evenings-new, there already(.|\n)*--name new-2"):
        PhaseAssignment(evenings, folder, None, "evenings")
    assert PhaseAssignment(evenings, folder, "other", "evenings").scene == "evenings-other"


def test_a_long_name_is_cut_to_what_a_title_can_hold(evenings: House) -> None:
    """The scene's own title stays whole where it can, and every file made can be read."""
    folder = evenings.playlist_folder / ("Very quiet music " * 6).strip()
    folder.mkdir()
    path = evenings.scene("evenings")
    for title in ("Two: evenings", "T" * 80):
        path.write_text(SCENE.replace("Two: evenings", title))
        dealing = PhaseAssignment(evenings, folder, None, "evenings")
        pieces = [a_piece(f"{n}", 600.0, n + 1) for n in range(4)]
        texts = [text for _, text in dealing.files(pieces, listened=True)]
        titles = [str(parse(text, "x").at(("title",))) for text in texts]
        assert all(79 <= len(one) <= 80 for one in titles)
        assert titles[0].endswith("…, peak")
        assert ", with Very quiet music" in titles[2]
        assert titles[2].startswith(title[:50])


def test_playlists_of_like_names_stay_apart(evenings: House) -> None:
    """`deep.one` and `deep-one` become two playlists."""
    path = evenings.scene("evenings")
    path.write_text(
        SCENE.replace("playlist: peak", "playlist: deep.one").replace("calm", "deep-one")
    )
    dealing = PhaseAssignment(evenings, evenings.playlist_folder / "new", None, "evenings")
    pieces = [a_piece(f"{n}", 600.0, n + 1) for n in range(4)]
    names = sorted(path.stem for path, _ in dealing.files(pieces, listened=True))
    assert names == ["evenings-new", "new-deep-one", "new-deep-one-2"]


def test_what_has_far_too_little_music_is_named(evenings: House) -> None:
    """A playlist with under half of its phases' time, the calmest first."""
    dealing = PhaseAssignment(evenings, evenings.playlist_folder / "new", None, "evenings")
    pieces = [a_piece("0", 599.0, 1), a_piece("1", 900.0, 4)]
    assert list(dealing.thin(pieces)) == [
        ShortPlaylist("new-calm", Seconds(599.0), Seconds(1200.0))
    ]


def test_too_few_pieces_are_refused(evenings: House) -> None:
    """A scene of two playlists wants two pieces."""
    dealing = PhaseAssignment(evenings, evenings.playlist_folder / "new", None, "evenings")
    with pytest.raises(LoadError, match="2 or more, one for each playlist"):
        list(dealing.files([a_piece("0", 60.0, 1)], listened=True))


def test_what_is_written_can_be_rehearsed(evenings: House) -> None:
    """The new scene loads with its own playlists, the calmest one for what outlives its music."""
    dealing = PhaseAssignment(evenings, evenings.playlist_folder / "new", None, "evenings")
    pieces = [
        ImportedTrack(f"new/{n}.wav", Tags(), Seconds(120.0), energy, None)
        for n, energy in enumerate((4, 1, 5, 2))
    ]
    for path, text in dealing.files(pieces, listened=True):
        path.write_text(text)
    timeline = load_session(evenings, "evenings-new", "r")
    assert [phase.queue.name for phase in timeline.phases] == ["new-peak", "new-calm", "new-calm"]
    assert [cut.title for cut in timeline.phases[0].queue.cuts] == ["0", "2"]
    assert timeline.overflow
    assert timeline.overflow.name == "new-calm"
