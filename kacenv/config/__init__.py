"""Loading of the clinic's files into rooms and timelines, with every problem and its line."""

from kacenv.config.checks.check_all import HouseReport, check_files, check_house, warnings_of
from kacenv.config.checks.check_named import check_named
from kacenv.config.checks.track_warnings import LintWarning
from kacenv.config.file_monitor import FileMonitor
from kacenv.config.house import House
from kacenv.config.load import load_room, load_session
from kacenv.config.playlists.scan_targets import HouseMusic, house_music
from kacenv.config.room_files import load_room_to_run
from kacenv.config.scene_list import SceneCard, scene_cards

__all__ = [
    "FileMonitor",
    "House",
    "HouseMusic",
    "HouseReport",
    "LintWarning",
    "SceneCard",
    "check_files",
    "check_house",
    "check_named",
    "house_music",
    "load_room",
    "load_room_to_run",
    "load_session",
    "scene_cards",
    "warnings_of",
]
