"""Loading of the clinic's files into rooms and timelines, with every problem and its line."""

from kacenv.config.checks.check_all import Survey, check_house, survey, warnings_of
from kacenv.config.checks.check_named import survey_named
from kacenv.config.checks.track_warnings import Caution
from kacenv.config.file_monitor import Patrol
from kacenv.config.house import House
from kacenv.config.load import load_room, load_session
from kacenv.config.playlists.scan_targets import Music, house_music
from kacenv.config.scene_list import SceneCard, scene_cards

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
