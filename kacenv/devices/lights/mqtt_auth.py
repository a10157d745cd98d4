"""Credentials and TLS of an MQTT client, from the room file's broker."""

import os
from pathlib import Path

from paho.mqtt.client import Client as Paho

from kacenv.core.errors import DeviceError
from kacenv.model.room import Broker


def authenticate(paho: Paho, broker: Broker) -> None:
    """Set a client's user, password and TLS as the room file says.

    Raises:
        DeviceError: The password or the certificate authority can't be used.
    """
    password = _password(broker)
    if password is not None and broker.user is None:
        raise DeviceError(
            f"The light broker at {broker.host} has a password but no user; "
            "add `user` beside it in the room file, for example: user: kacenv"
        )
    if broker.user is not None:
        paho.username_pw_set(broker.user, password)
    if not broker.tls:
        return
    try:
        paho.tls_set(ca_certs=broker.ca_file)
    except (OSError, ValueError) as error:
        raise DeviceError(
            f"The certificate authority {broker.ca_file} can't be used ({_reason(error)}); "
            "correct the broker's `ca_file` in the room file"
        ) from None


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
