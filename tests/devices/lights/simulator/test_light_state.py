"""What a simulated lamp shows, with each of its faults."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import ParsedCommand, codec, device_side
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.devices.lights.simulator.light_state import LightState, merged
from kacenv.model.look import Setting, parse_setting
from kacenv.model.room import Ability, Fixture

MakeFixture = Callable[..., Fixture]
NOW = Seconds(10.0)


class Lit:
    """A lamp that is sent what kacenv would send it."""

    def __init__(self, fixture: Fixture, faults: LampFaults, shown: str) -> None:
        self.codec, self.device = codec(fixture), device_side(fixture)
        self.light = LightState(fixture, parse_setting(shown), faults, cancels=False)

    def take(self, look: str, now: Seconds, span: float = 0.0) -> None:
        """Send a look's messages at `now`."""
        for message in self.codec.encode(parse_setting(look), Seconds(span)):
            for command in self.device.decode_commands(*message):
                self.light.apply(command, now)

    def shows(self, now: Seconds) -> Setting:
        """Return the light shown at `now`."""
        return self.light.at(now)


@pytest.fixture
def lit(make_fixture: MakeFixture) -> Callable[..., Lit]:
    """Make a lamp that shows something, with faults."""

    def make(dialect: str, shown: str, **faults: object) -> Lit:
        return Lit(make_fixture(dialect, *Ability), LampFaults(**faults), shown)  # type: ignore[arg-type] # fields by name

    return make


def test_a_dark_lamp_may_be_deaf_to_whites(lit: Callable[..., Lit]) -> None:
    """The level comes, the white doesn't; once it is lit, it does."""
    lamp = lit("tasmota", "off", deaf_to_white=True)
    lamp.take("40% 4000 K", NOW)
    assert lamp.shows(Seconds(11.0)) == (0.4, 2200.0, None)
    lamp.take("40% 4000 K", Seconds(12.0))
    assert lamp.shows(Seconds(13.0)).kelvin == pytest.approx(4000.0)


def test_a_lamp_may_be_deaf_to_off_in_a_fade(lit: Callable[..., Lit]) -> None:
    """It goes on where it was led, and hears the next one."""
    lamp = lit("zigbee2mqtt", "80%", deaf_to_off=True)
    lamp.take("40%", NOW, 10.0)
    lamp.take("off", Seconds(15.0))
    assert lamp.shows(Seconds(30.0)).level == pytest.approx(0.4, abs=0.01)
    lamp.take("off", Seconds(40.0))
    assert lamp.shows(Seconds(41.0)).level == 0.0


def test_a_dimmer_may_switch_nothing_on(lit: Callable[..., Lit]) -> None:
    """It remembers the level, and shows it when it is switched."""
    lamp = lit("tasmota", "off", dimmer_keeps_off=True)
    lamp.light.apply(ParsedCommand(Level(0.4)), NOW)
    assert lamp.shows(NOW).level == 0.0
    lamp.light.apply(ParsedCommand(on=True), NOW)
    assert lamp.shows(NOW).level == 0.4


@pytest.mark.parametrize(("look", "level"), [("0.4%", 0.0), ("0.8%", 2 / 254)])
def test_a_bulb_may_go_out_at_its_lowest(lit: Callable[..., Lit], look: str, level: float) -> None:
    """At one unit of brightness, but not at two."""
    lamp = lit("home-assistant", "30%", dark_at=1)
    lamp.take(look, NOW)
    assert lamp.shows(NOW).level == pytest.approx(level, abs=0.001)


@pytest.mark.parametrize(
    ("back", "expected"), [(parse_setting("off"), 0.0), (Setting(Level(1.0)), 1.0), (None, 0.3)]
)
def test_power_comes_back_at_full_off_or_as_before(
    lit: Callable[..., Lit], back: Setting | None, expected: float
) -> None:
    """As the lamp is set up; a fade that ran was at its end."""
    lamp = lit("plain", "30%", power_on=back)
    lamp.light.cut_power(NOW)
    assert lamp.shows(NOW).level == expected


def test_a_white_wakes_a_lamp_of_tasmota_at_its_last_level(lit: Callable[..., Lit]) -> None:
    """As any of its light commands does."""
    lamp = lit("tasmota", "off")
    (command,) = lamp.device.decode_commands("", b"CT 400")
    lamp.light.apply(command, NOW)
    assert lamp.shows(NOW) == (1.0, 2500.0, None)


def test_a_bridge_says_what_it_wished() -> None:
    """Each field that it was sent, beside what it said before."""
    said = parse_setting("40% 2500 K")
    assert merged(said, ParsedCommand(Level(0.1))) == (0.1, 2500.0, None)
    color = parse_setting("40% #ff8040").color
    assert merged(said, ParsedCommand(color=color)) == (0.4, None, color)
