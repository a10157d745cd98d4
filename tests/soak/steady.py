"""A simulated hour in which no frame may be lost."""

from collections.abc import Iterator

import numpy as np
from support.steady import run

from kacenv.model.room import Output, Role, Room

SPAN = 3600.0
_SEATS = (
    Output(id="seat-a", role=Role.SEAT_A, channels=(1, 2)),
    Output(id="seat-b", role=Role.SEAT_B, channels=(3, 4)),
)


def report() -> Iterator[str]:
    """How far clock, music and seats are apart in the end."""
    found = run(Room(name="soak", outputs=_SEATS), SPAN)
    yield f"frames pulled less the room clock's: {found.clock_off:.3f}"
    yield f"an order for now less when it is heard: {found.orders_off:.3f} frames"
    yield f"the piece's place less where it should be: {found.track_off:.3f} frames"
    yield f"the last second less the piece at that place: {found.sound_off:.2g} of full scale"
    same = np.array_equal(found.sound[:, :2], found.sound[:, 2:])
    yield f"both seats {'play the same samples' if same else 'DIFFER'}"
