"""One model of a fade: what the engine believes of a zone is what its lamps do."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.lone_lamp import LONG_AGO, STATE
from support.sessions import a_phase, a_room, a_timeline
from support.shown_light import ShownLight

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import codec
from kacenv.devices.lights.fades.fade_steps import STEP_GAP
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import ShowLook
from kacenv.model.dialects import Dialect
from kacenv.model.look import Zone, parse_setting
from kacenv.model.requests import Back, Lights, LightsUp, Next, Press, Start
from kacenv.model.room import STEEPEST_LIGHT, Fixture

SETTLED, SPAN = 100.0, 60.0
"""Time at which the first look is reached, and how long presses follow."""
PLAN = a_timeline(
    a_phase("dim", 600.0, look={Zone.SEATS: parse_setting("20%")}),
    a_phase("bright", 600.0, look={Zone.SEATS: parse_setting("80%")}),
)
DIMMER = Lights.model_validate({"step": "dimmer"})
BRIGHTER = Lights.model_validate({"step": "brighter"})
ONES: st.SearchStrategy[Press] = st.one_of(
    st.sampled_from([DIMMER, BRIGHTER]),
    st.sampled_from([Next(), Back(), LightsUp(), Lights()]),
    st.integers(0, 100).map(lambda level: Lights.model_validate({"level": f"{level}%"})),
)
PRESSES = st.lists(st.tuples(st.floats(0, SPAN), ONES), max_size=8)
MakeFixture = Callable[..., Fixture]


class Together(NamedTuple):
    """Engine, lamp, and the light that the lamp's messages make."""

    state: State
    lamp: Lamp
    light: ShownLight


def settled(fixture: Fixture) -> Together:
    """A session whose first look is reached, with its lamp."""
    state = State(room=a_room())
    state, commands, _ = step(state, Seconds(0.0), Start(PLAN))
    lamp, light = Lamp(fixture), ShownLight(fixture)
    lamp.broker_back(LONG_AGO)
    for report in light.reports(0.0):
        lamp.handle_report(report.topic, report.payload, Seconds(0.0))
    for command in commands:
        obey(lamp, command)
    while (due := next_due(state)) is not None and due <= SETTLED:
        state = step(state, due).state
    one = Together(state, lamp, light)
    follow(one, 0.0, SETTLED)
    return one


def obey(lamp: Lamp, command: object) -> None:
    """Lead the lamp as the light controller would."""
    if isinstance(command, ShowLook):
        setting = lamp.stepped(command.look[Zone.SEATS], command.at, command.step)
        lamp.set_target(setting, command.at, command.duration, urgent=command.urgent)


def follow(one: Together, start: float, end: float) -> None:
    """Pass on the lamp's messages, ten times a second."""
    for tick in range(int((end - start) * 10) + 1):
        now = Seconds(min(end, start + tick / 10))
        one.light.take(one.lamp.messages(now), now)


def pressed(one: Together, at: Seconds, press: Press) -> Together:
    """The same after a press; a refused one changes nothing."""
    try:
        state, commands, _ = step(one.state, at, press)
    except RefusedError:
        return one
    for command in commands:
        obey(one.lamp, command)
    return one._replace(state=state)


@pytest.fixture(params=list(Dialect))
def fixture(request: pytest.FixtureRequest, make_fixture: MakeFixture) -> Fixture:
    """Return a lamp of each dialect, which fades by itself where lamps of its kind do."""
    return make_fixture(str(request.param), "level", "transition", state_topic=STATE, zone="seats")


def _goes_on(fixture: Fixture) -> float:
    """Return how far a lamp that is told seldom goes on by itself, at most, until it is told."""
    gap = codec(fixture).GAP
    return STEEPEST_LIGHT * gap if gap > STEP_GAP else 0.0


@examples(15)
@given(presses=PRESSES)
def lead_and_compare(fixture: Fixture, presses: list[tuple[float, Press]]) -> None:
    """Press, and compare engine and lamp before, between and after."""
    one, now = settled(fixture), Seconds(SETTLED)
    unit = 1 / codec(fixture).full + _goes_on(fixture)
    for after, press in [*sorted(presses, key=lambda pair: pair[0]), (SPAN + 70.0, DIMMER)]:
        at = Seconds(SETTLED + after)
        for part in range(6):
            moment = Seconds(now + (at - now) * part / 5)
            believed = one.state.light[Zone.SEATS].value_at(moment)
            assert one.lamp.level_at(moment) == pytest.approx(believed, abs=unit)
        follow(one, now, at)
        one, now = pressed(one, at, press), at


def test_engine_and_lamp_agree_at_every_moment(fixture: Fixture) -> None:
    """Through looks, steps, lights-up and whatever interrupts them, within a unit of the lamp."""
    lead_and_compare(fixture)


@pytest.mark.parametrize(("press", "level"), [(BRIGHTER, "5%"), (DIMMER, "90%")])
@pytest.mark.parametrize("after", [0.5, 2.0, 3.5, 6.0])
def test_a_step_never_goes_against_its_name(
    fixture: Fixture, press: Press, level: str, after: float
) -> None:
    """Pressed in the middle of a fade the other way, no lamp goes further that way."""
    one = settled(fixture)
    for at, other in ((SETTLED, "80%" if press is BRIGHTER else "10%"), (SETTLED + 20.0, level)):
        one = pressed(one, Seconds(at), Lights.model_validate({"level": other}))
        follow(one, at, at + 20.0 if other != level else at + after)
    now = Seconds(SETTLED + 20.0 + after)
    before = one.light.level_at(now)
    one = pressed(one, now, press)
    levels = [before]
    for tick in range(60):
        moment = Seconds(now + tick / 10)
        one.light.take(one.lamp.messages(moment), moment)
        levels.append(one.light.level_at(moment))
    # The next message waits for the lamp's gap; meanwhile it goes on at most this far.
    gap = 0.02 + STEEPEST_LIGHT * codec(fixture).GAP
    assert min(levels) >= before - gap if press is BRIGHTER else max(levels) <= before + gap
    assert (levels[-1] - before) * (1 if press is BRIGHTER else -1) >= -0.02


@pytest.mark.parametrize("at", [10.0, 15.0, 20.0, 30.0])
def test_brighter_in_mid_fade_is_brighter_than_the_lamp_is(fixture: Fixture, at: float) -> None:
    """Between two phases' looks, a minute apart, where a step is small."""
    one = pressed(settled(fixture), Seconds(SETTLED), Next())
    follow(one, SETTLED, SETTLED + at)
    now = Seconds(SETTLED + at)
    before = one.light.level_at(now)
    one = pressed(one, now, BRIGHTER)
    follow(one, now, now + 10.0)
    assert one.light.level_at(now + 10.0) > before + 0.01


def test_brighter_leaves_a_lamp_that_a_hand_made_brighter(fixture: Fixture) -> None:
    """The zone's step lies below what this lamp shows: it isn't made darker."""
    one = settled(fixture)
    one.light.turn(0.9, Seconds(SETTLED + 20.0))
    for report in (*one.light.reports(SETTLED), *one.light.reports(SETTLED + 20.0)):
        one.lamp.handle_report(report.topic, report.payload, Seconds(SETTLED + 20.0))
    one = pressed(one, Seconds(SETTLED + 30.0), BRIGHTER)
    follow(one, SETTLED + 30.0, SETTLED + 40.0)
    assert one.light.level_at(SETTLED + 40.0) == pytest.approx(0.9, abs=0.01)
