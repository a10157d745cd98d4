"""Network access to a room: TCP, TLS and authentication."""

from ipaddress import ip_address
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kacenv.core.errors import UnitError
from kacenv.core.units import Notation
from kacenv.model.fields import Model, TextSchema, given, having, rules

_HOST: Final = Notation(
    r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*",
    "a name of this machine, in small letters",
    "garden.clinic.lan",
)
_ADDRESS: Final = Notation(
    r"(?:[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,60}\.?"
    r"|[0-9A-Fa-f:.]{0,45}:[0-9A-Fa-f:.]{0,45}(?:%[A-Za-z0-9_.-]{1,15})?)",
    "the name or the address of a machine",
    "192.168.1.10",
)
_KEPT: Final = Notation(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.json",
    "the name of a file that ends in .json, without a folder",
    "access.json",
)
_HERE: Final = r"^(?:localhost|127(?:\.[0-9]{1,3}){3}|::1|(?:0{1,4}:){7}0{0,3}1)$"
_ELSEWHERE: Final = having("host", {"type": "string", "not": {"pattern": _HERE}})
_NO_TLS = "none"
_SPELT_OUT = "tls: {certificate: /etc/kacenv/garden.pem, key: /etc/kacenv/garden.key}"


def _spelt_out(value: object) -> object:
    if value == _NO_TLS:
        return {"certificate": _NO_TLS, "key": _NO_TLS}
    if isinstance(value, str | int | float):
        raise UnitError("the clinic's certificate and its key, or `none`", value, _SPELT_OUT)
    return value


def _address(text: str) -> str:
    """Return a name or an address; what can only be an address must be one."""
    host = _ADDRESS.check(text)
    if ":" in host or not host.strip("0123456789."):
        try:
            ip_address(host)
        except ValueError:
            raise UnitError(_ADDRESS.expected, text, _ADDRESS.example) from None
    return host


Host = Annotated[str, AfterValidator(_address), TextSchema(_ADDRESS)]
_KeptFile = Annotated[str, AfterValidator(_KEPT.check), TextSchema(_KEPT)]
_HostName = Annotated[str, AfterValidator(_HOST.check), TextSchema(_HOST)]


class Tls(Model):
    """The clinic's certificate, or `none`; needed to be reached from other machines."""

    certificate: Annotated[str, Field(min_length=1, examples=["/etc/kacenv/garden.pem"])]
    """A PEM file with the certificate, then those that vouch for it."""
    key: Annotated[str, Field(min_length=1, examples=["/etc/kacenv/garden.key"])]
    """A PEM file with its private key, not encrypted, readable by kacenv alone."""

    @property
    def encrypts(self) -> bool:
        """True if this is a certificate, not the word `none`."""
        return self.certificate != _NO_TLS


class Tcp(Model):
    """An address for browsers."""

    model_config = rules({"if": _ELSEWHERE, "then": given("tls")})

    host: Annotated[Host, Field(examples=["127.0.0.1"])] = "127.0.0.1"
    """The address that is served; `0.0.0.0` or `::` is every address of this machine."""
    port: Annotated[int, Field(ge=1, le=65535, examples=[8765])] = 8765
    """The port that is served."""
    tls: Annotated[
        Tls | None,
        BeforeValidator(_spelt_out, json_schema_input_type=Literal["none"] | Tls | None),
        Field(
            examples=[{"certificate": "/etc/kacenv/garden.pem", "key": "/etc/kacenv/garden.key"}]
        ),
    ] = None
    """The clinic's certificate, or `none`."""
    names: tuple[_HostName, ...] = ()
    """The names that browsers know this machine by, beside those in the certificate."""

    @property
    def is_here(self) -> bool:
        """True if the address is reachable from this machine only."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @model_validator(mode="after")
    def _plain_only_if_said(self) -> Self:
        if not self.is_here and self.tls is None:
            raise UnitError(
                "the clinic's certificate for an address that other machines reach",
                f"{self.host} without `tls` (`tls: none` does without, for all to read along)",
                _SPELT_OUT,
            )
        return self


class Access(Model):
    """Access over TCP: only who has a token or a PIN may drive the room."""

    file: Annotated[_KeptFile, Field(examples=["access.json"])] = "access.json"
    """Where `kacenv access` keeps hashed tokens and PINs, in the state folder."""


class Surfaces(Model):
    """Surfaces from which the room may be driven, and by whom."""

    model_config = rules(
        {"if": having("tcp", {"type": "object", **_ELSEWHERE}), "then": given("access")}
    )

    socket_group: Annotated[str | None, Field(examples=["clinic"])] = None
    """The Unix group that may send requests; without it, the daemon's own user alone may."""
    tcp: Tcp | None = None
    """Where browsers find the tablet's page; without it, nowhere."""
    access: Access | None = None
    """Asks whoever comes by TCP for a token or a PIN; from other machines, nobody comes without."""

    @model_validator(mode="after")
    def _strangers_are_asked(self) -> Self:
        if self.tcp is not None and not self.tcp.is_here and self.access is None:
            raise UnitError(
                "`access`, so that tablets are asked for a PIN or their link",
                f"{self.tcp.host}, which other machines reach, without `access`",
                "access: {file: access.json}",
            )
        return self
