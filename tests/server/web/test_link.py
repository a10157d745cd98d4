"""The link to the room: lost, found again, and never a stale word shown as true."""

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Route
from support.browser import Open, Tablet
from support.tablet import ServedRoom, three_hours

_OPEN_KEYS = (
    "[...document.querySelectorAll('button:not(:disabled):not(#pad *)')].map((key) => key.id)"
)
_CLOCKS = "['whole', 'phase-left', 'phase-in'].map((id) => document.getElementById(id).innerText)"


def test_a_lost_link_is_said_and_found_again(room: ServedRoom, open_tablet: Open) -> None:
    """The banner says since when, clocks stand, keys are off; then all is true again by itself."""
    tablet = open_tablet(room)
    room.cut()
    tablet.reads("#lost", "No link since")
    before = tablet.page.evaluate(_CLOCKS)
    assert tablet.page.evaluate(_OPEN_KEYS) == ["lights-up"]
    tablet.shoot("lost")
    room.jump(5)
    tablet.page.wait_for_timeout(1200)
    assert tablet.page.evaluate(_CLOCKS) == before
    room.mend()
    tablet.page.wait_for_selector("#lost", state="hidden")
    tablet.reads("#phase-left", "9:")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")


def test_scenes_that_come_too_late_are_not_offered(room: ServedRoom, open_tablet: Open) -> None:
    """A list of scenes that arrives after the link is lost puts no key on the page."""
    tablet, held = open_tablet(room), list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    tablet.page.route("**/v1/scenes", hold)
    tablet.press("#stop")
    tablet.reads("#said", "fade")
    room.jump(10)
    tablet.wait_until(lambda: bool(held))
    room.cut()
    tablet.reads("#lost", "No link since")
    scene = {"name": "late", "title": "Late", "duration": 600, "phases": [], "problem": None}
    held[0].fulfill(json=[scene])
    tablet.page.wait_for_timeout(500)
    assert tablet.page.evaluate(_OPEN_KEYS) == ["lights-up"]


def test_a_link_that_comes_and_goes_at_once_is_lost(room: ServedRoom, open_tablet: Open) -> None:
    """What a device may do is learned too late for a link that has gone again."""
    tablet, held = open_tablet(room), list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    room.cut()
    tablet.reads("#lost", "No link since")
    tablet.page.route("**/v1/login", hold)
    room.mend()
    tablet.wait_until(lambda: bool(held))
    room.cut()
    tablet.page.wait_for_timeout(3000)
    held[0].fulfill(json={"role": "none"})
    tablet.page.wait_for_timeout(500)
    assert tablet.page.evaluate(_OPEN_KEYS) == ["lights-up"]


def test_lights_up_is_tried_without_a_link(room: ServedRoom, open_tablet: Open) -> None:
    """Pressed while the link is lost, lights-up reaches the room as soon as anything does."""
    tablet = open_tablet(room)
    room.cut()
    tablet.reads("#lost", "No link since")
    tablet.tap("#lights-up")
    tablet.reads("#said", "switches at the wall")
    room.mend()
    tablet.reads("#said", "Lights are coming up")
    assert room.now().light_hand == "lights-up"


def _lost(room: ServedRoom, tablet: Tablet) -> None:
    """Take the link from a page whose clocks can be put forward."""
    tablet.page.context.clock.install()
    tablet.open(room.address)
    room.cut()
    tablet.reads("#lost", "No link since")


def test_lights_up_is_given_up_after_a_minute(room: ServedRoom, open_tablet: Open) -> None:
    """What was pressed a while ago must not break into the dark; the page says it wasn't done."""
    tablet = open_tablet(room)
    _lost(room, tablet)
    tablet.tap("#lights-up")
    tablet.reads("#said", "Trying")
    tablet.page.clock.fast_forward(61_000)
    tablet.reads("#said", "Lights-up was not done; press again.")
    room.mend()
    tablet.page.clock.fast_forward(5_000)
    tablet.page.wait_for_selector("#lost", state="hidden")
    tablet.page.clock.fast_forward(5_000)
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")
    assert room.now().light_hand == "plan"


def test_a_second_press_is_another_minute_and_no_second_loop(
    room: ServedRoom, open_tablet: Open
) -> None:
    """However often it is pressed, the room is asked once a second; a refusal ends it."""
    tablet = open_tablet(room)
    _lost(room, tablet)
    tablet.tap("#lights-up")
    tablet.page.clock.fast_forward(40_000)
    for _ in range(3):
        tablet.tap("#lights-up")
    tablet.page.clock.fast_forward(40_000)
    tablet.reads("#said", "Trying")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=403, json={"error": "This device may look."})

    tablet.page.route("**/v1/requests", refuse)
    tablet.reads("#said", "Lights-up was not done. This device may look.")
    for _ in range(5):
        tablet.page.clock.run_for(2_000)
    assert len(asked) == 1


def test_lights_up_is_tried_again_before_the_link_counts_as_lost(
    room: ServedRoom, open_tablet: Open
) -> None:
    """The first seconds of a lost link, which the page knows nothing of yet, are no worse."""
    tablet = open_tablet(room)
    tablet.page.route("**/v1/requests", lambda route: route.abort(), times=1)
    tablet.tap("#lights-up")
    tablet.reads("#said", "Lights are coming up")
    assert room.now().light_hand == "lights-up"


def test_silence_is_no_link(room: ServedRoom, open_tablet: Open) -> None:
    """A daemon that hangs without closing the line counts as lost within six seconds."""
    tablet = open_tablet(room)
    tablet.page.context.clock.install()
    tablet.open(room.address)
    with room.hanging():
        tablet.page.clock.fast_forward(6_000)
        tablet.page.wait_for_selector(".lost")
    tablet.page.wait_for_selector("#lost", state="hidden")


def test_a_press_without_an_answer_is_not_called_done(room: ServedRoom, open_tablet: Open) -> None:
    """It is tried for a while; then the page says that it isn't sure instead of pretending."""
    tablet = open_tablet(room)
    tablet.page.context.clock.install()
    tablet.open(room.address)
    tablet.page.route("**/v1/requests", lambda route: route.abort())
    tablet.tap("#hold")
    tablet.reads("#said", "asks again by itself")
    tablet.page.clock.fast_forward(21_000)
    tablet.reads("#said", "It may not have been done.")
    assert room.now().mode == "running"


def test_clocks_run_between_messages(room: ServedRoom, open_tablet: Open) -> None:
    """The page's clocks are the room's, within a second, though nothing is sent each second."""
    tablet = open_tablet(room)
    shown = tablet.text("#phase-in")
    tablet.wait_for(f"document.getElementById('phase-in').innerText !== '{shown}'")
    tablet.page.wait_for_timeout(1000)

    def agrees() -> bool:
        before: float = room.now().in_phase
        minutes, seconds = tablet.text("#phase-in").split(" in")[0].split(":")
        after: float = room.now().in_phase
        return before - 1.0 <= 60 * int(minutes) + int(seconds) <= after + 1.0

    tablet.wait_until(agrees, "the same time")


def test_what_nobody_can_read_is_shown_as_in_code(tmp_path: Path, open_tablet: Open) -> None:
    """No title turns a line of the page round, or stands there unseen; letters stay as they are."""
    evening = replace(three_hours(), title="a\x1b\u202ecaf\udce9 שלום 👩\u200d👧")
    with ServedRoom(tmp_path, evening) as room:
        tablet = open_tablet(room)
        tablet.reads("#title", r"a\u001b\u202ecaf\udce9 שלום" + " 👩\u200d👧")
