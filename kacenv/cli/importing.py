"""`kacenv music import`: playlists, or a whole scene, from a folder of music."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol

import typer

from kacenv.cli import completion, questions
from kacenv.cli.options import HouseOption, JsonOption, print_json
from kacenv.cli.scan_progress import judged
from kacenv.cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kacenv.config import House
    from kacenv.config.transfer.assign_to_phases import ShortPlaylist
    from kacenv.config.transfer.import_folder import ImportedTrack
    from kacenv.config.transfer.left_out import LeftOut

_SHOWN = 12
"""Most pieces that a question names."""


class Startling(StrEnum):
    """Treatment of pieces that would startle."""

    KEEP = "keep"
    LEAVE_OUT = "leave-out"


def import_folder(  # noqa: PLR0913, PLR0917 - one for each option
    folder: Path,
    name: Annotated[str | None, typer.Option("--name", help="The playlist's; e.g. calm.")] = None,
    listened: Annotated[
        bool,
        typer.Option("--listened", help="You have heard every piece, and no words in any."),
    ] = False,
    scan: Annotated[
        bool, typer.Option("--scan/--no-scan", help="Measure the music first, to guess its energy.")
    ] = True,
    scene: Annotated[
        str | None,
        typer.Option(
            "--scene",
            help="Deal it to the phases of a scene like this one.",
            autocompletion=completion.scenes,
        ),
    ] = None,
    startling: Annotated[
        Startling | None,
        typer.Option(
            "--startling",
            help="Keep or leave out pieces that become much louder at once, without a question.",
        ),
    ] = None,
    as_json: JsonOption = False,
    house: HouseOption = None,
) -> None:
    """Make a playlist from a folder of music, by what the files say about themselves.

    With --scene couple-lozenge, each phase of it gets a playlist, the calmest pieces where it is
    calmest, and a new scene like that one plays them.

    Every file that is left out is counted, with the reason; --json names each.
    """
    from kacenv.config import House
    from kacenv.config.transfer.import_folder import base_of, survey_folder

    home = House.own(house)
    task = _Import(home, folder, name, listened, scan, startling, as_json)
    found = survey_folder(folder)
    base = base_of(home, folder)
    left_out = list(found.left_out)
    plan = _scene_plan(task, scene, len(found.music)) if scene else _playlist_plan(task)
    pieces = _looked_at(task, found.music, base, left_out)
    pieces = _without_startling(task, pieces, plan, left_out)
    _finish(task, plan, pieces, left_out)


class _Import(NamedTuple):
    """Parameters of an import."""

    home: "House"
    folder: Path
    name: str | None
    listened: bool
    scan: bool
    startling: Startling | None
    as_json: bool

    def says(self, text: str) -> None:
        """Print a line for people."""
        if not self.as_json:
            say(text)

    @property
    def asks(self) -> bool:
        """True if somebody can answer."""
        return not self.as_json and questions.in_terminal()


class _Files(Protocol):
    """Files to write, each with its path and text."""

    def files(
        self, pieces: "Sequence[ImportedTrack]", *, listened: bool
    ) -> "Iterator[tuple[Path, str]]": ...


class _Plan(NamedTuple):
    """Files to write, how people call them, and what to say of them when they are written."""

    files: _Files
    called: Path
    after: "Callable[..., Iterable[str]]"
    """Lines to print, given `texts`, `pieces` and `listened`."""


def _playlist_plan(task: _Import) -> _Plan:
    from kacenv.config.transfer.import_folder import SinglePlaylist, target_of, title_of

    target = target_of(task.home, task.folder, task.name, again=task.listened)
    plan = SinglePlaylist(target, title_of(task.folder, task.name))
    unused = "No scene plays it yet. Name it in one, or have one made with: --scene couple-lozenge"
    return _Plan(plan, target, lambda **_: [unused])


def _scene_plan(task: _Import, scene: str, count: int) -> _Plan:
    from kacenv.config.transfer.assign_to_phases import PhaseAssignment

    dealing = PhaseAssignment(task.home, task.folder, task.name, scene, again=task.listened)
    dealing.must_suffice(count)

    def after(
        *, texts: dict[Path, str], pieces: "Sequence[ImportedTrack]", listened: bool
    ) -> "Iterator[str]":
        yield from _scene_lines(texts, dealing.thin(pieces))
        if listened:
            yield from ("What now:", "  kacenv check")
            yield f"  kacenv rehearse {dealing.scene} --room ROOM"

    return _Plan(dealing, task.folder, after)


def _looked_at(
    task: _Import, files: list[Path], base: Path, left_out: "list[LeftOut]"
) -> "list[ImportedTrack]":
    """Return the files that a playlist can have; the others go to `left_out`."""
    from kacenv.analysis import known_measurements
    from kacenv.config.transfer.import_folder import ImportedTrack, loadable, look_at
    from kacenv.config.transfer.left_out import LeftOut

    if task.scan:
        judged(files)
    known = known_measurements()
    found = list(look_at(files, base, known))
    left_out += [one for one in found if isinstance(one, LeftOut)]
    pieces = [one for one in found if isinstance(one, ImportedTrack)]
    found = loadable(pieces, task.home, known)
    left_out += [one for one in found if isinstance(one, LeftOut)]
    return [one for one in found if isinstance(one, ImportedTrack)]


def _without_startling(
    task: _Import, pieces: "list[ImportedTrack]", plan: _Plan, left_out: "list[LeftOut]"
) -> "list[ImportedTrack]":
    """Return the pieces without those that would startle, unless they are to be kept."""
    from kacenv.config.transfer.import_folder import is_listed
    from kacenv.config.transfer.left_out import LeftOut, Omission

    sudden = [piece for piece in pieces if piece.startles]
    if not sudden or task.startling is Startling.KEEP:
        return pieces
    earlier = "".join(_there(_unheard(task, plan, pieces, left_out)).values())
    if earlier:
        sudden = [piece for piece in sudden if not is_listed(piece, earlier)]
    elif task.startling is None and task.asks and not _shall_go(sudden):
        return pieces
    left_out += [LeftOut(one.path, Omission.STARTLING, one.startles) for one in sudden]
    return [piece for piece in pieces if piece not in sudden]


def _shall_go(sudden: "Sequence[ImportedTrack]") -> bool:
    """Ask whether pieces that would startle are to be left out."""
    print(f"{_count(len(sudden), 'piece')} may startle somebody who lies there:")
    for piece in sudden[:_SHOWN]:
        print(f"  {piece.file}: {piece.startles}")
    if len(sudden) > _SHOWN:
        print(f"  and {len(sudden) - _SHOWN} more")
    return typer.confirm("Leave them out?", default=True)


def _unheard(
    task: _Import, plan: _Plan, pieces: "Sequence[ImportedTrack]", left_out: "Sequence[LeftOut]"
) -> dict[Path, str]:
    """Return the files to write as long as nobody has listened.

    Raises:
        LoadError: There aren't enough pieces for them; what was left out is told first.
    """
    from kacenv.config.yaml.text_files import refuse
    from kacenv.core.errors import LoadError

    try:
        if not pieces:
            expected = "WAV, FLAC, MP3, Ogg, Opus, M4A or AIFF files of half a minute or more"
            raise refuse(task.folder, "no music that can be played", expected)
        return dict(plan.files.files(pieces, listened=False))
    except LoadError:
        _tell_left_out(task, left_out)
        if task.as_json:
            print_json(_as_data({}, pieces, left_out, listened=False))
        raise


def _finish(
    task: _Import, plan: _Plan, pieces: "list[ImportedTrack]", left_out: "Sequence[LeftOut]"
) -> None:
    unheard = _unheard(task, plan, pieces, left_out)
    earlier = _there(unheard)
    if task.listened:
        pieces = _since(pieces, list(earlier))
    _report(task, plan.called, pieces)
    _tell_left_out(task, left_out)
    listened = task.listened and (bool(earlier) or _has_heard(task, pieces))
    texts = dict(plan.files.files(pieces, listened=listened)) if listened else unheard
    _write(task, texts, unheard)
    if not listened:
        task.says("  Listen to every piece. Where there are no words, write: instrumental: yes")
        task.says("  Or, once you have heard all of it: the same again with --listened")
    for line in plan.after(texts=texts, pieces=pieces, listened=listened):
        task.says(line)
    if task.as_json:
        print_json(_as_data(texts, pieces, left_out, listened=listened))


def _since(pieces: "list[ImportedTrack]", lists: list[Path]) -> "list[ImportedTrack]":
    """Mark the pieces that are newer than the oldest of the lists from which somebody listened."""
    from dataclasses import replace

    if not lists:
        return pieces
    oldest = min(path.stat().st_mtime_ns for path in lists)
    return [replace(one, changed=one.path.stat().st_mtime_ns > oldest) for one in pieces]


def _has_heard(task: _Import, pieces: "Sequence[ImportedTrack]") -> bool:
    """Ask in a terminal if all has been heard; a script has said so."""
    if not task.asks:
        return True
    from kacenv.core.units import format_seconds

    length = format_seconds(sum(piece.length for piece in pieces))
    question = (
        f"Have you heard all of it ({_count(len(pieces), 'piece')}, {length}), and no words in any?"
    )
    return typer.confirm(question, default=False)


def _there(paths: "Iterable[Path]") -> dict[Path, str]:
    """Return the texts of those files that are there."""
    return {path: path.read_text("utf-8") for path in paths if path.exists()}


def _write(task: _Import, texts: dict[Path, str], unheard: dict[Path, str]) -> None:
    """Write all of the files or none; overwrite only files that are still `unheard`."""
    from kacenv.core.errors import KacenvError

    _refuse_long(task, texts)
    there = _there(texts)
    _refuse_edited(task, [path for path, text in there.items() if text != unheard[path]])
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w" if path in there else "x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            _put_back(path, there.get(path))
        raise KacenvError(f"{path} can't be written ({error.strerror}).") from error


def _refuse_long(task: _Import, texts: dict[Path, str]) -> None:
    from kacenv.config.yaml.text_files import MAX_BYTES, refuse

    if any(len(text.encode()) > MAX_BYTES for text in texts.values()):
        found = "more music than one playlist can list (1 MB of text)"
        raise refuse(task.folder, found, "a smaller folder; import one after the other")


def _refuse_edited(task: _Import, paths: list[Path]) -> None:
    from kacenv.config.transfer.import_folder import slug
    from kacenv.config.yaml.text_files import refuse

    if paths:
        found = "something else than an import without --listened has written"
        expected = "a name that nothing has yet; nothing of yours is overwritten"
        name = slug(task.name or task.folder.resolve().name)
        raise refuse(paths[0], found, expected, f"--name {name}-2")


def _put_back(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, "utf-8")


def _report(task: _Import, what: Path, pieces: "Sequence[ImportedTrack]") -> None:
    from kacenv.config.yaml.text_files import shown
    from kacenv.core.units import format_seconds

    length = format_seconds(sum(piece.length for piece in pieces))
    task.says(f"{shown(what)}: {_count(len(pieces), 'piece')}, {length}.")
    untold = sum(not piece.tags.licence for piece in pieces)
    if untold:
        task.says(f"  {untold} without a licence: find it out, and write it down.")
    for piece in pieces:
        if piece.words:
            words = f"may have words in it, by its tags ({piece.words}); listen to it"
            task.says(f"  {piece.file} {words}")
        if piece.changed:
            task.says(f"  {piece.file} is newer than the list; listen to it")


def _tell_left_out(task: _Import, left_out: "Sequence[LeftOut]") -> None:
    from kacenv.config.transfer.left_out import table

    if left_out:
        task.says(f"Left out: {_count(len(left_out), 'file')}.")
    for row in table(left_out, task.folder):
        task.says(f"  {row}")


def _scene_lines(texts: dict[Path, str], thin: "Iterable[ShortPlaylist]") -> "Iterator[str]":
    from kacenv.config.yaml.text_files import shown
    from kacenv.core.units import format_seconds

    *playlists, made = texts
    yield f"Written: {shown(made)}, which plays {_count(len(playlists), 'playlist')}:"
    for path in playlists:
        yield f"  {shown(path)}: {_count(texts[path].count('  - file: '), 'piece')}"
    for one in thin:
        length, wanted = format_seconds(one.length), format_seconds(one.wanted)
        yield f"  {one.playlist} has {length} of music for {wanted}, and will repeat; add to it."


def _as_data(
    texts: dict[Path, str],
    pieces: "Sequence[ImportedTrack]",
    left_out: "Sequence[LeftOut]",
    *,
    listened: bool,
) -> dict[str, Any]:
    from kacenv.config.transfer.import_folder import is_heard

    return {
        "written": [str(path) for path in texts],
        "pieces": [
            {
                "file": piece.file,
                "length": round(piece.length, 1),
                "energy": piece.energy,
                "instrumental": listened and is_heard(piece),
                "words": piece.words,
                "startles": piece.startles or None,
            }
            for piece in pieces
        ],
        "left_out": [
            {"file": str(one.path), "kind": str(one.kind), "reason": one.reason} for one in left_out
        ],
    }


def _count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"
