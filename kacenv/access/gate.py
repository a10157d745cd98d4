"""The gate: who a token, a PIN or a cookie belongs to."""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from kacenv.access.keyring import KeyRing
from kacenv.access.logins import Login, Logins
from kacenv.access.pass_key import DeviceRole, PassKey
from kacenv.access.patience import Patience
from kacenv.access.refusal import Refusal
from kacenv.errors import KacenvError
from kacenv.units import Seconds

T = TypeVar("T")
_log = logging.getLogger(__name__)
_MOST_WAITING = 4
"""PINs that may be checked or wait for it at once."""
_LONGEST_SECRET = 128


class Visitor(NamedTuple):
    """A device that is let in; by a cookie, with its `login`."""

    name: str
    role: DeviceRole
    key: str = ""
    login: Login | None = None


class Gate:
    """Lets devices in by the keys of a `ring`; `logins` are those of its room."""

    def __init__(self, ring: KeyRing, logins: Logins, patience: Patience | None = None) -> None:
        self._ring, self._logins = ring, logins
        self._patience = patience or Patience()
        self._checking = asyncio.Lock()
        self._waiting = 0
        self._saving: asyncio.Task[None] | None = None

    def problem(self) -> str | None:
        """Why nobody can be let in, for staff."""
        try:
            return None if self._ring.keys() else _NO_KEYS
        except KacenvError as error:
            return str(error)

    def by_token(self, token: str, address: str) -> Visitor:
        """Whose token it is.

        Raises:
            Refusal: It is nobody's.
        """
        key = _none_if_broken(lambda: self._ring.by_token(token[:_LONGEST_SECRET]))
        if key is None:
            self._patience.guess(address)
            _log.warning("a wrong token came from %s", address)
            raise Refusal(401, "That token is not known here. Ask for a new link.")
        return _visitor(key)

    async def by_pin(self, pin: str, address: str) -> Visitor:
        """Whose PIN it is; looked at one by one, beside the session.

        Raises:
            Refusal: It is nobody's, or comes too early.
        """
        if self._waiting >= _MOST_WAITING:
            raise Refusal(429, "Others are logging in just now. Try again.", Seconds(2.0))
        self._patience.guess(address)
        self._waiting += 1
        try:
            async with self._checking:
                key = await asyncio.to_thread(
                    _none_if_broken, lambda: self._ring.by_pin(pin[:_LONGEST_SECRET])
                )
        finally:
            self._waiting -= 1
        if key is None:
            _log.warning("a wrong PIN came from %s", address)
            raise Refusal(401, "That PIN is not right.")
        self._patience.was_right(address)
        return _visitor(key)

    def by_cookie(self, cookie: str) -> Visitor | None:
        """Whose cookie it is; None where its log-in is over, or its device gone."""
        login = self._logins.find(cookie[:_LONGEST_SECRET])
        key = _none_if_broken(lambda: self._ring.by_id(login.key)) if login else None
        return _visitor(key, login) if key else None

    def still(self, visitor: Visitor) -> bool:
        """Whether somebody who was let in would be again, by the same key and as the same."""
        key = _none_if_broken(lambda: self._ring.by_id(visitor.key))
        on = visitor.login is None or self._logins.is_on(visitor.login)
        return on and key is not None and key.role == visitor.role

    def log_in(self, visitor: Visitor) -> str:
        """A cookie for a browser that has just shown its token or PIN."""
        cookie = self._logins.begin(visitor.key)
        self._keep()
        return cookie

    def turn(self, visitor: Visitor) -> str | None:
        """A new cookie in the place of the one shown, where that is due."""
        cookie = self._logins.turn(visitor.login) if visitor.login else None
        if cookie:
            self._keep()
        return cookie

    def log_out(self, visitor: Visitor) -> None:
        """Let its cookies be worth nothing."""
        if visitor.login:
            self._logins.end(visitor.login)
            self._keep()

    def _keep(self) -> None:
        """Write log-ins down beside the session; the newest state wins."""
        before = self._saving

        async def save() -> None:
            if before is not None:
                await asyncio.wait([before])
            text = self._logins.text()
            await asyncio.to_thread(_none_if_broken, lambda: self._logins.save(text))

        self._saving = asyncio.create_task(save())

    async def close(self) -> None:
        """Wait until all is written down."""
        if self._saving is not None:
            await self._saving


def _none_if_broken(ask: Callable[[], T | None]) -> T | None:
    """A file of keys that can't be used lets nobody in, and is no error of the request's."""
    try:
        return ask()
    except KacenvError as error:
        _log.warning("%s", error)
        return None


def _visitor(key: PassKey, login: Login | None = None) -> Visitor:
    return Visitor(key.name, key.role, key.id, login)


_NO_KEYS = "No tablet can log in yet. The technician lets one in: kacenv access add"
