"""Credentials and TLS of an MQTT client, from the room file's broker."""

import os
from contextlib import suppress
from pathlib import Path

from paho.mqtt.client import Client as Paho

from kacenv.core.errors import DeviceError
from kacenv.devices.lights.tls_context import ReloadingContext
from kacenv.model.room import Broker


def authenticate(paho: Paho, broker: Broker) -> None:
    """Set a client's user, password and TLS as the room file says.

    Raises:
        DeviceError: The password or a file for TLS can't be used.
    """
    password = _password(broker)
    if password is not None and broker.user is None:
        raise DeviceError(
            f"The light broker at {broker.host} has a password but no user; "
            "add `user` beside it in the room file, for example: user: kacenv"
        )
    if broker.user is not None:
        paho.username_pw_set(broker.user, password)
    if broker.tls:
        paho.tls_set_context(ReloadingContext(broker))


def renew_password(paho: Paho, broker: Broker) -> None:
    """Read a client's password again, which may have been changed; keep the old one if it can't be.

    For each new connection.
    """
    with suppress(DeviceError):
        if broker.user is not None:
            paho.username_pw_set(broker.user, _password(broker))


def _password(broker: Broker) -> str | None:
    if broker.password_env is not None:
        return _from_environment(broker.password_env)
    return _from_file(broker.password_file) if broker.password_file is not None else None


def _from_environment(name: str) -> str:
    password = os.environ.get(name)
    if not password:
        raise DeviceError(
            f"The light broker's password is missing: the environment variable {name} isn't set; "
            f"set {name} before kacenv starts, or correct `password_env` in the room file"
        )
    return password


def _from_file(name: str) -> str:
    try:
        password = Path(name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceError(
            f"The light broker's password file {name} can't be read ({_reason(error)}); create it, "
            "readable by kacenv, or correct `password_file` in the room file"
        ) from None
    if not password:
        raise DeviceError(f"The light broker's password file {name} is empty; write it in there")
    return password


def _reason(error: Exception) -> str:
    """Return the system's error text, without file contents."""
    text = error.strerror if isinstance(error, OSError) else None
    return text or "not readable as text"
