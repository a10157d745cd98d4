"""Sockets of a room, with uvicorn servers for its API."""

import asyncio
import grp
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from kacenv.config import House, SceneCard, load_session, scene_cards
from kacenv.core.errors import DaemonError
from kacenv.model.network import Surfaces, Tcp
from kacenv.model.requests import Start
from kacenv.model.timeline import Timeline
from kacenv.server.http.api import FileOperations, make_app
from kacenv.server.http.edge.access import Site
from kacenv.server.http.edge.authenticator import Authenticator
from kacenv.server.http.edge.connection_limit import ConnectionLimitSocket, KnownOrigins
from kacenv.server.http.edge.credentials import CredentialStore, key_file
from kacenv.server.http.edge.h11_protocol import tcp_options, unix_socket_options
from kacenv.server.http.edge.login_sessions import Logins
from kacenv.server.http.edge.middleware import TcpMiddleware, UnixSocketMiddleware
from kacenv.server.http.edge.paced_socket import PacedSocket
from kacenv.server.http.single_flight import SingleFlight
from kacenv.session.session import Session
from kacenv.system.certificate import Certificate, CertificateError, open_certificate
from kacenv.system.handles import handles_for_connections
from kacenv.system.paths import state_folder

_SHUTDOWN_TIMEOUT = 2
"""Time for requests under way on shutdown, in seconds."""
_DATE_EVERY = 1.0
"""Interval at which the Date of answers is renewed, in seconds."""


@asynccontextmanager
async def open_api(
    session: Session,
    house: House,
    room: str,
    path: Path,
    on_begin: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[None]:
    """Serve a session's API on the socket `path` and, if the room is set so, over TCP.

    Scenes are loaded for the room file `room`; `on_begin` is called with each scene that begins.

    Raises:
        DaemonError: A socket can't be opened, and no session is on.
    """
    app = make_app(session, _file_operations(session, house, room, on_begin))
    async with AsyncExitStack() as stack:
        handles = handles_for_connections() // 2
        await _open_unix(stack, session, path, app, handles)
        await _open_tcp(stack, session, house, app, handles)
        stack.callback(app.state.watch.close)
        yield


async def _open_unix(
    stack: AsyncExitStack, session: Session, path: Path, app: FastAPI, handles: int
) -> None:
    """Serve the Unix socket; during a session, do without it rather than fail."""
    for group in (session.room.surfaces.socket_group, None):
        try:
            listener = stack.enter_context(_unix_listener(path, group, handles // 4))
        except DaemonError as error:
            if session.is_idle:
                raise
            session.tell(f"The session goes on, but not all can reach it: {error}")
        else:
            served = _served(listener, UnixSocketMiddleware(app), unix_socket_options(handles))
            await stack.enter_async_context(served)
            return


def _file_operations(
    session: Session, house: House, room: str, on_begin: Callable[[str], None]
) -> FileOperations:
    loading = SingleFlight[str, Timeline](lambda scene: load_session(house, scene, room))
    listing = SingleFlight[None, Sequence[SceneCard]](lambda _: scene_cards(house))

    async def begin(scene: str, request_id: str) -> str:
        timeline = await loading.run(scene)
        is_repeat = session.knows(request_id)
        words = session.submit(Start(timeline), request_id)
        if not is_repeat:
            on_begin(scene)
        return words

    return FileOperations(begin, lambda: listing.run(None))


async def _open_tcp(
    stack: AsyncExitStack, session: Session, house: House, app: FastAPI, handles: int
) -> None:
    """Serve browsers over TCP, if the room is set so; tell staff of a failure during a session."""
    surfaces, known = session.room.surfaces, KnownOrigins()
    if surfaces.tcp is None:
        return
    try:
        certificate = await asyncio.to_thread(_certificate, surfaces.tcp, house)
        listener = stack.enter_context(_tcp_listener(surfaces.tcp, known, handles))
    except (CertificateError, DaemonError) as error:
        if session.is_idle and not isinstance(error, CertificateError):
            raise
        session.tell(f"No tablet is served: {error}")
        return
    authenticator = _authenticator(surfaces, session.room.name)
    if authenticator is not None:
        stack.push_async_callback(authenticator.close)
    for warning in _warnings(certificate, authenticator):
        session.tell(warning)
    site = Site(session.room.name, _names(surfaces.tcp, certificate), authenticator)
    served = _served(listener, TcpMiddleware(app, site, known), tcp_options(), certificate)
    await stack.enter_async_context(served)


def _certificate(tcp: Tcp, house: House) -> Certificate | None:
    """Return the room's certificate; None without TLS.

    Raises:
        CertificateError: It can't be used.
    """
    if tcp.tls is None or not tcp.tls.encrypts:
        return None
    return open_certificate(house.root / tcp.tls.certificate, house.root / tcp.tls.key)


def _authenticator(surfaces: Surfaces, room: str) -> Authenticator | None:
    if surfaces.access is None:
        return None
    credentials = CredentialStore(key_file(surfaces.access.file))
    return Authenticator(credentials, Logins(state_folder() / f"{room}.logins"))


def _names(tcp: Tcp, certificate: Certificate | None) -> frozenset[str]:
    """Return the host names of this machine for browsers; addresses are always allowed."""
    own = {tcp.host.lower(), socket.gethostname().lower()}
    return frozenset({*own, *tcp.names, *(certificate.names if certificate else ())})


def _warnings(
    certificate: Certificate | None, authenticator: Authenticator | None
) -> Iterator[str]:
    expiring = certificate.warning(datetime.now(UTC)) if certificate else None
    locked = authenticator.problem() if authenticator else None
    yield from (warning for warning in (expiring, locked) if warning)


@asynccontextmanager
async def _served(
    listener: socket.socket,
    app: ASGIApp,
    options: Mapping[str, Any],
    certificate: Certificate | None = None,
) -> AsyncIterator[None]:
    """Serve `app` on this socket with uvicorn's `options`."""
    config = uvicorn.Config(
        app,
        log_config=None,
        lifespan="off",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_TIMEOUT,
        **options,
    )
    config.load()
    config.ssl = certificate.context if certificate else None
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.leave()
        await serving


class _Server(uvicorn.Server):
    """Server without signal handlers, as the daemon has its own; it wakes once a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Shut down."""
        self.should_exit = True
        self._leaving.set()

    async def main_loop(self) -> None:
        """Renew the Date of answers until told to leave, a tenth as often as uvicorn looks."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(_DATE_EVERY):
                    await self._leaving.wait()

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override] # the same use
        return nullcontext()


@contextmanager
def _unix_listener(path: Path, group: str | None, at_once: int) -> Iterator[socket.socket]:
    """Open a listening Unix socket for the daemon's own user and, if named, a group.

    Up to `at_once` connections are accepted before idle ones are closed.

    Raises:
        DaemonError: It can't be created, or not be given to the group.
    """
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        mask = os.umask(0o177)
        try:
            listener.bind(str(path))
        except OSError as error:
            raise DaemonError(
                f"The room's socket {path} can't be made: {error.strerror}. "
                "Make room on its disk, and let kacenv write to its folder."
            ) from None
        finally:
            os.umask(mask)
        if group is not None:
            _admit(path, group)
        listener.listen()
        with PacedSocket(listener, at_once) as paced:
            yield paced


def _admit(path: Path, group: str) -> None:
    try:
        os.chown(path, -1, grp.getgrnam(group).gr_gid)
    except (KeyError, PermissionError):
        raise DaemonError(
            f"The group {group} can't be given the room's socket. "
            f"Make it (addgroup {group}), and run kacenv as one of its members."
        ) from None
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP)


@contextmanager
def _tcp_listener(where: Tcp, known: KnownOrigins, handles: int) -> Iterator[ConnectionLimitSocket]:
    """Open a listening TCP socket."""
    try:
        listener = socket.create_server((where.host, where.port), family=_family(where.host))
    except OSError as error:
        raise DaemonError(
            f"The page can't be served at {where.host}:{where.port}: {error.strerror}. "
            "Choose another port in the room file (surfaces: tcp: port:)."
        ) from None
    with ConnectionLimitSocket(listener, known, handles) as limited:
        yield limited


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
