"""Schedules of a lamp's fades, on simulated time."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.fades.color_fade import distance
from kacenv.devices.lights.fades.fade_steps import (
    STEP_GAP,
    FadeStep,
    LampFade,
    LampRunFade,
    SteppedFade,
)
from kacenv.devices.lights.fades.lightness import DimmingCurve, DimmingScale
from kacenv.devices.lights.fades.trajectory import (
    STEEPEST,
    STEEPEST_TINT,
    STEEPEST_WHITE,
    FadeOptions,
    trajectory_between,
)
from kacenv.model.look import Color, Setting, parse_setting

DIMMER = DimmingScale(255, DimmingCurve.LIGHT)
FINE = DimmingScale(65535, DimmingCurve.LIGHT)
LEVELS = st.floats(0.0, 1.0).map(Level)
START = Seconds(100.0)
WHITE = Kelvin(4000.0)
RED, BLUE = Color(255, 0, 0), Color(0, 0, 255)


def told(fade: LampFade, late: float = 0.0) -> list[tuple[Seconds, FadeStep]]:
    """Return all steps to a lamp when every update is `late` seconds late."""
    steps = []
    while (due := fade.next_due()) is not None:
        now = Seconds(due + late)
        fade, said = fade.advance(now)
        steps += [(now, step) for step in said]
    return steps


def stepped(origin: str, target: str, duration: float, scale: DimmingScale = DIMMER) -> SteppedFade:
    """Return a stepped fade between two settings."""
    path = trajectory_between(
        parse_setting(origin), parse_setting(target), FadeOptions(START, Seconds(duration))
    )
    return SteppedFade.begin(path, scale)


def own(origin: Setting | None, target: str, duration: float, apart: bool = False) -> LampRunFade:
    """Return the fade of a lamp with transitions of its own."""
    path = trajectory_between(origin, parse_setting(target), FadeOptions(START, Seconds(duration)))
    return LampRunFade.begin(path, apart=apart)


@given(LEVELS, LEVELS, st.floats(0.0, 120.0), st.sampled_from([DIMMER, FINE]))
def test_a_stepped_fade_is_bounded_and_lands(
    origin: Level, target: Level, duration: float, scale: DimmingScale
) -> None:
    """Never faster than the bound, never more often than the gap, always exactly there."""
    path = trajectory_between(
        Setting(origin), Setting(target), FadeOptions(START, Seconds(duration))
    )
    steps = told(SteppedFade.begin(path, scale))
    levels = [step.level for _, step in steps if step.level is not None]
    assert scale.units(levels[-1]) == scale.units(target)
    assert steps[-1][0] <= path.end + STEP_GAP + 1e-6
    for (before, one), (after, other) in pairwise(steps):
        gap = after - before
        assert gap >= STEP_GAP - 1e-6
        assert abs((other.level or 0) - (one.level or 0)) <= STEEPEST * gap + 1e-6


@pytest.mark.parametrize(("origin", "target"), [("off", "60%"), ("60%", "off"), ("10%", "70%")])
def test_steps_are_even_to_the_eye(origin: str, target: str) -> None:
    """On a fine dimmer every step of a minute is as large as any other."""
    steps = told(stepped(origin, target, 60.0, FINE))
    levels = [step.level for _, step in steps if step.level is not None]
    sizes = [abs(after - before) for before, after in pairwise(levels[:-1])]
    assert max(sizes) - min(sizes) < 1e-6
    assert max(sizes) < 0.003


def test_a_message_only_when_the_number_changes() -> None:
    """A minute on a dimmer of 100 is at most 101 messages, each another number."""
    steps = told(stepped("off", "100%", 60.0, DimmingScale(100, DimmingCurve.LIGHT)))
    units = [DimmingScale(100, DimmingCurve.LIGHT).units(step.level or 0.0) for _, step in steps]
    assert len(set(units)) == len(units) <= 101
    assert units == sorted(units)
    assert (units[0], units[-1]) == (0, 100)


def test_a_fade_is_where_time_says_however_late_it_is_asked() -> None:
    """Looks that come late make larger steps, not a longer fade."""
    steps = told(stepped("off", "50%", 10.0), late=1.0)
    assert steps[-1][0] <= START + 12
    assert steps[-1][1].level == 0.5


def test_before_its_time_nothing_is_told() -> None:
    """A look too early changes nothing."""
    fade = stepped("off", "50%", 10.0)
    assert fade.advance(Seconds(START - 1)) == (fade, ())
    whole = own(Setting(Level(0.0)), "50%", 10.0)
    assert whole.advance(Seconds(START - 1)) == (whole, ())


def test_a_lamp_that_fades_by_itself_is_told_once() -> None:
    """One message with the whole transition."""
    steps = told(own(parse_setting("10% 2200 K"), "50% 2200 K", 60.0))
    assert [(at, step.level, step.transition) for at, step in steps] == [(START, 0.5, 60.0)]


def test_a_message_sent_late_still_ends_in_time() -> None:
    """What is left of the fade is what the lamp is given."""
    ((_, step),) = told(own(Setting(Level(0.0)), "50%", 60.0), late=2.0)
    assert step.transition == pytest.approx(58.0)


@pytest.mark.parametrize("late", [0.5, 4.0, 30.0])
def test_a_fade_that_had_to_wait_is_not_hurried(late: float) -> None:
    """However late it is sent, it's no steeper than any other, and is over later."""
    fade = own(Setting(Level(0.0)), "50%", 3.0)
    after, (step,) = fade.advance(Seconds(START + late))
    assert step.transition == pytest.approx(max(2.5, 3.0 - late))
    assert after.path.end == pytest.approx(START + late + step.transition)


def test_a_late_white_is_not_hurried_either() -> None:
    """White and level in one message keep the time that the white needs."""
    ((_, step),) = told(own(parse_setting("50% 2200 K"), "50% 6500 K", 0.0), late=9.0)
    assert step.transition == pytest.approx((1e6 / 2200 - 1e6 / 6500) / 60)


def test_every_stretch_that_had_to_wait_is_given_its_time() -> None:
    """A lamp that takes ten seconds at a time is led evenly by messages that come late."""
    path = trajectory_between(
        Setting(Level(0.0)), Setting(Level(1.0)), FadeOptions(START, Seconds(20.0))
    )
    steps = told(LampRunFade.begin(path, longest=Seconds(10.0)), late=8.0)
    assert [step.level for _, step in steps] == [0.5, 1.0]
    assert [step.transition for _, step in steps] == [pytest.approx(2.5)] * 2
    assert steps[1][0] >= steps[0][0] + steps[0][1].transition


def test_lights_up_that_is_late_is_still_over_in_time() -> None:
    """It goes past every bound, and is not put off."""
    way = FadeOptions(START, Seconds(3.0), urgent=True)
    path = trajectory_between(Setting(Level(0.0)), Setting(Level(1.0)), way)
    after, (step,) = LampRunFade.begin(path, urgent=True).advance(Seconds(START + 0.9))
    assert step.transition == pytest.approx(2.1)
    assert after.path.end == path.end


def test_a_lit_lamp_that_cannot_fade_both_changes_its_white_first() -> None:
    """White, then level, then a reminder; none cuts another short, and the end is in time."""
    white, level, reminder = told(own(parse_setting("10% 2200 K"), "50% 4000 K", 60.0, apart=True))
    assert white == (100.0, FadeStep(None, WHITE, Seconds(10.0)))
    assert level == (110.0, FadeStep(Level(0.5), None, Seconds(50.0)))
    assert (reminder[0], reminder[1].level) == (160.0, None)


@pytest.mark.parametrize("steepest", [STEEPEST, 0.02])
def test_a_white_that_goes_first_hurries_nobody(steepest: float) -> None:
    """It keeps its own bound, and leaves the level the time that the room's bound wants."""
    origin, target = parse_setting("20% 2200 K"), parse_setting("80% 6500 K")
    path = trajectory_between(origin, target, FadeOptions(START, Seconds(0.0), steepest))
    (_, white), (_, level), _ = told(LampRunFade.begin(path, apart=True))
    assert white.transition >= (1e6 / 2200 - 1e6 / 6500) / STEEPEST_WHITE - 1e-6
    assert 0.6 / level.transition <= steepest + 1e-9


def test_a_colour_that_goes_first_keeps_its_bound() -> None:
    """Red to blue takes five seconds before the level moves."""
    red, blue = Setting(Level(0.2), None, RED), Setting(Level(0.8), None, BLUE)
    path = trajectory_between(red, blue, FadeOptions(START, Seconds(6.0)))
    (_, color), *_ = told(LampRunFade.begin(path, apart=True))
    assert color.transition >= distance(RED, BLUE) / STEEPEST_TINT - 1e-6


def test_a_dark_lamp_gets_its_white_unseen() -> None:
    """Nobody sees a lamp change its white while it is off."""
    first, again, rest, reminder = told(own(parse_setting("off"), "50% 4000 K", 60.0, apart=True))
    assert first[1] == FadeStep(Level(0.5 * 2.0 / 60.0), WHITE, Seconds(2.0))
    assert again == (START + 2.0, FadeStep(None, WHITE))
    assert rest == (START + 2.0, FadeStep(Level(0.5), None, Seconds(58.0)))
    assert reminder[1].level is None


def test_a_short_way_from_dark_is_one_message() -> None:
    """It is over before a bulb that takes no white while off could be told again."""
    first, reminder = told(own(parse_setting("off"), "50% 4000 K", 4.0, apart=True))
    assert first == (START, FadeStep(Level(0.5), WHITE, Seconds(4.0)))
    assert reminder[1].level is None


def test_going_dark_leaves_the_white_alone() -> None:
    """A lamp that goes off needs no white."""
    ((_, step),) = told(own(parse_setting("50% 4000 K"), "off", 60.0, apart=True))
    assert step.level == 0.0


def test_lights_up_is_said_four_times() -> None:
    """At once, and again each second; the last still fades."""
    path = trajectory_between(
        None, parse_setting("70% 3000 K"), FadeOptions(START, Seconds(3.0), urgent=True)
    )
    steps = told(LampRunFade.begin(path, apart=True, urgent=True))
    assert [round(at - START, 3) for at, _ in steps] == [0.0, 1.0, 2.0, 3.6]
    assert [step.transition for _, step in steps] == [3.0, 2.0, 1.0, 1.0]
    assert {step.level for _, step in steps} == {0.7}


def test_stepped_lights_up_is_repeated_when_it_has_landed() -> None:
    """Three seconds of steps, then the target three times more."""
    path = trajectory_between(
        parse_setting("off"), parse_setting("70%"), FadeOptions(START, Seconds(3.0), urgent=True)
    )
    steps = told(SteppedFade.begin(path, DIMMER, urgent=True))
    landed = [at - START for at, step in steps if step.level == 0.7]
    assert len(landed) == 4
    assert landed[0] <= 3.2
    assert landed[-1] == pytest.approx(6.6)
