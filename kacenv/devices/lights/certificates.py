"""Certificates of the connection to the broker: what is wrong with them, and what soon will be."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.lights.tls_context import make_context, make_unverified_context
from kacenv.model.room import Broker
from kacenv.system.x509 import X509, read_der, read_file

SOON: Final = timedelta(days=14)
"""Remaining validity below which staff are warned."""
LOOK_EVERY: Final = Seconds(86_400.0)
"""Interval (s) of the looks at a connection that is up."""
WITHIN: Final = Seconds(3.0)
"""Timeout of a connection that looks at the broker's certificate (s)."""
_EXPIRED, _NOT_YET, _OTHER_NAMES = 10, 9, {62, 64}
"""Errors of verification: X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID,
X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH (OpenSSL's x509_vfy.h)."""
_UNKNOWN = {2, 18, 19, 20, 21}
"""Errors of a chain that ends at no trusted authority (as above)."""


class Dated(NamedTuple):
    """A certificate, in the words for people, and the end of its validity."""

    what: str
    until: datetime


class CertificateWatch:
    """Looks at the certificates of a connection that is up once a day, on a thread of its own.

    `tell` receives what staff should know, before the connection breaks.
    """

    def __init__(self, broker: Broker, tell: Callable[[str], None]) -> None:
        self._broker, self._tell = broker, tell
        self._look_at = Seconds(0.0)

    def look(self, now: Seconds) -> None:
        """Begin the day's look if it is due; never blocks."""
        if self._broker.tls and now >= self._look_at:
            self._look_at = Seconds(now + LOOK_EVERY)
            threading.Thread(target=self._run, name="kacenv-certificates", daemon=True).start()

    def _run(self) -> None:
        fault, warnings = examine(self._broker)
        if fault is not None:
            self._tell(f"{fault}; the lamps are led until the connection breaks")
        for warning in warnings:
            self._tell(warning)


def connection_fault(broker: Broker, error: BaseException | None) -> str | None:
    """Return what is wrong with certificates or TLS after a connection has failed by `error`.

    None if that isn't the cause. May ask the broker for its certificate, which takes `WITHIN` at
    most. `error` is None if the broker has ended the connection.
    """
    if not broker.tls or not isinstance(error, ssl.SSLError | ConnectionResetError | None):
        return None
    try:
        make_context(broker)
    except DeviceError as unusable:
        return str(unusable)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _verification_fault(broker, error)
    return _own_fault(broker) or _refusal(broker, error)


def examine(broker: Broker) -> tuple[str | None, tuple[str, ...]]:
    """Connect by the files as they are now; return what is wrong, and what expires soon.

    A broker that can't be reached is neither.
    """
    try:
        leaf = _fetch(broker, make_context(broker))
    except DeviceError as error:
        return str(error), ()
    except ssl.SSLError as error:
        return connection_fault(broker, error), ()
    except OSError:
        return None, ()
    now = datetime.now(UTC)
    dated = list(_dated(broker, leaf))
    expired = [one for one in dated if one.until <= now]
    if expired:
        return _has_expired(expired[0]), ()
    return None, tuple(_expires(one) for one in dated if one.until - now < SOON)


def _verification_fault(broker: Broker, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in {_EXPIRED, _NOT_YET}:
        return _date_fault(broker, expired=error.verify_code == _EXPIRED)
    if error.verify_code in _OTHER_NAMES:
        why = f"it is for another name than {broker.host}"
    elif error.verify_code in _UNKNOWN:
        known = broker.ca_file or "the authorities that this machine knows"
        why = f"it isn't vouched for by {known}"
    else:
        why = error.verify_message
    return f"The light broker at {_place(broker)} isn't used: its certificate isn't trusted ({why})"


def _date_fault(broker: Broker, *, expired: bool) -> str:
    """Name the certificate whose dates are wrong: the broker's own, or one that vouches for it."""
    leaf: X509 | None = None
    with suppress(OSError, DeviceError):
        leaf = _fetch(broker, make_unverified_context(broker))
    now = datetime.now(UTC)
    if not expired:
        since = f" before {leaf.begin:%d %B %Y}" if leaf is not None and leaf.begin > now else ""
        return (
            f"The certificate of the light broker at {_place(broker)} isn't valid{since}; "
            f"is this machine's clock right? It says {now:%d %B %Y}"
        )
    for one in _dated(broker, leaf):
        if one.until <= now:
            return _has_expired(one)
    return (
        f"A certificate that vouches for the light broker at {_place(broker)} has expired; "
        "have it renewed"
    )


def _own_fault(broker: Broker) -> str | None:
    for one in _own(broker):
        if one.until <= datetime.now(UTC):
            return _has_expired(one)
    return None


def _refusal(broker: Broker, error: BaseException | None) -> str:
    place = _place(broker)
    if error is None or "ALERT" in str(getattr(error, "reason", "")):
        return (
            f"The light broker at {place} lets kacenv in no further than TLS; if it asks for a "
            "certificate, correct `certificate_file` and `key_file` in the room file"
        )
    return f"The light broker at {place} doesn't speak TLS there, or its certificate isn't trusted"


def _dated(broker: Broker, leaf: X509 | None) -> Iterator[Dated]:
    """Yield the certificates on which a connection depends, as far as they can be seen."""
    if leaf is not None:
        yield Dated(f"The certificate of the light broker at {_place(broker)}", leaf.until)
    yield from _authority(broker, leaf)
    yield from _own(broker)


def _authority(broker: Broker, leaf: X509 | None) -> Iterator[Dated]:
    """Yield the authority of the broker's certificate; of several with its name, the latest.

    Those between the two come from the broker, and aren't seen before Python 3.13.
    """
    known = read_file(broker.ca_file) if broker.ca_file is not None else []
    issuers = [one for one in known if leaf is not None and one.subject == leaf.issuer]
    if issuers or known:
        until = max(one.until for one in issuers or known)
        yield Dated(f"The certificate authority {broker.ca_file} of the light broker", until)


def _own(broker: Broker) -> Iterator[Dated]:
    own = read_file(broker.certificate_file) if broker.certificate_file is not None else []
    if own:
        what = f"kacenv's own certificate {broker.certificate_file} for the light broker"
        yield Dated(what, own[0].until)


def _fetch(broker: Broker, context: ssl.SSLContext) -> X509 | None:
    """Return the certificate that the broker shows; None if it can't be understood.

    Raises:
        OSError: The connection failed; an SSLError if TLS did.
    """
    with (
        socket.create_connection((broker.host, broker.port), WITHIN) as tcp,
        context.wrap_socket(tcp, server_hostname=broker.host) as tls,
    ):
        der = tls.getpeercert(binary_form=True)
    try:
        return read_der(der or b"")
    except (ValueError, IndexError):
        return None


def _has_expired(one: Dated) -> str:
    return f"{one.what} expired on {one.until:%d %B %Y}; have it renewed"


def _expires(one: Dated) -> str:
    return f"{one.what} expires on {one.until:%d %B %Y}; have it renewed before"


def _place(broker: Broker) -> str:
    return f"{broker.host}:{broker.port}"
