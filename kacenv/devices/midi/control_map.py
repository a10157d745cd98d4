"""MIDI controls: translation of switches and faders to requests; pure, time is an argument."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from kacenv.core.units import Decibels, Seconds
from kacenv.model import room
from kacenv.model.midi_trigger import MessageKind, MidiMessage, Trigger
from kacenv.model.request_parser import press_of
from kacenv.model.request_table import BY_KIND, REQUESTS
from kacenv.model.request_text import PressError
from kacenv.model.requests import Press, Volume

GUARD: Final = Seconds(0.4)
"""Debounce time (s): a repeated press this soon is a bouncing contact, or a nervous foot."""
HELD: Final = Seconds(1.0)
"""Default duration (s) of a long press, required for requests that are hard to take back."""
LIFT: Final = Seconds(10.0)
"""Time (s) within which a long press must end once it is long enough; a foot that stays on the
pedal doesn't count."""
FIRST_TAP: Final = Seconds(2.0)
"""Longest duration (s) of the first press of a control, which counts when it ends."""
APART: Final = Seconds(0.25)
"""Least gap (s) between a fader's requests; its last value is always sent."""
FLOOD: Final = 1000
"""Greatest rate (messages per second) that can come from a hand, about the capacity of a MIDI
cable."""
_PLAN: Final = 100
"""Fader value for the plan's level, the default of MIDI's own volume."""
_LOWEST, _HIGHEST = Decibels(-90.0), Decibels(round(40 * math.log10(127 / _PLAN), 1))
_FADER_VALUES: Final = 3
"""Number of values between a control's ends from which on it counts as a fader."""
_NEAR: Final = Decibels(0.5)
_OWN: Final = Seconds(1.0)
"""Time (s) within which the room's level follows a fader."""
LevelOf = Callable[[str | None], Decibels]
"""Function that returns an output's requested level (dB from the plan); for None, the loudest's."""


def level_of(value: int) -> Decibels:
    """Return a fader's level at `value` (0 to 127): 40 * log10(value / 100) dB from the plan.

    That is the curve of MIDI's own volume (General MIDI Level 2, control 7), shifted so that 100,
    the value of instruments at power-on, is the plan's level.
    """
    if value <= 0:
        return _LOWEST
    return Decibels(round(max(_LOWEST, 40 * math.log10(value / _PLAN)), 1))


def request_of(control: room.Control) -> "Press | Fader":
    """Parse the request of a control in the room file.

    Raises:
        PressError: its `do` can't be understood; says how it is written.
    """
    words = control.do.split()
    if not control.on.is_fader:
        return _pressable(control, press_of(words))
    match words:
        case ["volume"]:
            return Fader(None)
        case ["volume", output]:
            return Fader(output)
        case _:
            pressed = f"{control.on} above 63"
            raise PressError(
                f"{control.on} has many values, and {control.do!r} needs none.",
                f"`volume` or `volume seat-a` beside `{control.on}`; to press: `on: {pressed}`",
                "volume",
            )


def _pressable(control: room.Control, press: Press) -> Press:
    """Reject what must be held for controls that can't be, as protection against slips."""
    if BY_KIND[press.kind].pedal_held and not control.on.can_be_held:
        held = " and ".join(f"`{one.typed}`" for one in REQUESTS if one.pedal_held)
        raise PressError(
            f"{control.on} can't be kept down, and {control.do!r} needs a press of {HELD:g} s.",
            f"{held} only for a note, or a control with `above` or `below`, "
            "which can be kept down for a second",
            "lights-up",
        )
    return press


class Switch:
    """Switch: triggers when pressed, or, for a long press, when released.

    A long press needs a received release: a port that disappears meanwhile, a lost release and an
    unsolicited state trigger nothing. The first value of a control with a bound is where it rests;
    only one that then goes from end to end, as a switch does, was a press, known by its release.
    """

    def __init__(self, trigger: Trigger, press: Press) -> None:
        self.press = press
        hard = BY_KIND[press.kind].pedal_held and not trigger.held
        self.span = HELD if hard else trigger.held
        self._trigger = trigger
        self._down = trigger.is_bound
        self._value: int | None = None
        self._since = Seconds(-math.inf)
        self._is_new = trigger.is_bound
        """True until the control has left the end at which its first value was."""

    def handle(self, value: int, at: Seconds) -> bool:
        """Note a value; tell if it triggers the request."""
        before, self._value = self._value, value
        was_down = self._down
        self._down = self._trigger.is_down(value, was_down=was_down)
        if self._is_new:
            return self._is_first_press(value, at)
        return self._counts(before, was_down, at)

    def _is_first_press(self, value: int, at: Seconds) -> bool:
        """Tell if a control's first values, from its pressed end to the other, were a press."""
        pressed, released = self._trigger.ends
        began, self._since = self._since, at if value == pressed else Seconds(-math.inf)
        self._is_new = value == pressed
        longest = self.span + LIFT if self.span else FIRST_TAP
        return value == released and self.span <= at - began < longest

    def _counts(self, before: int | None, was_down: bool, at: Seconds) -> bool:
        lasted = Seconds(at - self._since)
        if not self._down:
            return was_down and 0.0 < self.span <= lasted < self.span + LIFT
        anew = not was_down or not self._trigger.is_bound
        if anew or self._value == before:
            self._since = at
        return anew and not self.span


class Fader:
    """Fader for one output, or for all (None).

    Soft takeover: the fader controls the volume only after meeting its current level, so that
    nothing jumps; and releases it when the volume is set elsewhere.
    """

    def __init__(self, output: str | None) -> None:
        self.output = output
        self._value: int | None = None
        self._wanted: Decibels | None = None
        self._asked: Decibels | None = None
        self._asked_at = Seconds(-math.inf)

    def move(self, value: int, now: Seconds, room_level: Decibels) -> None:
        """Note a value, while the volume is `room_level` (dB from the plan)."""
        before, self._value = self._value, value
        if self._holds(now, room_level) or (
            before is not None and _meets(before, value, room_level)
        ):
            self._wanted = level_of(value)

    def _holds(self, now: Seconds, room_level: Decibels) -> bool:
        recent = self._wanted is not None or now - self._asked_at < _OWN
        return recent or (self._asked is not None and abs(self._asked - room_level) < 0.05)

    @property
    def due(self) -> Seconds | None:
        """Return the time of the next request; None without one."""
        return None if self._wanted is None else Seconds(self._asked_at + APART)

    def next_request(self, now: Seconds) -> Volume | None:
        """Return the request that is due, if any."""
        if self.due is None or now < self.due:
            return None
        level, self._wanted = self._wanted, None
        if level is None or level == self._asked:
            return None
        self._asked, self._asked_at = level, now
        return Volume.model_validate({"level": f"{level:g} dB", "output": self.output})


def _meets(before: int, value: int, room_level: Decibels) -> bool:
    low, high = sorted((level_of(before), level_of(value)))
    return low - _NEAR <= min(room_level, _HIGHEST) <= high + _NEAR


class ControlMap:
    """Controls of a room, as its file maps them, on one port from its opening to its end."""

    def __init__(self, mapped: Iterable[room.Control]) -> None:
        """Parse the mapped requests; raise PressError for an invalid `do`."""
        wishes = [(control.on, request_of(control)) for control in mapped]
        self._parts = [
            (on, Fader(wish.output) if isinstance(wish, Fader) else Switch(on, wish))
            for on, wish in wishes
        ]
        self._pressed_at: dict[Press, Seconds] = {}

    def handle(
        self, message: MidiMessage, now: Seconds, volume: LevelOf, *, at: Seconds | None = None
    ) -> Iterator[Press]:
        """Yield a message's requests, and the postponed; it arrived at `at` (default `now`)."""
        at = now if at is None else at
        asking: list[Switch] = []
        for trigger, part in self._parts:
            if not trigger.concerns(message):
                continue
            if isinstance(part, Fader):
                part.move(message.value, now, volume(part.output))
            elif part.handle(message.value, at):
                asking.append(part)
        yield from (press for press in _first(asking) if self._is_new(press, at))
        yield from self.late(now)

    def _is_new(self, press: Press, at: Seconds) -> bool:
        last, self._pressed_at[press] = self._pressed_at.get(press), at
        return last is None or at - last >= GUARD

    def late(self, now: Seconds) -> Iterator[Press]:
        """Yield the postponed requests that are due: faders' last values."""
        for fader in self._faders():
            asked = fader.next_request(now)
            if asked is not None:
                yield asked

    @property
    def due(self) -> Seconds | None:
        """Return the time of the next postponed request; None without one."""
        return min(
            (due for fader in self._faders() if (due := fader.due) is not None), default=None
        )

    def _faders(self) -> Iterator[Fader]:
        return (part for _, part in self._parts if isinstance(part, Fader))


def _first(asking: Sequence[Switch]) -> Iterator[Press]:
    """Yield the longest of the long presses, and the first of the others."""
    lasting = [switch for switch in asking if switch.span]
    if lasting:
        yield max(lasting, key=lambda switch: switch.span).press
    yield from [switch.press for switch in asking if not switch.span][:1]


class TriggerLearner:
    """Describes received messages as lines of a room file, each once."""

    def __init__(self, mapped: Iterable[room.Control]) -> None:
        self._mapped = tuple(mapped)
        self._known: set[str] = set()
        self._values: dict[tuple[int, int], set[int]] = {}

    def describe(self, message: MidiMessage) -> Iterator[str]:
        """Yield the lines to add to the room file's `map`, or a comment with the existing line."""
        for trigger in self._triggers(message):
            if str(trigger) not in self._known:
                self._known.add(str(trigger))
                yield self._line(trigger, message)

    def _line(self, trigger: Trigger, message: MidiMessage) -> str:
        for control in self._mapped:
            if control.on.concerns(message) and control.on.is_fader is trigger.is_fader:
                return f"# {control.on} does this already: {control.do}"
        return f"- {{on: {trigger}, do: {'volume' if trigger.is_fader else 'hold'}}}"

    def _triggers(self, message: MidiMessage) -> Iterator[Trigger]:
        if message.sort is not MessageKind.CONTROL:
            if message.value or message.sort is MessageKind.PROGRAM:
                yield Trigger(message.sort, message.number)
            return
        values = self._values.setdefault((message.number, message.channel), set())
        values.add(message.value)
        if message.value == 127:
            yield Trigger(message.sort, message.number, above=63)
        if len(values - {0, 127}) >= _FADER_VALUES:
            yield Trigger(message.sort, message.number)


class FloodDetector:
    """Message counter that detects floods: more than `FLOOD` messages within a second."""

    def __init__(self) -> None:
        self._began = Seconds(-math.inf)
        self._count = 0

    def is_flood(self, now: Seconds) -> bool:
        """Count one more message; tell if there are too many."""
        if now - self._began >= 1.0:
            self._began, self._count = now, 0
        self._count += 1
        return self._count > FLOOD
