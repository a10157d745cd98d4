"""Rooms: the devices of one treatment room, as a clinic writes them."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from kacenv.core.errors import UnitError
from kacenv.core.units import Days as Span
from kacenv.core.units import Decibels as Db
from kacenv.core.units import Kelvin as White
from kacenv.core.units import Level as Share
from kacenv.core.units import Notation, Seconds
from kacenv.model.chime import BUILT_IN, OwnChime, Phrase
from kacenv.model.dialects import Dialect
from kacenv.model.fields import (
    CONTROL_CHARACTERS,
    Days,
    Decibels,
    Duration,
    Kelvin,
    Level,
    Line,
    Model,
    Rule,
    Schema,
    Slug,
    TextSchema,
    given,
    having,
    matching,
    rules,
)
from kacenv.model.look import LookField, Zone
from kacenv.model.midi_trigger import TriggerField
from kacenv.model.network import Host, Surfaces

MOST_CHANNELS: Final = 256
"""Most channels of a sound device."""
LONGEST_DELAY = Seconds(0.5)
"""Largest delay of an output."""
STEEPEST_LIGHT = Share(0.2)
"""Largest slope of light, in level per second; a room may set a lower one."""


class Role(StrEnum):
    """Listeners of an output."""

    SPEAKERS = "speakers"
    SEAT_A = "seat-a"
    SEAT_B = "seat-b"
    STAFF = "staff"


class Ability(StrEnum):
    """Ability of a lamp beside on and off."""

    LEVEL = "level"
    KELVIN = "kelvin"
    COLOR = "color"
    TRANSITION = "transition"


_SHORT: Final = matching(
    r"^\s*(?:0+h)?(?:0+m)?(?:0+(?:\.(?:[0-4][0-9]*|50*))?s)?\s*$",
    "a delay of at most 0.5s, for example: 0.012s",
)
_GENTLE: Final = matching(
    r"^\s*0*(?:20(?:\.0+)?|1?[1-9](?:\.[0-9]+)?|10(?:\.[0-9]+)?)\s*%\s*$",
    "from 1% to 20% a second, for example: 10%",
)
_LEVEL_TEXT: Final = Notation(
    r"[\s\S]*\{level\}[\s\S]*", "a text with {level} in it", '{"dim": {level}}'
)
_TOPIC: Final = Notation(
    rf"[^#+{CONTROL_CHARACTERS}\t\n\ud800-\udfff]{{1,1000}}",
    "an MQTT topic of one line, without # and +",
    "zigbee2mqtt/seat-left",
)
_WHITE_TEXT: Final = Notation(
    r"[\s\S]*\{(?:kelvin|mired)\}[\s\S]*",
    "a text with {kelvin} or {mired} in it",
    '{"ct": {mired}}',
)


def _short(delay: Seconds) -> Seconds:
    if delay > LONGEST_DELAY:
        raise UnitError("a delay of at most 0.5s", f"{delay:g}s", "delay: 0.012s")
    return delay


def _gentle(steepest: Share) -> Share:
    if not 0.01 <= steepest <= STEEPEST_LIGHT:
        raise UnitError("from 1% to 20% a second", f"{steepest:.3g}", "steepest_light: 10%")
    return steepest


Channel = Annotated[int, Field(ge=1, le=MOST_CHANNELS)]
Delay = Annotated[Duration, AfterValidator(_short), Rule(_SHORT)]
LightSlope = Annotated[Level, AfterValidator(_gentle), Rule(_GENTLE)]
Topic = Annotated[str, AfterValidator(_TOPIC.check), TextSchema(_TOPIC)]
_LevelText = Annotated[str, AfterValidator(_LEVEL_TEXT.check), TextSchema(_LEVEL_TEXT)]
_WhiteText = Annotated[str, AfterValidator(_WHITE_TEXT.check), TextSchema(_WHITE_TEXT)]


class Output(Model):
    """Pair of speakers or headphones."""

    id: Annotated[Slug, Field(examples=["speakers"])]
    """A short name of small letters, digits and hyphens."""
    role: Role
    """Who listens to it."""
    device: Annotated[str, Field(examples=["default"])] = "default"
    """The sound device's name, or part of it; `default` for the system's own choice."""
    channels: Annotated[
        tuple[Channel, ...], Field(min_length=1, max_length=2, examples=[[1, 2]])
    ] = (1, 2)
    """Left and right channel of the device, counted from 1; a single one is mono."""
    trim: Decibels = Db(0.0)
    """Balances this output against the others."""
    ceiling: Decibels = Db(-3.0)
    """No sample ever passes this level (dBFS)."""
    delay: Annotated[Delay, Field(examples=["0.012s"])] = Seconds(0.0)
    """How much later than the others it sounds, so that near and far ones are heard together."""


class ChimeLoudness(Model):
    """Loudness of chimes: relative to the music that plays, within two bounds."""

    above_music: Decibels = Db(3.0)
    """The peak of a chime above the music's level (rms) of the last 3 s; negative is below."""
    softest: Decibels = Db(-38.0)
    """The peak of a chime (dBFS) where there is little music, or none."""
    loudest: Decibels = Db(-20.0)
    """No chime's peak is above this level (dBFS), however loud the music."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.softest > self.loudest:
            raise UnitError(
                "`softest` no louder than `loudest`",
                f"{self.softest:g} dB above {self.loudest:g} dB",
                "softest: -38 dB",
            )
        return self

    def peak(self, music: Db) -> Db:
        """Return a chime's peak (dBFS) over music of a level (RMS, dBFS)."""
        return Db(min(max(music + self.above_music, self.softest), self.loudest))


class Fixture(Model):
    """Lamp of the room."""

    id: Annotated[Slug, Field(examples=["seat-left"])]
    """A short name of small letters, digits and hyphens."""
    dialect: Annotated[Dialect, Field(examples=["zigbee2mqtt"])]
    """Language in which a lamp is spoken to over MQTT."""
    topic: Annotated[Topic, Field(examples=["zigbee2mqtt/seat-left"])]
    """home-assistant, plain: the topic that takes commands; else the lamp's own topic or prefix."""
    state_topic: Annotated[Topic | None, Field(examples=["room/floor/state"])] = None
    """home-assistant, plain: where the lamp reports what it shows; the others know."""
    availability_topic: Annotated[Topic | None, Field(examples=["room/floor/online"])] = None
    """home-assistant, plain, zigbee2mqtt: where `online` or `offline` stands."""
    zone: Zone
    """The part of the room that it lights."""
    can: tuple[Ability, ...] = (Ability.LEVEL,)
    """What it can do; `transition` is for a lamp that fades by itself when told how long."""
    warmest: Kelvin = White(2200.0)
    """The warmest white that it shows."""
    coolest: Kelvin = White(6500.0)
    """The coolest white that it shows."""
    scale: Annotated[int, Field(ge=1, le=65535, examples=[255])] = 100
    """plain: the number that means full."""
    payload: _LevelText | None = None
    """plain: what is sent, where that isn't the number alone; `{level}` stands for it."""
    white_payload: _WhiteText | None = None
    """plain: what is sent for a white; `{kelvin}` or `{mired}` stands for it."""
    state_key: Annotated[str | None, Field(examples=["dim"])] = None
    """plain: the key of the level in a report that is JSON; `light.dim` for one in another."""
    white_key: Annotated[str | None, Field(examples=["ct"])] = None
    """plain: the key of the white there, counted as in `white_payload`."""
    warm_dim: bool | None = None
    """Whether it gets warmer as it dims where a look gives no white; else as the room does."""


class Broker(Model):
    """The clinic's MQTT broker."""

    model_config = rules(
        {"not": {"allOf": [given("password_file"), given("password_env")]}},
        {"if": given("certificate_file"), "then": given("key_file")},
        {"if": given("key_file"), "then": given("certificate_file")},
    )

    host: Annotated[Host, Field(examples=["192.168.1.10"])]
    """The broker's name or address."""
    port: Annotated[int, Field(ge=1, le=65535, examples=[1883])] = 1883
    """The broker's port."""
    tls: bool = False
    """Whether the connection is encrypted."""
    ca_file: Annotated[str | None, Field(examples=["/etc/kacenv/clinic-ca.pem"])] = None
    """The clinic's own certificate authority; without it, the system's."""
    certificate_file: Annotated[str | None, Field(examples=["/etc/kacenv/broker-client.pem"])] = (
        None
    )
    """Kacenv's own certificate, for a broker that asks for one."""
    key_file: Annotated[str | None, Field(examples=["/etc/kacenv/broker-client.key"])] = None
    """The key of that certificate, unencrypted, readable by kacenv alone."""
    user: Annotated[str | None, Field(examples=["kacenv"])] = None
    """The name by which the broker knows kacenv."""
    password_file: Annotated[str | None, Field(examples=["/etc/kacenv/broker.password"])] = None
    """A file that holds the password and nothing else, readable by kacenv alone."""
    password_env: Annotated[str | None, Field(examples=["BROKER_PASSWORD"])] = None
    """Instead of the file: the name of an environment variable that holds the password."""
    messages_per_second: Annotated[int, Field(ge=5, le=10_000, examples=[50])] = 50
    """The most that steps of fades may send it; lights-up doesn't wait for that."""

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password_file and self.password_env:
            raise UnitError(
                "one place for the password",
                "both password_file and password_env",
                "password_file: /etc/kacenv/broker.password",
            )
        return self

    @model_validator(mode="after")
    def _certificate_and_key(self) -> Self:
        if (self.certificate_file is None) is not (self.key_file is None):
            raise _alone("key_file" if self.key_file is None else "certificate_file")
        return self


def _alone(missing: str) -> UnitError:
    example = {"certificate_file": "broker-client.pem", "key_file": "broker-client.key"}
    (there,) = example.keys() - {missing}
    return UnitError(
        f"`{missing}` beside `{there}`",
        f"`{there}` alone",
        f"{missing}: /etc/kacenv/{example[missing]}",
    )


class Records(Model):
    """What is kept of sessions that are over."""

    keep: Days = Span(30)
    """How long after its day a session's record is kept, then removed; `0d` writes none."""


class DimLight(Model):
    """Keeps cool white and blue out of dim light, unless a phase says `cool_light: yes`."""

    below: Level = Share(0.3)
    """The level below which that holds, as the eye sees it."""
    coolest: Kelvin = White(2700.0)
    """No white is cooler there, and no colour has a greater share of blue than this white."""


class Control(Model):
    """One thing that a pedal or a controller sends, and what it does."""

    on: TriggerField
    """What arrives, as `kacenv midi learn` shows it, such as `control 64 above 63`."""
    do: Annotated[Line, Field(examples=["hold"])]
    """What is typed after `kacenv`; for a fader `volume`, or `volume seat-a`."""


_CONTROL: Final = {"on": "note 60", "do": "hold"}


class Controls(Model):
    """A pedal or a controller."""

    port: Annotated[str, Field(min_length=1, examples=["pedal"])]
    """The input port (or part of its name) it is connected to."""
    map: Annotated[tuple[Control, ...], Field(min_length=1, examples=[[_CONTROL]])]
    """What each press does; of two that fit, the first."""


class Midi(Model):
    """MIDI ports."""

    chimes: Annotated[str | None, Field(examples=["Digital Piano"])] = None
    """The output port (or part of its name) that plays the chimes; without it, the outputs do."""
    controls: Annotated[Controls | None, Field(examples=[{"port": "pedal", "map": [_CONTROL]}])] = (
        None
    )
    """A pedal or a controller that drives the room."""


def _not_none(chimes: dict[str, OwnChime]) -> dict[str, OwnChime]:
    if "none" in chimes:
        expected = "another word; in a check-in, none is for no chime at all"
        raise UnitError(expected, "the name `none`", "lake: {notes: [E4, B4]}")
    return chimes


def _safe(zone: Zone) -> Schema:
    """Return the JSON Schema of a room in which a zone with lamps has a safe light."""
    lit = {"type": "object", **having("zone", {"const": zone.value})}
    return {
        "if": having("lights", {"type": "array", "contains": lit}),
        "then": having("safe_light", {"type": "object", "required": [zone.value]}),
    }


_LAMPS: Final = having("lights", {"type": "array", "minItems": 1})
_LAMP: Final = {
    "id": "seat-left",
    "dialect": "zigbee2mqtt",
    "topic": "zigbee2mqtt/seat-left",
    "zone": "seats",
}


class Room(Model):
    """A room file."""

    model_config = rules({"allOf": [{"if": _LAMPS, "then": given("broker")}, *map(_safe, Zone)]})

    name: Annotated[Slug, Field(examples=["rosewood"])]
    """A short name of small letters, digits and hyphens."""
    music_root: Annotated[str | None, Field(examples=["../music"])] = None
    """A folder, beside the playlists' own, that music may come from."""
    outputs: Annotated[
        tuple[Output, ...],
        Field(min_length=1, examples=[[{"id": "speakers", "role": "speakers"}]]),
    ]
    """The list of speakers and headphones."""
    lights: Annotated[tuple[Fixture, ...], Field(examples=[[_LAMP]])] = ()
    """The list of lamps."""
    broker: Broker | None = None
    """The clinic's MQTT broker; needed where there are lamps."""
    midi: Midi = Midi()
    chimes: Annotated[
        dict[Slug, OwnChime],
        AfterValidator(_not_none),
        Rule({"not": {"required": ["none"]}}),
        Field(examples=[{"lake": {"notes": ["E4", "B4"]}}]),
    ] = Field(default_factory=dict)
    """Chimes of the room's own by name; one called `bell` takes the place of the built-in one."""
    chime_loudness: ChimeLoudness = ChimeLoudness()
    looks: Annotated[dict[Slug, LookField], Field(examples=[{"dusk": {"seats": "16% 2400 K"}}])] = (
        Field(default_factory=dict)
    )
    """Looks for scenes to use, by name: a light for each zone."""
    safe_light: LookField = Field(default_factory=dict)
    """The light of lights-up, safe to stand up and work in, for every zone that has lamps."""
    steepest_light: Annotated[LightSlope, Field(examples=["10%"])] = STEEPEST_LIGHT
    """No light changes by more than this in a second (as the eye sees it), lights-up apart."""
    dim_light: DimLight = DimLight()
    warm_dim: bool = False
    """Whether lamps get warmer as they dim, as filaments do, where a look gives no white."""
    records: Records = Records()
    """What is kept of sessions that are over."""
    surfaces: Surfaces = Surfaces()

    @property
    def phrases(self) -> dict[str, Phrase]:
        """Chimes of this room by name: built-in ones and its own."""
        return {**BUILT_IN, **{name: own.phrase(name) for name, own in self.chimes.items()}}

    def warm_dims(self, fixture: Fixture) -> bool:
        """Return True if `fixture` gets warmer as it dims, by its own setting or the room's."""
        return self.warm_dim if fixture.warm_dim is None else fixture.warm_dim

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        _unique("output", (output.id for output in self.outputs))
        _unique("lamp", (fixture.id for fixture in self.lights))
        return self

    @model_validator(mode="after")
    def _lamps_are_reachable_and_safe(self) -> Self:
        if self.lights and self.broker is None:
            raise UnitError("a broker for the lights", "no broker", "broker: {host: 127.0.0.1}")
        missing = sorted({fixture.zone for fixture in self.lights} - set(self.safe_light))
        if missing:
            found = f"no `safe_light` for {' and '.join(missing)}"
            every = ", ".join(f"{zone}: 70%" for zone in missing)
            raise UnitError(
                "a light to stand up and work in, for every zone that has lamps",
                found,
                every if self.safe_light else f"safe_light: {{{every}}}",
            )
        return self


def _unique(what: str, ids: Iterable[str]) -> None:
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        raise UnitError(f"each {what} to have its own id", f"{twice[0]} twice", f"{twice[0]}-2")
