"""Brief files of the kinds of sound files, each made once for all workers of a run."""

from functools import partial
from pathlib import Path

import pytest
from support.shared import once
from support.sound_kinds import SoundKind
from support.telling import BRIEF, write_noise


def made_kind(factory: pytest.TempPathFactory, kind: SoundKind) -> Path:
    """Return a file of a kind, which nobody changes."""

    def make(folder: Path) -> Path:
        noise = once(factory, "noise", partial(write_noise, length=BRIEF))
        kind.make(noise, folder / kind.name)
        return folder / kind.name

    return once(factory, f"kind-{kind.name}", make)
