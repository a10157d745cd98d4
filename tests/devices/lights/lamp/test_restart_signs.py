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


def test_a_jump_waits_for_its_sign(signs: RestartSigns) -> None:
    """Three seconds, and explains one sign."""
    signs.note_jump(FULL, AT)
    assert signs.explains_jump(Seconds(AT + SIGN_AFTER))
    assert not signs.explains_jump(Seconds(AT + SIGN_AFTER))
    signs.note_jump(FULL, AT)
    assert not signs.explains_jump(Seconds(AT + SIGN_AFTER + 0.1))


def test_returns_have_an_end(signs: RestartSigns) -> None:
    """A lamp that goes on reporting full isn't led back for ever."""
    signs.note_sign(AT, certain=False)
    found = [signs.explains(FULL, Seconds(AT + tick)) for tick in range(6)]
    assert found.count(True) == MOST_RETURNS
