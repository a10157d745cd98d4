"""Least light of one lamp, learnt where it has gone out at less."""

from kacenv.devices.lights.fades.lightness import DimmingScale
from kacenv.model.look import Setting

HIGHEST = 0.1
"""Greatest level to which a look is raised: beyond it, another light would be shown than meant."""


class DimFloor:
    """Least brightness at which a lamp stays on; looks between it and 0 are raised to it.

    Some lamps go out at their lowest numbers (Koenkk/zigbee2mqtt#3163).
    """

    def __init__(self, scale: DimmingScale) -> None:
        self._scale = scale
        self._least = 0
        self._went_out_at: Setting | None = None

    def apply(self, setting: Setting) -> Setting:
        """Return `setting`, raised to what the lamp is known to keep."""
        if not 0 < self._scale.units(setting.level) < self._least:
            return setting
        return setting._replace(level=self._scale.level(self._least))

    def raised(self, setting: Setting) -> Setting:
        """Return `setting` at twice its brightness, as the lamp has gone out at it."""
        units, most = self._scale.units(setting.level), self._scale.units(HIGHEST)
        if not 0 < units < most:
            return setting
        self._went_out_at = self._went_out_at or setting
        self._least = min(2 * units, most)
        return self.apply(setting)

    def finding(self, kept: Setting) -> str | None:
        """Return what is to be told once a raised lamp stays on; None if there is nothing new."""
        out_at, self._went_out_at = self._went_out_at, None
        if out_at is None:
            return None
        return f"goes out at {out_at.level:.1%}; kacenv shows {kept.level:.1%} instead"
