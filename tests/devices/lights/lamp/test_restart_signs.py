"""Signs of a restart, against jumps."""

import pytest

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.fades.lightness import DimmingCurve, DimmingScale
from kacenv.devices.lights.lamp.restart_signs import (
    ANY_AFTER,
    MOST_RETURNS,
    REPORT_AFTER,
    SIGN_AFTER,
    RestartSigns,
)

FULL, DIM = Level(1.0), Level(0.3)
AT = Seconds(100.0)


@pytest.fixture
def signs() -> RestartSigns:
    """Return the signs of a lamp of 254 units."""
    return RestartSigns(DimmingScale(254, DimmingCurve.EYE))


def test_without_a_sign_nothing_is_explained(signs: RestartSigns) -> None:
    """A jump to full is only noted; after silence, it is a sign itself."""
    assert not signs.explains(FULL, AT)
    assert signs.note_jump(FULL, AT)
    assert not signs.note_jump(DIM, AT)
    assert signs.explains(FULL, AT, after_silence=True)
    assert not signs.explains(DIM, AT, after_silence=True)


@pytest.mark.parametrize("certain", [True, False])
def test_a_sign_explains_a_jump_to_full(signs: RestartSigns, certain: bool) -> None:
    """For ten seconds; another level only if the sign is certain, and for three."""
    signs.note_sign(AT, certain=certain)
    assert signs.explains(DIM, Seconds(AT + ANY_AFTER)) is certain
    assert not signs.explains(Level(0.5), Seconds(AT + ANY_AFTER + 0.1))
    assert signs.explains(FULL, Seconds(AT + REPORT_AFTER))
    assert not signs.explains(FULL, Seconds(AT + REPORT_AFTER + 0.1))


def test_where_it_came_back_before_is_known(signs: RestartSigns) -> None:
    """A lamp whose power-on level is another than full."""
    signs.note_sign(AT, certain=True)
    assert signs.explains(DIM, Seconds(AT + 1.0))
    signs.note_sign(Seconds(AT + 500.0), certain=False)
    assert signs.explains(DIM, Seconds(AT + 505.0))


def test_a_second_sign_soon_after_leaves_the_first_one_certain(signs: RestartSigns) -> None:
    """Any level is still the restart's; ten seconds later, an uncertain sign is only that."""
    signs.note_sign(AT, certain=True)
    signs.note_sign(Seconds(AT + 1.0), certain=False)
    assert signs.explains(DIM, Seconds(AT + 2.0))
    signs.note_sign(Seconds(AT + 1.0 + REPORT_AFTER), certain=False)
    assert not signs.explains(Level(0.5), Seconds(AT + 2.0 + REPORT_AFTER))


def test_a_lamp_that_comes_back_dark_isn_t_known_for_it(signs: RestartSigns) -> None:
    """Off is what a hand does most: without a certain sign, no restart explains it."""
    signs.note_sign(AT, certain=True)
    assert signs.explains(Level(0.0), Seconds(AT + 1.0))
    assert not signs.note_jump(Level(0.0), Seconds(AT + 400.0))
    signs.note_sign(Seconds(AT + 500.0), certain=False)
    assert not signs.explains(Level(0.0), Seconds(AT + 501.0))


def test_a_jump_waits_for_its_sign(signs: RestartSigns) -> None:
    """Three seconds, and explains one sign."""
    signs.note_jump(FULL, AT)
    assert signs.explains_jump(Seconds(AT + SIGN_AFTER))
    assert not signs.explains_jump(Seconds(AT + SIGN_AFTER))
    signs.note_jump(FULL, AT)
    assert not signs.explains_jump(Seconds(AT + SIGN_AFTER + 0.1))
    signs.note_jump(FULL, AT)
    signs.note_jump(DIM, Seconds(AT + 1.0))
    assert not signs.explains_jump(Seconds(AT + 2.0))


def test_returns_have_an_end(signs: RestartSigns) -> None:
    """A lamp that goes on reporting full isn't led back for ever; a later sign counts anew."""
    signs.note_sign(AT, certain=False)
    found = [signs.explains(FULL, Seconds(AT + tick)) for tick in range(6)]
    assert found.count(True) == MOST_RETURNS
    signs.note_sign(Seconds(AT + 7.0), certain=False)
    assert not signs.explains(FULL, Seconds(AT + 8.0))
    signs.note_sign(Seconds(AT + 100.0), certain=False)
    assert signs.explains(FULL, Seconds(AT + 101.0))
