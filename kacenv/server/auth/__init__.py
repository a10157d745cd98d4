"""Authentication of network clients: tokens, PINs, login cookies and the TLS certificate."""

from kacenv.server.auth.authenticator import Gate, Visitor
from kacenv.server.auth.credential import DeviceRole, Kind, PassKey
from kacenv.server.auth.credentials import KeyRing, key_file
from kacenv.server.auth.http_error import Refusal

__all__ = [
    "DeviceRole",
    "Gate",
    "KeyRing",
    "Kind",
    "PassKey",
    "Refusal",
    "Visitor",
    "key_file",
]
