"""Files of the kinds of sound files, each made once for all workers of a run."""

from pathlib import Path

import pytest
from support.shared import once
from support.sound_kinds import SoundKind
from support.telling import write_noise


def made_kind(factory: pytest.TempPathFactory, kind: SoundKind) -> Path:
    """Return a file of a kind, which nobody changes."""

    def make(folder: Path) -> Path:
        kind.make(once(factory, "noise", write_noise), folder / kind.name)
        return folder / kind.name

    return once(factory, f"kind-{kind.name}", make)
