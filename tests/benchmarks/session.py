"""How exactly a session for real follows its plan: gaps, crossfades, chimes, lamps.

`make test` holds the same figures on simulated time, where the sound is rendered.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from support.tone_figures import gap, lateness, pitch_of, power_deviations
from support.tone_house import BELLS, LOOKS, PHASES, SPEAKERS, STAFF
from support.tone_session import Lived, live

_GAP, _TONE, _POWER, _LATE, _LEVEL = 0.05, 0.01, 0.5, 0.1, 0.012
"""The aims: seconds, share of the phase's own tone, dB, seconds, share of a lamp's range."""


def report() -> Iterator[str]:
    """A line for each figure."""
    with tempfile.TemporaryDirectory() as folder:
        lived = live(Path(folder))
    heard = lived.recording
    yield _line("longest gap (s)", gap(heard), _GAP)
    foreign = max(pitch_of(heard, index)[1] for index in range(len(PHASES)))
    yield _line("strongest other tone beside a phase's own", foreign, _TONE)
    yield _line("off constant power (dB)", max(map(abs, power_deviations(heard))), _POWER)
    for who, channel in (("room", SPEAKERS), ("staff", STAFF)):
        late = max((lateness(heard, channel, at) for at in BELLS[who]), key=abs)
        yield _line(f"chimes for {who} late by (s)", late, _LATE)
    yield _line("lamps off their look at the end of a phase", _off_look(lived), _LEVEL)


def _off_look(lived: Lived) -> float:
    """Return the most that any lamp was from its look, of the phases that were seen to end."""
    return max(
        abs(level - LOOKS[phase] / 100)
        for phase, lamps in lived.shown.items()
        for level in lamps.values()
    )


def _line(name: str, figure: float, aim: float) -> str:
    missed = "" if abs(figure) <= aim else f" (MISSED: {aim:g})"
    return f"{name}: {figure:.4f}{missed}"
