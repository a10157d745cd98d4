"""MQTT broker embedded in the demo, so that none has to be installed."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from functools import partial
from typing import Any, Self

from kacenv.core.errors import DeviceError

HOST = "127.0.0.1"
START_TIMEOUT = 10.0
SHUTDOWN_TIMEOUT = 2.0
_NOISY = ("amqtt", "transitions")


class EmbeddedBroker:
    """MQTT 3.1.1 broker on 127.0.0.1 in its own thread, as a context manager.

    Local clients connect without credentials; nothing is persisted.
    """

    def __init__(self, port: int | None = None) -> None:
        self.port = port or _free_port()
        """TCP port on 127.0.0.1."""
        self._stop: Future[Callable[[], object]] = Future()
        self._thread = threading.Thread(target=self._run, name="kacenv-broker", daemon=True)

    def __enter__(self) -> Self:
        """Start listening.

        Raises:
            DeviceError: The port is taken.
        """
        for name in _NOISY:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._thread.start()
        try:
            self._stop.result(START_TIMEOUT)
        except Exception as error:
            raise DeviceError(
                f"The demo's broker can't listen on {HOST}:{self.port} ({error}); "
                "stop what uses that port, or let kacenv choose one"
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening; wait until all connections are closed."""
        self._stop.result()()
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        try:
            broker = await _started(self.port)
        except BaseException as error:  # noqa: BLE001 - raised again in `__enter__`
            self._stop.set_exception(error)
            return
        stop = asyncio.Event()
        self._stop.set_result(partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set))
        await stop.wait()
        with suppress(TimeoutError):
            # From Python 3.12 on, a listener's end waits for clients that have said nothing, too.
            await asyncio.wait_for(broker.shutdown(), SHUTDOWN_TIMEOUT)


async def _started(port: int) -> Any:
    from amqtt.broker import Broker  # noqa: PLC0415 - slow to import

    class ClosingBroker(Broker):
        """Closes each connection, also one that is still being greeted when the broker ends."""

        async def stream_connected(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
        ) -> None:
            with closing(writer):
                await super().stream_connected(reader, writer, listener_name)

    broker = ClosingBroker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
            },
        }
    )
    await broker.start()
    return broker


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
