"""How fast a session is rendered to a file on one core, and whether twice is the same."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kacenv.config import House, load_room, load_session
from kacenv.rehearsal.offline_render import render

SCENE = "demo"


def report() -> Iterator[str]:
    """Times faster than it plays, libVLC's start included."""
    house = House.find()
    room, timeline = load_room(house, SCENE), load_session(house, SCENE, SCENE)
    with tempfile.TemporaryDirectory() as folder, _on_one_core():
        paths, speeds = [Path(folder) / f"{number}.flac" for number in (1, 2)], []
        for path in paths:
            start = time.perf_counter()
            rendered = render(room, timeline, path)
            speeds.append(rendered.length / (time.perf_counter() - start))
        same = paths[0].read_bytes() == paths[1].read_bytes()
    length, (first, second) = rendered.length, speeds
    yield f"{length:.0f} s rendered {first:.0f} and {second:.0f} times faster (aim: at least 20)"
    yield f"both files are {'the same' if same else 'NOT the same'}"


@contextmanager
def _on_one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
