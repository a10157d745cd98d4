"""Log-ins: the cookies of browsers that have shown a token or a PIN."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kacenv.access.keyring import write_private
from kacenv.errors import KacenvError
from kacenv.units import Seconds

UNUSED: Final = Seconds(12 * 3600.0)
"""A log-in that hasn't been used for this long is over."""
LONGEST: Final = Seconds(30 * 86400.0)
"""No log-in lasts longer."""
TURN: Final = Seconds(3600.0)
"""A cookie is exchanged for a new one that often."""
GRACE: Final = Seconds(60.0)
"""What is under way with the old cookie when the new one is first shown may still arrive."""
_MOST = 200


@dataclass(slots=True)
class Login:
    """One browser's log-in by the key with the id `key`; times are those of the wall clock.

    Cookies are kept as their SHA-256. `offered` has been sent and not been shown yet.
    """

    key: str
    begun: float
    used: float
    turned: float
    current: str
    offered: str = ""
    before: str = ""
    before_until: float = 0.0

    def is_over(self, now: float) -> bool:
        """Whether it has expired, or the clock can't be true."""
        unused = now - self.used > UNUSED or self.used > now + TURN
        return unused or now - self.begun > LONGEST

    def knows(self, digest: str, now: float) -> bool:
        """Whether a cookie is one of this log-in's."""
        own = {self.current, self.offered} | ({self.before} if now < self.before_until else set())
        return digest in own - {""}


class Logins:
    """The log-ins of one room, kept in the file at `path` so that they outlive the daemon."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self._path, self._now = path, now
        self._logins: list[Login] = list(_read(path))

    def begin(self, key: str) -> str:
        """The cookie of a new log-in."""
        cookie, now = _new_cookie(), self._now()
        self._logins = [login for login in self._logins if not login.is_over(now)][1 - _MOST :]
        self._logins.append(Login(key, now, now, now, _digest(cookie)))
        return cookie

    def find(self, cookie: str) -> Login | None:
        """The log-in of a cookie; counts as its use."""
        digest, now = _digest(cookie), self._now()
        for login in self._logins:
            if login.knows(digest, now) and not login.is_over(now):
                login.used = now
                if digest == login.offered:
                    login.before, login.before_until = login.current, now + GRACE
                    login.current, login.offered = login.offered, ""
                return login
        return None

    def turn(self, login: Login) -> str | None:
        """A new cookie for it, where that is due; it counts once it is shown.

        Until then the old one is good: an answer may get lost on its way.
        """
        now = self._now()
        if now - login.turned < (GRACE if login.offered else TURN):
            return None
        cookie = _new_cookie()
        login.offered, login.turned = _digest(cookie), now
        return cookie

    def end(self, login: Login) -> None:
        """Log out; its cookies are worth nothing from now on."""
        self._logins = [other for other in self._logins if other is not login]

    def is_on(self, login: Login) -> bool:
        """Whether it still counts."""
        return any(other is login for other in self._logins) and not login.is_over(self._now())

    def text(self) -> str:
        """What is to be written down."""
        return json.dumps([asdict(login) for login in self._logins])

    def save(self, text: str) -> None:
        """Write it down."""
        write_private(self._path, text)


def _new_cookie() -> str:
    return secrets.token_urlsafe(32)


def _digest(cookie: str) -> str:
    """Cookies have 256 random bits; a lookup by their hash tells nobody anything by its time."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def _read(path: Path) -> Iterator[Login]:
    """What was written down; whoever isn't there logs in again."""
    try:
        yield from [Login(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KacenvError):
        return
