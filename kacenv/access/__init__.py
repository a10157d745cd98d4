"""Authentication of network clients: tokens, PINs, login cookies and the TLS certificate."""

from kacenv.access.gate import Gate, Visitor
from kacenv.access.keyring import KeyRing, key_file
from kacenv.access.pass_key import DeviceRole, Kind, PassKey
from kacenv.access.refusal import Refusal

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
