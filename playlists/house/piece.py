"""A piece of house music, and the instruments it may be scored for."""

import random
from dataclasses import dataclass

from harmony import Chord
from layers import Layer, Note, Voice, apart, swell

PIANO = Voice(program=0, trim=-1.0)
ELECTRIC_PIANO = Voice(program=4, trim=-6.0)
CELESTA = Voice(program=8, trim=-2.0)
VIBRAPHONE = Voice(program=11, trim=0.0)
GUITAR = Voice(program=24, trim=-3.5)
VIOLA = Voice(program=41, trim=-7.0)
CELLO = Voice(program=42, trim=-4.0)
CONTRABASS = Voice(program=43, trim=-4.0)
HARP = Voice(program=46, trim=-2.5)
STRINGS = Voice(program=48, trim=-9.0)
SLOW_STRINGS = Voice(program=49, trim=-11.5)
HORN = Voice(program=60, trim=-4.5)
FLUTE = Voice(program=73, trim=-5.0)
OCARINA = Voice(program=79, trim=-7.0)
WARM_PAD = Voice(program=89, trim=-6.5)
GLASS_PAD = Voice(program=92, trim=-8.5)
HALO_PAD = Voice(program=94, trim=-7.0)
SWEEP_PAD = Voice(program=95, trim=-8.5)


@dataclass(frozen=True)
class Piece:
    """A whole piece; tempo in beats a minute, length in beats."""

    phase: str
    number: int
    title: str
    tempo: float
    beats: float
    layers: tuple[Layer, ...]

    @property
    def name(self) -> str:
        """File name without its ending, such as `settle-1`."""
        return f"{self.phase}-{self.number}"


def length(chords: list[Chord]) -> float:
    """Length of a progression in beats."""
    return sum(chord.beats for chord in chords)


def hand(name: str) -> random.Random:
    """The small unevenness of a player's hand, the same each time for one name."""
    return random.Random(name)


def layer(  # noqa: PLR0913 - one line of the score names them all
    voice: Voice,
    notes: tuple[Note, ...],
    swelling: str,
    *,
    level: float = 0.0,
    pan: float = 0.0,
    breath: float = 0.0,
    depth: float = 0.0,
) -> Layer:
    """One line of the score; see `Layer` and `Swell` for the units."""
    curve = swell(swelling, breath=breath, depth=depth)
    return Layer(voice, level, pan, curve, apart(notes))
