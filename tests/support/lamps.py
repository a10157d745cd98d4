"""A rig and its lamps on one clock and one real broker."""

from support.priority import ahead
from support.staff import Staff
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.dialects import codec
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.commands import ShowLook
from kacenv.model.look import Setting, Zone, parse_setting
from kacenv.model.room import Room
from kacenv.system.clock import SimClock

TIMEOUT = 60.0
RATE = 4.0
LATENESS = 0.15
"""Real seconds by which a message may arrive late on a busy machine."""
FULL = ["level", "kelvin", "transition"]
ESPHOME = {
    "id": "esphome",
    "dialect": "home-assistant",
    "zone": "seats",
    "can": FULL,
    "topic": "command",
    "state_topic": "state",
}
ZIGBEE = {"id": "zigbee", "dialect": "zigbee2mqtt", "zone": "task", "can": FULL}
DIMMER = {"id": "dimmer", "dialect": "plain", "zone": "path", "scale": 255, "state_topic": "state"}
ALL = (ESPHOME, ZIGBEE, DIMMER)


class LitRoom:
    """A rig with its lamps, all on one clock and one broker."""

    def __init__(self, room: Room, clock: SimClock, staff: Staff) -> None:
        assert room.broker is not None
        self.room, self.clock, self.staff = room, clock, staff
        self.broker, self.port = room.broker, room.broker.port
        self.rig = LightController(room, clock, staff.tell)
        self.lamps = {fixture.id: VirtualLamp(fixture, clock, self.port) for fixture in room.lights}

    @property
    def report_topics(self) -> list[str]:
        """Return the topics of all lamps' reports."""
        return [topic for one in self.room.lights for topic in codec(one).subscriptions]

    def start(self) -> None:
        """Lamps first, as they'd hang in the room, then the rig."""
        with ahead():
            for lamp in self.lamps.values():
                lamp.start()
            for lamp in self.lamps.values():
                assert lamp.wait_until_listening(TIMEOUT)
            self.rig.start()
        wait_until(lambda: self.rig.connected)

    def close(self) -> None:
        """All of it."""
        self.rig.close()
        for lamp in self.lamps.values():
            lamp.close()

    def darken(self) -> None:
        """All lamps off, told so, and known to be."""
        self.show("off", 0.0)
        wait_until(lambda: all(lamp.received for lamp in self.lamps.values()))
        assert self.knows(0.0)

    def show(self, setting: str, duration: float, *, urgent: bool = False) -> Seconds:
        """Ask for one setting in all zones; the moment it was asked for."""
        now = self.clock.now()
        look = dict.fromkeys(Zone, parse_setting(setting))
        self.rig.perform(ShowLook(look, now, Seconds(duration), urgent))
        return now

    def reaches(self, level: float, within: float = TIMEOUT) -> bool:
        """Whether every lamp shows `level`, within a device unit, in time."""
        return all(
            lamp.wait_for(lambda lamp: abs(lamp.level_now - level) < 0.011, within)
            for lamp in self.lamps.values()
        )

    def knows(self, level: float) -> bool:
        """Wait until every lamp's own report of `level` has been heard."""
        return wait_until(
            lambda: all(reports(s.reported, level) for s in self.rig.states().values())
        )


def reports(setting: Setting | None, level: float) -> bool:
    """Whether a lamp's report says `level`."""
    return setting is not None and abs(setting.level - level) < 0.011


def commands(lamp: VirtualLamp, since: float = 0.0) -> list[bytes]:
    """The payloads a lamp was sent since a moment, without questions about its state."""
    return [message.payload for message in lamp.received if message.at >= since]


def moments(start: float, end: float) -> list[Seconds]:
    """400 moments from `start` to `end`."""
    return [Seconds(start + (end - start) * share / 400) for share in range(401)]
