"""Where a lamp is believed to be: on its fade, where one left it, or where it says it is."""

from kacenv.lights.fader import LampFade
from kacenv.lights.self_report import SelfReport
from kacenv.lights.witness import Witness
from kacenv.look import Setting
from kacenv.units import Level, Seconds


class Belief:
    """What a lamp was told and what it has said, weighed against each other."""

    def __init__(self, said: SelfReport, witness: Witness) -> None:
        self._said, self._witness = said, witness
        self._rest: Setting | None = None
        self.fade: LampFade | None = None
        """On its way, or at its end; None where it was led nowhere, or has left its way."""
        self.told_at: Seconds | None = None
        """When it was told anything last."""

    def set_out(self, fade: LampFade) -> None:
        """It is led along `fade` from now on."""
        self.fade, self._rest = fade, None

    def stay(self, setting: Setting | None) -> None:
        """It has left its fade, and shows `setting`; None where nobody knows."""
        self.fade, self._rest = None, setting

    def left_alone(self, told: Setting | None) -> None:
        """Nothing more can be said: it ends its own fade, or stays at the last step, `told`."""
        if self.fade is not None and self.fade.next_due() is not None:
            self.fade, self._rest = self.fade.left_alone(), told

    def at(self, now: Seconds) -> Setting | None:
        """What it should show now."""
        return self.fade.path.at(now) if self.fade else self._rest

    def level_at(self, now: Seconds) -> Level:
        """That level, as the eye sees it; 0 where nobody knows."""
        believed = self.at(now)
        return believed.level if believed else Level(0.0)

    def is_busy(self, now: Seconds) -> bool:
        """Whether it is on its way, or has still to be told something."""
        fade = self.fade
        return fade is not None and (now < fade.path.end or fade.next_due() is not None)

    def origin(self, now: Seconds) -> Setting | None:
        """Where a fade begins: a report wins over a belief that is at rest."""
        believed, reported = self.at(now), self._said.setting
        if reported is None or not self._outdated(believed, reported.level):
            return believed
        if reported.kelvin is None and reported.color is None and believed:
            return believed._replace(level=reported.level)
        return reported

    def _outdated(self, believed: Setting | None, level: Level) -> bool:
        """Whether the lamp has been changed by someone else since its last fade ended."""
        if believed is None:
            return True
        rest = self.fade.path.end if self.fade else self.told_at
        said_at = self._said.level_at
        if said_at is None or (rest is not None and said_at <= rest):
            return False
        return not self._witness.agree(level, believed.level)
