"""Controls: what a pedal or a controller sends becomes requests. Pure; time is told to it."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from kacenv import room
from kacenv.presses import PressError, press_of
from kacenv.requests import End, Press, Stop, Volume
from kacenv.trigger import Heard, Sort, Trigger
from kacenv.units import Decibels, Seconds

GUARD: Final = Seconds(0.4)
"""The same press so soon after itself is a bouncing contact, or a nervous foot."""
HELD: Final = Seconds(1.0)
"""So long a press is needed for what is hard to take back, where the room file says no other."""
LIFT: Final = Seconds(10.0)
"""A long press counts when it ends within this time after it has become one; no foot stays on."""
APART: Final = Seconds(0.25)
"""A fader asks no oftener than this; its last word always counts."""
FLOOD: Final = 1000
"""More messages than this within a second come from no hand: a MIDI cable carries about as many."""
_PLAN: Final = 100
"""The value at which a fader asks for the plan's level; where MIDI's own volume begins."""
_LOWEST, _HIGHEST = Decibels(-90.0), Decibels(round(40 * math.log10(127 / _PLAN), 1))
_FADER_VALUES: Final = 3
"""A control that has shown this many values between its ends is a fader."""
_NEAR: Final = Decibels(0.5)
_OWN: Final = Seconds(1.0)
"""The room shows what a fader has asked for within this time."""
LevelOf = Callable[[str | None], Decibels]
"""How loud an output is asked to be now (dB from the plan); for None, the loudest of all."""


def level_of(value: int) -> Decibels:
    """What a fader at `value` (0 to 127) asks for, in dB from the plan: 40 * log10(value / 100).

    That is the curve of MIDI's own volume (General MIDI Level 2, control 7), such that 100, where
    instruments stand when they are switched on, is the plan's level.
    """
    if value <= 0:
        return _LOWEST
    return Decibels(round(max(_LOWEST, 40 * math.log10(value / _PLAN)), 1))


def wish_of(control: room.Control) -> "Press | Fader":
    """What a line of the room file asks for.

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
    """What a hand that slips must not do needs a press that can last."""
    if isinstance(press, End | Stop) and not control.on.can_be_held:
        raise PressError(
            f"{control.on} can't be kept down, and {control.do!r} needs a press of {HELD:g} s.",
            "`end` and `stop` only for a note, or a control with `above` or `below`, "
            "which can be kept down for a second",
            "lights-up",
        )
    return press


class Switch:
    """A press: it counts when it goes down, or where it must last, at its end.

    What lasts counts by the release that was heard alone: a port that vanishes in the middle, a
    release that is lost and a state sent unasked press nothing.
    """

    def __init__(self, trigger: Trigger, press: Press) -> None:
        self.press = press
        hard = isinstance(press, End | Stop) and not trigger.held
        self.span = HELD if hard else trigger.held
        self._trigger = trigger
        self._down = False
        self._value: int | None = None
        self._since = Seconds(-math.inf)

    def move(self, value: int, at: Seconds) -> bool:
        """Note where it is; whether it asks for something by that."""
        before, self._value = self._value, value
        was_down = self._down
        self._down = self._trigger.is_down(value, was_down=was_down)
        lasted = Seconds(at - self._since)
        if not self._down:
            return was_down and 0.0 < self.span <= lasted < self.span + LIFT
        anew = not was_down or not self._trigger.is_bound
        if anew or value == before:
            self._since = at
        return anew and not self.span


class Fader:
    """A fader for one output, or for all (None).

    It takes hold of the volume where it meets it, so that nothing jumps to where it happens to
    stand; and lets go of it when somebody else sets another one.
    """

    def __init__(self, output: str | None) -> None:
        self.output = output
        self._value: int | None = None
        self._wanted: Decibels | None = None
        self._asked: Decibels | None = None
        self._asked_at = Seconds(-math.inf)

    def move(self, value: int, now: Seconds, room_level: Decibels) -> None:
        """Note where it is, while the volume is `room_level` (dB from the plan)."""
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
        """When it next asks for something."""
        return None if self._wanted is None else Seconds(self._asked_at + APART)

    def ask(self, now: Seconds) -> Volume | None:
        """What it asks for by now."""
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


class Controls:
    """The pedal or controller of a room, as its file maps it."""

    def __init__(self, mapped: Iterable[room.Control]) -> None:
        """Raises PressError where a `do` can't be understood; the loader finds those first."""
        self._wishes = [(control.on, wish_of(control)) for control in mapped]
        self._pressed_at: dict[Press, Seconds] = {}
        self.forget()

    def hear(
        self, heard: Heard, now: Seconds, volume: LevelOf, *, at: Seconds | None = None
    ) -> Iterator[Press]:
        """What a message asks for, if anything; `at` is when it arrived, if not just now."""
        at = now if at is None else at
        asking: list[Switch] = []
        for trigger, part in self._parts:
            if not trigger.concerns(heard):
                continue
            if isinstance(part, Fader):
                part.move(heard.value, now, volume(part.output))
            elif part.move(heard.value, at):
                asking.append(part)
        yield from (press for press in _first(asking) if self._is_new(press, at))
        yield from self.late(now)

    def _is_new(self, press: Press, at: Seconds) -> bool:
        last, self._pressed_at[press] = self._pressed_at.get(press), at
        return last is None or at - last >= GUARD

    def late(self, now: Seconds) -> Iterator[Press]:
        """What had to wait: the last words of faders."""
        for fader in self._faders():
            asked = fader.ask(now)
            if asked is not None:
                yield asked

    @property
    def due(self) -> Seconds | None:
        """When there is next something to ask that has to wait."""
        return min(
            (due for fader in self._faders() if (due := fader.due) is not None), default=None
        )

    def _faders(self) -> Iterator[Fader]:
        return (part for _, part in self._parts if isinstance(part, Fader))

    def forget(self) -> None:
        """The port has been away: nothing is pressed, and faders may stand anywhere."""
        self._parts = [
            (on, Fader(wish.output) if isinstance(wish, Fader) else Switch(on, wish))
            for on, wish in self._wishes
        ]


def _first(asking: Sequence[Switch]) -> Iterator[Press]:
    """Of the presses that had to last the longest, and of those that had not the first."""
    lasting = [switch for switch in asking if switch.span]
    if lasting:
        yield max(lasting, key=lambda switch: switch.span).press
    yield from [switch.press for switch in asking if not switch.span][:1]


class Lesson:
    """Says what arrives in the words of a room file, each thing once."""

    def __init__(self, mapped: Iterable[room.Control]) -> None:
        self._mapped = tuple(mapped)
        self._known: set[str] = set()
        self._values: dict[tuple[int, int], set[int]] = {}

    def learn(self, heard: Heard) -> Iterator[str]:
        """Lines to put into the `map` of a room file, or what is there already."""
        for trigger in self._triggers(heard):
            if str(trigger) not in self._known:
                self._known.add(str(trigger))
                yield self._line(trigger, heard)

    def _line(self, trigger: Trigger, heard: Heard) -> str:
        for control in self._mapped:
            if control.on.concerns(heard) and control.on.is_fader is trigger.is_fader:
                return f"# {control.on} does this already: {control.do}"
        return f"- {{on: {trigger}, do: {'volume' if trigger.is_fader else 'hold'}}}"

    def _triggers(self, heard: Heard) -> Iterator[Trigger]:
        if heard.sort is not Sort.CONTROL:
            if heard.value or heard.sort is Sort.PROGRAM:
                yield Trigger(heard.sort, heard.number)
            return
        values = self._values.setdefault((heard.number, heard.channel), set())
        values.add(heard.value)
        if heard.value == 127:
            yield Trigger(heard.sort, heard.number, above=63)
        if len(values - {0, 127}) >= _FADER_VALUES:
            yield Trigger(heard.sort, heard.number)


class Traffic:
    """Counts messages; more than `FLOOD` within a second come from no hand."""

    def __init__(self) -> None:
        self._began = Seconds(-math.inf)
        self._count = 0

    def is_flood(self, now: Seconds) -> bool:
        """Count one more message, and say whether they are too many."""
        if now - self._began >= 1.0:
            self._began, self._count = now, 0
        self._count += 1
        return self._count > FLOOD
