"""List of a house's scenes for clients."""

from dataclasses import dataclass

from kacenv.config.house import House
from kacenv.config.yaml.document import read_document
from kacenv.config.yaml.validation_errors import validate
from kacenv.core.errors import LoadError
from kacenv.core.units import Decibels, Seconds
from kacenv.model.scene import Scene


@dataclass(frozen=True, slots=True)
class PhaseCard:
    """A phase as planned: its length in seconds and its music's level in dB."""

    name: str
    duration: Seconds
    level: Decibels


@dataclass(frozen=True, slots=True)
class SceneCard:
    """A scene that can be begun; or, with a `problem`, one whose file must be mended first."""

    name: str
    title: str
    duration: Seconds
    phases: tuple[PhaseCard, ...]
    problem: str | None = None


def scene_cards(house: House) -> tuple[SceneCard, ...]:
    """Return every scene of the house by name; its music is checked only when it begins."""
    return tuple(_card(house, name) for name in house.scenes())


def _card(house: House, name: str) -> SceneCard:
    try:
        scene = validate(Scene, read_document(house.scene(name)))
    except LoadError as error:
        return SceneCard(name, name, Seconds(0.0), (), str(error))
    phases = tuple(PhaseCard(phase.name, phase.duration, phase.level) for phase in scene.phases)
    return SceneCard(name, scene.title, scene.duration, phases)
