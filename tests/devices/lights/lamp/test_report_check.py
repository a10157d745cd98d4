"""Manual changes of only the white or colour, in every dialect that reports them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import codec, device_side
from kacenv.devices.lights.fades.trajectory import FadeOptions, trajectory_between
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.devices.lights.lamp.report_check import ColorReportClassifier, ReportKind
from kacenv.model.dialects import WORDS, Dialect
from kacenv.model.look import Color, Setting, parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
STATE = "house/lamp/state"
TEMPLATES: dict[str, Any] = {
    "payload": '{"dim": {level}}',
    "white_payload": '{"ct": {mired}}',
    "state_key": "dim",
    "white_key": "ct",
}
WHITES = tuple(
    one for one in Dialect if WORDS[one].white != "no" and "not reported" not in WORDS[one].white
)
COLORS = tuple(one for one in Dialect if WORDS[one].color != "no")
REPORTED: list[tuple[Dialect, str, str]] = [(dialect, "2700 K", "4500 K") for dialect in WHITES]
REPORTED += [(dialect, "#ff0000", "#0000ff") for dialect in COLORS]
REPORTED += [(dialect, "2700 K", "#0000ff") for dialect in COLORS if dialect in WHITES]
REPORTED += [(dialect, "#ff0000", "4500 K") for dialect in COLORS if dialect in WHITES]


def a_lamp(make_fixture: MakeFixture, dialect: Dialect, *can: str) -> Lamp:
    """A lamp whose broker has been there for long, dark and known to be."""
    words = TEMPLATES if dialect == "plain" else {}
    abilities = ("level", *can, "transition")
    lamp = Lamp(make_fixture(dialect, *abilities, state_topic=STATE, **words))
    lamp.broker_back(Seconds(-100.0))
    says(lamp, "off", 0.0)
    return lamp


def says(lamp: Lamp, setting: str | Setting, now: float) -> None:
    """The lamp reports that it shows `setting`, as one of its dialect does."""
    shown = parse_setting(setting) if isinstance(setting, str) else setting
    for report in device_side(lamp.fixture).reports(shown):
        lamp.handle_report(report.topic, report.payload, Seconds(now))


def lead(lamp: Lamp, setting: str | Setting, start: float, duration: float = 10.0) -> None:
    """Ask for a look, and pass on all that is said by a minute after its end."""
    target = parse_setting(setting) if isinstance(setting, str) else setting
    lamp.set_target(target, Seconds(start), Seconds(duration), cool=True)
    for tick in range(round(duration * 10) + 20):
        lamp.messages(Seconds(start + tick / 10))


@pytest.mark.parametrize(("dialect", "shade", "other"), REPORTED)
def test_a_hand_at_the_shade_is_noticed(
    make_fixture: MakeFixture, dialect: Dialect, shade: str, other: str
) -> None:
    """The level stays: staff are told once, and nothing more is said to the lamp."""
    lamp = a_lamp(make_fixture, dialect, "kelvin", "color")
    lead(lamp, f"40% {shade}", 1.0)
    says(lamp, f"40% {shade}", 1.2)
    says(lamp, f"40% {shade}", 14.0)
    assert lamp.staff_messages() == ()
    says(lamp, f"40% {other}", 40.0)
    says(lamp, f"40% {other}", 41.0)
    (news,) = lamp.staff_messages()
    assert "was changed by hand" in news
    assert not any(lamp.messages(Seconds(now)) for now in range(41, 200))
    shown = lamp.state(Seconds(60.0)).believed
    assert shown is not None
    assert (shown.color is None) is (parse_setting(f"40% {other}").color is None)
    lamp.resume(Seconds(200.0), Seconds(0.0))
    assert lamp.messages(Seconds(200.0))


@pytest.mark.parametrize("dialect", WHITES)
def test_a_hand_in_a_long_fade_of_whites_is_noticed(
    make_fixture: MakeFixture, dialect: Dialect
) -> None:
    """A white beyond both ends of the way, minutes before its end."""
    lamp = a_lamp(make_fixture, dialect, "kelvin")
    lead(lamp, "40% 4000 K", 1.0)
    says(lamp, "40% 4000 K", 12.0)
    lead(lamp, "40% 3000 K", 100.0, 300.0)
    says(lamp, "40% 3000 K", 101.0)
    says(lamp, "40% 3500 K", 104.0)
    assert lamp.staff_messages() == ()
    says(lamp, "40% 6000 K", 210.0)
    assert len(lamp.staff_messages()) == 1


@pytest.mark.parametrize("dialect", WHITES)
@pytest.mark.parametrize(("told", "own"), [("2200 K", "2700 K"), ("6500 K", "4000 K")])
def test_a_lamp_with_fewer_whites_than_said_is_no_hand(
    make_fixture: MakeFixture, dialect: Dialect, told: str, own: str
) -> None:
    """It repeats what it was told, shows its own warmest or coolest, and says so later."""
    lamp = a_lamp(make_fixture, dialect, "kelvin")
    for look in range(3):
        lead(lamp, f"40% {told}", 100.0 * look + 1.0)
        for at, white in ((1.1, told), (15.0, own), (16.0, told), (60.0, own)):
            says(lamp, f"40% {white}", 100.0 * look + at)
    assert lamp.staff_messages() == ()
    assert not lamp.state(Seconds(400.0)).by_hand


@pytest.mark.parametrize("dialect", WHITES)
@pytest.mark.parametrize(
    ("told", "changed"),
    [("2200 K", "2800 K"), ("2200 K", "2300 K"), ("6500 K", "4000 K"), ("6500 K", "5700 K")],
)
def test_a_hand_on_a_lamp_that_has_shown_its_last_white_is_noticed(
    make_fixture: MakeFixture, dialect: Dialect, told: str, changed: str
) -> None:
    """Once it has come to rest there, a white a little short of it isn't the lamp's own limit."""
    lamp = a_lamp(make_fixture, dialect, "kelvin")
    lead(lamp, f"40% {told}", 1.0)
    for at in (1.1, 15.0):
        says(lamp, f"40% {told}", at)
    says(lamp, f"40% {changed}", 40.0)
    assert len(lamp.staff_messages()) == 1
    lead(lamp, f"40% {told}", 100.0)
    says(lamp, f"40% {told}", 101.0)
    says(lamp, f"40% {changed}", 140.0)
    assert len(lamp.staff_messages()) == 1


@pytest.mark.parametrize("dialect", WHITES)
def test_a_white_on_the_way_is_not_taken_for_the_lamp_s_last(
    make_fixture: MakeFixture, dialect: Dialect
) -> None:
    """A long fade to the warmest white is reported from its middle; a hand sets that later."""
    lamp = a_lamp(make_fixture, dialect, "kelvin")
    lead(lamp, "40% 4000 K", 1.0)
    says(lamp, "40% 4000 K", 15.0)
    lead(lamp, "40% 2200 K", 100.0, 300.0)
    says(lamp, "40% 2500 K", 340.0)
    says(lamp, "40% 2200 K", 430.0)
    says(lamp, "40% 2500 K", 500.0)
    assert len(lamp.staff_messages()) == 1


@pytest.mark.parametrize("dialect", COLORS)
def test_a_lamp_that_never_takes_a_shade_is_no_hand(
    make_fixture: MakeFixture, dialect: Dialect
) -> None:
    """It missed the command, or can't; it says another colour from the beginning."""
    lamp = a_lamp(make_fixture, dialect, "color")
    lead(lamp, "40% #ff0000", 1.0)
    for at in (1.2, 14.0, 40.0):
        says(lamp, "40% #00ff00", at)
    assert lamp.staff_messages() == ()


@pytest.mark.parametrize("dialect", WHITES)
def test_a_look_without_a_shade_leaves_it_to_anybody(
    make_fixture: MakeFixture, dialect: Dialect
) -> None:
    """Where a look gives a level alone, a hand may change the white."""
    lamp = a_lamp(make_fixture, dialect, "kelvin", "color")
    lead(lamp, "40%", 1.0)
    for at, white in ((12.0, "2700 K"), (20.0, "6500 K")):
        says(lamp, f"40% {white}", at)
    assert lamp.staff_messages() == ()


_SHADES = st.builds(
    Setting, st.just(Level(0.4)), st.floats(2200.0, 6500.0).map(Kelvin), st.none()
) | st.builds(
    Setting,
    st.just(Level(0.4)),
    st.none(),
    st.tuples(st.just(255), st.integers(0, 255), st.integers(0, 255)).map(lambda one: Color(*one)),
)


@given(st.sampled_from(Dialect), _SHADES)
def test_rounding_is_no_hand(dialect: Dialect, setting: Setting) -> None:
    """Whatever white or colour a lamp is told: that it says so in its own numbers is no news."""

    def make(dialect: str, *can: str, **fields: Any) -> Fixture:
        described = {"id": "lamp", "topic": "house/lamp", "zone": "seats", **fields}
        return Fixture.model_validate({**described, "dialect": dialect, "can": can})

    lamp = a_lamp(make, dialect, "kelvin", "color")
    lead(lamp, setting, 1.0)
    for at in (1.1, 9.0, 14.0, 60.0):
        says(lamp, setting, at)
    assert lamp.staff_messages() == ()


@pytest.mark.parametrize("dialect", ["zigbee2mqtt", "zwave-js"])
def test_a_lamp_that_has_missed_a_white_is_no_hand(
    make_fixture: MakeFixture, dialect: Dialect
) -> None:
    """Its bridge says the new one for it, the lamp itself the one before; a third is a hand."""
    lamp = a_lamp(make_fixture, dialect, "kelvin")
    lead(lamp, "40% 4000 K", 1.0)
    says(lamp, "40% 4000 K", 20.0)
    lead(lamp, "40% 2500 K", 100.0, 300.0)
    says(lamp, "40% 2500 K", 100.1)
    for at in (103.0, 390.0, 403.0):
        says(lamp, "40% 4000 K", at)
    assert lamp.staff_messages() == ()
    says(lamp, "40% 6000 K", 404.0)
    assert len(lamp.staff_messages()) == 1


def test_a_bulb_that_misses_its_white_after_a_power_cut_is_no_hand(
    make_fixture: MakeFixture,
) -> None:
    """It came back in a white of its own, its bridge says the look's, and it says its own again."""
    dialect = Dialect("zigbee2mqtt")
    lamp = a_lamp(make_fixture, dialect, "kelvin")
    lead(lamp, "40% 4000 K", 1.0)
    says(lamp, "40% 4000 K", 20.0)
    for there, at in ((b"offline", 30.0), (b"online", 40.0)):
        lamp.handle_report("house/lamp/availability", there, Seconds(at))
    says(lamp, "100% 2200 K", 40.1)
    for at in range(401, 440):
        lamp.messages(Seconds(at / 10))
        if at in (404, 412):
            says(lamp, "40% 4000 K", at / 10)
    says(lamp, "40% 2200 K", 44.0)
    assert not any("by hand" in news for news in lamp.staff_messages())


def test_a_lamp_without_power_whose_white_is_in_doubt_is_no_hand_s(
    make_fixture: MakeFixture,
) -> None:
    """It is asked, and can't answer: nobody is told of a hand."""
    lamp = a_lamp(make_fixture, Dialect("tasmota"), "kelvin")
    lead(lamp, "40% 2300 K", 1.0)
    says(lamp, "40% 2300 K", 20.0)
    lead(lamp, "40% 4000 K", 100.0)
    for at, white in ((100.1, "4000 K"), (112.0, "4000 K"), (112.1, "2500 K")):
        says(lamp, f"40% {white}", at)
    for at in range(1122, 1220):
        lamp.messages(Seconds(at / 10))
    assert not any("by hand" in news for news in lamp.staff_messages())


def test_a_bulb_whose_bridge_had_said_its_white_is_told_it_again(
    make_fixture: MakeFixture,
) -> None:
    """When it is asked, it says another; nobody has touched it, and it follows the second time."""
    lamp = a_lamp(make_fixture, Dialect("zigbee2mqtt"), "kelvin")
    lead(lamp, "40% 6500 K", 1.0)
    says(lamp, "40% 6500 K", 1.1)
    sent: list[str] = []
    for tick in range(100, 200):
        now = Seconds(tick / 10)
        messages = lamp.messages(now)
        sent += [one.payload.decode() for one in messages]
        if any(one.topic.endswith("/get") for one in messages):
            says(lamp, "40% 2700 K", now + 0.1)
    assert sum('"color_temp":154' in one for one in sent) == 1, sent
    assert lamp.staff_messages() == ()


@pytest.mark.parametrize("dialect", WHITES)
@pytest.mark.parametrize("answer", ["4000 K", "2500 K"])
def test_a_white_on_the_way_that_stays_after_the_fade_is_a_hand_s(
    make_fixture: MakeFixture, dialect: Dialect, answer: str
) -> None:
    """A hand has set it as the fade ended; a lamp that was only late has its own white when asked.

    Who drives a bridge that answers for its lamps and can't ask them is told nothing.
    """
    lamp = a_lamp(make_fixture, dialect, "kelvin")
    lead(lamp, "40% 2300 K", 1.0)
    says(lamp, "40% 2300 K", 20.0)
    lead(lamp, "40% 4000 K", 100.0)
    for at, white in ((100.1, "4000 K"), (112.0, "4000 K"), (112.1, "2500 K")):
        says(lamp, f"40% {white}", at)
    can_be_asked = bool(codec(lamp.fixture).state_query)
    for at in range(1122, 1220):
        messages = lamp.messages(Seconds(at / 10))
        if messages or (at == 1124 and not can_be_asked):
            says(lamp, f"40% {answer}", at / 10 + 0.05)
    can_tell = answer == "2500 K" and dialect != "zwave-js"
    assert len(lamp.staff_messages()) == can_tell
    assert lamp.state(Seconds(122.0)).by_hand is can_tell


@pytest.mark.parametrize(
    ("shown", "meaning"), [("3000 K", ReportKind.HAND), ("2650 K", ReportKind.ECHO)]
)
def test_a_hand_that_is_too_small_to_see_is_none(
    make_fixture: MakeFixture, shown: str, meaning: ReportKind
) -> None:
    """Fifteen mired are less than anybody sees; a hand changes more."""
    classifier = ColorReportClassifier(make_fixture("zigbee2mqtt", "level", "kelvin"))
    start, target = parse_setting("40% 4000 K"), parse_setting("40% 2700 K")
    classifier.begin(
        trajectory_between(start, target, FadeOptions(Seconds(0.0), Seconds(5.0))),
        Seconds(0.0),
        start,
    )
    assert classifier.classify(target.kelvin, None, Seconds(1.0)) is ReportKind.FOLLOWS
    found = classifier.classify(parse_setting(f"40% {shown}").kelvin, None, Seconds(30.0))
    assert (found is ReportKind.HAND) is (meaning is ReportKind.HAND)
