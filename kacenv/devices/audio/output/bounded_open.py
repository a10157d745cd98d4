"""Opening of a device that blocks while another program holds the card."""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output.sound_device import Device

_AT_FIRST, _AGAIN = Seconds(15.0), Seconds(1.0)
"""Patience (s) before the room is up, and in a session: nothing is rendered meanwhile."""

_HELD = "the sound device doesn't open; another program may be using it"


class BoundedOpen:
    """Opens a device on a thread of its own, and waits for it no longer than `patience` (s).

    ALSA's open blocks until a card is free. An opening that takes longer goes on, and the next call
    waits for it again. The first call has a patience of its own, `at_first` (s).
    """

    def __init__(
        self,
        open_device: Callable[[], Device],
        at_first: Seconds = _AT_FIRST,
        patience: Seconds = _AGAIN,
    ) -> None:
        self._open_device = open_device
        self._patience, self._later = at_first, patience
        self._opening: Future[Device] | None = None

    def __call__(self) -> Device:
        """Return the device.

        Raises:
            DeviceError: It can't be opened, or not yet.
        """
        opening = self._opening or self._begin()
        self._opening = opening
        done, _ = wait([opening], self._patience)
        self._patience = self._later
        if not done:
            raise DeviceError(_HELD)
        self._opening = None
        return opening.result()

    def abandon(self) -> None:
        """Have a device that opens from now on closed again; idempotent."""
        if self._opening:
            self._opening.add_done_callback(_close_again)
            self._opening = None

    def _begin(self) -> Future[Device]:
        opening = Future[Device]()
        Thread(target=self._open, args=(opening,), name="open-device", daemon=True).start()
        return opening

    def _open(self, opening: Future[Device]) -> None:
        try:
            opening.set_result(self._open_device())
        except Exception as error:  # noqa: BLE001 - it is raised where the device is awaited
            opening.set_exception(error)


def _close_again(opening: Future[Device]) -> None:
    with contextlib.suppress(Exception):
        opening.result().close()
