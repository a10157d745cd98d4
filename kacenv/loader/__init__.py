"""From the clinic's files to rooms and timelines; every problem at once, each with its line."""

from kacenv.loader.cautions import Caution, warnings_of
from kacenv.loader.house import House
from kacenv.loader.load import check_house, load_room, load_session
from kacenv.loader.scanning import Music, house_music

__all__ = [
    "Caution",
    "House",
    "Music",
    "check_house",
    "house_music",
    "load_room",
    "load_session",
    "warnings_of",
]
