"""A screen that stays on while a session is on."""

from page.conftest import Open
from support.tablet import ServedRoom, three_hours

from kacenv.requests import Start, Stop

_COUNT = """() => {
  window.locks = { held: 0, asked: 0 };
  const ask = navigator.wakeLock.request.bind(navigator.wakeLock);
  navigator.wakeLock.request = async (kind) => {
    window.locks.asked += 1;
    const lock = await ask(kind);
    window.locks.held += 1;
    lock.addEventListener("release", () => { window.locks.held -= 1; });
    return lock;
  };
}"""
_REFUSE = """() => {
  window.asked = 0;
  navigator.wakeLock.request = async () => {
    window.asked += 1;
    throw new DOMException("the battery is low", "NotAllowedError");
  };
}"""


def test_the_screen_stays_on_for_a_session_and_no_longer(
    idle_room: ServedRoom, open_tablet: Open
) -> None:
    """The lock is held once from the start on, and given back at the end."""
    tablet = open_tablet(idle_room)
    tablet.page.evaluate(_COUNT)
    idle_room.ask(lambda session: session.submit(Start(three_hours())))
    tablet.wait_for("window.locks.held === 1")
    idle_room.press(Stop())
    idle_room.jump(1.0)
    tablet.wait_for("window.locks.held === 0")
    assert tablet.page.evaluate("window.locks.asked") == 1
    assert tablet.complaints == []


def test_a_tablet_that_refuses_is_not_asked_again(idle_room: ServedRoom, open_tablet: Open) -> None:
    """The page works on, without a complaint and without insisting."""
    tablet = open_tablet(idle_room)
    tablet.page.evaluate(_REFUSE)
    idle_room.ask(lambda session: session.submit(Start(three_hours())))
    tablet.reads("#phase", "settle")
    tablet.wait_for("window.asked === 1")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")
    assert tablet.page.evaluate("window.asked") == 1
    assert tablet.complaints == []


def test_a_page_without_wake_lock_works_all_the_same(
    idle_room: ServedRoom, open_tablet: Open
) -> None:
    """As in a browser that knows none, or over plain HTTP."""
    tablet = open_tablet(idle_room)
    tablet.page.evaluate("Object.defineProperty(navigator, 'wakeLock', { value: undefined })")
    idle_room.ask(lambda session: session.submit(Start(three_hours())))
    tablet.reads("#phase", "settle")
    assert tablet.complaints == []
