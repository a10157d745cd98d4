"""TLS of the connection to the broker, by files that may be replaced at any time."""

import logging
import ssl
from pathlib import Path
from typing import Any, Self

from kacenv.core.errors import DeviceError, SettingError
from kacenv.model.room import Broker
from kacenv.system.setting_file import UnfitFileError, require_readable

_log = logging.getLogger(__name__)
_State = tuple[int, int, int] | None


class ReloadingContext(ssl.SSLContext):
    """TLS context that reads its files again once they have changed.

    It hands each connection to a fresh context, as an authority can't be taken out of one again.
    Files that can't be used leave the ones before in use.

    Raises:
        DeviceError: A file can't be used at the start.
    """

    def __new__(cls, _broker: Broker) -> Self:
        """Make a context for clients, which checks names and certificates."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._seen = _states(broker)
        self._used = make_context(broker)

    def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:
        """Wrap a socket of a new connection, by the files as they are now."""
        self._reload()
        return self._used.wrap_socket(*given, **named)

    def _reload(self) -> None:
        states = _states(self._broker)
        if states == self._seen:
            return
        try:
            self._used, self._seen = make_context(self._broker), states
        except DeviceError as error:
            _log.warning("%s; what was there before is still used", error)
        else:
            _log.info("the files for the light broker's TLS were read again")


def make_context(broker: Broker) -> ssl.SSLContext:
    """Return a context made of the broker's files as they are now.

    Raises:
        SettingError: One of them can't be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _load_authority(context, broker)
    _load_own(context, broker)
    return context


def make_unverified_context(broker: Broker) -> ssl.SSLContext:
    """Return a context that trusts everybody, to look at a certificate that isn't trusted."""
    context = make_context(broker)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _load_authority(context: ssl.SSLContext, broker: Broker) -> None:
    if broker.ca_file is None:
        context.load_default_certs()
        return
    try:
        require_readable(Path(broker.ca_file))
        context.load_verify_locations(broker.ca_file)
    except (OSError, ValueError, UnfitFileError) as error:
        raise SettingError(
            ("broker", "ca_file"),
            f"The certificate authority {broker.ca_file} can't be used ({_reason(error)})",
            "correct the broker's `ca_file` in the room file",
            depends_on_user=_is_denied(error),
        ) from None


def _load_own(context: ssl.SSLContext, broker: Broker) -> None:
    if broker.certificate_file is None or broker.key_file is None:
        return
    try:
        for name in (broker.certificate_file, broker.key_file):
            require_readable(Path(name))
        context.load_cert_chain(broker.certificate_file, broker.key_file, password=_no_password)
    except (OSError, ValueError, UnfitFileError) as error:
        raise SettingError(
            ("broker", "certificate_file"),
            f"The certificate {broker.certificate_file} and its key {broker.key_file} can't be "
            f"used ({_reason(error)})",
            "correct the broker's `certificate_file` and `key_file` in the room file",
            depends_on_user=_is_denied(error),
        ) from None


def _no_password() -> str:
    """Return no password: a daemon has no terminal to ask at."""
    return ""


def _reason(error: Exception) -> str:
    """Return the system's error text, without file contents."""
    if isinstance(error, ssl.SSLError) and "MISMATCH" in str(error):
        return "they don't belong together"
    if isinstance(error, UnfitFileError):
        return str(error)
    text = error.strerror if isinstance(error, OSError) else None
    return text or "not readable as text"


def _is_denied(error: Exception) -> bool:
    return isinstance(error, UnfitFileError) and error.is_denied


def _states(broker: Broker) -> list[_State]:
    """Return what changes in the files' entries when they are replaced or written."""
    named = (broker.ca_file, broker.certificate_file, broker.key_file)
    system = ssl.get_default_verify_paths()
    default = () if broker.ca_file else (system.openssl_cafile, system.openssl_capath)
    return [_state(name) for name in (*named, *default) if name is not None]


def _state(name: str) -> _State:
    try:
        found = Path(name).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
