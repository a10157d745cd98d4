"""Decks opened for a test, and the noise that tells its own time."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from support.made_kinds import made_kind
from support.sound_kinds import SoundKind
from support.telling import Clock

MakeKind = Callable[[SoundKind], Path]


@pytest.fixture(scope="session")
def clock() -> Clock:
    """Return what finds a piece of the noise."""
    return Clock()


@pytest.fixture(scope="session")
def in_format(tmp_path_factory: pytest.TempPathFactory) -> MakeKind:
    """Return what makes the noise's file of a kind."""
    return partial(made_kind, tmp_path_factory)
