"""The render clock: frames become room time, which follows the clock without jumps."""

from itertools import pairwise

import pytest

from kacenv.core.units import Seconds
from kacenv.devices.audio.output.render_clock import RenderClock
from kacenv.devices.audio.samples import RATE
from kacenv.system.clock import SimClock

BLOCK = 1440
SPAN = BLOCK / RATE


def a_render_clock() -> tuple[SimClock, RenderClock]:
    """A room's clock, and what follows it."""
    clock = SimClock()
    return clock, RenderClock(clock)


def run(following: RenderClock, clock: SimClock, blocks: int, speed: float = 1.0) -> list[float]:
    """Return the times of blocks of a device that runs `speed` times too fast."""
    times: list[float] = []
    for _ in range(blocks):
        times.append(following.block(BLOCK))
        clock.jump(Seconds(SPAN / speed))
    return times


def test_blocks_follow_each_other_to_the_frame() -> None:
    """On a steady device the time of a block is exactly where the one before it ended."""
    clock, following = a_render_clock()
    following.restart(Seconds(0.1))
    times = run(following, clock, 100)
    assert times == pytest.approx([0.1 + SPAN * number for number in range(100)])


def test_bursts_are_no_drift() -> None:
    """A device that asks for three blocks at once is left alone once its average is known."""
    clock, following = a_render_clock()
    times = []
    for _ in range(100):
        times += [following.block(BLOCK) for _ in range(3)]
        clock.jump(Seconds(3 * SPAN))
    steps = [later - earlier for earlier, later in pairwise(times[100:])]
    assert max(steps) == pytest.approx(min(steps)) == pytest.approx(SPAN)


@pytest.mark.parametrize("speed", [0.9995, 1.0005])
def test_three_hours_stay_on_the_clock(speed: float) -> None:
    """A device half a per mille off is within 30 ms of the clock after three hours."""
    clock, following = a_render_clock()
    run(following, clock, int(3 * 3600 / SPAN), speed)
    assert following.block(BLOCK) == pytest.approx(clock.now(), abs=0.03)


def test_a_stall_is_caught_up_smoothly() -> None:
    """After two lost seconds time runs at most a tenth faster until it is right again."""
    clock, following = a_render_clock()
    run(following, clock, 100)
    clock.jump(Seconds(2.0))
    times = run(following, clock, 1500)
    steps = [later - earlier for earlier, later in pairwise(times)]
    assert max(steps) <= 1.1 * SPAN + 1e-9
    assert min(steps) >= 0.9 * SPAN - 1e-9
    assert times[-1] == pytest.approx(clock.now() - SPAN, abs=0.02)


def test_a_long_stall_begins_anew() -> None:
    """After a minute without sound the time is right at once."""
    clock, following = a_render_clock()
    run(following, clock, 100)
    clock.jump(Seconds(60.0))
    assert following.block(BLOCK) == pytest.approx(clock.now())


def test_a_leap_that_was_told_of_is_followed_at_once() -> None:
    """After the machine's sleep of two seconds the time is right in the next block."""
    clock, following = a_render_clock()
    run(following, clock, 100)
    following.expect_leap()
    run(following, clock, 3)
    clock.jump(Seconds(2.0))
    assert following.block(BLOCK) == pytest.approx(clock.now())


def test_a_stall_long_after_is_no_leap() -> None:
    """What was told of is expected for a second only."""
    clock, following = a_render_clock()
    following.expect_leap()
    run(following, clock, 100)
    clock.jump(Seconds(2.0))
    assert following.block(BLOCK) == pytest.approx(clock.now() - 2.0)
