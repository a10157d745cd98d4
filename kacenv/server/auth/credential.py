"""Credentials: the token or PIN of one device, stored as a hash."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from kacenv.core.errors import UnitError

NAME: Final = re.compile(r"[a-z0-9]+(?:[ -][a-z0-9]+){0,5}")
LONGEST_NAME: Final = 32
FEWEST_DIGITS, MOST_DIGITS = 6, 12
_PREFIX = "kacenv_"
_SCRYPT: Final = {"n": 2**15, "r": 8, "p": 1, "dklen": 32, "maxmem": 64 * 2**20}
"""scrypt: 32 MB and 0.1 s for each try (RFC 7914; OWASP's table of 2023 has n=2**15, p=3)."""


class DeviceRole(StrEnum):
    """Role of a device."""

    STAFF = "staff"
    VIEWER = "viewer"


class CredentialKind(StrEnum):
    """Kind of a credential."""

    TOKEN = "token"  # noqa: S105 - the word, not a token
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Credential:
    """Credential of one device; `digest` is a hash in hexadecimal, `added` a date (ISO 8601)."""

    id: str
    name: str
    role: DeviceRole
    kind: CredentialKind
    digest: str
    added: str


def new_token() -> str:
    """Return 256 random bits, safe in a URL, with the prefix `kacenv_`."""
    return _PREFIX + secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return the SHA-256 of a token; random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def pin_digest(pin: str, salt: bytes) -> str:
    """Return the scrypt hash of a PIN; takes a tenth of a second, and releases the GIL."""
    return hashlib.scrypt(pin.encode(), salt=salt, **_SCRYPT).hex()


def check_name(name: str) -> str:
    """Return `name`, if it is valid for a device.

    Raises:
        UnitError: It is too long, or has other than small letters, digits, spaces and hyphens.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        expected = "the name of a device (not of a person), in small letters, digits and spaces"
        raise UnitError(expected, name[:60], "tablet garden")
    return name


def check_pin(pin: str) -> str:
    """Return `pin`, if it isn't easily guessed.

    Raises:
        UnitError: It is too short or too long, has other than digits, or has a pattern.
    """
    digits = pin.isascii() and pin.isdigit()
    if not digits or not FEWEST_DIGITS <= len(pin) <= MOST_DIGITS:
        expected = f"{FEWEST_DIGITS} to {MOST_DIGITS} digits"
        raise UnitError(expected, "something else", "six digits without a pattern")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) < 3:
        raise UnitError("digits without a pattern", "a pattern", "digits thrown with a die")
    return pin
