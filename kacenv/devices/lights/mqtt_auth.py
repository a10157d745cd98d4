"""Credentials and TLS of an MQTT client, from the room file's broker."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from paho.mqtt.client import Client as Paho

from kacenv.core.errors import DeviceError, SettingError
from kacenv.devices.lights.tls_context import ReloadingContext, make_context
from kacenv.model.room import Broker
from kacenv.system.setting_file import UnfitFileError, read_private

_PASSWORD_FILE: Final = ("broker", "password_file")


def authenticate(paho: Paho, broker: Broker) -> None:
    """Set a client's user, password and TLS as the room file says.

    Raises:
        SettingError: The password or a file for TLS can't be used.
    """
    password = read_password(broker)
    if broker.user is not None:
        paho.username_pw_set(broker.user, password)
    if broker.tls:
        paho.tls_set_context(ReloadingContext(broker))


def broker_faults(broker: Broker) -> Iterator[SettingError]:
    """Yield what keeps a client from connecting as the room file says, without connecting."""
    for read in (read_password, *((make_context,) if broker.tls else ())):
        try:
            read(broker)
        except SettingError as error:
            yield error


def renew_password(paho: Paho, broker: Broker) -> None:
    """Read a client's password again, which may have been changed; keep the old one if it can't be.

    For each new connection.
    """
    with suppress(DeviceError):
        if broker.user is not None:
            paho.username_pw_set(broker.user, read_password(broker))


def read_password(broker: Broker) -> str | None:
    """Return the broker's password, None without one.

    Raises:
        SettingError: It can't be read, or there is no user beside it.
    """
    password: str | None = None
    if broker.password_env is not None:
        password = _from_environment(broker.password_env)
    elif broker.password_file is not None:
        password = _from_file(broker.password_file)
    if password is not None and broker.user is None:
        raise SettingError(
            ("broker",),
            f"The light broker at {broker.host} has a password but no user",
            "add `user` beside it in the room file, for example: user: kacenv",
        )
    return password


def _from_environment(name: str) -> str:
    password = os.environ.get(name)
    if not password:
        raise SettingError(
            ("broker", "password_env"),
            f"The light broker's password is missing: the environment variable {name} isn't set",
            f"set {name} before kacenv starts, or correct `password_env` in the room file",
            depends_on_user=True,
        )
    return password


def _from_file(name: str) -> str:
    try:
        password = read_private(Path(name)).decode("utf-8").rstrip("\r\n")
    except UnfitFileError as error:
        raise _unread(name, str(error), depends_on_user=error.is_denied) from None
    except UnicodeDecodeError:
        raise _unread(name, "not readable as text") from None
    if not password:
        raise SettingError(
            _PASSWORD_FILE, f"The light broker's password file {name} is empty", "write it in there"
        )
    return password


def _unread(name: str, why: str, *, depends_on_user: bool = False) -> SettingError:
    """Return the error of a password file, without its contents."""
    return SettingError(
        _PASSWORD_FILE,
        f"The light broker's password file {name} can't be read ({why})",
        "create it, readable by kacenv alone (chmod 600), or correct `password_file` in the room"
        " file",
        depends_on_user=depends_on_user,
    )
