"""The guess at a piece's energy sorts calm from lively."""

import pytest
from support.houses import FOREIGN_MUSIC
from support.measurements import a_measurement

from kacenv.analysis.energy_estimate import estimated_energy
from kacenv.analysis.loudness_meter import measure


def test_real_music_is_sorted() -> None:
    """A calm short piece is guessed calmer than a battle."""
    calm, battle = (
        estimated_energy(measure(str(FOREIGN_MUSIC / f"{name}.ogg")))
        for name in ("transience", "victory2")
    )
    assert calm is not None
    assert battle is not None
    assert calm <= 2
    assert battle >= 4


@pytest.mark.parametrize("sudden", [0.0, 3.0, 8.0, 15.0, 40.0])
def test_the_guess_is_from_one_to_five(sudden: float) -> None:
    """However still or wild a file is measured."""
    for loudness in (-40.0, -20.0, -6.0):
        guess = estimated_energy(a_measurement(sudden=sudden, loudness=loudness))
        assert guess in {1, 2, 3, 4, 5}


def test_silence_has_no_energy() -> None:
    """Nothing is guessed of a silent file."""
    assert estimated_energy(a_measurement(loudness=None)) is None
