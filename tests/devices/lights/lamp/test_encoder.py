"""One lamp's fades and steps, as messages."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.fades.fade_steps import FadeStep, LampRunFade, SteppedFade
from kacenv.devices.lights.fades.trajectory import FadeOptions, trajectory_between
from kacenv.devices.lights.lamp.encoder import LampEncoder
from kacenv.model.look import parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]


def count_messages(encoder: LampEncoder, before: str, after: str) -> int:
    """Return the number of messages that a fade of ten seconds is planned in."""
    origin, options = parse_setting(before), FadeOptions(Seconds(0.0), Seconds(10.0))
    path = trajectory_between(origin, parse_setting(after), options)
    fade = encoder.fade_along(path, origin, urgent=False)
    assert isinstance(fade, LampRunFade)
    return len(fade.pending)


@pytest.mark.parametrize(
    ("dialect", "can", "kind"),
    [
        ("zigbee2mqtt", "transition", LampRunFade),
        ("zigbee2mqtt", "", SteppedFade),
        ("plain", "transition", SteppedFade),
    ],
)
def test_a_lamp_is_stepped_unless_it_fades_by_itself(
    make_fixture: MakeFixture, dialect: str, can: str, kind: type
) -> None:
    """Both the room file and the dialect must allow for it."""
    encoder = LampEncoder(make_fixture(dialect, "level", *can.split()))
    options = FadeOptions(Seconds(0.0), Seconds(5.0))
    path = trajectory_between(None, parse_setting("40%"), options)
    assert isinstance(encoder.fade_along(path, None, urgent=False), kind)
    assert encoder.fades == (kind is LampRunFade)


@pytest.mark.parametrize(
    ("dialect", "before", "after", "messages"),
    [
        ("zigbee2mqtt", "40% 2700 K", "60% 4000 K", 3),
        ("zigbee2mqtt", "40% #ff0000", "60% #ff8000", 3),
        ("zigbee2mqtt", "40% 2700 K", "60% 2710 K", 1),
        ("zigbee2mqtt", "40% 2700 K", "60%", 1),
        ("home-assistant", "40% 2700 K", "60% 4000 K", 1),
    ],
)
def test_a_white_that_changes_has_messages_of_its_own(
    make_fixture: MakeFixture, dialect: str, before: str, after: str, messages: int
) -> None:
    """Only in dialects that can't fade both at once, and only if anybody sees the change."""
    encoder = LampEncoder(make_fixture(dialect, "level", "kelvin", "color", "transition"))
    assert count_messages(encoder, before, after) == messages


def test_the_last_setting_is_remembered_as_a_whole(make_fixture: MakeFixture) -> None:
    """A step of the level alone keeps the white; one of the white alone isn't a level."""
    encoder = LampEncoder(make_fixture("zigbee2mqtt", "level", "kelvin"))
    assert len(encoder.encode_step(FadeStep(Level(0.4), Kelvin(2500.0)))) == 2
    (message,) = encoder.encode_step(FadeStep(Level(0.5), None))
    assert message.payload == b'{"state":"ON","brightness":127,"transition":0.0}'
    assert encoder.last_sent == parse_setting("50% 2500 K")
    (message,) = encoder.encode_step(FadeStep(None, Kelvin(4000.0), Seconds(2.0)))
    assert message.payload == b'{"color_temp":250,"transition":2.0}'
    assert encoder.last_sent == parse_setting("50% 2500 K")


def test_a_group_is_told_seldom(make_fixture: MakeFixture) -> None:
    """Each command is a broadcast."""
    assert LampEncoder(make_fixture("zigbee2mqtt-group", "level")).gap == 1.2
    assert LampEncoder(make_fixture("zigbee2mqtt", "level")).gap == 0.2
