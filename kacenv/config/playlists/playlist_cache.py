"""Cache of a house's playlists, each loaded once."""

from pathlib import Path

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.header_cache import Headers
from kacenv.config.house import House
from kacenv.config.playlists.resolve import ResolvedPlaylist, open_playlist
from kacenv.core.errors import LoadError


class PlaylistCache:
    """Loads playlists of `house` on demand; `known` and `headers` are caches of file contents."""

    def __init__(
        self, house: House, known: KnownMeasurements, headers: Headers | None = None
    ) -> None:
        self.names = house.playlists()
        self._house = house
        self._known, self._headers = known, headers or Headers()
        self._opened: dict[tuple[str, Path | None], ResolvedPlaylist | LoadError] = {}

    def open(self, name: str, music_root: Path | None) -> ResolvedPlaylist:
        """Load the playlist `name`, with music from the house and from `music_root`.

        Raises:
            LoadError: With every track that can't be used; the same one each time.
        """
        key = name, music_root
        if key not in self._opened:
            self._opened[key] = self._fetch(name, music_root)
        found = self._opened[key]
        if isinstance(found, LoadError):
            raise found
        return found

    def _fetch(self, name: str, music_root: Path | None) -> ResolvedPlaylist | LoadError:
        path = self._house.playlist(name)
        assert path is not None  # noqa: S101 - the house has just listed it
        try:
            return open_playlist(path, name, music_root, self._known, self._headers)
        except LoadError as error:
            return error
