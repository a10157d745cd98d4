"""Bulbs by their makers' models, as the bridge and a room file describe them."""

from typing import Any, NamedTuple

FULL = 254
_CLUSTERS = {
    "level": "genLevelCtrl",
    "kelvin": "lightingColorCtrl",
    "color": "lightingColorCtrl",
}


class Bulb(NamedTuple):
    """One bulb: the model that its converter knows, and what it can do."""

    model: str
    maker: str
    can: tuple[str, ...]
    mired: tuple[int, int] = (153, 500)
    quirk: str = ""

    def for_bridge(self) -> dict[str, Any]:
        """Return its description for bridge.mjs."""
        clusters = dict.fromkeys(_CLUSTERS[one] for one in self.can if one in _CLUSTERS)
        return {
            "modelId": self.model,
            "manufName": self.maker,
            "clusters": ["genOnOff", *clusters],
            "mired": self.mired,
            "quirk": self.quirk,
        }

    def for_room(self, name: str) -> dict[str, Any]:
        """Return its lines of a room file."""
        fixture = {"id": name, "dialect": "zigbee2mqtt", "topic": f"zigbee2mqtt/{name}"}
        return {**fixture, "zone": "seats", "can": list(self.can)}


_FADES = ("level", "transition")
KINDS = {
    "switched": Bulb("TRADFRI control outlet", "IKEA of Sweden", ()),
    "dimmable": Bulb("TRADFRI bulb E27 opal 1000lm", "IKEA of Sweden", _FADES),
    "white": Bulb(
        "TRADFRI bulb E27 WS opal 980lm", "IKEA of Sweden", (*_FADES, "kelvin"), (250, 454)
    ),
    "color": Bulb("LLC012", "Philips", (*_FADES, "color")),
    "extended": Bulb("LCT015", "Philips", (*_FADES, "kelvin", "color")),
}
"""Five kinds: on and off, dimmable, white, colour, and all of it."""
