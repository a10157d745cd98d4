"""Colours of the picture: dark and warm."""

from collections.abc import Mapping
from typing import Final

FONT: Final = "Inter, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
NIGHT: Final = "#15100d"
"""Background."""
GROUND: Final = "#1e1814"
"""Background of a row."""
EDGE: Final = "#332a23"
FAINT: Final = "#5e5047"
DIM: Final = "#978679"
SOFT: Final = "#cdbcab"
BRIGHT: Final = "#f4e7d6"
WARM: Final = "#e8a25c"
HAND: Final = "#8fb8b0"
"""Colour of manual changes, the only cool one."""
NO_ENERGY: Final = "#8b7768"
ENERGY: Final[Mapping[int, str]] = {
    1: "#66564a",
    2: "#8c684a",
    3: "#b37a46",
    4: "#d68b45",
    5: "#f0a552",
}
"""Colour of a track by its energy, from 1 (still) to 5 (intense)."""
