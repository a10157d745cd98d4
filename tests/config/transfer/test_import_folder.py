"""A folder of sound files becomes a playlist that says what is known and what is guessed."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import mutagen
import pytest
from support.houses import FOREIGN_MUSIC

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.judge import judge
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.config import House
from kacenv.config.playlists.resolve import load_queue
from kacenv.config.transfer.import_folder import (
    ImportedTrack,
    SkippedFile,
    base_of,
    look_at,
    music_files,
    playlist_text,
    slug,
    target_of,
)
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
) -> list[ImportedTrack | SkippedFile]:
    """What becomes of the folder."""
    return list(look_at(music_files(folder), base_of(house, folder), known or KnownMeasurements()))


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
    """A jingle and a torn file are named with their reasons; pictures aren't spoken of."""
    left = {
        one.path.name: one.reason for one in found(house, folder) if isinstance(one, SkippedFile)
    }
    assert left == {
        "silence.ogg": "it lasts 10s, less than 30s",
        "torn.mp3": "it can't be decoded; is it damaged? copy it again",
        "victory.ogg": "it lasts 5s, less than 30s",
    }


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


def test_short_pieces_get_a_shorter_crossfade(house: House, folder: Path) -> None:
    """The crossfade is half the shortest piece at most; 12 seconds for ordinary ones."""
    pieces = [one for one in found(house, folder) if isinstance(one, ImportedTrack)]
    assert "crossfade: 12s" in playlist_text("x", pieces, listened=True)
    shorter = [*pieces, replace(pieces[0], length=Seconds(19.0))]
    assert "crossfade: 9s" in playlist_text("x", shorter, listened=True)


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


def test_a_folder_without_music_is_named(tmp_path: Path) -> None:
    """An empty folder, and none at all, are errors in plain words."""
    (tmp_path / "empty").mkdir()
    for name, reason in (("empty", "no music"), ("nowhere", "no such folder")):
        with pytest.raises(LoadError, match=reason):
            music_files(tmp_path / name)


def test_links_out_of_the_folder_are_not_followed(folder: Path) -> None:
    """A link in the folder isn't music of the clinic's own."""
    (folder / "link.ogg").symlink_to(FOREIGN_MUSIC / "love_theme.ogg")
    assert "link.ogg" not in [path.name for path in music_files(folder)]


@pytest.mark.parametrize(
    ("text", "name"),
    [("New Music", "new-music"), ("Größe 2!", "gr-e-2"), ("__", "music"), ("calm", "calm")],
)
def test_names_become_slugs(text: str, name: str) -> None:
    """Any folder's name gives a playlist's name."""
    assert slug(text) == name
