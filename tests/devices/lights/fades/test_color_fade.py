"""Colour fades."""

from itertools import pairwise

import pytest

from kacenv.core.fades import Fade, FadeCurve
from kacenv.core.units import Kelvin, Seconds
from kacenv.devices.lights.fades.color_fade import ColorFade, color_of, distance
from kacenv.model.look import Color

RED, GREEN, BLUE, WHITE = (
    Color(255, 0, 0),
    Color(0, 255, 0),
    Color(0, 0, 255),
    Color(255, 255, 255),
)


@pytest.mark.parametrize(
    ("white", "color"), [(1900.0, (255, 133, 0)), (2700.0, (255, 169, 87)), (6500.0, WHITE)]
)
def test_whites_have_the_colours_of_a_black_body(white: float, color: Color) -> None:
    """Within a few parts of the tables of the Planckian locus in sRGB."""
    shown = color_of(Kelvin(white))
    assert all(abs(one - other) <= 8 for one, other in zip(shown, color, strict=True))


def test_distances_are_those_of_oklab() -> None:
    """Published: red (0.628, 0.225, 0.126), blue (0.452, -0.032, -0.312); white is 1."""
    assert distance(RED, BLUE) == pytest.approx(0.5371, abs=0.001)
    assert distance(WHITE, WHITE) == 0.0


@pytest.mark.parametrize("ends", [(RED, BLUE), (RED, GREEN), (WHITE, BLUE), (WHITE, RED)])
def test_a_tint_never_doubles_its_pace(ends: tuple[Color, Color]) -> None:
    """Each twentieth of the way is at most twice the mean, brightest part at full throughout."""
    tint = ColorFade(*ends, Fade(0.0, 1.0, Seconds(0.0), Seconds(20.0), FadeCurve.LINEAR))
    shown = [tint.at(moment) for moment in range(21)]
    steps = [distance(one, other) for one, other in pairwise(shown)]
    assert max(steps) < 2 * sum(steps) / len(steps)
    assert (shown[0], shown[-1]) == ends
    assert all(max(color) == 255 for color in shown)
