"""Rooms: the devices of one treatment room, as a clinic writes them down."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from kacenv.errors import UnitError
from kacenv.fields import Decibels, Duration, Kelvin, Model, Slug
from kacenv.look import SettingField, Zone
from kacenv.units import Decibels as Db
from kacenv.units import Kelvin as White
from kacenv.units import Seconds

LONGEST_DELAY = Seconds(0.5)
"""No output may sound later than this after the others."""


class Role(StrEnum):
    """Who listens to an output."""

    SPEAKERS = "speakers"
    SEAT_A = "seat-a"
    SEAT_B = "seat-b"
    STAFF = "staff"


class Dialect(StrEnum):
    """How a lamp is spoken to over MQTT."""

    HOME_ASSISTANT = "home-assistant"
    ZIGBEE2MQTT = "zigbee2mqtt"
    PLAIN = "plain"


class Ability(StrEnum):
    """What a lamp can do beside on and off."""

    LEVEL = "level"
    KELVIN = "kelvin"
    TRANSITION = "transition"


def _short(delay: Seconds) -> Seconds:
    if delay > LONGEST_DELAY:
        raise UnitError("a delay of at most 0.5s", f"{delay:g}s", "delay: 0.012s")
    return delay


_Delay = Annotated[Duration, AfterValidator(_short), Field(examples=["delay: 0.012s"])]


class Output(Model):
    """One pair of speakers or headphones."""

    id: Slug
    role: Annotated[Role, Field(examples=["role: speakers"])]
    device: Annotated[str, Field(examples=["device: default"])] = "default"
    """The sound device's name, or part of it; `default` for the system's own choice."""
    channels: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1, 2)
    """Left and right channel of the device, counted from 1; a single one is mono."""
    trim: Decibels = Db(0.0)
    """Balances this output against the others."""
    ceiling: Decibels = Db(-3.0)
    """No sample ever passes this level (dBFS)."""
    delay: _Delay = Seconds(0.0)
    """How much later this output sounds, so that near and far ones are heard together."""


class ChimeLoudness(Model):
    """How loud chimes are: relative to the music that plays, within two bounds."""

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


class Fixture(Model):
    """One lamp."""

    id: Slug
    dialect: Annotated[Dialect, Field(examples=["dialect: zigbee2mqtt"])]
    topic: Annotated[str, Field(min_length=1, examples=["topic: zigbee2mqtt/seat-left"])]
    """zigbee2mqtt: base topic and name; otherwise the topic that takes commands."""
    state_topic: str | None = None
    """Where the lamp reports what it shows; zigbee2mqtt knows it by itself."""
    zone: Annotated[Zone, Field(examples=["zone: seats"])]
    can: tuple[Ability, ...] = (Ability.LEVEL,)
    """`transition` for a lamp that fades by itself when told how long."""
    warmest: Kelvin = White(2200.0)
    coolest: Kelvin = White(6500.0)
    scale: Annotated[int, Field(ge=1, le=65535, examples=["scale: 255"])] = 100
    """plain: the number that means full."""


class Broker(Model):
    """The clinic's MQTT broker."""

    host: Annotated[str, Field(min_length=1, examples=["host: 192.168.1.10"])]
    port: Annotated[int, Field(ge=1, le=65535, examples=["port: 1883"])] = 1883
    tls: bool = False
    ca_file: str | None = None
    """The clinic's own certificate authority; without it, the system's."""
    user: str | None = None
    password_file: str | None = None
    """A file that holds the password and nothing else, readable by kacenv alone."""
    password_env: str | None = None
    """The name of an environment variable that holds the password."""

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password_file and self.password_env:
            raise UnitError(
                "one place for the password",
                "both password_file and password_env",
                "password_file: /etc/kacenv/broker.password",
            )
        return self


class Midi(Model):
    """MIDI ports."""

    chimes: str | None = None
    """The output port (or part of its name) that plays the chimes."""


class Surfaces(Model):
    """Who may drive the room, and from where."""

    socket_group: str | None = None
    """The Unix group whose members may send requests beside the daemon's own user."""


class Room(Model):
    """A room file."""

    name: Slug
    music_root: str | None = None
    """A folder beside the playlists' own that music may come from."""
    outputs: Annotated[tuple[Output, ...], Field(min_length=1)]
    lights: tuple[Fixture, ...] = ()
    broker: Broker | None = None
    midi: Midi = Midi()
    chime_loudness: ChimeLoudness = ChimeLoudness()
    looks: dict[Slug, dict[Zone, SettingField]] = Field(default_factory=dict)
    """Named looks for scenes to use."""
    safe_light: dict[Zone, SettingField] = Field(default_factory=dict)
    """The light that is safe to stand up and work in."""
    surfaces: Surfaces = Surfaces()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        _unique("output", (output.id for output in self.outputs))
        _unique("lamp", (fixture.id for fixture in self.lights))
        return self

    @model_validator(mode="after")
    def _one_sound_device(self) -> Self:
        devices = sorted({output.device for output in self.outputs})
        if len(devices) > 1:
            raise UnitError(
                "all outputs on one sound device, on channels of their own",
                ", ".join(devices),
                f"device: {devices[0]}",
            )
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
