"""HTTP API: every client reads and drives the room through it."""

from kacenv.server.http.api import Ways, make_app
from kacenv.server.http.connection_limit import Porch
from kacenv.server.http.login_routes import Host
from kacenv.server.http.security_headers import Careful
from kacenv.server.http.single_flight import Errands
from kacenv.server.http.tcp_middleware import Door
from kacenv.server.http.unix_middleware import Hatch, hatch_options

__all__ = [
    "Careful",
    "Door",
    "Errands",
    "Hatch",
    "Host",
    "Porch",
    "Ways",
    "hatch_options",
    "make_app",
]
