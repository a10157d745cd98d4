"""Home Assistant's JSON schema, from documented payloads."""

import pytest
from support.dialects import MakeCodec, sent, sent_payload

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import LampCodec, Reported
from kacenv.devices.lights.dialects.payloads import from_mired
from kacenv.model.look import Color, parse_setting

STATE = "esp/light/lamp/state"


@pytest.fixture
def lamp(make_codec: MakeCodec) -> LampCodec:
    """An ESPHome lamp with level and white."""
    return make_codec("home-assistant", "level", "kelvin", "transition", state_topic=STATE)


def test_a_look_is_one_command(lamp: LampCodec) -> None:
    """Level, white and transition go together, in whole numbers."""
    payload = b'{"state":"ON","brightness":102,"color_temp":400,"transition":60}'
    assert sent(lamp, "40% 2500 K", 60.0) == [("house/lamp", payload)]


@pytest.mark.parametrize(
    ("asked", "within", "said"),
    [
        ("off", 8.0, b'{"state":"OFF","transition":8}'),
        ("40%", 0.0, b":0}"),
        ("40%", 0.3, b":1}"),
        ("40%", 2.5, b":3}"),
        ("40%", 3.0000001, b":3}"),
        ("40% 1500 K", 1.0, b'"color_temp":455,"transition":1}'),
        ("40% 9000 K", 1.0, b'"color_temp":154,"transition":1}'),
    ],
)
def test_numbers_are_whole_and_within_the_lamp(
    lamp: LampCodec, asked: str, within: float, said: bytes
) -> None:
    """Off has no brightness of 0; a time is rounded up, and 0 said as 0; whites are held."""
    assert sent_payload(lamp, asked, within).endswith(said)


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        (b'{"state":"OFF","brightness":51}', Reported(Level(0.0))),
        (b'{"state":"ON","brightness":255}', Reported(Level(1.0))),
        (b'{"brightness":51}', Reported(Level(0.2))),
        (
            b'{"color_mode":"color_temp","state":"ON","brightness":51,"color_temp":400}',
            Reported(Level(0.2), from_mired(400)),
        ),
        (
            b'{"color_mode":"rgb","state":"ON","brightness":51,"color":{"r":9},"color_temp":400}',
            Reported(Level(0.2)),
        ),
        (
            b'{"color_mode":"color_temp","state":"ON","brightness":51,"color":{},"color_temp":400}',
            Reported(Level(0.2), from_mired(400)),
        ),
        (
            b'{"color_mode":"cwww","state":"ON","brightness":51,"color":{"c":255,"w":0}}',
            Reported(Level(0.2), Kelvin(6500.0)),
        ),
        (
            b'{"color_mode":"rgbct","state":"ON","brightness":51,"color_temp":400,"color":{"r":0,"w":9}}',
            Reported(Level(0.2), from_mired(400), mixes="rgbct"),
        ),
        (b'{"state":"ON","brightness":51,"effect":"None"}', Reported(Level(0.2), effect="")),
        (
            b'{"state":"ON","brightness":51,"effect":"Candle"}',
            Reported(Level(0.2), effect="Candle"),
        ),
        (b'{"state":"ON","brightness":51,"effect":7}', Reported(Level(0.2))),
        (b'{"state":"ON","brightness":0}', Reported()),
        (b'{"state":"ON"}', Reported()),
        (b"{}", Reported()),
    ],
)
def test_reports_are_understood(lamp: LampCodec, payload: bytes, report: Reported) -> None:
    """Off is off, whatever brightness it remembers; a brightness of 0 that is on is ignored."""
    assert lamp.decode(STATE, payload) == report
    assert lamp.decode("house/lamp", payload) == Reported()


def test_a_switched_lamp_has_no_brightness(make_codec: MakeCodec) -> None:
    """On and off are all a lamp without level is told or asked."""
    plug = make_codec("home-assistant", state_topic=STATE)
    assert sent_payload(plug, "10%") == b'{"state":"ON","transition":0}'
    assert plug.decode(STATE, b'{"state":"ON"}') == Reported(Level(1.0))


def test_a_colour_goes_in_parts(make_codec: MakeCodec) -> None:
    """Red, green and blue at full; the brightness says how much of it."""
    lamp = make_codec("home-assistant", "level", "kelvin", "color")
    color = b'"color":{"r":255,"g":128,"b":64}'
    payload = b'{"state":"ON","brightness":102,' + color + b',"transition":0}'
    assert sent_payload(lamp, "40% #ff8040") == payload


@pytest.mark.parametrize(
    ("mode", "asked", "said"),
    [
        (None, "40% #ff8040", b'"color":{"r":255,"g":128,"b":64,"c":0,"w":0}'),
        ("rgbww", "40% #ff8040", b'"color":{"r":255,"g":128,"b":64,"c":0,"w":0}'),
        ("rgbw", "40% #ff8040", b'"color":{"r":255,"g":128,"b":64,"w":0}'),
        ("rgbct", "40% #ff8040", b'"color":{"r":255,"g":128,"b":64,"w":0}'),
        (None, "40% 2500 K", b'"color_temp":400'),
        ("rgbww", "40% 2500 K", b'"color_temp":400,"color":{"r":0,"g":0,"b":0}'),
        ("rgbct", "40% 2500 K", b'"color_temp":400,"color":{"r":0,"g":0,"b":0,"w":255}'),
        ("rgbww", "40%", b'"brightness":102'),
    ],
)
def test_what_a_look_does_not_light_is_put_out(
    make_codec: MakeCodec, mode: str | None, asked: str, said: bytes
) -> None:
    """In a lamp that tells that white and colour may shine together; `w` alone is its one white."""
    lamp = make_codec("home-assistant", "level", "kelvin", "color", state_topic=STATE)
    ((_, payload),) = lamp.encode_after(Reported(mixes=mode), parse_setting(asked), Seconds(3.0))
    assert payload.endswith(said + b',"transition":3}')


def test_an_effect_is_ended_by_a_message_of_its_own(lamp: LampCodec) -> None:
    """Beside it, ESPHome would ignore the transition; a lamp that goes off ends it itself."""
    steady, look = lamp.encode_after(Reported(effect="Candle"), parse_setting("40%"), Seconds(3.0))
    assert steady.payload == b'{"state":"ON","effect":"None"}'
    assert (look,) == lamp.encode(parse_setting("40%"), Seconds(3.0))
    off = parse_setting("off")
    assert len(lamp.encode_after(Reported(effect="Candle"), off, Seconds(3.0))) == 1


@pytest.mark.parametrize(
    ("payload", "color"),
    [
        (b'{"color_mode":"rgb","color":{"r":128,"g":64,"b":32}}', Color(255, 128, 64)),
        (b'{"color_mode":"xy","color":{"x":0.64,"y":0.33}}', Color(255, 0, 0)),
        (b'{"color_mode":"hs","color":{"h":0,"s":100}}', Color(255, 0, 0)),
    ],
)
def test_reported_colours_are_understood(
    make_codec: MakeCodec, payload: bytes, color: Color
) -> None:
    """In parts, as a chromaticity or as a hue, brought to full."""
    shown = make_codec("home-assistant", "color", state_topic=STATE).decode(STATE, payload).color
    assert shown is not None
    assert shown == pytest.approx(color, abs=3)


def test_only_the_room_files_topics_are_listened_to(make_codec: MakeCodec) -> None:
    """No topic, no subscription; online and offline are bare words."""
    assert make_codec("home-assistant").subscriptions == ()
    lamp = make_codec("home-assistant", state_topic="s", availability_topic="a")
    assert lamp.subscriptions == ("s", "a")
    assert lamp.decode("a", b"online") == Reported(available=True)


def test_a_mixture_of_two_whites_is_a_white(make_codec: MakeCodec) -> None:
    """ESPHome's channels have its gamma: half the light of each is the middle, in mired."""
    lamp = make_codec("home-assistant", "level", "kelvin", "color", state_topic=STATE)
    half = round(255 * 0.5 ** (1 / 2.8))
    color = b'"color":{"r":0,"g":0,"b":0,"c":%d,"w":%d}' % (half, half)
    report = lamp.decode(STATE, b'{"color_mode":"rgbww","state":"ON","brightness":51,%b}' % color)
    middle = (1e6 / lamp.fixture.warmest + 1e6 / lamp.fixture.coolest) / 2
    assert report.color is None
    assert report.kelvin == pytest.approx(1e6 / middle)


@pytest.mark.parametrize("dialect", ["home-assistant"])
@pytest.mark.parametrize(
    ("word", "here"),
    [
        ("ON", True),
        ("Online", True),
        ("true", True),
        ('{"state":"online"}', True),
        ("OFF", False),
        ("Offline", False),
        ("false", False),
        ("perhaps", None),
    ],
)
def test_whatever_word_says_that_it_answers_is_known(
    make_codec: MakeCodec, dialect: str, word: str, here: bool | None
) -> None:
    """Home Assistant lets people choose it; a word that says neither changes nothing."""
    lamp = make_codec(dialect, state_topic="s", availability_topic="a")
    assert lamp.decode("a", word.encode()) == Reported(available=here)
