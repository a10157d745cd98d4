"""Triggers: MIDI in a room file's words, and bytes nobody can be sure of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.errors import UnitError
from kacenv.core.units import Seconds
from kacenv.model.midi_trigger import (
    SLACK,
    ArrivalTimes,
    MessageKind,
    MidiMessage,
    Trigger,
    message_in,
    parse_trigger,
)

NOTE, CONTROL, PROGRAM = MessageKind.NOTE, MessageKind.CONTROL, MessageKind.PROGRAM


@pytest.mark.parametrize(
    ("words", "trigger"),
    [
        ("note 60", Trigger(NOTE, 60)),
        ("Note C4", Trigger(NOTE, 60)),
        ("note c#-1", Trigger(NOTE, 1)),
        ("control 64 above 63", Trigger(CONTROL, 64, above=63)),
        ("control 64 below 20 on channel 16", Trigger(CONTROL, 64, below=20, channel=16)),
        ("control 7", Trigger(CONTROL, 7)),
        ("program 3 on channel 1", Trigger(PROGRAM, 3, channel=1)),
        ("note 60 held 1s", Trigger(NOTE, 60, held=Seconds(1.0))),
        (
            "Control 64 above 63 on channel 2 Held 2.5s",
            Trigger(CONTROL, 64, above=63, channel=2, held=Seconds(2.5)),
        ),
    ],
)
def test_words_are_read(words: str, trigger: Trigger) -> None:
    """What a clinic writes is understood, and written back in one form."""
    assert parse_trigger(words) == trigger
    assert parse_trigger(str(trigger)) == trigger


@pytest.mark.parametrize(
    "words",
    [
        *("", "note", "note 128", "note H4", "note 60 above 3", "control C4", "pedal 64", 60, None),
        *("control 64 above 127", "control 64 below 0", "note 60 on channel 0", "program -1"),
        *("note 60 held 0.4s", "note 60 held 11s", "note 60 held 1", "program 3 held 1s"),
        *("control 7 held 1s", "note 60 held 1s on channel 2"),
        *("note 60 on channel 17", "control 64 above 63 below 20", "note 60\nnote 61"),
    ],
)
def test_other_words_are_refused_with_right_ones(words: object) -> None:
    """Whatever can't come over MIDI is answered with what can."""
    with pytest.raises(UnitError, match="note 60"):
        parse_trigger(words)


def test_bytes_are_read() -> None:
    """Notes, their ends in both spellings, controls and programs."""
    assert message_in([0x90, 60, 100]) == MidiMessage(NOTE, 60, 100, 1)
    assert message_in([0x9F, 60, 0]) == MidiMessage(NOTE, 60, 0, 16)
    assert message_in([0x81, 60, 64]) == MidiMessage(NOTE, 60, 0, 2)
    assert message_in([0xB0, 7, 127]) == MidiMessage(CONTROL, 7, 127, 1)
    assert message_in([0xC0, 3]) == MidiMessage(PROGRAM, 3, 0, 1)


@given(st.lists(st.integers(0, 255), max_size=6))
def test_any_bytes_are_a_whole_message_or_nothing(data: list[int]) -> None:
    """Garbage is nothing; what is something has numbers that MIDI knows."""
    heard = message_in(data)
    if heard is not None:
        assert len(data) == (2 if heard.sort is PROGRAM else 3)
        assert 0 <= heard.number <= 127
        assert 0 <= heard.value <= 127
        assert 1 <= heard.channel <= 16


def test_a_half_pressed_pedal_does_not_chatter() -> None:
    """Once down, it's down until it has come back well behind its bound."""
    pedal = parse_trigger("control 64 above 63")
    assert not pedal.is_down(63, was_down=False)
    assert pedal.is_down(64, was_down=False)
    assert pedal.is_down(63 - SLACK + 1, was_down=True)
    assert not pedal.is_down(63 - SLACK, was_down=True)
    turned = parse_trigger("control 64 below 20")
    assert turned.is_down(19, was_down=False)
    assert turned.is_down(20 + SLACK - 1, was_down=True)
    assert not turned.is_down(20 + SLACK, was_down=True)


def test_messages_fetched_late_arrived_when_they_did() -> None:
    """The first is timed by its fetch, the others by what lay between; none comes from later."""
    arrivals = ArrivalTimes()
    fetched = [(0.0, 100.0), (60.0, 160.0), (0.1, 165.0), (1.2, 165.0), (9.0, 165.5)]
    times = [arrivals.next(delta, Seconds(now)) for delta, now in fetched]
    assert times == pytest.approx([100.0, 160.0, 160.1, 161.3, 165.5])


@given(st.integers(0, 126))
def test_every_pedal_comes_up_again(bound: int) -> None:
    """Whatever its bound, a pedal at rest isn't down."""
    assert not Trigger(CONTROL, 64, above=bound).is_down(0, was_down=True)
    assert not Trigger(CONTROL, 64, below=bound + 1).is_down(127, was_down=True)


def test_a_channel_counts_where_it_is_named() -> None:
    """Without one, the same note on any channel is the same press."""
    heard = MidiMessage(NOTE, 60, 1, 5)
    assert parse_trigger("note 60").concerns(heard)
    assert parse_trigger("note 60 on channel 5").concerns(heard)
    assert not parse_trigger("note 60 on channel 6").concerns(heard)
    assert not parse_trigger("program 60").concerns(heard)
