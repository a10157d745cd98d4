"""Warnings about a room: looks that its lamps can't show, and its way to browsers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kacenv.config.checks.lamp_warnings import lamp_warnings
from kacenv.config.checks.track_warnings import LintWarning, WarningRule
from kacenv.config.load import LoadedRoom
from kacenv.config.yaml.document import Trail
from kacenv.config.yaml.text_files import any_of, read_text
from kacenv.model.look import Setting, Zone
from kacenv.model.network import Tls
from kacenv.model.room import Ability, Fixture
from kacenv.system.certificate import CertificateError, open_certificate

_LOOKS: Final = ("looks", "safe_light")
_PLAIN: Final = (
    "tls: none lets everybody on the network read along, PINs too; ask for a certificate"
)
_COMMENTED: Final = re.compile(r"\s#([0-9A-Fa-f]{6})\b")


def room_warnings(places: Iterable[LoadedRoom], root: Path) -> Iterator[LintWarning]:
    """Yield warnings about each room; paths of certificates are relative to `root`."""
    for place in places:
        yield from _looks(place)
        yield from _dark(place)
        yield from _lamps(place)
        yield from _commented(place)
        yield from _network(place, root)


def _looks(place: LoadedRoom) -> Iterator[LintWarning]:
    if place.room.lights:
        for trail, zone, setting in _settings(place):
            lamps = [lamp for lamp in place.room.lights if lamp.zone is zone]
            for text in _about(setting, zone, lamps):
                yield _warning(place, trail, WarningRule.LOOK, text)


def _warning(place: LoadedRoom, trail: Trail, rule: WarningRule, text: str) -> LintWarning:
    line, column = place.document.place(trail)
    return LintWarning(place.document.file, line, column, text, rule)


def _settings(place: LoadedRoom) -> Iterator[tuple[Trail, Zone, Setting]]:
    for name, look in place.room.looks.items():
        for zone, setting in look.items():
            yield ("looks", name, zone.value), zone, setting
    for zone, setting in place.room.safe_light.items():
        yield ("safe_light", zone.value), zone, setting


def _about(setting: Setting, zone: Zone, lamps: Sequence[Fixture]) -> Iterator[str]:
    if not lamps:
        yield f"no lamp is in the zone {zone}"
    for lamp in lamps:
        if Ability.LEVEL not in lamp.can and 0 < setting.level < 1:
            yield f"{lamp.id} can only be on or off; {setting} switches it on"
        if setting.kelvin is not None and Ability.KELVIN in lamp.can:
            shown = min(max(setting.kelvin, lamp.warmest), lamp.coolest)
            if shown != setting.kelvin:
                yield (
                    f"{lamp.id} goes from {lamp.warmest:.0f} K to {lamp.coolest:.0f} K;"
                    f" for {setting.kelvin:.0f} K it shows {shown:.0f} K"
                )
    plain = [lamp.id for lamp in lamps if Ability.COLOR not in lamp.can]
    if setting.color is not None and plain:
        yield f"no colours: {any_of(plain)}; there the level alone is shown"


def _dark(place: LoadedRoom) -> Iterator[LintWarning]:
    for zone, setting in place.room.safe_light.items():
        if not setting.level:
            text = f"lights-up leaves {zone} dark, and people get up unsteadily; give it a level"
            yield _warning(place, ("safe_light", zone.value), WarningRule.LOOK, text)


def _lamps(place: LoadedRoom) -> Iterator[LintWarning]:
    for index, lamp in enumerate(place.room.lights):
        for key, text in lamp_warnings(lamp):
            yield _warning(place, ("lights", index, key), WarningRule.LAMP, text)


def _commented(place: LoadedRoom) -> Iterator[LintWarning]:
    """Yield unquoted colours, which YAML reads as comments."""
    lines = read_text(Path(place.document.file)).splitlines()
    seen: set[int] = set()
    for trail, (line, column) in place.document.values.items():
        if len(trail) < 2 or trail[0] not in _LOOKS or line in seen:
            continue
        match = _COMMENTED.search(lines[line - 1], column - 1)
        value = place.document.at(trail)
        if match is None or not isinstance(value, str) or match[1] in value:
            continue
        seen.add(line)
        color = f"#{match[1]}"
        level = value.split("%")[0]
        example = f'color: "{color}"' if trail[-1] == "level" else f'"{level}% {color}"'
        text = f"{color} isn't read: unquoted, # begins a comment; for a colour write {example}"
        yield LintWarning(place.document.file, line, match.start() + 2, text, WarningRule.COMMENT)


def _network(place: LoadedRoom, root: Path) -> Iterator[LintWarning]:
    tcp = place.room.surfaces.tcp
    if tcp is not None and tcp.tls is not None:
        text = _about_certificate(tcp.tls, root) if tcp.tls.encrypts else _PLAIN
        if text and (tcp.tls.encrypts or not tcp.is_here):
            yield _warning(place, ("surfaces", "tcp", "tls"), WarningRule.NETWORK, text)


def _about_certificate(tls: Tls, root: Path) -> str | None:
    try:
        found = open_certificate(root / tls.certificate, root / tls.key)
    except CertificateError as error:
        return str(error) if error.of_time else None
    return found.warning(datetime.now(UTC))
