"""Whole sequences of looks, presses, undo, hands and resume: engine and lamp stay of one mind."""

from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.examples import examples
from support.lit_session import LitSession
from support.lone_lamp import STATE
from support.sessions import a_phase, a_timeline

from kacenv.core.units import Kelvin, Level
from kacenv.devices.lights.dialects import codec
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.dialects import Dialect
from kacenv.model.look import Zone, parse_setting
from kacenv.model.requests import Back, Lights, LightsResume, LightsUp, Next, Press, Undo
from kacenv.model.room import STEEPEST_LIGHT, Fixture

PLAN = a_timeline(
    *(
        a_phase(look, 900.0, look={Zone.SEATS: parse_setting(look)})
        for look in ("30% 2400 K", "80% 4000 K", "30% 3300 K", "50%")
    )
)
DIMMER = Lights.model_validate({"step": "dimmer"})
BRIGHTER = Lights.model_validate({"step": "brighter"})
FULL, LOW = (Lights.model_validate({"level": level}) for level in ("100%", "10%"))
STEPS = (DIMMER, BRIGHTER)
LATE = 0.1
"""Time (s) for which a lamp may go on as before, until it is told."""
SAME_LEVEL, SAME_WHITE = 0.005, 8.0
"""Differences of levels, and of whites (mired), that are a lamp's rounding."""
WORDED: dict[str, Any] = {
    "scale": 255,
    "payload": '{"dim": {level}}',
    "white_payload": '{"ct": {mired}}',
    "state_key": "light.dim",
    "white_key": "light.ct",
}
"""Words of a plain lamp with whites."""


class Touch(NamedTuple):
    """A hand at the lamp, which gives it another level or another white."""

    level: Level | None = None
    kelvin: Kelvin | None = None


Act = Press | Touch
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.sampled_from([DIMMER, BRIGHTER]),
    st.sampled_from([Next(), Back(), LightsUp(), Lights()]),
    st.sampled_from([Undo(), LightsResume()]),
    st.sampled_from(["off", "10%", "55%", "100%"]).map(
        lambda level: Lights.model_validate({"level": level.replace("off", "0%")})
    ),
    st.sampled_from(
        [Touch(Level(0.0)), Touch(Level(0.4)), Touch(Level(1.0)), Touch(None, Kelvin(5500.0))]
    ),
)
WAITS = st.sampled_from([0.1, 0.7, 2.0, 3.4, 5.0, 12.0, 40.0, 90.0])
SEQUENCES = st.lists(st.tuples(ACTS, WAITS), min_size=1, max_size=8)
PARTS = 5
"""Number of moments after each act at which engine and lamp are compared."""


@examples(90)
@example("home-assistant", True, [(Touch(Level(1.0)), 12.0), (BRIGHTER, 12.0)])
@example("plain", False, [(Touch(Level(0.0)), 12.0), (DIMMER, 12.0)])
@example("wled", True, [(FULL, 40.0), (LOW, 2.0), (BRIGHTER, 12.0)])
@example("zwave-js", False, [(LOW, 40.0), (FULL, 2.0), (DIMMER, 12.0)])
@given(
    dialect=st.sampled_from([str(one) for one in Dialect]), fades=st.booleans(), sequence=SEQUENCES
)
def test_engine_and_lamp_agree_through_undo_hands_and_resume(
    dialect: str, fades: bool, sequence: list[tuple[Act, float]]
) -> None:
    """Levels and whites, within a unit of the lamp; "brighter" darkens nothing."""
    fixture = a_lamp(dialect, fades=fades)
    session = LitSession(fixture, PLAN)
    session.live(75.0)
    for act, wait in [*sequence, (LightsResume(), 90.0)]:
        before, slack = session.shown.level, session.slack.at(session.now)
        done = act_on(session, act)
        # A group is told of nothing for as long as its broadcasts take.
        part = max(0.1, wait / PARTS, codec(fixture).GAP if codec(fixture).GAP > 1 else 0.0)
        for _ in range(PARTS):
            session.live(part)
            compare(session)
            if done and act in STEPS:
                check_direction(session, act, before, slack)


def a_lamp(dialect: str, *, fades: bool) -> Fixture:
    """A lamp with whites, which fades by itself, if its kind does, or is stepped."""
    can = ["level", "kelvin", *(["transition"] if fades else [])]
    words = WORDED if dialect == "plain" else {}
    described = {"id": "lamp", "topic": "house/lamp", "zone": "seats", "state_topic": STATE}
    return Fixture.model_validate({**described, **words, "dialect": dialect, "can": can})


def act_on(session: LitSession, act: Act) -> bool:
    """Press, or touch the lamp; tell if a press was taken."""
    if isinstance(act, Touch):
        session.touch(*act)
        return False
    return session.press(act)


def check_direction(session: LitSession, step: Act, before: float, slack: float) -> None:
    """Hold that "brighter" darkens nothing and "dimmer" brightens nothing, but by its lateness."""
    way = 1 if step is BRIGHTER else -1
    late = slack + LATE * STEEPEST_LIGHT + session.slack.at(session.now)
    gained = way * (session.shown.level - before)
    assert gained >= -late or is_near(session, session.shown.level, before, late)


def compare(session: LitSession) -> None:
    """Hold engine, lamp and light against one another."""
    wanted = session.expected.value_at(session.now)
    if session.now >= session.agrees_from:
        assert session.believed == pytest.approx(wanted, abs=1e-6)
    own, shown = session.one.lamp.level_at(session.now), session.shown
    assert is_near(session, own, wanted, session.own_slack.at(session.now))
    assert is_near(session, shown.level, wanted, session.slack.at(session.now))
    assert session.one.lamp.state(session.now).by_hand == session.is_touched
    if shown.kelvin is not None and shown.level > 0 and session.whites:
        mired = [MIRED / white for white in session.whites]
        assert min(mired) - SAME_WHITE <= MIRED / shown.kelvin <= max(mired) + SAME_WHITE


def is_near(session: LitSession, level: float, wanted: float, slack: float) -> bool:
    """Tell if a level is `wanted` within a unit of the lamp, and the time that it may be late."""
    scale = codec(session.one.lamp.fixture).scale
    low, high = (scale.units(Level(min(1.0, max(0.0, wanted + way)))) for way in (-slack, slack))
    near = abs(level - wanted) <= slack + SAME_LEVEL
    return near or low - 1 <= scale.units(Level(level)) <= high + 1
