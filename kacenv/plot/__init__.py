"""Picture of a session on one time axis, as SVG or PNG."""

from kacenv.plot.arc import Arc
from kacenv.plot.fold import arc_of
from kacenv.plot.page import draw
from kacenv.plot.picture_file import write_picture

__all__ = ["Arc", "arc_of", "draw", "write_picture"]
