"""The link to the room: lost, found again, and never a stale word shown as true."""

from page.conftest import Open
from support.tablet import ServedRoom

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
    tablet.page.wait_for_selector("#lost", state="hidden", timeout=15000)
    tablet.reads("#phase-left", "9:")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")


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


def test_silence_is_no_link(room: ServedRoom, open_tablet: Open) -> None:
    """A daemon that hangs without closing the line counts as lost within six seconds."""
    tablet = open_tablet(room)
    room.hang(7.0)
    tablet.page.wait_for_selector(".lost", timeout=6500)
    tablet.page.wait_for_selector("#lost", state="hidden", timeout=15000)


def test_a_press_without_an_answer_is_not_called_done(room: ServedRoom, open_tablet: Open) -> None:
    """Where the room refuses or doesn't answer, the page says so instead of pretending."""
    tablet = open_tablet(room)
    tablet.page.route("**/v1/requests", lambda route: route.abort())
    tablet.tap("#hold")
    tablet.reads("#said", "It may not have been done.")
    assert room.now().mode == "running"


def test_clocks_run_between_messages(room: ServedRoom, open_tablet: Open) -> None:
    """The page's clocks are the room's, within a second, though nothing is sent each second."""
    tablet = open_tablet(room)
    shown = tablet.text("#phase-in")
    tablet.wait_for(f"document.getElementById('phase-in').innerText !== '{shown}'")
    tablet.page.wait_for_timeout(1000)
    before = room.now().in_phase
    minutes, seconds = tablet.text("#phase-in").split(" in")[0].split(":")
    after = room.now().in_phase
    assert before - 1.0 <= 60 * int(minutes) + int(seconds) <= after + 1.0
