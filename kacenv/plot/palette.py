"""The colours of the picture: dark and warm, as the room is."""

from collections.abc import Mapping
from typing import Final

FONT: Final = "Inter, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
NIGHT: Final = "#15100d"
"""Behind everything."""
GROUND: Final = "#1e1814"
"""Behind a row."""
EDGE: Final = "#332a23"
FAINT: Final = "#5e5047"
DIM: Final = "#978679"
SOFT: Final = "#cdbcab"
BRIGHT: Final = "#f4e7d6"
WARM: Final = "#e8a25c"
HAND: Final = "#8fb8b0"
"""What a person does by hand: the one cool colour."""
NO_ENERGY: Final = "#8b7768"
ENERGY: Final[Mapping[int, str]] = {
    1: "#66564a",
    2: "#8c684a",
    3: "#b37a46",
    4: "#d68b45",
    5: "#f0a552",
}
"""A piece by its energy, from 1 (still) to 5 (intense)."""
