"""File monitor: polls the files of the current session, and tells staff of changes."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from kacenv.config.file_changes import ChangeMessages, Comparison, WatchedFileKind, file_version
from kacenv.config.house import House
from kacenv.config.load import load_session
from kacenv.config.room_files import load_room_to_run
from kacenv.config.scene_list import scene_cards
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Seconds
from kacenv.model.timeline import Timeline

LOOK_EVERY = Seconds(5.0)
_TIMEOUT = 1.0
"""Time limit for the thread to end (seconds); a hung disk doesn't delay closing."""
_log = logging.getLogger(__name__)


class FileMonitor:
    """Polls the session's files on a thread, and reports each change once.

    `room` is the room's file as given to the daemon; `plan` returns the current session's timeline,
    or None; `tell` must be thread-safe.
    """

    def __init__(
        self,
        house: House,
        room: str,
        plan: Callable[[], Timeline | None],
        tell: Callable[[str], None],
        every: Seconds = LOOK_EVERY,
    ) -> None:
        self._house, self._room = house, room
        self._plan, self._tell = plan, tell
        self._every = every
        self._begun: str | None = None
        self._followed: tuple[Timeline | None, str | None] = (None, None)
        self._scene: str | None = None
        self._files: Mapping[Path, WatchedFileKind] = MappingProxyType({})
        self._comparison = Comparison({})
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="file-monitor", daemon=True)

    def start(self) -> None:
        """Start polling."""
        self._thread.start()

    def close(self) -> None:
        """Stop polling."""
        self._closing = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(_TIMEOUT)

    def session_begun(self, scene: str) -> None:
        """Take note of the scene of a session that has begun."""
        self._begun = scene
        self._wake.set()

    def _run(self) -> None:
        while not self._closing:
            try:
                self.poll()
            except Exception:  # noqa: BLE001 - whatever lies in the folder, the next look comes
                _log.exception("the session's files could not be looked at")
            self._wake.wait(self._every)
            self._wake.clear()

    def poll(self) -> None:
        """Poll all files of the current session once."""
        plan, begun = self._plan(), self._begun
        if plan is not self._followed[0] or begun != self._followed[1]:
            self._follow(plan, begun)
        if plan is None:
            return
        changes = self._comparison.with_next({path: file_version(path) for path in self._files})
        for text in ChangeMessages(self._house.root, self._files, self._trouble).told(changes):
            self._tell(text)

    def _follow(self, plan: Timeline | None, begun: str | None) -> None:
        if plan is not None:
            self._scene = begun or _scene_of(plan, self._house)
            self._files = files_of(plan, self._house, self._room, self._scene)
            self._comparison = Comparison({path: file_version(path) for path in self._files})
        self._followed = plan, begun

    def _trouble(self, path: Path) -> FileProblem | None:
        """Return the first problem of the file at `path`, else the first of all."""
        try:
            if self._scene is None:
                load_room_to_run(self._house, self._room)
            else:
                load_session(self._house, self._scene, self._room)
        except LoadError as error:
            own = (one for one in error.problems if Path(one.file).absolute() == path.absolute())
            return next(own, error.problems[0])
        return None


def files_of(
    plan: Timeline, house: House, room: str, scene: str | None
) -> dict[Path, WatchedFileKind]:
    """Return the files of a session with their kinds; missing ones are left out."""
    files: dict[Path, WatchedFileKind] = {}
    with suppress(LoadError):
        files[house.room(room).absolute()] = WatchedFileKind.ROOM
    with suppress(LoadError):
        if scene is not None:
            files[house.scene(scene).absolute()] = WatchedFileKind.SCENE
    queues = [phase.queue for phase in plan.phases] + ([plan.overflow] if plan.overflow else [])
    for queue in queues:
        path = house.playlist(queue.name)
        if path is not None:
            files[path.absolute()] = WatchedFileKind.PLAYLIST
    cuts = (cut for queue in queues for cut in queue.cuts)
    return files | {Path(cut.path): WatchedFileKind.MUSIC for cut in cuts}


def _scene_of(plan: Timeline, house: House) -> str | None:
    """Return the scene of a resumed session: the only one with the same title and phases."""
    arc = [phase.name for phase in plan.phases]
    names = [
        card.name
        for card in scene_cards(house)
        if (card.title, [phase.name for phase in card.phases]) == (plan.title, arc)
    ]
    return names[0] if len(names) == 1 else None
