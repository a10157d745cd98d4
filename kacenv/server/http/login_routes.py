"""Login: a PIN or a token once, then an HttpOnly cookie."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self

from fastapi import Body, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.types import Message, Send

from kacenv.server.auth import Authenticator, DeviceRole, HttpError, Principal

LOGIN: Final = "/v1/login"
_NO_GATE: Final = "Nobody needs to log in here."


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """Site data for TCP clients: the room's name, the machine's host names, the authenticator."""

    room: str
    names: frozenset[str] = frozenset()
    gate: Authenticator | None = None

    def cookie(self, scheme: str) -> str:
        """Return the cookie's name; browsers take `__Host-` over TLS alone (RFC 6265bis, 4.1.3).

        Ports share cookies, so two rooms on one machine need two names.
        """
        return f"__Host-kacenv-{self.room}" if scheme == "https" else f"kacenv-{self.room}"

    def cookie_line(self, value: str, scheme: str) -> str:
        """Return the Set-Cookie header that sets the cookie, or deletes it if `value` is empty.

        Browsers keep it for 30 days; the server decides when it expires.
        """
        age = 30 * 86400 if value else 0
        secure = "; Secure" if scheme == "https" else ""
        name = self.cookie(scheme)
        return f"{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"


class Secret(BaseModel):
    """What a device shows to be let in: its PIN, or its token."""

    model_config = ConfigDict(extra="forbid")
    pin: Annotated[str | None, Field(max_length=64)] = None
    token: Annotated[str | None, Field(max_length=128)] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.pin) == bool(self.token):
            raise ValueError("either a pin or a token")
        return self


class Standing(BaseModel):
    """What this device may do here: `none` until it has logged in."""

    role: Literal["staff", "viewer", "none"]
    name: str = ""


def add_login(app: FastAPI, answers: Mapping[int | str, dict[str, Any]]) -> None:
    """Add the routes for logging in and out; `answers` describes the error responses."""
    described: dict[int | str, dict[str, Any]] = dict(answers)

    @app.get(LOGIN, responses=described)
    async def who_am_i(asked: Request) -> Standing:
        """What this device may do here."""
        return _standing(_visitor(asked))

    @app.post(LOGIN, responses=described)
    async def log_in(
        secret: Annotated[Secret, Body()], asked: Request, answer: Response
    ) -> Standing:
        """Show a PIN or a token, and get a cookie."""
        gate, host = _gate(asked)
        address = asked.client.host if asked.client else ""
        visitor = (
            gate.by_token(secret.token, address)
            if secret.token
            else await gate.by_pin(secret.pin or "", address)
        )
        if (before := _visitor(asked)) is not None:
            gate.log_out(before)
        line = host.cookie_line(gate.log_in(visitor), asked.url.scheme)
        answer.headers.append("Set-Cookie", line)
        return _standing(visitor)

    @app.delete(LOGIN, responses=described)
    async def log_out(asked: Request, answer: Response) -> Standing:
        """Let the cookie be worth nothing."""
        gate, host = _gate(asked)
        if (visitor := _visitor(asked)) is not None:
            gate.log_out(visitor)
        answer.headers.append("Set-Cookie", host.cookie_line("", asked.url.scheme))
        return Standing(role="none")


def _gate(asked: Request) -> tuple[Authenticator, SiteInfo]:
    host: SiteInfo | None = getattr(asked.state, "host", None)
    if host is None or host.gate is None:
        raise HttpError(404, _NO_GATE)
    return host.gate, host


def _visitor(asked: Request) -> Principal | None:
    """Return the client; on the Unix socket, staff."""
    if getattr(asked.state, "host", None) is None:
        return Principal("", DeviceRole.STAFF)
    visitor: Principal | None = asked.state.visitor
    return visitor


def _standing(visitor: Principal | None) -> Standing:
    if visitor is None:
        return Standing(role="none")
    return Standing(role=visitor.role.value, name=visitor.name)


def add_cookie(send: Send, line: str) -> Send:
    """Return a `send` that adds a Set-Cookie header, unless the response has one."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            if not any(name.lower() == b"set-cookie" for name, _ in headers):
                headers.append((b"set-cookie", line.encode()))
            message = {**message, "headers": headers}
        await send(message)

    return sending
