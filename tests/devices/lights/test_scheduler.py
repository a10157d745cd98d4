"""The queue of lamp updates and its token bucket."""

from collections import Counter

import pytest

from kacenv.core.units import Seconds
from kacenv.devices.lights.scheduler import BURST, LampScheduler, TokenBucket

RATE = 50.0


def serve(
    scheduler: LampScheduler, now: float, gap: float = 0.0, *, urgent: bool = False
) -> list[str]:
    """Send one message for every due lamp, and reschedule each after `gap`; return their names."""
    served = []
    for name in scheduler.due(Seconds(now)):
        served.append(name)
        scheduler.messages_sent(1, Seconds(now))
        scheduler.schedule(name, Seconds(now + gap) if gap else None, urgent=urgent)
    return served


@pytest.fixture
def scheduler() -> LampScheduler:
    """Return a queue for fifty messages a second, with a full bucket."""
    return LampScheduler(TokenBucket(RATE))


def test_nobody_comes_before_their_moment(scheduler: LampScheduler) -> None:
    """And the next moment is known."""
    scheduler.schedule("late", Seconds(5.0), urgent=False)
    scheduler.schedule("soon", Seconds(3.0), urgent=False)
    assert scheduler.next_due(Seconds(1.0)) == 3.0
    assert serve(scheduler, 2.9) == []
    assert serve(scheduler, 3.0) == ["soon"]
    assert scheduler.next_due(Seconds(3.0)) == 5.0


def test_a_new_moment_takes_the_old_one_s_place(scheduler: LampScheduler) -> None:
    """A lamp is in it once; with nothing to say, not at all."""
    scheduler.schedule("lamp", Seconds(1.0), urgent=False)
    scheduler.schedule("lamp", Seconds(2.0), urgent=False)
    assert serve(scheduler, 1.5) == []
    scheduler.schedule("lamp", None, urgent=False)
    assert serve(scheduler, 3.0) == []
    assert scheduler.next_due(Seconds(3.0)) is None


def test_the_darkest_of_one_moment_come_first(scheduler: LampScheduler) -> None:
    """A step shows the most where there is little light."""
    for name, level in (("bright", 0.9), ("dark", 0.02), ("dim", 0.2)):
        scheduler.schedule(name, Seconds(1.0), level=level, urgent=False)
    assert serve(scheduler, 1.0) == ["dark", "dim", "bright"]


def test_many_lamps_share_the_budget_fairly(scheduler: LampScheduler) -> None:
    """Two hundred that would speak five times a second: fifty a second, each its turn."""
    for number in range(200):
        scheduler.schedule(f"lamp-{number}", Seconds(0.0), urgent=False)
    served: Counter[str] = Counter()
    busiest = 0
    for tick in range(2000):
        said = serve(scheduler, tick / 100, gap=0.2)
        busiest = max(busiest, len(said))
        served.update(said)
    assert served.total() == pytest.approx(20 * RATE, abs=RATE * BURST + 1)
    assert max(served.values()) - min(served.values()) <= 1
    assert busiest <= RATE * BURST


def test_lights_up_waits_for_no_budget(scheduler: LampScheduler) -> None:
    """All urgent lamps at once and first; the others wait until that is paid for."""
    for number in range(30):
        scheduler.schedule(f"usual-{number}", Seconds(0.0), urgent=False)
        scheduler.schedule(f"urgent-{number}", Seconds(0.5), urgent=True)
    served = serve(scheduler, 0.5)
    assert len(served) == 30
    assert all(name.startswith("urgent") for name in served)
    due = scheduler.next_due(Seconds(0.5))
    assert due is not None
    assert 0.6 < due < 1.6
    assert serve(scheduler, due + 0.001) == ["usual-0"]
