"""A live rehearsal as somebody sees it who plans a session: its page in a real browser."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from support.browser import Open
from support.daemon import KACENV
from support.houses import write_house, write_silence
from support.waiting import PATIENCE

SPEED = 240
ROOM = """
name: garden
outputs:
  - {id: speakers, role: speakers, device: no such device}
broker: {host: 192.0.2.1}
lights:
  - {id: seat, dialect: zigbee2mqtt, topic: z/seat, zone: seats, can: [level, kelvin, transition]}
  - {id: desk, dialect: plain, topic: room/desk, zone: task, can: [level]}
midi: {chimes: no such port}
looks:
  dusk: {seats: 40% 2700 K, task: 40%}
  deep: {seats: 10% 2200 K, task: 20%}
safe_light: {seats: 70% 2700 K, task: 80%}
"""
SCENE = """
title: Two evenings
phases:
  - {name: onset, duration: 8m, playlist: still, light: dusk, light_fade: 2m, crossfade: 5s}
  - {name: peak, duration: 3h, playlist: still, light: deep, light_fade: 2m, crossfade: 5s}
  - {name: return, duration: 8m, playlist: still, light: dusk, light_fade: 2m, crossfade: 5s}
check_ins:
  - {at: 3m, phases: [onset], prompt: Look in}
"""
PLAYLIST = """
title: Still
repeat: yes
tracks:
  - {file: one.wav, title: One, artist: Nobody, licence: CC0, instrumental: yes}
  - {file: two.wav, title: Two, artist: Nobody, licence: CC0, instrumental: yes}
"""
_TITLE = f"Garden rehearsal · {SPEED}\N{MULTIPLICATION SIGN} speed · Two evenings"
_HERE = "parseFloat(document.getElementById('here').style.left)"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


class Rehearsal(NamedTuple):
    """A rehearsal that goes on, and where its page is."""

    process: "subprocess.Popen[str]"
    address: str


@contextmanager
def _rehearsing(house: Path) -> Iterator[Rehearsal]:
    """`kacenv rehearse` for the scene of a house, as a process of its own."""
    command = [KACENV, "rehearse", "evenings", "--room", "garden", "--live", str(SPEED)]
    paths = {name: str(house / name.lower()) for name in ("KACENV_RUN", "KACENV_STATE")}
    process = subprocess.Popen(
        [*command, "--at", "4m", "hold"],
        env={**os.environ, **paths, "KACENV_HOUSE": str(house)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        try:
            lines = (_ADDRESS.search(line) for line in process.stdout)
            yield Rehearsal(process, next(found.group() for found in lines if found))
        finally:
            process.terminate()


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """A rehearsal in a room whose devices are all away; after four minutes it is held."""
    write_house(tmp_path, rooms__garden=ROOM, scenes__evenings=SCENE, playlists__still=PLAYLIST)
    for name in ("one", "two"):
        write_silence(tmp_path / f"playlists/{name}.wav", 150.0)
    with _rehearsing(tmp_path) as rehearsal:
        yield rehearsal
    assert not list(tmp_path.rglob("garden*.sock"))
    assert not (tmp_path / "kacenv_run").exists()


def test_a_session_is_rehearsed_at_the_tablet(rehearsal: Rehearsal, open_tablet: Open) -> None:
    """The arc moves, lamps follow, a hold holds and a release goes on, many times as fast."""
    tablet = open_tablet(rehearsal)
    assert tablet.text("#title") == _TITLE
    assert tablet.text("#health-words") == "Sound, lights and storage are well"
    tablet.reads("#phase-left", "holding")
    tablet.reads("#check-in-when", "Check-in")
    tablet.reads("#lamps", "Seats 40 %")
    held, track = tablet.page.evaluate(_HERE), tablet.text("#track")
    tablet.wait_for(f"document.getElementById('track').innerText !== '{track}'")
    assert tablet.page.evaluate(_HERE) == held
    tablet.tap("#hold")
    tablet.wait_for(f"{_HERE} > {held} + 2")
    tablet.reads("#phase", "peak")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")
    tablet.reads("#lamps", "Seats 10 %")
    tablet.shoot("rehearsal")
    assert tablet.complaints == []
    tablet.press("#stop")
    assert rehearsal.process.wait(PATIENCE) == 0
    tablet.reads("#lost-words", "The rehearsal is over. This is how it was then.")
    tablet.wait_until(lambda: tablet.page.locator("main button:enabled").count() == 0)


def test_a_rehearsal_is_left_by_ctrl_c(rehearsal: Rehearsal, open_tablet: Open) -> None:
    """Ctrl-C lets page, lamps and broker go, says how far it came, and ends with 130."""
    tablet = open_tablet(rehearsal)
    tablet.reads("#phase-in", " in")
    rehearsal.process.send_signal(signal.SIGINT)
    assert rehearsal.process.stdout
    said = rehearsal.process.stdout.read()
    assert "Left after " in said
    assert rehearsal.process.wait(PATIENCE) == 130
