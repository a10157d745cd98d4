"""Controls: presses counted once, faders that never jump, and messages nobody asked for."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.midi.control_map import (
    APART,
    FIRST_TAP,
    FLOOD,
    GUARD,
    HELD,
    ControlMap,
    FloodDetector,
    TriggerLearner,
    level_of,
    request_of,
)
from kacenv.model.midi_trigger import MessageKind, MidiMessage
from kacenv.model.request_text import PressError
from kacenv.model.requests import End, Extend, Hold, LightsUp, Next, Press, Release, Stop, Volume
from kacenv.model.room import Control


def mapped(*pairs: tuple[str, str]) -> list[Control]:
    """Lines of a room file."""
    return [Control.model_validate({"on": on, "do": do}) for on, do in pairs]


ALL = mapped(
    ("note 60", "hold"),
    ("note 61", "extend 10m"),
    ("note 62 on channel 2", "next"),
    ("note 62", "release"),
    ("control 64 above 63", "next"),
    ("control 7", "volume speakers"),
    ("control 8", "volume"),
    ("program 3", "lights-up"),
)


class Desk:
    """Controls at a room whose volume can be seen."""

    def __init__(self, controls: list[Control] | None = None) -> None:
        self.controls = ControlMap(controls or ALL)
        self.level = Decibels(0.0)

    def send(
        self, sort: str, number: int, value: int = 0, at: float = 0.0, channel: int = 1
    ) -> list[Press]:
        """What a message leads to; a volume that is asked for is the room's at once."""
        heard = MidiMessage(MessageKind(sort), number, value, channel)
        return self._do(list(self.controls.handle(heard, Seconds(at), lambda _: self.level)))

    def late(self, at: float) -> list[Press]:
        """What had to wait."""
        return self._do(list(self.controls.late(Seconds(at))))

    def _do(self, asked: list[Press]) -> list[Press]:
        for press in asked:
            if isinstance(press, Volume):
                self.level = press.level
        return asked


def levels(asked: list[Press]) -> list[float]:
    """The volumes asked for."""
    return [press.level for press in asked if isinstance(press, Volume)]


def test_presses_do_what_is_typed_beside_them() -> None:
    """A note, a pedal and a program; a note's end and other numbers do nothing."""
    desk = Desk()
    assert desk.send("note", 60, 100) == [Hold()]
    assert desk.send("note", 60, 0, at=1) == []
    assert desk.send("program", 3, at=2) == [LightsUp()]
    assert desk.send("control", 64, 0, at=3) == []
    assert desk.send("control", 64, 127, at=4) == [Next()]
    assert desk.send("note", 99, 100, at=5) == []
    assert desk.send("program", 4, at=6) == []


def test_a_note_and_a_control_of_one_number_are_two_things() -> None:
    """A pedal's control 64 isn't the note 64, nor the other way round."""
    desk = Desk(mapped(("note 64", "hold"), ("control 64 above 63", "next")))
    assert desk.send("note", 64, 100) == [Hold()]
    assert desk.send("control", 64, 0, at=1) == []
    assert desk.send("control", 64, 127, at=2) == [Next()]
    assert desk.send("program", 64, at=3) == []


PATIENT = mapped(
    ("note 60", "hold"),
    ("note 60 held 2s", "next"),
    ("note 61", "stop"),
    ("control 64 above 63 held 3s", "end"),
)


def test_what_is_hard_to_take_back_needs_a_press_of_a_second() -> None:
    """A foot that comes down on `stop` by mistake can go again; nothing was said of `held`."""
    desk = Desk(PATIENT)
    assert desk.send("note", 61, 100) == []
    assert desk.send("note", 61, 0, at=HELD - 0.01) == []
    assert desk.send("note", 61, 100, at=20.0) == []
    assert desk.controls.due is None
    assert desk.late(29.0) == []
    assert desk.send("note", 61, 0, at=20.0 + HELD) == [Stop()]
    assert desk.send("note", 61, 0, at=23.0) == []


@pytest.mark.parametrize("down", [(61, 100), (64, 127)])
def test_a_press_that_never_ends_does_nothing(down: tuple[int, int]) -> None:
    """A release that is lost, all notes off in its place, or a state sent unasked: no `stop`."""
    desk = Desk(PATIENT)
    sort = "note" if down[0] == 61 else "control"
    assert desk.send(sort, *down) == []
    assert desk.send("control", 123, 0, at=0.1) == []
    assert desk.send("control", 7, 9, at=5.0) + desk.late(9.0) == []
    assert desk.send(sort, *down, at=9.0) == []
    assert desk.send(sort, down[0], 0, at=9.2) == []


def test_a_press_without_end_is_forgotten() -> None:
    """Whatever lay on the pedal for so long was no foot."""
    desk = Desk(PATIENT)
    for at, lasts, asked in ((0.0, 10.9, [Stop()]), (20.0, 11.0, [])):
        assert desk.send("note", 61, 100, at=at) == []
        assert desk.send("note", 61, 0, at=at + lasts) == asked


def test_a_press_may_be_asked_to_last() -> None:
    """As long as the room file says; the same key may do one thing at once and another later."""
    desk = Desk(PATIENT)
    assert desk.send("note", 60, 100) == [Hold()]
    assert desk.send("note", 60, 0, at=2.0) == [Next()]
    assert desk.send("control", 64, 20, at=2.5) == []
    assert desk.send("control", 64, 127, at=3.0) == []
    assert desk.send("control", 64, 60, at=5.0) == []
    assert desk.send("control", 64, 20, at=6.0) == [End()]


def test_of_two_long_presses_the_longest_that_fits_counts() -> None:
    """One key may do one thing after two seconds and another after five."""
    desk = Desk(mapped(("note 60 held 2s", "next"), ("note 60 held 5s", "end")))
    for at, lasts, asked in ((0.0, 1.0, []), (10.0, 3.0, [Next()]), (20.0, 6.0, [End()])):
        assert desk.send("note", 60, 100, at=at) == []
        assert desk.send("note", 60, 0, at=at + lasts) == asked


def test_a_press_lasts_as_long_as_it_did_when_it_arrived() -> None:
    """A tap that is handled late is a tap, and a bounce that is handled late is a bounce."""
    desk = Desk([*PATIENT, *mapped(("note 70", "next"))])

    def hear(number: int, value: int, at: float, now: float) -> list[Press]:
        heard = MidiMessage(MessageKind.NOTE, number, value, 1)
        return list(desk.controls.handle(heard, Seconds(now), lambda _: desk.level, at=Seconds(at)))

    assert hear(61, 100, 1.0, 1.0) + hear(61, 0, 1.1, 6.0) == []
    assert hear(61, 100, 7.0, 9.0) + hear(61, 0, 8.2, 9.0) == [Stop()]
    assert hear(70, 100, 10.0, 10.0) + hear(70, 100, 10.1, 19.0) == [Next()]


def test_a_bouncing_contact_is_no_long_press() -> None:
    """What has come up in between begins anew; what was down when the port went, never ends."""
    desk = Desk(PATIENT)
    for at in (0.0, 0.6):
        desk.send("note", 61, 100, at=at)
        desk.send("note", 61, 0, at=at + 0.5)
    assert desk.send("note", 61, 100, at=1.2) == []
    assert desk.send("note", 61, 0, at=1.4) == []
    again = Desk(PATIENT)
    assert again.send("note", 61, 0, at=2.5) == []


def test_a_program_cannot_stop_the_session() -> None:
    """It is over at once, so nobody can tell a slip from a press."""
    for do in ("stop", "end"):
        with pytest.raises(PressError, match="can't be kept down"):
            request_of(*mapped(("program 3", do)))


def test_the_first_line_that_fits_counts() -> None:
    """A channel of its own does what it says, and the other lines nothing more."""
    desk = Desk()
    assert desk.send("note", 62, 9, channel=2) == [Next()]
    assert desk.send("note", 62, 9, channel=3) == [Release()]


def test_a_bouncing_contact_is_one_press() -> None:
    """However often it comes, it counts again only after a rest of 0.4 s."""
    desk = Desk()
    assert len(desk.send("note", 61, 100)) == 1
    for step in range(1, 20):
        assert desk.send("note", 61, 100, at=step * (GUARD - 0.01)) == []
    assert len(desk.send("note", 61, 100, at=19 * (GUARD - 0.01) + GUARD)) == 1


def test_two_different_presses_may_follow_at_once() -> None:
    """The guard is for the same press alone."""
    desk = Desk()
    assert desk.send("note", 60, 1) + desk.send("note", 62, 1, at=0.01) == [Hold(), Release()]


def test_a_pedal_held_down_is_one_press() -> None:
    """Values that wander while it is down press nothing; letting go and pressing again does."""
    desk = Desk()
    asked = [desk.send("control", 64, value, at=n) for n, value in enumerate((9, 70, 60, 90, 127))]
    assert asked == [[], [Next()], [], [], []]
    assert desk.send("control", 64, 0, at=9) == []
    assert desk.send("control", 64, 70, at=10) == [Next()]


@pytest.mark.parametrize("rest", [[127, 126, 127], [90], [60], [56, 63, 64], [126, 127, 0], [0]])
def test_where_a_pedal_rests_when_it_is_plugged_in_presses_nothing(rest: list[int]) -> None:
    """Held, half-pressed, near the bound or reversed: a press is what goes past the bound later."""
    desk = Desk()
    sent = [desk.send("control", 64, value, at=at / 10) for at, value in enumerate((*rest, 0))]
    assert sent == [[]] * len(sent)
    assert desk.send("control", 64, 127, at=9) == [Next()]


def test_a_pedal_held_while_it_is_plugged_in_ends_nothing_when_it_is_let_go() -> None:
    """However long it was down: nobody saw the press begin."""
    desk = Desk(PATIENT)
    for at, value in ((0.0, 127), (0.5, 126), (3.6, 90), (3.7, 20)):
        assert desk.send("control", 64, value, at=at) == []


@pytest.mark.parametrize(("bound", "down"), [("above", 127), ("below", 0)])
def test_a_switchs_first_press_counts_when_it_is_let_go(bound: str, down: int) -> None:
    """It knows two values alone, so its first was no rest; a later press counts at once."""
    desk = Desk(mapped((f"control 64 {bound} 63", "next")))
    up = 127 - down
    assert desk.send("control", 64, down) == []
    assert desk.send("control", 64, up, at=1.0) == [Next()]
    assert desk.send("control", 64, down, at=2.0) == [Next()]


def test_a_switch_that_was_down_for_long_at_first_was_held() -> None:
    """A foot that stood on it when it was plugged in presses nothing when it goes."""
    desk = Desk()
    assert desk.send("control", 64, 127) == []
    assert desk.send("control", 64, 0, at=FIRST_TAP + 0.1) == []
    assert desk.send("control", 64, 127, at=9) == [Next()]


def test_a_fader_follows_the_curve_of_midi() -> None:
    """100 is the plan; half of that is 12 dB less; nothing passes the engine's loudest."""
    assert level_of(100) == 0.0
    assert level_of(50) == -12.0
    assert level_of(127) == 4.2
    assert level_of(0) == -90.0


def test_a_fader_takes_hold_where_it_meets_the_volume() -> None:
    """Wherever it stands when it is first touched, the music doesn't jump there."""
    desk = Desk()
    assert desk.send("control", 7, 20, at=0) == []
    assert desk.send("control", 7, 60, at=1) == []
    assert levels(desk.send("control", 7, 101, at=2)) == [0.2]
    assert levels(desk.send("control", 7, 50, at=3)) == [-12.0]


def test_a_fader_lets_go_when_somebody_else_sets_the_volume() -> None:
    """What the tablet says stays, until the fader meets it again."""
    desk = Desk()
    desk.send("control", 7, 90, at=0)
    desk.send("control", 7, 100, at=1)
    assert levels(desk.send("control", 7, 50, at=2)) == [-12.0]
    desk.level = Decibels(0.0)
    assert desk.send("control", 7, 49, at=10) == []
    assert levels(desk.send("control", 7, 110, at=11)) == [1.7]


def test_a_fader_can_meet_a_volume_above_its_end() -> None:
    """At its upper end it takes hold of whatever is louder than it could ask for."""
    desk = Desk()
    desk.level = Decibels(6.0)
    desk.send("control", 7, 120, at=0)
    assert levels(desk.send("control", 7, 127, at=1)) == [4.2]


@given(st.lists(st.integers(0, 127), min_size=1, max_size=60), st.floats(0.001, 0.2))
def test_a_fader_asks_seldom_and_its_last_word_counts(values: list[int], gap: float) -> None:
    """Never oftener than four times a second, and in the end for where it stands."""
    desk, asked, now = Desk(mapped(("control 7", "volume"))), [], 0.0
    for value in (99, 101, *values):
        asked += [(now, level) for level in levels(desk.send("control", 7, value, at=now))]
        now += gap
    while (due := desk.controls.due) is not None:
        asked += [(due, level) for level in levels(desk.late(due))]
    assert all(b - a >= APART - 1e-9 for (a, _), (b, _) in pairwise(asked))
    assert asked[-1][1] == level_of(values[-1])


def test_a_press_with_words_of_its_own() -> None:
    """`do` takes what is typed after `kacenv`."""
    press = request_of(mapped(("note 1", "extend 10m"))[0])
    assert isinstance(press, Extend)
    assert press.by == Seconds(600.0)


@pytest.mark.parametrize(
    ("on", "do", "way_out"),
    [
        ("note 1", "jump", "There is: back"),
        ("note 1", "volume speakers", "for example: -3 dB"),
        ("control 7", "hold", "control 7 above 63"),
        ("control 7", "volume speakers -3dB", "control 7 above 63"),
    ],
)
def test_what_makes_no_sense_is_refused(on: str, do: str, way_out: str) -> None:
    """A fader has no press, and a press needs all its words."""
    with pytest.raises(PressError) as error:
        request_of(mapped((on, do))[0])
    assert way_out in f"{error.value} {error.value.expected}"


def test_more_than_any_hand_is_a_flood() -> None:
    """A thousand messages a second are a cable's worth; more are nobody's."""
    traffic = FloodDetector()
    hand = [traffic.is_flood(Seconds(n / FLOOD)) for n in range(5 * FLOOD)]
    assert not any(hand)
    flood = [traffic.is_flood(Seconds(10 + n / 10_000)) for n in range(5000)]
    assert flood.index(True) == FLOOD


def learnt(*messages: tuple[str, int, int], known: list[Control] | None = None) -> list[str]:
    """What a lesson says of these messages."""
    lesson = TriggerLearner(known or [])
    return [
        line
        for sort, number, value in messages
        for line in lesson.describe(MidiMessage(MessageKind(sort), number, value, 1))
    ]


def test_a_lesson_says_each_thing_once_in_the_words_of_the_room_file() -> None:
    """What is learnt can be pasted and read back."""
    lines = learnt(
        *[("note", 60, 100), ("note", 60, 0), ("note", 60, 90), ("program", 3, 0)],
        *[("control", 64, 127), ("control", 64, 0), ("control", 64, 127)],
        *[("control", 7, value) for value in range(40, 60)],
    )
    assert lines == [
        "- {on: note 60, do: hold}",
        "- {on: program 3, do: hold}",
        "- {on: control 64 above 63, do: hold}",
        "- {on: control 7, do: volume}",
    ]


def test_a_lesson_knows_what_is_mapped_already() -> None:
    """It says what a press does by now instead of offering it again."""
    assert learnt(("note", 60, 1), known=ALL) == ["# note 60 does this already: hold"]
    assert learnt(("control", 64, 127), known=ALL) == [
        "# control 64 above 63 does this already: next"
    ]
