"""A simulated hour with twenty broken tracks of fifty."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kacenv.devices.audio.samples import Block, frames_in
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.offline_render import OfflineSession
from soak.listening import Heard, listen
from soak.tracks import CROSSFADE, make_broken, make_good, room_and_session

SPAN = 3600.0


class Run(NamedTuple):
    """What was heard between the first fade-in and the last fade-out, and what staff were told."""

    sound: Block
    heard: Heard
    told: list[str]


def report() -> Iterator[str]:
    """What was heard and told."""
    with tempfile.TemporaryDirectory() as folder:
        paths = make_good(Path(folder)) + make_broken(Path(folder))
        run = play(*room_and_session(paths, SPAN))
    yield str(run.heard)
    yield from (f"told: {text}" for text in run.told)


def play(room: Room, timeline: Timeline) -> Run:
    """Render a session, and listen to all but its planned beginning and end."""
    session = OfflineSession(room, timeline)
    try:
        sound = np.concatenate([block[:, :1] for block in session.blocks()])
    finally:
        session.close()
    told = [str(text) for m in session.moments if (text := getattr(m.command, "text", None))]
    begin, end = frames_in(CROSSFADE), frames_in(timeline.duration)
    return Run(sound, listen(sound[begin:end]), told)
