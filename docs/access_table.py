"""What docs/security.md shows of who may do what over the network."""

from collections.abc import Iterator, Mapping
from typing import Final

from kacenv.model.device_role import DeviceRole
from kacenv.model.request_table import REQUESTS
from kacenv.server.http.edge.access import ROUTES

_HEAD: Final = "| who | may ask |\n|---|---|"
Who = frozenset[DeviceRole | None]


def parts() -> Mapping[str, str]:
    """Return the page's made parts by their names."""
    return {"access": "\n".join([_HEAD, *_rows()])}


def _rows() -> Iterator[str]:
    """Yield a row for each set of roles: its routes, and the requests of `/v1/requests`."""
    for who in dict.fromkeys(route.who for route in ROUTES):
        routes = [f"`{one.method} {one.path}`" for one in ROUTES if one.who == who]
        yield f"| {_names(who)} | {', '.join(routes)} |"
    groups: dict[Who, list[str]] = {}
    for one in REQUESTS:
        groups.setdefault(one.who, []).append(f"`{one.kind}`")
    for who, kinds in groups.items():
        yield f"| {_names(who)} | of requests: {', '.join(kinds)} |"


def _names(who: Who) -> str:
    if None in who:
        return "everybody, also before a log-in"
    return ", ".join(f"`{role}`" for role in DeviceRole if role in who)
