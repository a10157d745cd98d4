"""What docs/security.md shows of who may do what over the network."""

from collections.abc import Iterator, Mapping, Sequence

from docs.markdown import table
from kacenv.model.device_role import DeviceRole
from kacenv.model.request_table import REQUESTS
from kacenv.server.http.edge.access import ROUTES

Who = frozenset[DeviceRole | None]


def parts() -> Mapping[str, str]:
    """Return the page's made parts by their names."""
    return {"access": table(("who", "may ask"), _rows())}


def _rows() -> Iterator[Sequence[str]]:
    """Yield a row for each set of roles: its routes, and the requests of `/v1/requests`."""
    for who in dict.fromkeys(route.who for route in ROUTES):
        routes = [f"`{one.method} {one.path}`" for one in ROUTES if one.who == who]
        yield _names(who), ", ".join(routes)
    groups: dict[Who, list[str]] = {}
    for one in REQUESTS:
        groups.setdefault(one.who, []).append(f"`{one.kind}`")
    for who, kinds in groups.items():
        yield _names(who), f"of requests: {', '.join(kinds)}"


def _names(who: Who) -> str:
    if None in who:
        return "everybody, also before a log-in"
    return ", ".join(f"`{role}`" for role in DeviceRole if role in who)
