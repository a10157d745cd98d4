"""Authenticator: the client that a token, a PIN or a cookie belongs to."""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from kacenv.core.errors import KacenvError
from kacenv.core.units import Seconds
from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.credentials import Credential, CredentialStore
from kacenv.server.http.edge.login_sessions import Login, Logins
from kacenv.server.http.edge.rate_limit import LoginThrottle
from kacenv.server.http_error import HttpError

T = TypeVar("T")
_log = logging.getLogger(__name__)
_MOST_WAITING = 4
"""Most PINs being checked or waiting for it."""
_LONGEST_SECRET = 128


class Principal(NamedTuple):
    """Authenticated device; `login` if by a cookie."""

    name: str
    role: DeviceRole
    key: str = ""
    login: Login | None = None


class Authenticator:
    """Authenticates devices by `credentials`; `logins` are those of its room."""

    def __init__(self, credentials: CredentialStore, logins: Logins) -> None:
        self._credentials, self._logins = credentials, logins
        self._throttle = LoginThrottle()
        self._checking = asyncio.Lock()
        self._waiting = 0
        self._saving: asyncio.Task[None] | None = None

    def problem(self) -> str | None:
        """Return the reason, for staff, why nobody can log in; None without one."""
        try:
            return None if self._credentials.keys() else _NO_KEYS
        except KacenvError as error:
            return str(error)

    def by_token(self, token: str, address: str) -> Principal:
        """Return the client of a token.

        Raises:
            HttpError: The token is unknown.
        """
        key = _none_if_broken(lambda: self._credentials.by_token(token[:_LONGEST_SECRET]))
        if key is None:
            self._count_guess(address)
            _log.warning("a wrong token came from %s", address)
            raise HttpError(401, "That token is not known here. Ask for a new link.")
        return _principal(key)

    async def by_pin(self, pin: str, address: str) -> Principal:
        """Return the client of a PIN; PINs are hashed one at a time, on a thread.

        Raises:
            HttpError: The PIN is unknown, or the client is throttled.
        """
        if self._waiting >= _MOST_WAITING:
            raise HttpError(429, "Others are logging in just now. Try again.", Seconds(2.0))
        self._count_guess(address)
        self._waiting += 1
        try:
            async with self._checking:
                key = await asyncio.to_thread(
                    _none_if_broken, lambda: self._credentials.by_pin(pin[:_LONGEST_SECRET])
                )
        finally:
            self._waiting -= 1
        if key is None:
            _log.warning("a wrong PIN came from %s", address)
            raise HttpError(401, "That PIN is not right.")
        self._throttle.forgive(address)
        return _principal(key)

    def _count_guess(self, address: str) -> None:
        if wait := self._throttle.count_guess(address):
            words = f"Too many wrong tries. Wait {_spoken(wait)}, then try again."
            raise HttpError(429, words, wait)

    def by_cookie(self, cookie: str) -> Principal | None:
        """Return the client of a cookie; None if its login is over or its device removed."""
        login = self._logins.find(cookie[:_LONGEST_SECRET])
        key = _none_if_broken(lambda: self._credentials.by_id(login.key)) if login else None
        return _principal(key, login) if key else None

    def is_valid(self, principal: Principal) -> bool:
        """Return True if an authenticated client still has the same credential and role."""
        key = _none_if_broken(lambda: self._credentials.by_id(principal.key))
        logged_in = principal.login is None or self._logins.is_valid(principal.login)
        return logged_in and key is not None and key.role == principal.role

    def log_in(self, principal: Principal) -> str:
        """Begin a login, and return its cookie."""
        cookie = self._logins.begin(principal.key)
        self._save()
        return cookie

    def rotate(self, principal: Principal) -> str | None:
        """Return a new cookie to replace the present one, if that is due."""
        cookie = self._logins.rotate(principal.login) if principal.login else None
        if cookie:
            self._save()
        return cookie

    def log_out(self, principal: Principal) -> None:
        """End the client's login."""
        if principal.login:
            self._logins.end(principal.login)
            self._save()

    def _save(self) -> None:
        """Write logins on a thread; writes are in order, so the newest state wins."""
        before = self._saving

        async def save() -> None:
            if before is not None:
                await asyncio.wait([before])
            text = self._logins.text()
            await asyncio.to_thread(_none_if_broken, lambda: self._logins.save(text))

        self._saving = asyncio.create_task(save())

    async def close(self) -> None:
        """Wait until all logins are written."""
        if self._saving is not None:
            await self._saving


def _none_if_broken(ask: Callable[[], T | None]) -> T | None:
    """Return None if the credential file can't be used: nobody logs in, and no request fails."""
    try:
        return ask()
    except KacenvError as error:
        _log.warning("%s", error)
        return None


def _principal(key: Credential, login: Login | None = None) -> Principal:
    return Principal(key.name, key.role, key.id, login)


def _spoken(wait: Seconds) -> str:
    seconds = max(1, round(wait + 0.5))
    return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60 + 0.5)} min"


_NO_KEYS = "No tablet can log in yet. The technician lets one in: kacenv access add"
