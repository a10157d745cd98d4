"""A touch is one press: however often the tablet has to send it, the room does it once."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Request, Route
from support.browser import Open, Tablet
from support.cut_link import CutLink
from support.tablet import ServedRoom

from kacenv.model.request_parser import press_of

KEY = "idempotency-key"


@pytest.fixture
def link(room: ServedRoom) -> Iterator[CutLink]:
    """A link to the room that can be cut."""
    with CutLink(room.port) as line:
        yield line


@pytest.fixture
def tablet(new_tablet: Open, link: CutLink) -> Tablet:
    """The room's page over that link."""
    tablet = new_tablet("upright")
    tablet.open(f"http://127.0.0.1:{link.port}/")
    tablet.keep_words()
    return tablet


def ids(link: CutLink) -> list[str]:
    """The ids of the presses that were sent."""
    lines = [line for head in link.seen for line in head.splitlines()]
    return [line.partition(":")[2].strip() for line in lines if line.lower().startswith(KEY)]


def test_a_press_whose_answer_is_lost_is_done_once(
    room: ServedRoom, tablet: Tablet, link: CutLink
) -> None:
    """The link breaks twice after the press was taken: five minutes are added once, and said."""
    before = room.now().phases[0].duration
    link.cut(2)
    tablet.tap("#extend-5")
    tablet.reads("#said", "Settle is now 20m long")
    assert room.now().phases[0].duration == before + 300.0
    assert len(ids(link)) == 3
    assert len(set(ids(link))) == 1


def test_two_touches_are_two_presses(tablet: Tablet, link: CutLink) -> None:
    """Each touch has an id of its own, on the same key, too."""
    tablet.tap("#dimmer")
    tablet.tap("#dimmer")
    tablet.wait_until(lambda: len(ids(link)) == 2)
    assert len(set(ids(link))) == 2


def test_lights_up_that_was_done_is_not_done_again(
    room: ServedRoom, tablet: Tablet, link: CutLink
) -> None:
    """Given back by somebody else before its repeat comes, the light stays with the plan."""
    link.cut(1)
    tablet.tap("#lights-up")
    tablet.wait_until(lambda: room.now().light_hand == "lights-up")
    room.press(press_of(["lights", "plan"]))
    tablet.reads("#said", "Lights are coming up")
    assert len(ids(link)) == 2
    assert room.now().light_hand == "plan"


def _kind(request: Request) -> str:
    return str(json.loads(request.post_data or "{}")["kind"])


def test_presses_come_in_their_order(room: ServedRoom, open_tablet: Open) -> None:
    """What isn't answered is tried again before what was pressed after it."""
    tablet, asked = open_tablet(room), list[str]()

    def lose_first(route: Route) -> None:
        asked.append(_kind(route.request))
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    tablet.page.route("**/v1/requests", lose_first)
    tablet.tap("#extend-5")
    tablet.tap("#dimmer")
    tablet.wait_until(lambda: len(asked) == 3)
    assert asked == ["extend", "extend", "lights"]


def test_stop_waits_for_nothing(room: ServedRoom, open_tablet: Open) -> None:
    """It passes a press that isn't answered, and that one isn't tried again."""
    tablet, asked, held = open_tablet(room), list[str](), list[Route]()

    def hold_first(route: Route) -> None:
        asked.append(_kind(route.request))
        if held:
            route.continue_()
        else:
            held.append(route)

    tablet.page.route("**/v1/requests", hold_first)
    tablet.tap("#extend-5")
    tablet.wait_until(lambda: bool(held))
    tablet.press("#stop")
    tablet.wait_until(lambda: room.now().mode in {"fading", "idle"})
    held[0].abort()
    tablet.page.wait_for_timeout(1500)
    assert asked == ["extend", "stop"]
