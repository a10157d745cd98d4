"""Bounds of what people can ask for, for requests, help and the tablet's page alike."""

from typing import Final

from kacenv.core.units import Decibels, Seconds

LONGEST_TIME: Final = Seconds(7200.0)
"""Longest time that a phase can be made longer or shorter by, or a check-in be put off."""
LOUDEST: Final = Decibels(6.0)
"""Most that an output may be set above the plan."""
QUIETEST: Final = Decibels(-90.0)
"""Least that an output may be set to, from the plan."""
