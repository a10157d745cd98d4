"""A folder of sound files becomes a playlist that says what is known and what is guessed."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import mutagen
import pytest
from support.houses import FOREIGN_MUSIC, write_silence
from support.measurements import a_measurement, a_verdict

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.judge import judge
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.analysis.verdict import Verdict
from kacenv.config import House
from kacenv.config.playlists.resolve import load_queue
from kacenv.config.transfer.import_folder import (
    ImportedTrack,
    SinglePlaylist,
    base_of,
    is_heard,
    is_listed,
    loadable,
    look_at,
    playlist_text,
    slug,
    survey_folder,
    target_of,
    title_of,
)
from kacenv.config.transfer.left_out import LeftOut, Omission
from kacenv.core.errors import LoadError
from kacenv.core.units import Seconds


@pytest.fixture
def folder(house: House) -> Path:
    """Real music of a Debian package, dropped into the house: a piece, a jingle and silence."""
    target = house.playlist_folder / "New Music"
    target.mkdir()
    for name in ("love_theme", "transience", "victory", "silence"):
        shutil.copy(FOREIGN_MUSIC / f"{name}.ogg", target)
    (target / "cover.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"\0" * 64)
    (target / "torn.mp3").write_bytes(b"\xff\xfb\x90\x64" + bytes(413))
    return target


def found(
    house: House, folder: Path, known: KnownMeasurements | None = None
) -> list[ImportedTrack | LeftOut]:
    """What becomes of the folder."""
    files, base = survey_folder(folder).music, base_of(house, folder)
    return list(look_at(files, base, known or KnownMeasurements()))


def test_real_files_become_a_playlist_that_plays(house: House, folder: Path) -> None:
    """What is written can be loaded as it is, with the files' own titles and lengths."""
    pieces = [one for one in found(house, folder) if isinstance(one, ImportedTrack)]
    target = target_of(house, folder, None)
    target.write_text(playlist_text("New Music", pieces, listened=True))
    queue = load_queue(target, "new-music")
    assert target.name == "new-music.yaml"
    assert [cut.title for cut in queue.cuts] == ["Love Theme", "Transience"]
    assert [cut.artist for cut in queue.cuts] == ["Ryan Reilly", "Aleksi Aubry-Carlson"]
    assert queue.repeat
    assert queue.cuts[1].length == pytest.approx(48.0, abs=0.5)


def test_what_cannot_be_played_is_left_out_and_said_why(house: House, folder: Path) -> None:
    """A jingle and a torn file are named with their reasons, as are files that aren't music."""
    left = {one.path.name: one[1:] for one in found(house, folder) if isinstance(one, LeftOut)}
    assert left == {
        "silence.ogg": (Omission.SHORT, "10s"),
        "torn.mp3": (Omission.DAMAGED, "it can't be decoded; is it damaged? copy it again"),
        "victory.ogg": (Omission.SHORT, "5s"),
    }
    (cover,) = survey_folder(folder).left_out
    assert cover.path.name == "cover.jpg"


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"head": 600.0, "loudness": None}, (Omission.SILENT, "")),
        ({"damaged_at": 62.0}, (Omission.DAMAGED, "is damaged at 1:02")),
        ({"duration": 12.0}, (Omission.SHORT, "12s")),
    ],
)
def test_what_was_measured_decides(
    house: House, changes: dict[str, float | None], left: tuple[Omission, str]
) -> None:
    """Silence, damage and the true length are known from the measurement, not from the header."""
    path = write_silence(house.playlist_folder / "new/a.wav", 600, rate=100)
    measured = a_measurement(**{"duration": 600.0, "sudden_at": 0.0, **changes})
    known = KnownMeasurements({os.fsencode(path): (FileStamp.of(path), a_verdict(measured))})
    assert found(house, path.parent, known) == [LeftOut(path, *left)]


def test_what_could_not_be_measured_is_left_out(house: House) -> None:
    """A file that a scan has failed at isn't taken by its header."""
    path = write_silence(house.playlist_folder / "new/a.wav", 600, rate=100)
    failed = Verdict(fault="the decoder broke down over it")
    known = KnownMeasurements({os.fsencode(path): (FileStamp.of(path), failed)})
    left = list(look_at([path], house.playlist_folder, known))
    assert left == [LeftOut(path, Omission.DAMAGED, "the decoder broke down over it")]


def test_a_piece_that_would_startle_says_where(house: House) -> None:
    """What becomes much louder at once is told; it is for people to decide."""
    path = write_silence(house.playlist_folder / "new/a.wav", 600, rate=100)
    for sudden, words in ((9.9, ""), (14.2, "at 1:02 it becomes 14 LU louder within 2 s")):
        measured = a_measurement(duration=600.0, sudden=sudden, sudden_at=62.0)
        known = KnownMeasurements({os.fsencode(path): (FileStamp.of(path), a_verdict(measured))})
        (piece,) = found(house, path.parent, known)
        assert isinstance(piece, ImportedTrack)
        assert piece.startles == words


def pieces_of(house: House, folder: Path) -> list[ImportedTrack]:
    """The folder's pieces."""
    return [one for one in found(house, folder) if isinstance(one, ImportedTrack)]


def test_what_check_would_refuse_is_left_out_with_its_words(house: House, folder: Path) -> None:
    """A playlist is checked before it is written; a piece that it can't have is named."""
    love, transience = pieces_of(house, folder)
    lost = replace(love, file="New Music/gone.ogg", words="lyrics")
    kept, left = loadable([transience, lost], house, KnownMeasurements())
    assert kept == transience
    assert isinstance(left, LeftOut)
    assert (left.path, left.kind) == (love.path, Omission.REFUSED)
    assert left.detail == "no file New Music/gone.ogg"
    wordy = replace(transience, words="lyrics")
    assert loadable([love, wordy], house, KnownMeasurements()) == [love, wordy]
    assert loadable([], house, KnownMeasurements()) == []


def test_music_of_one_room_alone_is_refused(house: House, folder: Path) -> None:
    """A piece that another room wouldn't find is left out, as `check` would refuse its playlist."""
    room = house.root / "rooms/rosewood.yaml"
    (house.root / "rooms/other.yaml").write_text(room.read_text())
    room.write_text(room.read_text() + "music_root: ../private\n")
    target = house.root / "private/calm"
    folder.rename(target)
    assert target.is_dir()
    left = loadable(pieces_of(house, target), house, KnownMeasurements())
    assert [one.kind for one in left if isinstance(one, LeftOut)] == [Omission.REFUSED] * 2


def test_a_playlist_is_the_one_file_of_its_plan(house: House, folder: Path) -> None:
    """A plan without a scene is one file with all of the music, each piece once."""
    pieces = pieces_of(house, folder)
    plan = SinglePlaylist(house.playlist_folder / "x.yaml", "x")
    ((path, text),) = plan.files(pieces, listened=False)
    assert path.name == "x.yaml"
    assert [is_listed(piece, text) for piece in pieces] == [True, True]
    assert not is_listed(replace(pieces[0], file="New Music/love"), text)


def test_what_changed_since_somebody_listened_waits_for_ears(house: House, folder: Path) -> None:
    """A file newer than the list that was listened to isn't marked, and says why."""
    love, transience = pieces_of(house, folder)
    newer = replace(love, changed=True)
    assert (is_heard(love), is_heard(newer)) == (True, False)
    text = playlist_text("x", [newer, transience], listened=True)
    assert text.count("instrumental: yes") == 1
    assert "it is newer than the list that you listened to" in text
    assert playlist_text("x", [newer], listened=False) == playlist_text("x", [love], listened=False)


def test_energy_is_guessed_from_measurements_alone_and_marked(house: House, folder: Path) -> None:
    """A measured piece has a guess with a mark, others have no energy at all."""
    path = (folder / "transience.ogg").resolve()
    known = KnownMeasurements({os.fsencode(path): (FileStamp.of(path), judge(str(path)))})
    pieces = [one for one in found(house, folder, known) if isinstance(one, ImportedTrack)]
    text = playlist_text("x", pieces, listened=True)
    assert text.count("energy:") == 1
    assert "energy: 2   # ? a guess, from 1 (still) to 5 (intense)" in text


def test_nobody_is_said_to_have_listened_who_has_not(house: House, folder: Path) -> None:
    """Every piece waits for ears until somebody says so; one whose tags speak of words, still."""
    sound = mutagen.File(folder / "love_theme.ogg")
    sound["lyricist"] = "Jane Doe"
    sound.save()
    pieces = [one for one in found(house, folder) if isinstance(one, ImportedTrack)]
    unheard, heard = (playlist_text("x", pieces, listened=said) for said in (False, True))
    assert (unheard.count("instrumental: no "), unheard.count("instrumental: yes")) == (2, 0)
    assert (heard.count("instrumental: no "), heard.count("instrumental: yes")) == (1, 1)
    assert "its tags say lyricist: Jane Doe" in heard


def test_what_the_tags_leave_open_is_marked(house: House, folder: Path) -> None:
    """No artist and no licence are unknown; a copyright line is no licence; a name is a title."""
    path = folder / "03 - the_long_way.ogg"
    (folder / "transience.ogg").rename(path)
    sound = mutagen.File(path)
    sound.delete()
    love = mutagen.File(folder / "love_theme.ogg")
    love["license"] = "Ryan Reilly (C) 2012"
    love.save()
    pieces = [one for one in found(house, folder) if isinstance(one, ImportedTrack)]
    text = playlist_text("x", pieces, listened=True)
    assert "title: The long way" in text
    assert text.count("unknown   # ? the file doesn't say") == 2
    assert "licence: Ryan Reilly (C) 2012   # ? is that a licence?" in text


def test_hostile_tags_stay_text(house: House, folder: Path) -> None:
    """Words that YAML would take for its own come back letter by letter."""
    title = '"]: {*x} # - &y \\ !!python/object'
    sound = mutagen.File(folder / "love_theme.ogg")
    sound["title"], sound["artist"] = title, "yes"
    sound.save()
    pieces = [one for one in found(house, folder) if isinstance(one, ImportedTrack)]
    target = house.playlist_folder / "x.yaml"
    target.write_text(playlist_text("no", pieces, listened=True))
    cut = load_queue(target, "x").cuts[0]
    assert (cut.title, cut.artist) == (title, "yes")


def test_short_pieces_shorten_only_their_own_crossfades(house: House, folder: Path) -> None:
    """The playlist's crossfade is the usual one, however short a piece of it is."""
    pieces = [one for one in found(house, folder) if isinstance(one, ImportedTrack)]
    shorter = [*pieces, replace(pieces[0], length=Seconds(19.0))]
    for some in (pieces, shorter):
        assert "crossfade: 12s" in playlist_text("x", some, listened=True)


def test_no_playlist_is_overwritten(house: House, folder: Path) -> None:
    """A name that is taken is refused, with another one to take."""
    target_of(house, folder, None).write_text("mine")
    with pytest.raises(LoadError, match="--name new-music-2"):
        target_of(house, folder, None)


def test_music_outside_the_house_is_not_listed(house: House, tmp_path: Path) -> None:
    """A folder from which no playlist can take files is refused, with the copy to make."""
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    with pytest.raises(LoadError, match="cp -r"):
        base_of(house, outside)


def test_no_folder_is_named(tmp_path: Path) -> None:
    """A folder that isn't there, and a file, are errors in plain words."""
    (tmp_path / "file").touch()
    for name in ("file", "nowhere"):
        with pytest.raises(LoadError, match="no such folder"):
            survey_folder(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (".Trash-1000/files", "a folder in the trash"),
        ("@eaDir/x", "a folder in a hidden folder"),
        ("a.mp3.part/x", "a folder of an unfinished download"),
    ],
)
def test_a_folder_in_the_trash_is_refused(house: House, name: str, found: str) -> None:
    """Nothing is imported from the trash, also if somebody names a folder in it."""
    folder = house.playlist_folder / name
    folder.mkdir(parents=True)
    with pytest.raises(LoadError, match=f"{found}\\n.*move it first"):
        base_of(house, folder)


def test_links_out_of_the_folder_are_not_followed(folder: Path) -> None:
    """A link in the folder isn't music of the clinic's own; it is told."""
    (folder / "link.ogg").symlink_to(FOREIGN_MUSIC / "love_theme.ogg")
    found = survey_folder(folder)
    assert "link.ogg" not in [path.name for path in found.music]
    assert [one.path.name for one in found.left_out if one.kind is Omission.LINK] == ["link.ogg"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("New Music", "new-music"),
        ("Größe 2!", "gr-e-2"),
        ("__", "music"),
        ("calm", "calm"),
        (f"{'x' * 63} yz", "x" * 63),
    ],
)
def test_names_become_slugs(text: str, name: str) -> None:
    """Any folder's name gives a playlist's name, which any disk can hold."""
    assert slug(text) == name


@pytest.mark.parametrize(
    ("name", "title"), [("My_Music", "My Music"), ("___", "Music"), ("x" * 99, "x" * 80)]
)
def test_names_become_titles(name: str, title: str) -> None:
    """Any folder's name gives a title that a playlist can have."""
    assert title_of(Path(name)) == title


def test_a_name_that_no_playlist_can_hold_is_left_out(folder: Path) -> None:
    """Bytes that aren't UTF-8, and signs that drive a terminal; the reason says to rename it."""
    for name in (os.fsdecode(b"caf\xe9.ogg"), "evil\x1b[31m.ogg"):
        (folder / "love_theme.ogg").rename(folder / name)
        (left,) = [one for one in survey_folder(folder).left_out if one.path.name == name]
        assert left.kind is Omission.NAME
        assert "rename" in left.reason
        (folder / name).rename(folder / "love_theme.ogg")
