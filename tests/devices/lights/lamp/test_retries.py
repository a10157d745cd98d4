"""Times of resends and words to staff."""

import pytest

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp.retries import ResendSchedule
from kacenv.model.look import parse_setting

END = Seconds(10.0)


@pytest.fixture
def schedule() -> ResendSchedule:
    """Return the schedule of a lamp that can confirm."""
    return ResendSchedule("floor", can_confirm=True)


def all_due(schedule: ResendSchedule) -> list[tuple[float, str]]:
    """Go through the schedule; return each time with what is due then."""
    found = []
    while (now := schedule.next_due()) is not None:
        kinds = {
            "reassert": schedule.reassert_due(now),
            "again": schedule.again_due(now),
            "verdict": schedule.verdict_due(now),
        }
        found += [(float(now), name) for name, due in kinds.items() if due]
    return found


@pytest.mark.parametrize(
    ("urgent", "again", "verdict"), [(False, [12.5, 16.0], 20.0), (True, [14.0, 18.0, 22.0], 26.0)]
)
def test_a_look_is_sent_again_and_then_judged(
    schedule: ResendSchedule, urgent: bool, again: list[float], verdict: float
) -> None:
    """Counted from the fade's end; lights-up is sent once more."""
    schedule.schedule(END, urgent=urgent)
    assert all_due(schedule) == [*((at, "again") for at in again), (verdict, "verdict")]


@pytest.mark.parametrize(("urgent", "first"), [(False, 10.2), (True, 10.0)])
def test_after_a_reconnect_there_are_four_times(
    schedule: ResendSchedule, urgent: bool, first: float
) -> None:
    """The first after retained reports, or at once for lights-up; they replace other resends."""
    schedule.schedule(Seconds(9.0), urgent=urgent)
    schedule.schedule_after_reconnect(END, urgent=urgent)
    resends = [(at, "reassert") for at in (first, 12.5, 16.0, 25.0)]
    assert sorted(all_due(schedule)) == sorted([*resends, (30.0, "verdict")])


def test_a_new_look_takes_the_place_of_the_first(schedule: ResendSchedule) -> None:
    """Its own message is that one."""
    schedule.schedule_after_reconnect(END, urgent=False)
    schedule.schedule(Seconds(40.0), urgent=False)
    assert all_due(schedule)[:1] == [(12.5, "reassert")]


def test_a_lamp_that_can_not_confirm_is_not_judged() -> None:
    """After a reconnect it is told, and nothing is expected of it."""
    schedule = ResendSchedule("floor", can_confirm=False)
    schedule.schedule(END, urgent=False)
    assert schedule.next_due() is None
    schedule.schedule_after_reconnect(END, urgent=False)
    assert {kind for _, kind in all_due(schedule)} == {"reassert"}


def test_late_answers_have_an_end(schedule: ResendSchedule) -> None:
    """Half a second after each, six times for one look, and not while a resend is planned."""
    schedule.schedule(END, urgent=False)
    schedule.answered_wrongly(END)
    assert [at for at, kind in all_due(schedule) if kind == "again"] == [12.5, 16.0]
    times = []
    for minute in range(1, 10):
        schedule.answered_wrongly(Seconds(minute * 60.0))
        times += all_due(schedule)
    assert times == [(minute * 60.5 - (minute - 1) * 0.5, "again") for minute in range(1, 7)]


def test_a_hand_ends_all_checks(schedule: ResendSchedule) -> None:
    """Staff hear how to bring the lamp back."""
    schedule.schedule_after_reconnect(END, urgent=False)
    schedule.changed_by_hand()
    assert schedule.next_due() is None
    (news,) = schedule.staff_messages()
    assert "floor was changed by hand" in news
    assert schedule.staff_messages() == ()


def test_trouble_is_told_once_until_it_is_over(schedule: ResendSchedule) -> None:
    """Whatever it is; a lamp that was never named doesn't follow again."""
    schedule.follows()
    schedule.does_not_follow(parse_setting("40%"), None)
    schedule.does_not_answer()
    (news,) = schedule.staff_messages()
    assert news.startswith("Lamp floor doesn't answer: it should show 40%, and says nothing.")
    schedule.follows()
    schedule.follows()
    assert schedule.staff_messages() == ("Lamp floor follows again.",)
