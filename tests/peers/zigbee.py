"""The scene with five bulbs behind the converters, and three hands."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from support.daemon import Daemon
from support.mosquitto import Mosquitto

from peers.bridge import Bridge
from peers.bulbs import FULL, KINDS
from peers.row import Row
from peers.scene import Hand, Scene, write_house

LEVEL = 200
WARM = 400
"""What hands set: a level of 254, and a white in mired."""


def report() -> Iterator[Row]:
    """Play the scene."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        broker = stack.enter_context(Mosquitto(Path(folder)))
        lights = [bulb.for_room(name) for name, bulb in KINDS.items()]
        house = write_house(Path(folder) / "house", broker.port, lights)
        bridge = stack.enter_context(Bridge(broker.port, KINDS))
        daemon = stack.enter_context(Daemon(house, "peers"))
        yield from Scene(daemon, lights, bridge.shown).run(_hands(bridge))
        figures = bridge.finish()
        calls, errors = figures["calls"], figures["errors"]
        yield Row(
            not errors, "converters", f"{calls} calls, errors {len(errors)} {errors[:3] or ''}"
        )


def _hands(bridge: Bridge) -> list[Hand]:
    def app() -> None:
        bridge.publish("zigbee2mqtt/extended/set", brightness=LEVEL)

    def switch() -> None:
        bridge.touch("dimmable", command="off")

    def white() -> None:
        bridge.touch("white", command="moveToColorTemp", colortemp=WARM)

    return [
        Hand("dusk", "extended", "an app, up in mid-fade", app, LEVEL / FULL),
        Hand("dawn", "dimmable", "a bound switch, off in mid-fade", switch, 0.0),
        Hand("day", "white", "a bound remote, the white", white, None, at_rest=True),
    ]
