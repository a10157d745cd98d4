"""Encoder of one lamp: fade steps to messages of its dialect."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, codec
from kacenv.devices.lights.fades.fade_steps import FadeStep, LampFade, LampRunFade, SteppedFade
from kacenv.devices.lights.fades.trajectory import Trajectory
from kacenv.model.look import Setting
from kacenv.model.room import Ability, Fixture

SAME_WHITE = 25.0
"""Difference of whites (kelvin) that nobody sees, larger than the rounding to whole mired."""
_AT_ONCE = Seconds(0.0)
_NOTHING = Reported()


class LampEncoder:
    """Encodes one lamp's fades and steps; remembers the last setting sent."""

    def __init__(self, fixture: Fixture) -> None:
        self._codec = codec(fixture)
        self.fades = self._codec.LONGEST > 0 and Ability.TRANSITION in fixture.can
        """True if the lamp has transitions of its own."""
        self.gap = self._codec.GAP
        """Least gap (s) between two messages to the lamp."""
        self.scale = self._codec.scale
        self.last_sent: Setting | None = None
        """Setting sent last, level and white or colour together."""
        self._has_ended_effect = False

    def fade_along(
        self,
        path: Trajectory,
        origin: Setting | None,
        *,
        urgent: bool = False,
        together: bool = False,
    ) -> LampFade:
        """Return the fade along `path` for this lamp; `origin` is None if unknown.

        White and level go `together` where their order matters less than time.
        """
        self._has_ended_effect = False
        if not self.fades:
            return SteppedFade.begin(path, self.scale, urgent=urgent, gap=self.gap)
        apart = not together and self._apart(path.target, origin)
        return LampRunFade.begin(path, apart=apart, urgent=urgent, longest=self._codec.LONGEST)

    def _apart(self, target: Setting, origin: Setting | None) -> bool:
        """Tell if white or colour changes and needs a message of its own."""
        if target.color is not None:
            changes = origin is None or origin.color != target.color
        else:
            before = origin.kelvin if origin else None
            same = before and target.kelvin and abs(target.kelvin - before) < SAME_WHITE
            changes = target.kelvin is not None and not same
        return changes and bool(self._codec.encode_color(target, _AT_ONCE))

    def encode_step(self, step: FadeStep, last: Reported = _NOTHING) -> tuple[Message, ...]:
        """Return the messages for one step of a fade, for a lamp whose last report was `last`."""
        level, kelvin, transition, color = step
        if level is None:
            shown = Setting(Level(1.0), kelvin, color)
            return self._codec.encode_color(shown, transition)
        before = self.last_sent or Setting(level)
        shade = (kelvin, color) if kelvin or color else (before.kelvin, before.color)
        self.last_sent = Setting(level, *shade)
        setting = Setting(level, kelvin, color)
        return self._codec.encode_after(self._left_over(last, setting), setting, transition)

    def _left_over(self, last: Reported, setting: Setting) -> Reported:
        """Return `last`, whose effect is to be ended once a fade where each step is a message."""
        if self._has_ended_effect and not self.fades:
            return last._replace(effect=None)
        self._has_ended_effect |= setting.level > 0
        return last
