"""Warnings of what can't be checked of a file without a house, or without a room."""

from collections.abc import Iterable, Iterator

from kacenv.config.checks.cross_file import ScenePlan
from kacenv.config.checks.track_warnings import LintWarning, WarningRule
from kacenv.config.house import House

_NAME_ONE = "name one: --house FOLDER"


def unchecked_warnings(
    house: House, plans: Iterable[ScenePlan], unopened: Iterable[str], *, with_rooms: bool
) -> Iterator[LintWarning]:
    """Return a warning for each scene without a room or house, and each playlist without a house.

    `unopened` are the files of playlists that couldn't be used.
    """
    text = _about_scenes(house, with_rooms=with_rooms)
    if text:
        yield from (_at(plan.document.file, text) for plan in plans)
    if not house.is_there:
        text = f"no house, so its music is looked for beside this file alone; {_NAME_ONE}"
        yield from (_at(file, text) for file in unopened)


def _about_scenes(house: House, *, with_rooms: bool) -> str:
    if not house.is_there:
        parts = "its playlists aren't" if with_rooms else "its playlists, looks and chimes aren't"
        return f"no house to hold it against, so {parts} checked; {_NAME_ONE}"
    if with_rooms:
        return ""
    return "no room to hold it against, so its looks and chimes aren't checked; see: kacenv rooms"


def _at(file: str, text: str) -> LintWarning:
    return LintWarning(file, 1, 1, text, WarningRule.UNCHECKED)
