"""Whoever is asked about a file gives the same answer: scan, check, import, preflight, pack, deck.

That of the deck is what the room would play.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from support.houses import write_house
from support.sound_kinds import FAILS, OPEN, PLAYS, SPAN, Make
from support.typed import measure_here
from support.waiting import wait_until

from kacenv.analysis import MeasurementCache, known_measurements
from kacenv.analysis.scan import ScanResult, scan
from kacenv.config import House, check_house
from kacenv.config.transfer.import_folder import ImportedTrack, look_at
from kacenv.config.transfer.pack import pack
from kacenv.core.errors import LoadError
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.samples import RATE
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.decoding import music
from kacenv.diagnostics.preflight.scene_files import choose
from kacenv.model.playlist import Cut

pytestmark = pytest.mark.real
"""FFmpeg's program makes the files."""
ROOM = "name: bench\noutputs:\n  - {id: speakers, role: speakers}\n"
SCENE = "title: Bench\nphases:\n  - {name: peak, duration: 1h, playlist: bench}\n"
LIST = (
    "title: Bench\nrepeat: yes\ncrossfade: 6s\ntracks:\n"
    "  - {{file: {0}, title: A, artist: B, licence: CC0, instrumental: yes}}\n"
)


class Asked(NamedTuple):
    """A house that plays one file, after a scan."""

    house: House
    file: Path
    scanned: ScanResult


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Make], Asked]:
    """Makes a file of a kind in a house that plays it, and has it judged."""
    monkeypatch.setenv("KACENV_CACHE", str(tmp_path / "cache"))
    measure_here(monkeypatch)

    def made(name: str, make: Make) -> Asked:
        lists = {"playlists__bench": LIST.format(name)}
        root = write_house(tmp_path / "house", rooms__bench=ROOM, scenes__bench=SCENE, **lists)
        file = root / "playlists" / name
        make(file)
        with MeasurementCache() as cache:
            (scanned,) = scan([file], cache)
        return Asked(House(root), file, scanned)

    return made


def by_scan(asked: Asked) -> str:
    """The reason for which the file can't be played; nothing if it can."""
    return asked.scanned.reason


def by_check(asked: Asked) -> str:
    """The same of `check`."""
    return "".join(problem.found for problem in check_house(asked.house))


def by_import(asked: Asked) -> str:
    """The same of `import`."""
    (found,) = look_at([asked.file], asked.file.parent, known_measurements())
    return "" if isinstance(found, ImportedTrack) else found.reason


def by_preflight(asked: Asked) -> str:
    """The same of `preflight`: what is no-go."""
    known = known_measurements()
    chosen = choose(asked.house, "bench", ["bench"], known)
    said = [one for one in music(chosen.tracks, known) if isinstance(one, Finding)]
    wrong = [one.found for one in said if one.mark is Severity.WRONG]
    return "".join([*(problem.found for problem in chosen.problems), *wrong])


def by_pack(asked: Asked) -> str:
    """The same of `pack`."""
    try:
        pack(asked.house, "bench", asked.house.root / "bench.tar")
    except LoadError as error:
        return error.problems[0].found
    return ""


def by_deck(asked: Asked) -> str:
    """The same of the room, which plays all of it."""
    sound = asked.scanned.sound
    length = sound.duration if sound else Seconds(SPAN)
    cut = Cut(str(asked.file), "", "", length)
    deck, frames = file_deck(cut), 0

    def over() -> bool:
        nonlocal frames
        frames += len(deck.read(6 * RATE))
        return bool(deck.failed) or (deck.ended_in is not None and not deck.reserve)

    deck.open(cut)
    try:
        wait_until(over)
        if deck.failed:
            return deck.failed
        return "" if abs(frames / RATE - length) < 0.5 else f"{frames / RATE:g} s of {length:g} s"
    finally:
        deck.close()


JUDGES = (by_scan, by_check, by_import, by_preflight, by_pack, by_deck)


def answers(asked: Asked) -> dict[str, str]:
    """What each judge has against a file."""
    return {judge.__name__: judge(asked) for judge in JUDGES}


@pytest.mark.parametrize("name", PLAYS)
def test_what_plays_is_good_for_all(name: str, ask: Callable[[str, Make], Asked]) -> None:
    """Nobody has anything against it, and it lasts as long as it is heard."""
    asked = ask(name, PLAYS[name])
    assert answers(asked) == {judge.__name__: "" for judge in JUDGES}
    assert asked.scanned.sound
    assert asked.scanned.sound.duration == pytest.approx(SPAN, abs=1.0)


@pytest.mark.parametrize("name", FAILS)
def test_what_does_not_play_is_refused_by_all(name: str, ask: Callable[[str, Make], Asked]) -> None:
    """All that speak to people give the same reason in plain words, and the deck passes it over."""
    make, words = FAILS[name]
    found = answers(ask(name, make))
    assert found.pop("by_deck")
    if name == "silent.wav":  # it is decoded well
        assert found.pop("by_scan") == ""
    assert [who for who, reason in found.items() if not re.search(words, reason)] == []


@pytest.mark.parametrize("name", OPEN)
def test_all_are_of_one_mind(name: str, ask: Callable[[str, Make], Asked]) -> None:
    """Whichever it is: a piece that is planned is heard, and one that isn't is refused by all."""
    found = answers(ask(name, OPEN[name]))
    assert len({bool(reason) for reason in found.values()}) == 1, found


@pytest.mark.parametrize("name", ["plain.flac", "text.mp3"])
def test_a_verdict_is_kept_by_content(name: str, ask: Callable[[str, Make], Asked]) -> None:
    """A file under another name is known, whether it plays or not."""
    make = PLAYS.get(name) or FAILS[name][0]
    asked = ask(name, make)
    other = asked.file.with_name("other")
    os.link(asked.file, other)
    with MeasurementCache() as cache:
        (again,) = scan([other], cache, never)
    assert (again.known, again.verdict) == (True, asked.scanned.verdict)


def never(path: str) -> str:
    """A decoder that must not be asked."""
    raise AssertionError(path)
