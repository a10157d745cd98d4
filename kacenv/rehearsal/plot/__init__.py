"""Picture of a session on one time axis, as SVG or PNG."""

from kacenv.rehearsal.plot.arc import Arc
from kacenv.rehearsal.plot.arc_builder import arc_of
from kacenv.rehearsal.plot.layout import draw
from kacenv.rehearsal.plot.picture_file import write_picture

__all__ = ["Arc", "arc_of", "draw", "write_picture"]
