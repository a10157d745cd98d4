"""`kacenv lights`: control of the room's lamps, and virtual lamps."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kacenv.cli.help_text import described
from kacenv.cli.options import HouseOption, JsonOption, room_option
from kacenv.cli.requests import add_request
from kacenv.model.request_table import BY_KIND

if TYPE_CHECKING:
    from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
    from kacenv.model.room import Room

_HERE = ("127.0.0.1", "localhost")
_LIGHTS = BY_KIND["lights"]
_TIMEOUT = 5.0
"""Time after which an unreachable broker is reported, in seconds."""


class _LevelOrCommand(TyperGroup):
    """Accepts `kacenv lights 20%` for `kacenv lights set 20%`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        spoken_to = any(word in self.commands or word == "--help" for word in args)
        return super().parse_args(ctx, ["set", *args] if args and not spoken_to else args)


app = typer.Typer(
    cls=_LevelOrCommand,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help=_LIGHTS.help,
    **described(_LIGHTS.summary, *_LIGHTS.examples, "lights resume"),
)


add_request(app, "lights", "set", hidden=True)
add_request(app, "lights-resume", "resume")


@app.command(
    "test", **described("Make each lamp a little brighter in turn", "lights test --room garden")
)
def walk(
    room: Annotated[str | None, room_option("Whose lamps to test.")] = None,
    house: HouseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make each lamp a little brighter and dim it back, and say what it answered."""
    from kacenv.cli.direct_lights import go_round
    from kacenv.config import House

    sys.exit(go_round(room or House.find(house).only_room(), house, as_json=as_json))


@app.command(
    **described(
        "Stand in for a room's lamps, and show them",
        "lights simulate --room garden",
        "lights simulate --room garden --broker --loss 10%",
    )
)
def simulate(
    room: Annotated[str | None, room_option("Whose lamps to stand in for.")] = None,
    broker: Annotated[
        bool, typer.Option("--broker", help="Be the room's broker, too, if it is on this machine.")
    ] = False,
    loss: Annotated[
        str, typer.Option("--loss", help="Lose this share of the commands, e.g. 10%.")
    ] = "0%",
    house: HouseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line a change, for scripts.")] = False,
) -> None:
    """Stand in for a room's lamps and show what they would show, until Ctrl-C."""
    from kacenv.cli.virtual_lamps import watch
    from kacenv.config import House, load_room
    from kacenv.core.units import parse_level

    home = House.find(house)
    place = load_room(home, room or home.only_room())
    with _lamps(place, parse_level(loss), serve=broker) as lamps:
        watch(lamps, as_json=as_json)


@contextmanager
def _lamps(room: "Room", loss: float, *, serve: bool) -> "Iterator[list[VirtualLamp]]":
    """Start virtual lamps for the room's own."""
    from kacenv.core.errors import DeviceError
    from kacenv.devices.lights.dialects import device_side
    from kacenv.devices.lights.simulator.embedded_broker import EmbeddedBroker
    from kacenv.devices.lights.simulator.faults import LampFaults
    from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
    from kacenv.system.clock import MonotonicClock

    if room.broker is None or not room.lights:
        raise DeviceError(f"Room {room.name} has no lamps; write them under `lights` in its file")
    if serve and (room.broker.host not in _HERE or room.broker.tls):
        raise DeviceError(
            f"The broker of room {room.name} is at {room.broker.host}:{room.broker.port}, which "
            "`--broker` can't stand in for; leave it out, or write: broker: {host: 127.0.0.1}"
        )
    clock = MonotonicClock()
    with ExitStack() as stack:
        if serve:
            stack.enter_context(EmbeddedBroker(room.broker.port))
        lamps = []
        for number, fixture in enumerate(room.lights):
            faults = LampFaults(loss, seed=number, rate=device_side(fixture).RATE)
            lamp = VirtualLamp(fixture, clock, room.broker, faults=faults)
            lamps.append(stack.enter_context(lamp))
        _tell_of_silence(room, lamps)
        yield lamps


def _tell_of_silence(room: "Room", lamps: "list[VirtualLamp]") -> None:
    if room.broker is not None and not lamps[0].wait_until_listening(_TIMEOUT):
        typer.echo(
            f"The light broker at {room.broker.host}:{room.broker.port} doesn't answer yet; the "
            "lamps go on trying. To be the broker, too: add --broker",
            err=True,
        )
