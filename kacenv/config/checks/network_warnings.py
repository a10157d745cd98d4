"""Warnings about a room's network access: TLS and certificates."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kacenv.config.checks.track_warnings import LintWarning, WarningRule
from kacenv.config.load import LoadedRoom
from kacenv.model.network import Tls
from kacenv.system.certificate import CertificateError, open_certificate

_PLAIN: Final = (
    "tls: none lets everybody on the network read along, PINs too; ask for a certificate"
)


def network_warnings(places: Iterable[LoadedRoom], root: Path) -> Iterator[LintWarning]:
    """Yield warnings about each room's TCP settings; certificate paths are relative to `root`."""
    for place in places:
        tcp = place.room.surfaces.tcp
        if tcp is not None and tcp.tls is not None:
            text = _about_certificate(tcp.tls, root) if tcp.tls.encrypts else _PLAIN
            if text and (tcp.tls.encrypts or not tcp.is_here):
                line, column = place.document.place(("surfaces", "tcp", "tls"))
                yield LintWarning(place.document.file, line, column, text, WarningRule.NETWORK)


def _about_certificate(tls: Tls, root: Path) -> str | None:
    try:
        found = open_certificate(root / tls.certificate, root / tls.key)
    except CertificateError as error:
        return str(error)
    return found.warning(datetime.now(UTC))
