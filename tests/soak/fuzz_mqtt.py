"""Reports that no lamp sends, on every topic that a lit room listens to, over Mosquitto."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from support.lamps import LitRoom
from support.mosquitto import Mosquitto
from support.staff import Staff
from support.waiting import wait_until

from kacenv.devices.lights.dialects import codec
from kacenv.system.clock import SimClock
from soak.fuzz import ErrorLog, Tally, mutated
from soak.lights import a_room, lamps_of_all_dialects

PATIENCE = 10.0
_ODD = (
    *(b"", b"\x00", b"\xff\xfe", b"null", b"true", b"NaN", b"-Infinity", b"1e999", b'"ON"', b"[]"),
    *(
        b"{}",
        b"[" * 50_000,
        b"9" * 20_000,
        b'{"state":',
        b'{"a":' * 5000,
        b"online",
        b"x" * 300_000,
    ),
    *(b'{"brightness":-1}', b'{"brightness":"full"}', b'{"brightness":NaN}', b'{"state":[1]}'),
    *(b'{"color_temp":0}', b'{"color_temp":1e-300}', b'{"bri":9999999999999999999999}'),
)


def run(folder: Path, count: int, seed: int) -> Tally:
    """Send `count` reports to lamps of every dialect, which are led all the while."""
    random = Random(seed)  # noqa: S311 - chance, not a secret
    tally = ErrorLog(Tally("MQTT messages"))
    with Mosquitto(folder) as broker, tally as counted, _lit(broker.port) as house:
        lights = house.room.lights
        topics = sorted({one for lamp in lights for one in codec(lamp).subscriptions})
        with _heard(broker.port, topics) as (paho, samples):
            house.show("20%", 0.5)
            wait_until(lambda: len(samples) >= len(house.lamps) / 2)
            sender = ReportSender(house, paho, [payload.decode() for payload in samples.values()])
            while counted.tried < count and not counted.faults:
                sender.once(topics[: count - counted.tried], random, counted)
        _still_led(house, counted)
    return counted


@contextmanager
def _lit(port: int) -> Iterator[LitRoom]:
    house = LitRoom(a_room(port, lamps_of_all_dialects()), SimClock(1.0), Staff())
    try:
        house.start()
        yield house
    finally:
        house.close()


@contextmanager
def _heard(port: int, topics: list[str]) -> Iterator[tuple[Paho, dict[str, bytes]]]:
    """A client that sends, and the last right report of each topic."""
    samples: dict[str, bytes] = {}
    paho, ready = Paho(CallbackAPIVersion.VERSION2), threading.Event()

    def hear(_paho: Paho, _data: object, message: MQTTMessage) -> None:
        samples[message.topic] = bytes(message.payload)

    paho.on_message = hear
    paho.on_subscribe = lambda *_: ready.set()
    paho.connect("127.0.0.1", port)
    paho.loop_start()
    paho.subscribe([(topic, 0) for topic in topics])
    assert ready.wait(PATIENCE)
    try:
        yield paho, samples
    finally:
        paho.disconnect()
        paho.loop_stop()


class ReportSender:
    """Reports on all topics at once; `right` are some that lamps have sent."""

    def __init__(self, house: LitRoom, paho: Paho, right: list[str]) -> None:
        self._house, self._paho = house, paho
        self._right = right or ["{}"]

    def once(self, topics: list[str], random: Random, counted: Tally) -> None:
        """One on each topic, as the rig keeps but the newest of each until it has heard it."""
        since = time.monotonic()
        if random.random() < 0.1:
            self._house.show(f"{random.randint(5, 60)}%", 0.2)
        for topic in topics:
            self._paho.publish(topic, self._payload(random)).wait_for_publish(PATIENCE)
        wait_until(lambda: not self._house.rig._reports, "the rig hears no more")
        counted.took(since, len(topics))

    def _payload(self, random: Random) -> bytes:
        way = random.random()
        if way < 0.25:
            return random.choice(_ODD)
        if way < 0.35:
            return random.randbytes(random.choice((1, 5, 100, 3000)))
        text = mutated(random.choice(self._right), random, self._right)
        return text.encode("utf-8", "surrogatepass")


def _still_led(house: LitRoom, counted: Tally) -> None:
    """Every lamp follows the next look."""
    house.show("70%", 3.0, urgent=True)
    if not house.reaches(0.7, PATIENCE):
        counted.faults.append("a lamp doesn't follow lights-up any more")
