"""HTTP API: every client reads and drives the room through it."""

from kacenv.server.http.api import FileOperations, make_app
from kacenv.server.http.connection_limit import ConnectionLimitSocket
from kacenv.server.http.login_routes import SiteInfo
from kacenv.server.http.security_headers import SecurityHeadersMiddleware
from kacenv.server.http.single_flight import SingleFlight
from kacenv.server.http.tcp_middleware import TcpMiddleware
from kacenv.server.http.unix_middleware import UnixSocketMiddleware, unix_socket_options

__all__ = [
    "ConnectionLimitSocket",
    "FileOperations",
    "SecurityHeadersMiddleware",
    "SingleFlight",
    "SiteInfo",
    "TcpMiddleware",
    "UnixSocketMiddleware",
    "make_app",
    "unix_socket_options",
]
