"""Login: a PIN or a token once, then an HttpOnly cookie."""

from typing import Annotated, Literal, Self

from fastapi import Body, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.access import LOGIN, Site, access_of
from kacenv.server.http.edge.authenticator import Authenticator, Principal
from kacenv.server.http.edge.request import address_of
from kacenv.server.http.error_responses import PRESSING
from kacenv.server.http_error import HttpError


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

    role: DeviceRole | Literal["none"]
    name: str = ""


def add_login(app: FastAPI) -> None:
    """Add the routes for logging in and out."""

    @app.get(LOGIN, responses=PRESSING)
    async def who_am_i(request: Request) -> Standing:
        """What this device may do here."""
        return _standing(access_of(request).principal)

    @app.post(LOGIN, responses=PRESSING)
    async def log_in(
        secret: Annotated[Secret, Body()], request: Request, response: Response
    ) -> Standing:
        """Show a PIN or a token, and get a cookie."""
        authenticator, site = _authenticator(request)
        principal = await _authenticate(authenticator, secret, address_of(request))
        if (before := access_of(request).principal) is not None:
            authenticator.log_out(before)
        line = site.cookie_line(authenticator.log_in(principal), request["scheme"])
        response.headers.append("Set-Cookie", line)
        return _standing(principal)

    @app.delete(LOGIN, responses=PRESSING)
    async def log_out(request: Request, response: Response) -> Standing:
        """Let the cookie be worth nothing."""
        authenticator, site = _authenticator(request)
        if (principal := access_of(request).principal) is not None:
            authenticator.log_out(principal)
        response.headers.append("Set-Cookie", site.cookie_line("", request["scheme"]))
        return Standing(role="none")


async def _authenticate(authenticator: Authenticator, secret: Secret, address: str) -> Principal:
    if secret.token:
        return authenticator.by_token(secret.token, address)
    return await authenticator.by_pin(secret.pin or "", address)


def _authenticator(request: Request) -> tuple[Authenticator, Site]:
    site = access_of(request).site
    if site.authenticator is None:
        raise HttpError(404, "Nobody needs to log in here.")
    return site.authenticator, site


def _standing(principal: Principal | None) -> Standing:
    if principal is None:
        return Standing(role="none")
    return Standing(role=principal.role, name=principal.name)
