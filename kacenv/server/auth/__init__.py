"""Authentication of network clients: tokens, PINs, login cookies and the TLS certificate."""

from kacenv.server.auth.authenticator import Authenticator, Principal
from kacenv.server.auth.credential import Credential, CredentialKind, DeviceRole
from kacenv.server.auth.credentials import CredentialStore, key_file
from kacenv.server.auth.http_error import HttpError

__all__ = [
    "Authenticator",
    "Credential",
    "CredentialKind",
    "CredentialStore",
    "DeviceRole",
    "HttpError",
    "Principal",
    "key_file",
]
