"""What `kacenv check` says of a lamp's topics, and of what its kind can't do."""

from pathlib import Path

import pytest

from kacenv.config import House, warnings_of
from kacenv.config.checks.track_warnings import WarningRule

_ROOM = """\
name: garden
outputs: [{{id: speakers, role: speakers}}]
broker: {{host: 127.0.0.1}}
safe_light: {{seats: 50%}}
lights:
  - id: lamp
    zone: seats
    {lamp}
"""


def said(folder: Path, lamp: str) -> list[tuple[int, str]]:
    """Return the warnings about a lamp, each with its line."""
    (folder / "rooms").mkdir(exist_ok=True)
    (folder / "rooms" / "garden.yaml").write_text(_ROOM.format(lamp=lamp.replace("; ", "\n    ")))
    found = [one for one in warnings_of(House(folder)) if one.rule is WarningRule.LAMP]
    return [(one.line, one.text) for one in found]


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("zigbee2mqtt/lamp/", "ends with a slash"),
        ("zigbee2mqtt//lamp", "two slashes in a row"),
        ("zigbee2mqtt/lamp//", "ends with a slash"),
    ],
)
def test_a_slash_too_many_is_a_warning(tmp_path: Path, topic: str, words: str) -> None:
    """Brokers tell such topics apart, and the lamp would never hear a command."""
    ((line, text),) = said(tmp_path, f"dialect: zigbee2mqtt; topic: {topic}")
    assert line == 9
    assert words in text
    assert text.endswith("zigbee2mqtt/lamp")


def test_each_of_a_lamp_s_topics_is_looked_at(tmp_path: Path) -> None:
    """Of reports and of availability, too; one that begins with a slash is as good as any."""
    topics = "topic: /esp/lamp; state_topic: esp/lamp/; availability_topic: esp//there"
    assert [line for line, _ in said(tmp_path, f"dialect: home-assistant; {topics}")] == [10, 11]


@pytest.mark.parametrize(
    ("topic", "can", "line"),
    [
        ("shelly-a1/light:1", "[level, kelvin]", 10),
        ("shelly-a1/rgbw:0", "[level, kelvin, color]", 9),
        ("shelly-a1/white:0", "[level]", 9),
    ],
)
def test_a_component_that_cannot_is_named(tmp_path: Path, topic: str, can: str, line: int) -> None:
    """At what is to be changed: the abilities, or the topic."""
    ((found, text),) = said(tmp_path, f"dialect: shelly; topic: {topic}; can: {can}")
    assert found == line
    assert text.startswith("lamp: ")


def test_lamps_that_fit_are_no_warning(tmp_path: Path) -> None:
    """Nothing is said of them."""
    assert said(tmp_path, "dialect: shelly; topic: shelly-a1/cct:0; can: [level, kelvin]") == []
