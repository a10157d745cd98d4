"""Each key, what it does to the room, and what takes it back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from support.browser import Open
from support.tablet import ServedRoom

from kacenv.model.commands import StrikeChime
from kacenv.model.requests import Press, Release, Volume

_FINGER = 150
"""Milliseconds between one key and another: no finger is quicker, and the link is not slower."""
SPEAKERS = "[data-output=speakers]"
Look = Callable[[Any], object]

TAPS: tuple[tuple[str, Look, object], ...] = (
    ("#hold", lambda now: now.mode, "held"),
    ("#extend-5", lambda now: round(now.phases[0].duration), 1200),
    ("#extend-10", lambda now: round(now.phases[0].duration), 1500),
    (f"{SPEAKERS} .quieter", lambda now: now.volumes["speakers"], -2.0),
    (f"{SPEAKERS} .louder", lambda now: now.volumes["speakers"], 2.0),
    (f"{SPEAKERS} .mute", lambda now: now.muted, ("speakers",)),
    ("#duck", lambda now: now.ducked, True),
    ("#silence", lambda now: now.hushed, True),
    ("#dimmer", lambda now: now.light_hand, "therapist"),
    ("#brighter", lambda now: now.light_hand, "therapist"),
    ("#lights-up", lambda now: now.light_hand, "lights-up"),
)


def becomes(room: ServedRoom, look: Look, value: object) -> bool:
    """Whether that part of the session's status is so now."""
    return look(room.now()) == value


def test_every_tap_does_its_thing_and_can_be_taken_back(
    room: ServedRoom, open_tablet: Open
) -> None:
    """Each key changes just what it says; within ten seconds undo makes it as it was."""
    room.stand_still()
    tablet = open_tablet(room)
    tablet.keep_words()
    for key, look, after in TAPS:
        before = look(room.now())
        tablet.tap(key)
        tablet.wait_until(partial(becomes, room, look, after))
        tablet.page.wait_for_timeout(_FINGER)
        tablet.tap("#undo")
        tablet.wait_until(partial(becomes, room, look, before))
        tablet.page.wait_for_timeout(_FINGER)
    assert tablet.complaints == []


def test_lights_step_together(room: ServedRoom, open_tablet: Open) -> None:
    """Dimmer dims every lamp by a quarter, and by plan gives them back."""
    room.jump(0.5)
    tablet = open_tablet(room)
    tablet.tap("#dimmer")
    tablet.reads("#lamps", "Seats 26 %")
    tablet.tap("#plan")
    tablet.reads("#lamps", "Seats 35 %")


def test_the_chime_is_struck_for_staff(room: ServedRoom, open_tablet: Open) -> None:
    """One tap is one chime; there is nothing to take back."""
    tablet = open_tablet(room)
    tablet.tap("#chime")
    tablet.reads("#said", "Chime for staff.")
    orders = room.ask(lambda session: [order for _, order in session.devices.sound.orders])  # type: ignore[union-attr] # memory
    assert sum(isinstance(order, StrikeChime) for order in orders) == 1
    assert tablet.page.locator("#undo").is_hidden()


def test_quick_presses_add_up(room: ServedRoom, open_tablet: Open) -> None:
    """Three quick taps on quieter are three steps, whatever the link has shown by then."""
    tablet = open_tablet(room)
    tablet.page.evaluate(
        "() => { for (let n = 0; n < 3; n += 1) document.querySelector('.quieter').click(); }"
    )
    tablet.wait_until(lambda: room.now().volumes["speakers"] == -6.0)


def test_what_is_hard_to_take_back_asks_for_a_second(room: ServedRoom, open_tablet: Open) -> None:
    """A short touch on go on, back, end or stop changes nothing and says what to do."""
    tablet = open_tablet(room)
    for key in ("#next", "#back", "#end", "#stop"):
        tablet.press(key, 0)
        tablet.reads("#said", "Keep it pressed")
    assert (room.now().phase, room.now().mode) == (0, "running")


def test_the_keyboard_does_all_of_it(room: ServedRoom, open_tablet: Open) -> None:
    """Keys are reached by Tab, pressed by Enter, and held down for what asks for a second."""
    tablet = open_tablet(room)
    page = tablet.page
    for key in ("seat-a", "seat-b", "hold"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == key
    page.keyboard.press("Enter")
    tablet.reads("#phase-left", "holding")
    page.keyboard.press("Enter")
    tablet.wait_until(lambda: room.now().mode == "running")
    page.focus("#next")
    page.keyboard.down("Enter")
    tablet.wait_until_counted("#next")
    page.keyboard.up("Enter")
    tablet.wait_until(lambda: room.now().phase == 1)


def test_a_screen_reader_confirms_by_a_second_activation(
    room: ServedRoom, open_tablet: Open
) -> None:
    """An activation without a pointer arms the key; the next one acts."""
    tablet = open_tablet(room)
    activate = "document.getElementById('next').click()"
    tablet.page.evaluate(activate)
    tablet.reads("#said", "Activate again to confirm.")
    assert room.now().phase == 0
    tablet.page.evaluate(activate)
    tablet.wait_until(lambda: room.now().phase == 1)


def test_a_double_press_offers_no_undo(room: ServedRoom, open_tablet: Open) -> None:
    """The second of two quick extensions changes nothing, so there is nothing to take back."""
    tablet = open_tablet(room)
    room.stand_still()
    tablet.tap("#extend-5")
    tablet.tap("#extend-5")
    tablet.reads("#said", "Done already.")
    assert tablet.page.locator("#undo").is_hidden()


def test_undo_is_over_when_somebody_else_decides(room: ServedRoom, open_tablet: Open) -> None:
    """After a hold, a release from elsewhere takes the undo away; it would undo the wrong thing."""
    room.stand_still()
    tablet = open_tablet(room)
    tablet.keep_words()
    tablet.tap("#hold")
    tablet.page.wait_for_selector("#undo", state="visible")
    tablet.page.wait_for_timeout(400)
    room.press(Release())
    tablet.page.wait_for_selector("#undo", state="hidden")


def test_two_tablets_agree(room: ServedRoom, open_tablet: Open) -> None:
    """What one tablet, or another surface, asks for is on all of them."""
    one, other = open_tablet(room, "upright"), open_tablet(room, "phone")
    one.tap("#hold")
    other.reads("#hold", "Let time run")
    other.tap("#duck")
    one.reads("#duck", "Music back")
    pressed: Press = Volume.model_validate({"level": "-4 dB", "output": "seat-a"})
    room.press(pressed)
    for tablet in (one, other):
        tablet.reads("[data-output=seat-a]", "\N{MINUS SIGN}4 dB")
    one.wait_until(lambda: one.text("#whole") == other.text("#whole"), "the same time")


def test_keys_that_would_do_nothing_are_off(idle_room: ServedRoom, open_tablet: Open) -> None:
    """Without a session only volumes, lamps and the chime can be pressed."""
    tablet = open_tablet(idle_room)
    tablet.page.wait_for_selector("[data-scene]")
    usable = "[...document.querySelectorAll('main button[id]:not(:disabled)')].map(({id}) => id)"
    assert tablet.page.evaluate(usable) == ["dimmer", "brighter", "lights-up", "chime"]
