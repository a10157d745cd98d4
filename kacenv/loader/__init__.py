"""Loading of the clinic's files into rooms and timelines, with every problem and its line."""

from kacenv.loader.cautions import Caution
from kacenv.loader.house import House
from kacenv.loader.load import load_room, load_session
from kacenv.loader.named import survey_named
from kacenv.loader.patrol import Patrol
from kacenv.loader.scanning import Music, house_music
from kacenv.loader.scenes import SceneCard, scene_cards
from kacenv.loader.surveying import Survey, check_house, survey, warnings_of

__all__ = [
    "Caution",
    "House",
    "Music",
    "Patrol",
    "SceneCard",
    "Survey",
    "check_house",
    "house_music",
    "load_room",
    "load_session",
    "scene_cards",
    "survey",
    "survey_named",
    "warnings_of",
]
