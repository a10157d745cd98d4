"""Decks opened for a test, and the noise that tells its own time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.shared import once
from support.sound_formats import SoundFormat
from support.telling import Clock, write_noise

MakeFormat = Callable[[SoundFormat], Path]


@pytest.fixture(scope="session")
def clock() -> Clock:
    """Return what finds a piece of the noise."""
    return Clock()


@pytest.fixture(scope="session")
def in_format(tmp_path_factory: pytest.TempPathFactory) -> MakeFormat:
    """Return what makes the noise's file in a format."""

    def make(form: SoundFormat) -> Path:
        def encode(folder: Path) -> Path:
            form.make(once(tmp_path_factory, "noise", write_noise), folder / form.name)
            return folder / form.name

        return once(tmp_path_factory, f"format-{form.name}", encode)

    return make
