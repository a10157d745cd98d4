"""`kacenv preflight`: the real room, minutes before a session, with one answer: go or no-go."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from kacenv.errors import DaemonError, KacenvError, NotRunningError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from kacenv.doctor.finding import Finding
    from kacenv.loader import House
    from kacenv.preflight import Said, Verdict
    from kacenv.room import Room

_CLAIMANT = "preflight"


def preflight(  # noqa: PLR0913 - one argument for each option
    room: Annotated[str, typer.Argument(envvar="KACENV_ROOM", help="The room; see: kacenv rooms")],
    *,
    scene: Annotated[
        str | None, typer.Option("--scene", help="Only this scene; otherwise all of the house.")
    ] = None,
    microphone: Annotated[
        str | None,
        typer.Option("--microphone", metavar="DEVICE", help="Have this one hear the tones."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Ask nothing, and show the page alone.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts; asks nothing.")] = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Keep the page in this file, too.")
    ] = None,
    house: Annotated[
        Path | None, typer.Option("--house", help="The folder of rooms/, scenes/ and playlists/.")
    ] = None,
    probe: Annotated[str | None, typer.Option("--probe", hidden=True)] = None,
) -> None:
    """Try lamps, outputs, MIDI and music ten minutes before; say GO or NO-GO.

    Lamps get a little brighter and go back; each output plays a soft tone. Never in a session.
    Exits with 0 for go, 1 for no-go.
    """
    if probe is not None:
        _answer(_probed(probe, _Asked(house, room, scene, microphone)))
        return
    asked = _Asked(house, room, scene, microphone)
    verdict = _inspected(asked, _Screen(quiet=quiet or as_json, mute=yes))
    if save:
        _keep(save, verdict.page())
    print(json.dumps(verdict.fields(), indent=2, ensure_ascii=False) if as_json else verdict.page())
    sys.exit(0 if verdict.go else 1)


class _Asked(NamedTuple):
    """What the preflight is about."""

    house: Path | None
    room: str
    scene: str | None
    microphone: str | None

    def home(self) -> "House":
        from kacenv.loader import House

        return House.find(self.house)

    def scenes(self) -> tuple[str, ...]:
        return (self.scene,) if self.scene else self.home().scenes()

    def words(self) -> list[str]:
        """The same, as it is typed."""
        given = {
            "--house": str(self.home().root),
            "--scene": self.scene,
            "--microphone": self.microphone,
        }
        options = [word for name, value in given.items() if value for word in (name, value)]
        return ["preflight", self.room, *options]


def _answer(said: "Iterator[Said]") -> None:
    """Be one probe: say what is found, line by line, and leave lamps as they were when told to."""
    import signal
    from contextlib import closing

    from kacenv.preflight.said import to_line

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    closed: Any = said
    with closing(closed):
        for one in said:
            print(to_line(one), flush=True)


def _probed(probe: str, asked: _Asked) -> "Iterator[Said]":
    """What one probe says; each loads only what it needs, for the others may not load at all."""
    kind, _, part = probe.partition(":")
    if kind == "machine":
        from kacenv.preflight.machine import machine

        return machine()
    if kind in {"files", "music"}:
        return _of_the_house(kind, asked)
    from kacenv.loader import load_room

    place = load_room(asked.home(), asked.room)
    if kind == "output":
        from kacenv.preflight.outputs import output

        return output(place, part, asked.microphone)
    return _of_the_room(kind, part, place)


def _of_the_house(kind: str, asked: _Asked) -> "Iterator[Said]":
    from kacenv.music import known_sounds
    from kacenv.preflight.files import choose, files

    home, known = asked.home(), known_sounds()
    if kind == "files":
        return files(home, asked.room, asked.scenes(), known)
    from kacenv.preflight.music import music

    return music(choose(home, asked.room, asked.scenes(), known).tracks, known)


def _of_the_room(kind: str, part: str, place: "Room") -> "Iterator[Said]":
    if kind == "midi":
        from kacenv.preflight.midi import midi

        return midi(place)
    if kind == "broker":
        from kacenv.preflight.broker import broker

        return broker(place)
    from kacenv.preflight.lamps import lamps, mute_lamp

    return mute_lamp(place, part) if part else lamps(place)


def _inspected(asked: _Asked, screen: "_Screen") -> "Verdict":
    from datetime import datetime
    from time import monotonic

    from kacenv.cli.start import own_program
    from kacenv.loader import load_room
    from kacenv.preflight import Verdict
    from kacenv.preflight.probes import tasks
    from kacenv.preflight.tour import daemon, tour

    begun, home = monotonic(), asked.home()
    place = load_room(home, asked.room)
    for scene in asked.scenes():
        home.scene(scene)
    command = [*own_program(), *asked.words(), "--probe"]
    with _alone(place.name):
        screen.room = place.name
        findings = daemon(_idle(place.name), place.name)
        for one in findings:
            screen.found(one)
        findings += tour(tasks(place), lambda probe: [*command, probe], screen)
    at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    return Verdict(place.name, asked.scenes(), at, monotonic() - begun, tuple(findings))


def _alone(room: str) -> "AbstractContextManager[Any]":
    """Two at once would each bring lamps back to where the other had led them."""
    from contextlib import ExitStack

    from kacenv.claim import claim

    stack = ExitStack()
    try:
        stack.enter_context(claim(room, _CLAIMANT))
    except DaemonError as error:
        if "another kacenv" not in str(error):
            raise
        raise DaemonError(
            f"A preflight of {room} is under way already. Wait until it is done."
        ) from None
    return stack


def _idle(room: str) -> "dict[str, Any] | None":
    """What an idle room says of itself; None where no daemon runs.

    Raises:
        DaemonError: A session is on, or nobody can say whether one is.
    """
    from kacenv.claim import is_claimed
    from kacenv.cli.client import get

    try:
        status: dict[str, Any] = get(room, "/v1/status")
    except NotRunningError:
        if is_claimed(room):
            raise DaemonError(
                f"The room {room} is being started or tested by another kacenv. "
                "Look again when that is done."
            ) from None
        return None
    if status["session"]["mode"] != "idle":
        raise DaemonError(
            f"A session is on in {room}, and a preflight moves lamps and plays tones. "
            "Nothing has been touched; look again when the session is over (kacenv status)."
        )
    return status


def _keep(path: Path, page: str) -> None:
    try:
        path.write_text(f"{page}\n", encoding="utf-8")
    except OSError as error:
        raise KacenvError(f"{path} can't be written: {error.strerror}") from error


class _Screen:
    """Shows each part as it goes; in a terminal a line is rewritten, elsewhere only results."""

    def __init__(self, *, quiet: bool, mute: bool) -> None:
        self.room = ""
        self._quiet = quiet
        self._live = not quiet and sys.stdout.isatty()
        self._asks = not quiet and not mute and sys.stdin.isatty()

    def begins(self, what: str) -> None:
        """Name a part."""
        if self._live:
            self._show(f"       {what} …")
        elif not self._quiet:
            print(f"       {what} …", flush=True)

    def step(self, what: str, text: str) -> None:
        """How far it is; only where the line can be written anew."""
        if self._live:
            self._show(f"       {what}: {text} …")

    def found(self, finding: "Finding") -> None:
        """What came of it."""
        if self._quiet:
            return
        word = {"fine": "GO", "note": "NOTE", "wrong": "NO-GO"}[finding.mark]
        self._show("")
        print(f"{word:<7}{finding.what}: {finding.found}", flush=True)

    def ask(self, question: str) -> bool | None:
        """Ask whoever sits here, if anybody may be asked."""
        if not self._asks:
            return None
        self._show("")
        return typer.confirm(question, default=True)

    def make_sure(self) -> None:
        """No session has begun meanwhile."""
        _idle(self.room)

    def _show(self, text: str) -> None:
        if self._live:
            from shutil import get_terminal_size

            room = max(20, get_terminal_size().columns - 1)
            print(f"\r{text[:room]}\x1b[K", end="", flush=True)
