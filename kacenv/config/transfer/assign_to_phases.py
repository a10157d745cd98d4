"""Assignment of a folder's tracks to the phases of a scene: playlists, and a scene with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

import yaml

from kacenv.analysis import KnownMeasurements
from kacenv.config.house import House
from kacenv.config.playlists.playlist_cache import PlaylistCache
from kacenv.config.transfer.import_folder import (
    ImportedTrack,
    playlist_text,
    scalar,
    slug,
    title_of,
)
from kacenv.config.yaml.document import parse
from kacenv.config.yaml.text_files import any_of, read_text, refuse
from kacenv.config.yaml.validation_errors import validate
from kacenv.core.errors import LoadError
from kacenv.core.units import Seconds
from kacenv.model.scene import Scene

_USUAL: Final = 2.0
"""Energy of tracks without an energy tag."""
_LONGEST: Final = 80
"""Most characters of a title."""
_LEAST: Final = 20
"""Least number of characters kept of the folder's name in a title."""
_THIN: Final = 0.5
"""Share of a playlist's time below which too little music is reported."""
_NAMED: Final = re.compile(r"(?:[&!]\S*\s+)*")
"""Anchors (`&name`) and tags (`!tag`) before a value."""


@dataclass(frozen=True, slots=True)
class PlaylistDemand:
    """Requirements of a scene on one of its playlists.

    `length` is the total of its phases, `energy` the average of its tracks, from 1 (still) to
    5 (intense).
    """

    playlist: str
    length: Seconds
    energy: float


def demands_of(house: House, scene: Scene) -> list[PlaylistDemand]:
    """Return the requirements on each playlist of the scene's phases, the calmest first."""
    lengths: dict[str, float] = {}
    for phase in scene.phases:
        lengths[phase.playlist] = lengths.get(phase.playlist, 0.0) + phase.duration
    shelf = PlaylistCache(house, KnownMeasurements())
    wanted = [
        PlaylistDemand(name, Seconds(span), _energy(shelf, name)) for name, span in lengths.items()
    ]
    return sorted(wanted, key=lambda one: one.energy)


def _energy(shelf: PlaylistCache, name: str) -> float:
    if name not in shelf.names:
        return _USUAL
    with suppress(LoadError):
        cuts = shelf.open(name, None).queue.cuts
        return fmean(cut.energy or _USUAL for cut in cuts)
    return _USUAL


class ShortPlaylist(NamedTuple):
    """New playlist whose music, of this `length`, is under half of the time `wanted`."""

    playlist: str
    length: Seconds
    wanted: Seconds


def assign(
    pieces: Sequence[ImportedTrack], wanted: Sequence[PlaylistDemand]
) -> dict[str, list[ImportedTrack]]:
    """Assign tracks to playlists in proportion to their time, the calmest to the calmest.

    Of tracks with equal energy, those longer than other playlists' phases go to the longest. Each
    playlist gets at least one track, or two if there are twice as many and one doesn't fill it;
    there must be one for each. Tracks keep their order.
    """
    least = min(2, len(pieces) // len(wanted))
    rest = list(pieces)
    dealt: dict[str, list[ImportedTrack]] = {}
    for number, one in enumerate(wanted):
        coming = [other.length for other in wanted[number:]]
        ranked = _ranked(rest, coming)
        mine = {piece.file for piece in ranked[: _count(ranked, coming, least)]}
        dealt[one.playlist] = [piece for piece in rest if piece.file in mine]
        rest = [piece for piece in rest if piece.file not in mine]
    return dealt


def _ranked(pieces: Sequence[ImportedTrack], coming: Sequence[Seconds]) -> list[ImportedTrack]:
    """Rank tracks for the first of the `coming` lengths: by energy, then by length."""
    longest = coming[0] == max(coming)
    fits = min(coming) if longest else coming[0]

    def rank(piece: ImportedTrack) -> tuple[float, float]:
        excess = max(0.0, piece.length - fits)
        return piece.energy or _USUAL, -excess if longest else excess

    return sorted(pieces, key=rank)


def _count(ranked: Sequence[ImportedTrack], coming: Sequence[Seconds], least: int) -> int:
    """Return the number of ranked tracks for the first of the `coming` lengths."""
    length, longest = coming[0], max(coming)
    if len(coming) == 1:
        return len(ranked)
    lasting = [min(piece.length, longest) for piece in ranked]
    share = length * sum(lasting) / sum(coming)
    most = len(ranked) - least * (len(coming) - 1)
    count, taken = 0, 0.0
    while count < most:
        too_few = count < least and taken < length
        too_long = lasting[count] > length and taken >= length
        if not too_few and (too_long or taken + lasting[count] / 2 > share):
            break
        taken += lasting[count]
        count += 1
    return count


class PhaseAssignment:
    """Plan of the files to write: playlists `NAME-settle` and so on, and a scene `SCENE-NAME`.

    Raises:
        LoadError: There is no such scene, it is invalid, or a name is taken and `again` isn't set.
    """

    def __init__(
        self, house: House, folder: Path, name: str | None, scene: str, *, again: bool = False
    ) -> None:
        self._source = house.scene(scene)
        self._scene = validate(Scene, parse(read_text(self._source), self._source.name))
        self._wanted = demands_of(house, self._scene)
        self._folder = folder
        stem = slug(name or folder.resolve().name)
        self._names = _names(stem, [one.playlist for one in self._wanted])
        self.scene = f"{self._source.stem}-{stem}"
        self._lists, self._scenes = house.playlist_folder, house.root / "scenes"
        taken = {*house.playlists()} & {*self._names.values()} | {*house.scenes()} & {self.scene}
        if taken and not again:
            expected = "names that nothing has yet; nothing is overwritten"
            found = f"{any_of(sorted(taken))}, there already"
            raise refuse(self._scenes, found, expected, f"--name {stem}-2")
        self._music = "".join(sign for sign in title_of(folder, name) if sign.isprintable())
        overflow = self._names[self._wanted[0].playlist]
        self._text = scene_with(self._source, self._names, overflow, self._music)

    def must_suffice(self, count: int) -> None:
        """Check that there are enough tracks.

        Raises:
            LoadError: There are fewer tracks than playlists.
        """
        if count < len(self._wanted):
            expected = f"{len(self._wanted)} or more, one for each playlist of the scene"
            found = "1 piece" if count == 1 else f"{count} pieces"
            raise refuse(self._folder, f"{found} that can be played", expected)

    def thin(self, pieces: Sequence[ImportedTrack]) -> Iterator[ShortPlaylist]:
        """Yield the new playlists with under half of their time's music, the calmest first."""
        dealt = assign(pieces, self._wanted)
        for one in self._wanted:
            length = Seconds(sum(piece.length for piece in dealt[one.playlist]))
            if length < _THIN * one.length:
                yield ShortPlaylist(self._names[one.playlist], length, one.length)

    def files(
        self, pieces: Sequence[ImportedTrack], *, listened: bool
    ) -> Iterator[tuple[Path, str]]:
        """Yield paths and texts of the playlists, in the order of the phases, and of the scene.

        Raises:
            LoadError: There are fewer tracks than playlists.
        """
        self.must_suffice(len(pieces))
        dealt = assign(pieces, self._wanted)
        for name in dict.fromkeys(phase.playlist for phase in self._scene.phases):
            title = _list_title(self._music, name)
            text = playlist_text(title, dealt[name], listened=listened)
            yield self._lists / f"{self._names[name]}.yaml", text
        yield self._scenes / f"{self.scene}.yaml", self._text


def _names(stem: str, playlists: Sequence[str]) -> dict[str, str]:
    """Return a new, unique name for each playlist."""
    names: dict[str, str] = {}
    for playlist in playlists:
        name = usual = f"{stem}-{slug(playlist)}"
        number = 1
        while name in names.values():
            number += 1
            name = f"{usual}-{number}"
        names[playlist] = name
    return names


def _list_title(music: str, playlist: str) -> str:
    playlist = _cut(playlist, _LONGEST // 2)
    return f"{_cut(music, _LONGEST - len(playlist) - len(', '))}, {playlist}"


def _scene_title(title: str, music: str) -> str:
    """Return a title from the scene's and the music's, which is cut first if both are too long."""
    room = _LONGEST - len(", with ")
    music = _cut(music, max(_LEAST, room - len(title)))
    return f"{_cut(title, room - len(music))}, with {music}".rstrip()


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def scene_with(path: Path, names: Mapping[str, str], overflow: str, music: str) -> str:
    """Return the text of the scene at `path` with its playlists replaced by `names`.

    Raises:
        LoadError: Its YAML can't be edited in place, or is invalid.
    """
    text = read_text(path)
    before = validate(Scene, parse(text, path.name))
    wanted = before.model_copy(
        update={
            "title": _scene_title(before.title, music),
            "overflow": overflow if before.overflow else None,
            "phases": tuple(
                phase.model_copy(update={"playlist": names[phase.playlist]})
                for phase in before.phases
            ),
        }
    )
    edited = _edited(text, wanted)
    with suppress(LoadError):
        if validate(Scene, parse(edited, path.name)).model_dump() == wanted.model_dump():
            return edited
    expected = "a title and playlists that stand for themselves alone, as in playlist: settle"
    raise refuse(path, "a title or playlists that can't be exchanged here", expected)


def _edited(text: str, scene: Scene) -> str:
    """Return `text` with the title and the playlists of `scene` in place of its own."""
    edits: dict[tuple[int, int], str] = {}
    for node, value in _values(yaml.compose(text, Loader=yaml.SafeLoader), scene):
        edits[node.start_mark.index, node.end_mark.index] = value
    for (start, end), value in sorted(edits.items(), reverse=True):
        old = text[start:end]
        named = _NAMED.match(old)
        begin = start + (named.end() if named else 0)
        text = f"{text[:begin]}{value}{text[start + len(old.rstrip()) :]}"
    return text


def _values(root: yaml.Node | None, scene: Scene) -> Iterator[tuple[yaml.Node, str]]:
    """Yield the nodes of title, playlists and overflow, with their new values."""
    for key, node in _pairs(root):
        if key == "title":
            yield node, scalar(scene.title)
        elif key == "overflow" and scene.overflow:
            yield node, scene.overflow
        elif key == "phases":
            for phase, written in zip(scene.phases, node.value, strict=True):
                places = (place for name, place in _pairs(written) if name == "playlist")
                yield from ((place, phase.playlist) for place in places)


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield str(key.value), value
