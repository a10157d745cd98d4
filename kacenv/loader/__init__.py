"""From the clinic's files to rooms and timelines; every problem at once, each with its line."""

from kacenv.loader.house import House
from kacenv.loader.load import check_house, load_room, load_session

__all__ = ["House", "check_house", "load_room", "load_session"]
