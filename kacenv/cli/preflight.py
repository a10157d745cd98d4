"""`kacenv preflight`: test of the real room before a session, with one result: go or no-go."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from kacenv.cli import completion
from kacenv.cli.options import HouseOption, print_json
from kacenv.core.errors import DaemonError, KacenvError
from kacenv.core.plain_text import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from kacenv.config import House
    from kacenv.diagnostics.finding import Finding
    from kacenv.diagnostics.preflight import ProbeMessage, Verdict
    from kacenv.diagnostics.preflight.availability import RoomAvailability
    from kacenv.model.room import Room

_CLAIMANT = "preflight"


def preflight(  # noqa: PLR0913 - one argument for each option
    room: Annotated[
        str | None,
        typer.Argument(
            envvar="KACENV_ROOM",
            help="The room, if there are several; see: kacenv rooms",
            autocompletion=completion.rooms,
        ),
    ] = None,
    *,
    scene: Annotated[
        str | None,
        typer.Option(
            "--scene",
            help="Only this scene; otherwise all of the house.",
            autocompletion=completion.scenes,
        ),
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
    measure: Annotated[
        bool, typer.Option(help="Decode the scene's music that hasn't been; it takes a while.")
    ] = True,
    house: HouseOption = None,
    probe: Annotated[str | None, typer.Option("--probe", hidden=True)] = None,
) -> None:
    """Try lamps, outputs, MIDI and music ten minutes before; say GO or NO-GO.

    Lamps get a little brighter and go back; each output plays a soft tone. Never in a session: one
    that begins meanwhile has lamps and sound at once. Exits with 0 for go, 1 for anything else.
    """
    from kacenv.config import House

    room = room or House.find(house).only_room()
    if probe is not None:
        _answer(_probed(probe, _PreflightRequest(house, room, scene, microphone)))
        return
    asked = _PreflightRequest(house, room, scene, microphone)
    if save:
        _can_keep(save)
    if measure:
        _judge_music(asked)
    verdict = _inspected(asked, quiet=quiet or as_json, mute=yes)
    if as_json:
        print_json(verdict.fields())
    else:
        print(verdict.page())
    if save:
        _keep(save, verdict.page())
    sys.exit(0 if verdict.go else 1)


def _judge_music(asked: "_PreflightRequest") -> None:
    """Judge what the scenes play and nobody has judged, before anything in the room is touched.

    A file that has changed since is left to the probe, which compares it with what it was.
    """
    from kacenv.analysis import known_measurements
    from kacenv.cli.scan_progress import judged
    from kacenv.diagnostics.preflight.scene_files import choose

    known = known_measurements()
    tracks = choose(asked.home(), asked.room, asked.scenes(), known).tracks
    judged(
        track.path
        for track in tracks
        if not track.judged and (track.verdict or not known.before(track.path))
    )


class _PreflightRequest(NamedTuple):
    """Parameters of a preflight."""

    house: Path | None
    room: str
    scene: str | None
    microphone: str | None

    def home(self) -> "House":
        from kacenv.config import House

        return House.find(self.house)

    def scenes(self) -> tuple[str, ...]:
        return (self.scene,) if self.scene else self.home().scenes()

    def words(self) -> list[str]:
        """Return the parameters as command-line arguments."""
        given = {
            "--house": str(self.home().root),
            "--scene": self.scene,
            "--microphone": self.microphone,
        }
        options = [word for name, value in given.items() if value for word in (name, value)]
        return ["preflight", self.room, *options]


def _answer(said: "Iterator[ProbeMessage]") -> None:
    """Run one probe: print its messages as lines, and restore the lamps on SIGTERM."""
    import signal
    from contextlib import closing

    from kacenv.diagnostics.probe_messages import to_line

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    closed: Any = said
    with closing(closed):
        for one in said:
            print(to_line(one), flush=True)


def _probed(probe: str, asked: _PreflightRequest) -> "Iterator[ProbeMessage]":
    """Yield the messages of one probe; imports are local, as some may fail."""
    kind, _, part = probe.partition(":")
    if kind == "machine":
        from kacenv.diagnostics.preflight.machine import machine

        return machine()
    if kind in {"files", "music"}:
        return _of_the_house(kind, asked)
    from kacenv.config import load_room

    return _of_the_room(kind, part, load_room(asked.home(), asked.room), asked.microphone)


def _of_the_house(kind: str, asked: _PreflightRequest) -> "Iterator[ProbeMessage]":
    from kacenv.analysis import known_measurements
    from kacenv.diagnostics.preflight.scene_files import choose, files

    home, known = asked.home(), known_measurements()
    if kind == "files":
        return files(home, asked.room, asked.scenes(), known)
    from kacenv.diagnostics.preflight.decoding import music

    return music(choose(home, asked.room, asked.scenes(), known).tracks, known)


def _of_the_room(
    kind: str, part: str, place: "Room", microphone: str | None
) -> "Iterator[ProbeMessage]":
    if kind == "midi":
        from kacenv.diagnostics.preflight.midi import midi

        return midi(place)
    if kind == "broker":
        from kacenv.diagnostics.preflight.broker import broker

        return broker(place)
    from kacenv.diagnostics.preflight.availability import RoomAvailability

    vacancy = RoomAvailability(place.name)
    if kind == "output":
        from kacenv.diagnostics.preflight.outputs import output

        return output(place, part, vacancy, microphone)
    from kacenv.diagnostics.preflight.lamps import lamps, mute_lamp

    if kind == "lamps":
        return lamps(place, vacancy)
    return mute_lamp(place, part, vacancy, blindly=kind == "unknown-lamp")


def _inspected(asked: _PreflightRequest, *, quiet: bool, mute: bool) -> "Verdict":
    from datetime import datetime
    from time import monotonic

    from kacenv.cli.start import own_program
    from kacenv.config import load_room
    from kacenv.diagnostics.preflight import Verdict
    from kacenv.diagnostics.preflight.availability import RoomAvailability
    from kacenv.diagnostics.preflight.probe_plan import tasks
    from kacenv.diagnostics.preflight.probe_sequence import daemon, run_sequence

    begun, home = monotonic(), asked.home()
    place = load_room(home, asked.room)
    for scene in asked.scenes():
        home.scene(scene)
    command = [*own_program(), *asked.words(), "--probe"]
    with _alone(place.name):
        vacancy = RoomAvailability(place.name)
        screen, status = _Screen(vacancy, quiet=quiet, mute=mute), _free(vacancy)
        findings = daemon(status, place.name)
        for one in findings:
            screen.found(one)
        parts = tasks(place, status["lamps"] if status else ())
        toured = run_sequence(parts, lambda probe: [*command, probe], screen)
    at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    found, took = (*findings, *toured.findings), monotonic() - begun
    return Verdict(place.name, asked.scenes(), at, took, found, toured.taken)


def _alone(room: str) -> "AbstractContextManager[Path]":
    """Lock the room against a second preflight, which would restore the first one's levels."""
    from kacenv.system.room_lock import claim

    refusal = f"A preflight of {room} is under way already. Wait until it is done."
    return claim(room, _CLAIMANT, refusal=refusal)


def _free(vacancy: "RoomAvailability") -> "dict[str, Any] | None":
    """Return the status of a free room; None if no daemon runs.

    Raises:
        DaemonError: The room isn't free.
    """
    from kacenv.diagnostics.preflight.availability import RoomTakenError

    try:
        return vacancy.status()
    except RoomTakenError as taken:
        why = "A preflight moves lamps and plays tones; nothing has been touched."
        raise DaemonError(f"{taken.reason} {why} {taken.todo}") from None


def _can_keep(path: Path) -> None:
    """Check that the page can be written before lamps are moved; leave no file.

    Raises:
        KacenvError: It can't be written.
    """
    new = not path.exists()
    try:
        path.open("a").close()
        if new:
            path.unlink()
    except OSError as error:
        raise KacenvError(f"{path} can't be written: {error.strerror}. Save elsewhere.") from error


def _keep(path: Path, page: str) -> None:
    """Write the page; a failure doesn't change the result."""
    try:
        path.write_text(cleaned(f"{page}\n"), encoding="utf-8")
    except OSError as error:
        print(f"{path} can't be written: {error.strerror}", file=sys.stderr)


class _Screen:
    """Shows each part as it goes; in a terminal in one line, elsewhere results only."""

    def __init__(self, vacancy: "RoomAvailability", *, quiet: bool, mute: bool) -> None:
        self._vacancy = vacancy
        self._quiet = quiet
        self._live = not quiet and sys.stdout.isatty()
        self._asks = not quiet and not mute and sys.stdin.isatty()

    def begins(self, what: str) -> None:
        """Show that a part begins."""
        if self._live:
            self._show(f"       {what} …")
        elif not self._quiet:
            print(f"       {what} …", flush=True)

    def step(self, what: str, text: str) -> None:
        """Show its progress; only in a terminal."""
        if self._live:
            self._show(f"       {what}: {text} …")

    def found(self, finding: "Finding") -> None:
        """Show a finding."""
        if self._quiet:
            return
        word = {"fine": "GO", "note": "NOTE", "wrong": "NO-GO"}[finding.mark]
        self._show("")
        print(f"{word:<7}{finding.what}: {finding.found}", flush=True)

    def ask(self, question: str, *, default: bool = True) -> bool | None:
        """Ask the person at the terminal, if there may be one."""
        if not self._asks:
            return None
        self._show("")
        return typer.confirm(question, default=default)

    def confirm_room_free(self) -> None:
        """Raise RoomTakenError if the room is needed."""
        self._vacancy.check()

    def _show(self, text: str) -> None:
        if self._live:
            from shutil import get_terminal_size

            from kacenv.cli.terminal import write_styled
            from kacenv.core.plain_text import cleaned_line

            room = max(20, get_terminal_size().columns - 1)
            write_styled(f"\r{cleaned_line(text)[:room]}\x1b[K")
