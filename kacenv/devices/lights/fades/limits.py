"""Limits on a lamp's fades: slope, warm dimming, and cool white in dim light."""

from typing import NamedTuple

from kacenv.core.units import Kelvin
from kacenv.devices.lights.fades.color_fade import color_of
from kacenv.devices.lights.fades.trajectory import STEEPEST, WarmDimRange
from kacenv.devices.lights.fades.warm_dim import warm_dim
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, DimLight, Fixture, Room


class LightLimits(NamedTuple):
    """A room's limits for one lamp."""

    steepest: float = STEEPEST
    """Greatest slope (level per second), except in lights-up."""
    dim_light: DimLight = DimLight()
    warm_dims: bool = False

    @classmethod
    def of(cls, room: Room, fixture: Fixture) -> "LightLimits":
        """Return the limits that the room file sets for a lamp."""
        return cls(room.steepest_light, room.dim_light, room.warm_dims(fixture))

    def warmth(self, fixture: Fixture, setting: Setting) -> WarmDimRange | None:
        """Return the range of warm dimming; None if the look sets a white or the lamp has none."""
        gives = setting.kelvin is not None or setting.color is not None
        if gives or not self.warm_dims or Ability.KELVIN not in fixture.can:
            return None
        return WarmDimRange(fixture.warmest, fixture.coolest)

    def apply(self, fixture: Fixture, setting: Setting, *, cool: bool = False) -> Setting:
        """Return `setting` within the lamp's abilities and, unless `cool`, the dim-light limit."""
        warmth = self.warmth(fixture, setting)
        if warmth is not None:
            return Setting(setting.level, warm_dim(setting.level, *warmth))
        return _possible(
            fixture, setting if cool else limited_in_dim_light(setting, self.dim_light)
        )


USUAL = LightLimits()
"""Limits of a room file without any."""


def limited_in_dim_light(setting: Setting, dim: DimLight) -> Setting:
    """Replace a white or colour that is too cool or too blue for so dim a light.

    Below `dim.below` a cooler white becomes `dim.coolest`, and so does a colour with a greater
    share of blue than that white has.
    """
    if not 0 < setting.level < dim.below:
        return setting
    if setting.color is not None and _blueness(setting.color) > _blueness(color_of(dim.coolest)):
        return Setting(setting.level, dim.coolest)
    if setting.kelvin is not None and setting.kelvin > dim.coolest:
        return setting._replace(kelvin=dim.coolest)
    return setting


def _blueness(color: Color) -> float:
    """Return the ratio of blue to the stronger of red and green."""
    return color.blue / max(color.red, color.green, 1)


def _possible(fixture: Fixture, setting: Setting) -> Setting:
    level, kelvin, color = setting
    if color is not None:
        return Setting(level, None, color if Ability.COLOR in fixture.can else None)
    if kelvin is not None and Ability.KELVIN in fixture.can:
        return Setting(level, Kelvin(min(max(kelvin, fixture.warmest), fixture.coolest)))
    if kelvin is not None and Ability.COLOR in fixture.can:
        return Setting(level, None, color_of(kelvin))
    return Setting(level)
