"""Credentials: the token or PIN of each device, kept as hashes in a file."""

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from kacenv.core.errors import KacenvError, UnitError
from kacenv.model.device_role import DeviceRole
from kacenv.system.atomic_write import atomic_write
from kacenv.system.paths import state_folder

VERSION: Final = 1
"""Of the file's form."""
NAME: Final = re.compile(r"[a-z0-9]+(?:[ -][a-z0-9]+){0,5}")
LONGEST_NAME: Final = 32
FEWEST_DIGITS, MOST_DIGITS = 6, 12
_PREFIX = "kacenv_"
_SCRYPT: Final = {"n": 2**15, "r": 8, "p": 1, "dklen": 32, "maxmem": 64 * 2**20}
"""scrypt: 32 MB and 0.1 s for each try (RFC 7914; OWASP's table of 2023 has n=2**15, p=3)."""


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


def key_file(name: str = "access.json") -> Path:
    """Return the path of the credential file `name` (`surfaces: access: file:`)."""
    return state_folder() / name


class CredentialStore:
    """Credentials in the file at `path`, read anew whenever it has changed.

    All methods raise KacenvError, with the reason, if the file can't be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] | None = None
        self._keys: tuple[Credential, ...] = ()
        self._salt = b""

    def keys(self) -> tuple[Credential, ...]:
        """Return all credentials, in the order of their adding."""
        self._refresh()
        return self._keys

    def add_token(self, name: str, role: DeviceRole) -> str:
        """Add a token for the device `name`, and return it; only its hash is stored."""
        token = new_token()
        self._add(name, role, CredentialKind.TOKEN, token_digest(token))
        return token

    def add_pin(self, name: str, role: DeviceRole, pin: str) -> None:
        """Add `pin` as that of the device `name`."""
        self._refresh()
        self._salt = self._salt or secrets.token_bytes(16)
        digest = pin_digest(check_pin(pin), self._salt)
        if _among(digest, self._of(CredentialKind.PIN)):
            raise KacenvError("Another device has this PIN. Choose another one.")
        self._add(name, role, CredentialKind.PIN, digest)

    def remove(self, name: str) -> None:
        """Remove the device `name`; it has no access from now on."""
        left = [key for key in self.keys() if key.name != name]
        if len(left) == len(self._keys):
            known = ", ".join(key.name for key in self._keys) or "none"
            raise KacenvError(f"There is no device called {name}; there is: {known}.")
        self._write(left)

    def by_id(self, number: str) -> Credential | None:
        """Return the credential with this id, or None."""
        return next((key for key in self.keys() if key.id == number), None)

    def by_token(self, token: str) -> Credential | None:
        """Return the credential of a token, compared in constant time."""
        return _among(token_digest(token), self._of(CredentialKind.TOKEN))

    def by_pin(self, pin: str) -> Credential | None:
        """Return the credential of a PIN, compared in constant time; takes a tenth of a second."""
        keys = self._of(CredentialKind.PIN)
        return _among(pin_digest(pin, self._salt or b"nobody has one"), keys)

    def _of(self, kind: CredentialKind) -> list[Credential]:
        return [key for key in self.keys() if key.kind == kind]

    def _add(self, name: str, role: DeviceRole, kind: CredentialKind, digest: str) -> None:
        check_name(name)
        if any(key.name == name for key in self.keys()):
            raise KacenvError(
                f"There is a device called {name} already. "
                f"Choose another name, or first: kacenv access remove '{name}'"
            )
        today = date.today().isoformat()  # noqa: DTZ011 - the clinic's own day
        key = Credential(secrets.token_hex(8), name, role, kind, digest, today)
        self._write([*self._keys, key])

    def _refresh(self) -> None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._seen, self._keys, self._salt = None, (), self._salt
            return
        except OSError as error:
            raise KacenvError(f"{self.path} can't be read: {error.strerror}.") from None
        seen = (found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode)
        if seen != self._seen:
            self._keys, self._salt = _read(self.path, found.st_mode)
            self._seen = seen

    def _write(self, keys: Iterable[Credential]) -> None:
        entries = [asdict(key) for key in keys]
        content = {"version": VERSION, "pin_salt": self._salt.hex(), "keys": entries}
        write_private(self.path, json.dumps(content, indent=2) + "\n")
        self._refresh()


def _among(digest: str, keys: Iterable[Credential]) -> Credential | None:
    """Return the credential with this digest, in constant time."""
    found = None
    for key in keys:
        if hmac.compare_digest(key.digest, digest):
            found = key
    return found


def _read(path: Path, mode: int) -> tuple[tuple[Credential, ...], bytes]:
    if stat.S_IMODE(mode) & 0o077:
        raise KacenvError(f"Others may read {path}, so it lets nobody in: chmod 600 {path}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        _refuse_newer(path, content)
        return tuple(_key(entry) for entry in content["keys"]), bytes.fromhex(content["pin_salt"])
    except (ValueError, TypeError, LookupError, OSError, RecursionError):
        raise KacenvError(
            f"{path} can't be understood, so it lets nobody in. "
            "Remove it, and add every device again: kacenv access add"
        ) from None


def _refuse_newer(path: Path, content: dict[str, Any]) -> None:
    if content["version"] > VERSION:
        raise KacenvError(
            f"A newer kacenv has written {path}, so this one lets nobody in, and leaves it as it "
            "is. Install the newer kacenv again, or move the file away and add every device again: "
            "kacenv access add"
        )


def _key(entry: dict[str, Any]) -> Credential:
    key = Credential(**entry)
    return replace(key, role=DeviceRole(key.role), kind=CredentialKind(key.kind))


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable by its owner alone.

    As root, the file gets the owner of its folder: the service's user.

    Raises:
        KacenvError: It can't be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with atomic_write(path) as file:
            file.write(text.encode())
            if os.geteuid() == 0:
                owner = path.parent.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
    except OSError as error:
        raise KacenvError(f"{path} can't be written: {error.strerror}.") from None
