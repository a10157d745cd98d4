"""A screen that stays on while a session is on."""

from support.browser import Open
from support.tablet import ServedRoom, three_hours

from kacenv.model.requests import Start, Stop

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
  Object.assign(window, { asked: 0, allowed: false, locks: [] });
  navigator.wakeLock.request = async () => {
    window.asked += 1;
    if (!window.allowed) throw new DOMException("the battery is low", "NotAllowedError");
    const lock = new EventTarget();
    lock.release = () => {
      lock.released = true;
      lock.dispatchEvent(new Event("release"));
    };
    window.locks.push(lock);
    return lock;
  };
}"""
_DARK = "This screen may go dark."


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


def test_a_tablet_that_refuses_is_asked_once_a_minute(
    idle_room: ServedRoom, open_tablet: Open
) -> None:
    """Health says so quietly until the tablet allows it; seen anew, it isn't asked sooner."""
    tablet = open_tablet(idle_room)
    tablet.page.context.clock.install()
    tablet.open(idle_room.address)
    tablet.page.evaluate(_REFUSE)
    idle_room.ask(lambda session: session.submit(Start(three_hours())))
    tablet.reads("#health-words", f"are well. {_DARK}")
    for _ in range(3):
        tablet.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        tablet.page.clock.run_for(10_000)
    assert tablet.page.evaluate("window.asked") == 1
    assert tablet.page.locator("#health.trouble").count() == 0
    tablet.page.evaluate("window.allowed = true")
    tablet.page.clock.run_for(31_000)
    tablet.wait_for("window.locks.length === 1")
    assert tablet.page.evaluate("window.asked") == 2
    tablet.wait_for(f"!document.getElementById('health-words').innerText.includes('{_DARK}')")
    assert tablet.complaints == []


def test_a_screen_let_go_of_is_asked_for_again(idle_room: ServedRoom, open_tablet: Open) -> None:
    """A browser that takes the lock back while the page is seen is asked within a minute."""
    tablet = open_tablet(idle_room)
    tablet.page.context.clock.install()
    tablet.open(idle_room.address)
    tablet.page.evaluate(_REFUSE)
    tablet.page.evaluate("window.allowed = true")
    idle_room.ask(lambda session: session.submit(Start(three_hours())))
    tablet.wait_for("window.locks.length === 1")
    tablet.page.evaluate("window.locks[0].release()")
    tablet.reads("#health-words", _DARK)
    assert tablet.page.evaluate("window.asked") == 1
    tablet.page.clock.run_for(61_000)
    tablet.wait_for("window.locks.length === 2")
    idle_room.press(Stop())
    idle_room.jump(1.0)
    tablet.wait_for("window.locks[1].released")
    tablet.page.clock.run_for(61_000)
    assert tablet.page.evaluate("window.asked") == 2


def test_a_page_without_wake_lock_works_all_the_same(
    idle_room: ServedRoom, open_tablet: Open
) -> None:
    """As in a browser that knows none, or over plain HTTP; it says that the screen may go dark."""
    tablet = open_tablet(idle_room)
    tablet.page.evaluate("Object.defineProperty(navigator, 'wakeLock', { value: undefined })")
    idle_room.ask(lambda session: session.submit(Start(three_hours())))
    tablet.reads("#phase", "settle")
    tablet.reads("#health-words", _DARK)
    assert tablet.complaints == []
