"""`kacenv rooms` and `kacenv scenes`: lists of rooms and scenes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kacenv.cli.options import HouseOption, JsonOption, print_json
from kacenv.cli.terminal import say

if TYPE_CHECKING:
    from kacenv.config import House, SceneCard

_NO_ROOM = "There is no room yet. Begin with: kacenv init"
_NO_SCENE = "There is no scene yet. Begin with: kacenv init"


def rooms(house: HouseOption = None, as_json: JsonOption = False) -> None:
    """List the rooms: those that run, those of the house, and what must be mended first."""
    from kacenv.config import House
    from kacenv.server.client import running_rooms

    found = list(_rooms(House.find(house), running_rooms()))
    if as_json:
        print_json(found)
        return
    width = max((len(room["room"]) for room in found), default=0)
    for room in found:
        say(f"{room['room']:<{width}}  {_state(room)}")
    if not found:
        print(_NO_ROOM)


def _rooms(home: "House", running: list[str]) -> Iterator[dict[str, Any]]:
    """Yield each room by its name; those of other houses only if they run.

    A file that needs mending goes by its own name, and stands beside a room that is called so.
    """
    read = [_read(home, file) for file in home.rooms()]
    whole = {name for name, problem in read if problem is None}
    read += [(name, None) for name in running if name not in dict(read)]
    for name, problem in sorted(read, key=lambda one: (one[0], one[1] is not None)):
        runs = name in running and (problem is None or name not in whole)
        yield {"room": name, "running": runs, "problem": problem}


def _read(home: "House", file: str) -> tuple[str, str | None]:
    from kacenv.config import load_room
    from kacenv.core.errors import LoadError

    try:
        return load_room(home, file).name, None
    except LoadError as error:
        return file, str(error)


def _state(room: dict[str, Any]) -> str:
    state = "running" if room["running"] else "not running"
    mend = f"; its file needs mending, see: kacenv check {room['room']}"
    return f"{state}{mend if room['problem'] else ''}"


def scenes(house: HouseOption = None, as_json: JsonOption = False) -> None:
    """List the scenes of the house by the names that kacenv start takes."""
    from dataclasses import asdict

    from kacenv.config import House, scene_cards

    cards = scene_cards(House.find(house))
    if as_json:
        print_json([asdict(card) for card in cards])
        return
    width = max((len(card.name) for card in cards), default=0)
    for card in cards:
        say(f"{card.name:<{width}}  {_length_and_title(card)}")
    if not cards:
        print(_NO_SCENE)


def _length_and_title(card: "SceneCard") -> str:
    from kacenv.core.units import format_seconds

    if card.problem:
        return f"its file needs mending, see: kacenv check {card.name}"
    return f"{format_seconds(card.duration):>6}  {card.title}"
