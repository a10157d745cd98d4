"""Whoever says whether a sound file plays: import, check, scan, preflight, pack and the deck.

Each answers for all files of a house at once, by their names: the reason for which one can't be
played, or nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from support.houses import write_house
from support.waiting import wait_until

from kacenv.analysis import MeasurementCache, known_measurements
from kacenv.analysis.scan import ScanResult, scan
from kacenv.config import House, check_house
from kacenv.config.transfer.import_folder import ImportedTrack, loadable, look_at, survey_folder
from kacenv.config.transfer.left_out import LeftOut
from kacenv.config.transfer.pack import pack
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.samples import RATE
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.decoding import music
from kacenv.diagnostics.preflight.scene_files import choose
from kacenv.model.playlist import Cut

ROOM: Final = "name: bench\noutputs:\n  - {id: speakers, role: speakers}\n"
SCENE: Final = "title: Bench\nphases:\n  - {{name: peak, duration: {1}, playlist: {0}}}\n"
LIST: Final = (
    "title: Bench\nrepeat: yes\ncrossfade: 6s\ntracks:\n"
    "  - {{file: {0}, title: A, artist: B, licence: CC0, instrumental: yes{1}}}\n"
)
_PIECE: Final = "piece "
Reasons = Mapping[str, str]
"""What is said against each file; of one that isn't there, nothing is."""


def scene_of(file: str) -> str:
    """Return the name of the scene, and of the playlist, that plays a file."""
    return file.replace(".", "-")


class Bench(NamedTuple):
    """House with a scene for each of its files, after a scan."""

    house: House
    files: Mapping[str, Path]
    scanned: Mapping[str, ScanResult]


def bench(root: Path, files: Sequence[Path], cue: str = "") -> Bench:
    """Lay a house at `root` that plays `files`, from the place `cue` on, and scan them."""
    texts = {"rooms__bench": ROOM}
    for name in (file.name for file in files):
        texts[f"playlists__{scene_of(name)}"] = LIST.format(name, cue and f", cue_in: {cue}")
        texts[f"scenes__{scene_of(name)}"] = SCENE.format(scene_of(name), "1h")
    write_house(root, **texts)
    there = {file.name: root / "playlists" / file.name for file in files}
    for file in files:
        there[file.name].hardlink_to(file)
    with MeasurementCache() as cache:
        scanned = {one.path.name: one for one in scan(there.values(), cache)}
    return Bench(House(root), there, scanned)


def by_scan(bench: Bench) -> Reasons:
    """Return what `music scan` has against the files."""
    return {
        name: found.reason or ("silent" if found.sound and found.sound.silent else "")
        for name, found in bench.scanned.items()
    }


def by_check(bench: Bench) -> Reasons:
    """Return what `check` has against them."""
    return _by_file(bench, check_house(bench.house))


def _by_file(bench: Bench, problems: Iterable[FileProblem]) -> dict[str, str]:
    lists = {scene_of(name): name for name in bench.files}
    return {lists[Path(one.file).stem]: one.found for one in problems}


def by_import(bench: Bench) -> Reasons:
    """Return what `music import` has against them."""
    folder, known = bench.house.playlist_folder, known_measurements()
    found = survey_folder(folder)
    looked = [*found.left_out, *look_at(found.music, folder, known)]
    tracks = [one for one in looked if isinstance(one, ImportedTrack)]
    left = [one for one in looked if isinstance(one, LeftOut)]
    left += [one for one in loadable(tracks, bench.house, known) if isinstance(one, LeftOut)]
    return {one.path.name: one.reason for one in left}


def by_preflight(bench: Bench) -> Reasons:
    """Return what is no-go for `preflight`."""
    known = known_measurements()
    chosen = choose(bench.house, "bench", [*map(scene_of, bench.files)], known)
    said = [one for one in music(chosen.tracks, known) if isinstance(one, Finding)]
    wrong = [one for one in said if one.mark is Severity.WRONG]
    by_piece = {one.what.removeprefix(_PIECE): one.found for one in wrong}
    return by_piece | _by_file(bench, chosen.problems)


def by_pack(bench: Bench) -> Reasons:
    """Return why `music pack` doesn't carry them."""
    found = {}
    for name in bench.files:
        scene = scene_of(name)
        archive = bench.house.root / f"{scene}.tar"
        try:
            pack(bench.house, scene, archive)
        except LoadError as error:
            found[name] = error.problems[0].found
        archive.unlink(missing_ok=True)
    return found


def by_deck(bench: Bench) -> Reasons:
    """Return why the room doesn't play all of them."""
    return {name: _by_deck(bench, name) for name in bench.files}


def _by_deck(bench: Bench, name: str) -> str:
    sound = bench.scanned[name].sound
    length = sound.duration if sound else Seconds(32.0)
    cut = Cut(str(bench.files[name]), "", "", length)
    with closing(file_deck(cut)) as deck:
        frames = 0

        def over() -> bool:
            nonlocal frames
            while block := len(deck.read(6 * RATE)):
                frames += block
            return bool(deck.failed) or (deck.ended_in is not None and not deck.reserve)

        deck.open(cut)
        wait_until(over)
        if deck.failed:
            return deck.failed
        return "" if abs(frames / RATE - length) < 0.5 else f"{frames / RATE:g} s of {length:g} s"


Judge = Callable[[Bench], Reasons]
JUDGES: Final[Mapping[str, Judge]] = {
    "import": by_import,
    "check": by_check,
    "scan": by_scan,
    "preflight": by_preflight,
    "pack": by_pack,
    "deck": by_deck,
}
