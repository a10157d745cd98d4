"""A folder's pieces, dealt to the phases of a scene: a playlist for each, and a scene with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

from kacenv.errors import LoadError
from kacenv.loader.explain import validate
from kacenv.loader.files import any_of, read_text, refuse
from kacenv.loader.house import House
from kacenv.loader.importing import Piece, playlist_text, scalar, slug, title_of
from kacenv.loader.shelf import Shelf
from kacenv.loader.source import parse
from kacenv.music import Known
from kacenv.scene import Scene
from kacenv.units import Seconds

_USUAL: Final = 2.0
"""The energy of music of which nobody has said any."""
_PLAYLIST: Final = re.compile(r"""(\bplaylist:\s*)(['"]?)([^'"\s,}#]+)\2""")
_OVERFLOW: Final = re.compile(r"""^(overflow:\s*)(['"]?)([^'"\s#]+)\2""", re.MULTILINE)
_TITLE: Final = re.compile(r"^title:.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a scene wants of one of its playlists.

    `length` is how long its phases are together, `energy` how much its pieces have on average,
    from 1 (still) to 5 (intense).
    """

    playlist: str
    length: Seconds
    energy: float


def wanted_by(house: House, scene: Scene) -> list[Wanted]:
    """What each playlist of the scene's phases should be like, the calmest first."""
    lengths: dict[str, float] = {}
    for phase in scene.phases:
        lengths[phase.playlist] = lengths.get(phase.playlist, 0.0) + phase.duration
    shelf = Shelf(house, Known())
    wanted = [Wanted(name, Seconds(span), _energy(shelf, name)) for name, span in lengths.items()]
    return sorted(wanted, key=lambda one: one.energy)


def _energy(shelf: Shelf, name: str) -> float:
    if name not in shelf.names:
        return _USUAL
    with suppress(LoadError):
        cuts = shelf.open(name, None).queue.cuts
        return fmean(cut.energy or _USUAL for cut in cuts)
    return _USUAL


def deal(pieces: Sequence[Piece], wanted: Sequence[Wanted]) -> dict[str, list[Piece]]:
    """For each playlist its share of the music by time: the calmest pieces for the calmest.

    Every playlist gets one piece at least, two where there are twice as many; there must be one
    for each. Pieces keep their order.
    """
    ranked = sorted(pieces, key=lambda piece: piece.energy or _USUAL)
    scale = sum(piece.length for piece in pieces) / sum(one.length for one in wanted)
    dealt: dict[str, list[Piece]] = {}
    least = min(2, len(pieces) // len(wanted))
    share = given = 0.0
    for number, one in enumerate(wanted, 1):
        share += one.length * scale
        most = len(ranked) - least * (len(wanted) - number)
        count = 0
        while count < most and (count < least or given + ranked[count].length / 2 <= share):
            given += ranked[count].length
            count += 1
        mine, ranked = ranked[:count], ranked[count:]
        dealt[one.playlist] = mine
    dealt[wanted[-1].playlist] += ranked
    return {name: [one for one in pieces if one in mine] for name, mine in dealt.items()}


class Dealing:
    """Whereto a folder's pieces go: playlists `NAME-settle` and so on, and a scene `SCENE-NAME`.

    Raises:
        LoadError: There is no such scene, it isn't right, or a name is taken already.
    """

    def __init__(self, house: House, folder: Path, name: str | None, scene: str) -> None:
        self._source = house.scene(scene)
        self._scene = validate(Scene, parse(read_text(self._source), self._source.name))
        self._wanted = wanted_by(house, self._scene)
        self._folder = folder
        stem = slug(name or folder.resolve().name)
        self._names = {one.playlist: f"{stem}-{slug(one.playlist)}" for one in self._wanted}
        self.scene = f"{self._source.stem}-{stem}"
        self._lists, self._scenes = house.playlist_folder, house.root / "scenes"
        taken = {*house.playlists()} & {*self._names.values()} | {*house.scenes()} & {self.scene}
        if taken:
            expected = "names that nothing has yet; nothing is overwritten"
            found = f"{any_of(sorted(taken))}, there already"
            raise refuse(self._scenes, found, expected, f"--name {stem}-2")

    def files(self, pieces: Sequence[Piece], *, listened: bool) -> Iterator[tuple[Path, str]]:
        """The playlists, in the order of the phases, and the scene.

        Raises:
            LoadError: There are fewer pieces than playlists, or the scene can't be followed.
        """
        if len(pieces) < len(self._wanted):
            expected = f"{len(self._wanted)} or more, one for each playlist of the scene"
            raise refuse(self._folder, f"{len(pieces)} pieces that can be played", expected)
        music, dealt = title_of(self._folder), deal(pieces, self._wanted)
        for name in dict.fromkeys(phase.playlist for phase in self._scene.phases):
            text = playlist_text(f"{music}, {name}", dealt[name], listened=listened)
            yield self._lists / f"{self._names[name]}.yaml", text
        overflow = self._names[self._wanted[0].playlist]
        text = scene_with(self._source, self._names, overflow, music)
        yield self._scenes / f"{self.scene}.yaml", text


def scene_with(path: Path, names: Mapping[str, str], overflow: str, music: str) -> str:
    """The text of the scene at `path` with other playlists, by `names`, and all else as it was.

    Raises:
        LoadError: It is written in a way that this can't follow, or isn't right.
    """
    text = read_text(path)
    before = validate(Scene, parse(text, path.name))
    title = f"title: {scalar(f'{before.title}, with {music}')}"
    text = _PLAYLIST.sub(lambda found: f"{found[1]}{names.get(found[3], found[3])}", text)
    text = _OVERFLOW.sub(lambda found: f"{found[1]}{overflow}", text)
    text = _TITLE.sub(lambda _: title, text, count=1)
    after = validate(Scene, parse(text, path.name))
    wanted = [names[phase.playlist] for phase in before.phases]
    if [phase.playlist for phase in after.phases] != wanted:
        expected = "phases with one line each for their playlist, as in playlist: settle"
        raise refuse(path, "playlists that can't be exchanged here", expected)
    return text
