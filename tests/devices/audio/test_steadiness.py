"""Long-term sync of frames, room clock, music, and both seats."""

import numpy as np
import pytest
from support.steady import run

from kacenv.model.room import Output, Role, Room

SEATS = Room(
    name="test",
    outputs=(
        Output(id="seat-a", role=Role.SEAT_A, channels=(1, 2)),
        Output(id="seat-b", role=Role.SEAT_B, channels=(3, 4)),
    ),
)


def test_half_a_minute_leaves_no_frame_behind() -> None:
    """After half a minute (`make soak`: an hour) the very sample plays that should, on both seats.

    Frames pulled, the room's clock and the place in the piece agree to the frame; both seats'
    channels are the same samples.
    """
    found = run(SEATS, 30.0)
    print(f"off by {found.clock_off:.3f}, {found.orders_off:.3f}, {found.track_off:.3f} frames")
    assert found.clock_off == pytest.approx(0.0, abs=0.01)
    assert found.orders_off == pytest.approx(0.0, abs=0.51)
    assert found.track_off == pytest.approx(0.0, abs=0.51)
    assert found.sound_off < 1e-6
    np.testing.assert_array_equal(found.sound[:, :2], found.sound[:, 2:])
    assert found.sound.any()
