"""The demo's own broker."""

import socket
import threading

import pytest
from paho.mqtt import publish
from support.mosquitto import free_port

from kacenv.core.errors import DeviceError
from kacenv.devices.lights.simulator.embedded_broker import EmbeddedBroker
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.room import Fixture
from kacenv.system.clock import MonotonicClock

PLAIN = {"id": "lamp", "dialect": "plain", "topic": "embedded/lamp", "zone": "path"}


def test_a_lamp_can_be_led_over_it() -> None:
    """It carries messages, and leaves no thread behind."""
    before = set(threading.enumerate())
    fixture = Fixture.model_validate(PLAIN)
    with EmbeddedBroker() as broker, VirtualLamp(fixture, MonotonicClock(), broker.port) as lamp:
        assert lamp.wait_until_listening(30.0)
        publish.single("embedded/lamp", "100", hostname="127.0.0.1", port=broker.port)
        assert lamp.wait_for(lambda lamp: lamp.level_now == 1.0, 30.0)
    assert set(threading.enumerate()) <= before


def test_it_closes_under_a_connected_lamp() -> None:
    """A client that hangs on doesn't keep it, and the port is free again at once."""
    fixture = Fixture.model_validate(PLAIN)
    port = free_port()
    for _ in range(2):
        with EmbeddedBroker(port):
            lamp = VirtualLamp(fixture, MonotonicClock(), port)
            lamp.start()
            assert lamp.wait_until_listening(30.0)
        lamp.close()


def test_it_hangs_up_on_who_has_said_nothing() -> None:
    """A client that connected a moment before the end finds its line closed."""
    with EmbeddedBroker() as broker:
        line = socket.create_connection(("127.0.0.1", broker.port), timeout=60.0)
    with line:
        assert line.recv(1) == b""


def test_it_is_not_seen_from_outside() -> None:
    """It listens on loopback alone."""
    with EmbeddedBroker() as broker, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", broker.port), timeout=5.0)


def test_a_taken_port_is_said() -> None:
    """With the way out."""
    with EmbeddedBroker() as first, pytest.raises(DeviceError, match="stop what uses that port"):
        EmbeddedBroker(first.port).__enter__()
