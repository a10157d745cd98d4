"""`kacenv check`: everything about the clinic's files that can be known before a session."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.cli import completion
from kacenv.cli.options import HouseOption
from kacenv.cli.scan_progress import judged
from kacenv.system.paths import in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from kacenv.config import HouseReport, LintWarning
    from kacenv.config.load import LoadedRoom


class Format(StrEnum):
    """Output format of findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def check(  # noqa: PLR0913 - one argument for each option
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only these rooms, scenes and playlists: names, or paths of files anywhere.",
            show_default=False,
            autocompletion=completion.everything,
        ),
    ] = None,
    *,
    house: HouseOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as problems.")] = False,
    here: Annotated[
        bool, typer.Option("--here", help="Also whether this machine has the rooms' outputs.")
    ] = False,
    elsewhere: Annotated[
        bool,
        typer.Option(
            "--elsewhere", help="This machine isn't the rooms' own: leave out what only theirs has."
        ),
    ] = False,
    measure: Annotated[
        bool, typer.Option(help="Decode music that hasn't been; new files take a while.")
    ] = True,
    form: Annotated[Format, typer.Option("--format", help="For people or programs.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Read every room, scene and playlist, and say what is wrong or worth knowing.

    Music that kacenv doesn't know yet is decoded to its last second, which is done once.

    A file may lie anywhere. It is held against the house that you name, else against the one it
    lies in, else against the usual one; what can't be checked without a house is said. Run it as
    the user who runs the rooms: passwords and certificates are opened as when they start.

    Exits with 0 if all can be used, 1 if there is a problem (with --strict also a warning),
    2 if the command itself was mistyped.
    """
    from kacenv.cli.check_formats import FORMATS
    from kacenv.config import House, check_files, check_named

    home, asked = House.find(house), names or []

    def look() -> "HouseReport":
        if not asked:
            return check_files(home, elsewhere=elsewhere)
        return check_named(home, asked, chosen=house is not None, elsewhere=elsewhere)

    found = _surveyed(look, measure=measure)
    if here:
        found = _with_devices(found)
    report = FORMATS[Format.JSON if as_json else form](found)
    if report:
        print(in_words(report) if form is Format.TEXT else report)
    sys.exit(1 if found.problems or (strict and found.cautions) else 0)


def _surveyed(look: "Callable[[], HouseReport]", *, measure: bool) -> "HouseReport":
    """Return the survey, after judging files that weren't."""
    found = look()
    return look() if measure and judged([path for _, path in found.unmeasured]) else found


def _with_devices(found: "HouseReport") -> "HouseReport":
    from dataclasses import replace

    cautions = [caution for place in found.places for caution in _device_cautions(place)]
    return replace(found, cautions=tuple(sorted([*found.cautions, *cautions])))


def _device_cautions(place: "LoadedRoom") -> "list[LintWarning]":
    """Return warnings about outputs whose device this machine lacks, or with too few channels."""
    from kacenv.config import LintWarning
    from kacenv.config.checks.track_warnings import WarningRule
    from kacenv.core.errors import DeviceError
    from kacenv.devices.audio.output.miniaudio_backend import find

    cautions = []
    for index, output in enumerate(place.room.outputs):
        try:
            find(output.device, max(output.channels))
        except DeviceError as error:
            trail = ("outputs", index, "device")
            line, column = place.document.place(trail)
            text = f"{output.id} can't sound on this machine: {error}"
            cautions.append(
                LintWarning(place.document.file, line, column, text, WarningRule.DEVICE)
            )
    return cautions
