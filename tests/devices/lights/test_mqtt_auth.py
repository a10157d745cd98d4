"""The broker's credentials, from the room file."""

from typing import Any

import pytest
from paho.mqtt.client import Client as Paho
from paho.mqtt.enums import CallbackAPIVersion

from kacenv.core.errors import DeviceError
from kacenv.devices.lights.mqtt_auth import authenticate
from kacenv.model.room import Broker


@pytest.mark.parametrize(
    ("broker", "words"),
    [
        ({"user": "k", "password_file": "/nowhere/password"}, "create it"),
        ({"user": "k", "password_file": "/etc"}, "can't be read"),
        ({"user": "k", "password_file": "/dev/null"}, "a device or a pipe"),
        ({"user": "k", "password_env": "KACENV_NO_SUCH_NAME"}, "set KACENV_NO_SUCH_NAME"),
        ({"password_env": "PATH"}, "add `user`"),
        ({"tls": True, "ca_file": "/nowhere/ca.pem"}, "correct the broker's `ca_file`"),
        ({"tls": True, "ca_file": "/etc/hostname"}, "correct the broker's `ca_file`"),
    ],
)
def test_what_is_missing_is_said_with_the_way_out(broker: dict[str, Any], words: str) -> None:
    """Before anything starts, and in words that say what to do."""
    described = Broker.model_validate({"host": "127.0.0.1", **broker})
    with pytest.raises(DeviceError, match=words):
        authenticate(Paho(CallbackAPIVersion.VERSION2), described)
