"""Faults of the broker: slow, flooded, flapping, gone for long, or strict about TLS."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest
from paho.mqtt.client import Client as Paho
from paho.mqtt.enums import CallbackAPIVersion
from support.certificates import make_certificates
from support.lamps import DIMMER, ESPHOME, RATE, TIMEOUT, LitRoom
from support.mosquitto import Mosquitto
from support.proxy import SlowLine
from support.staff import Staff
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.mqtt_client import LATER, ReconnectBackoff
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.commands import ShowLook
from kacenv.model.look import Zone, parse_setting
from kacenv.model.room import Room
from kacenv.system.clock import MonotonicClock, SimClock

MakeHouse = Callable[..., LitRoom]
MakeRoom = Callable[..., Room]


def test_tls_with_the_clinic_s_own_authority(
    tmp_path: Path, make_house: MakeHouse, staff: Staff
) -> None:
    """A lamp is led over an encrypted connection, and nobody is told anything."""
    made = make_certificates(tmp_path, "clinic")
    with Mosquitto(tmp_path, certificates=made) as broker:
        house = make_house(broker.port, ESPHOME, tls=True, ca_file=str(made.authority))
        house.lamps = {
            name: VirtualLamp(lamp.fixture, house.clock, house.broker)
            for name, lamp in house.lamps.items()
        }
        house.start()
        house.show("30%", 1.0)
        assert house.reaches(0.3)
        house.close()
    assert staff.heard == []


@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")  # paho drops failed handshakes
@pytest.mark.parametrize("host", ["IP:127.0.0.1", "DNS:printer.clinic.lan"])
def test_tls_with_somebody_else_s_certificate(
    tmp_path: Path, make_room: MakeRoom, staff: Staff, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Signed by another authority, or for another machine: it isn't the broker; told once."""
    made = make_certificates(tmp_path, "clinic", host)
    trusted = made if host.startswith("DNS") else make_certificates(tmp_path, "other")
    with Mosquitto(tmp_path, certificates=made) as broker:
        room = make_room(broker.port, ESPHOME, tls=True, ca_file=str(trusted.authority))
        rig = LightController(room, MonotonicClock(), staff.tell)
        rig.start()
        assert staff.wait_for("its certificate isn't trusted", TIMEOUT)
        failures = _failures(monkeypatch, LATER[0])
        for _ in range(3):  # by the third, what there is to tell of the second was told
            failures.get(timeout=TIMEOUT)
        assert not rig.connected
        rig.close()
    assert len(staff.heard) == 1


@pytest.mark.parametrize(
    ("rights", "hint"),
    [
        ("readwrite +/dimmer/#", False),
        ("read +/dimmer/state", True),
        ("write +/dimmer", True),
    ],
    ids=["both", "read", "write"],
)
def test_commands_that_the_broker_drops_are_hinted_at(
    tmp_path: Path, make_room: MakeRoom, staff: Staff, rights: str, hint: bool
) -> None:
    """Nothing is said of a lamp's switch alone where the broker may be at fault."""
    with Mosquitto(tmp_path).allowing("readwrite kacenv/#", rights, "write +/dimmer") as broker:
        room = make_room(broker.port, DIMMER)
        clock = SimClock(RATE)
        rig = LightController(room, clock, staff.tell)
        with closing(rig):
            rig.start()
            wait_until(lambda: rig.connected)
            look = dict.fromkeys(Zone, parse_setting("30%"))
            rig.perform(ShowLook(look, clock.now(), Seconds(1.0)))
            assert staff.wait_for("Lamp dimmer doesn't answer", TIMEOUT)
    (text,) = staff.heard
    assert ("nothing that kacenv sends to" in text) is hint
    assert (room.lights[0].topic in text) is hint


def test_a_slow_broker_is_slow_and_no_more(
    mosquitto: Mosquitto, make_house: MakeHouse, staff: Staff
) -> None:
    """0.15 s each way: the look comes, later, and nobody is told anything."""
    with SlowLine(mosquitto.port, 0.15) as line:
        house = make_house(mosquitto.port, DIMMER, ESPHOME, rate=1.0)
        slow = house.room.model_copy(
            update={"broker": house.broker.model_copy(update={"port": line.port})}
        )
        house.rig = LightController(slow, house.clock, staff.tell)
        house.start()
        house.darken()
        house.show("30%", 2.0)
        assert house.reaches(0.3)
        assert house.knows(0.3)
        house.close()
    assert staff.heard == []


def test_a_flood_of_reports_stops_no_look(house: LitRoom) -> None:
    """Thousands a second on every topic: lights-up still comes."""
    topics = house.report_topics
    house.clock.rate = 1.0
    over = threading.Event()
    sent = [0]

    def flood() -> None:
        paho = Paho(CallbackAPIVersion.VERSION2)
        paho.connect("127.0.0.1", house.port)
        paho.loop_start()
        while not over.is_set():
            for topic in topics:
                for rubbish in (b"17", b'{"state":"ON","brightness":99}', b"[[["):
                    paho.publish(topic, rubbish)
                    sent[0] += 1
            over.wait(0.003)
        paho.disconnect()
        paho.loop_stop()

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        house.show("70% 3000 K", 3.0, urgent=True)
        assert house.reaches(0.7)
        wait_until(lambda: sent[0] > 3000)
    finally:
        over.set()
        thread.join()


def test_a_broker_gone_for_long_is_found(
    own_mosquitto: Mosquitto, make_house: MakeHouse, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many attempts have failed, the next one comes."""
    own_mosquitto.start()
    house = make_house(own_mosquitto.port, ESPHOME, rate=1.0)
    house.start()
    house.darken()
    own_mosquitto.stop()
    assert staff.wait_for("can't be reached", TIMEOUT)
    failures = _failures(monkeypatch, LATER[1])
    for _ in range(2):
        failures.get(timeout=TIMEOUT)
    own_mosquitto.start()
    wait_until(lambda: house.rig.connected)
    assert staff.wait_for("is back", TIMEOUT)
    assert len(staff.heard) == 2


def _failures(patch: pytest.MonkeyPatch, wait: float) -> SimpleQueue[Seconds]:
    """Return a queue of the attempts that fail from now on, and let each next one wait so long."""
    failures = SimpleQueue[Seconds]()

    def failed(_: ReconnectBackoff, now: Seconds) -> Seconds:
        failures.put(now)
        return Seconds(wait)

    patch.setattr(ReconnectBackoff, "failed", failed)
    return failures
