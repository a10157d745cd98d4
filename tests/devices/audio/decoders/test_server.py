"""The decoder server: it has no threads, and goes when its room has gone, however that went."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from support.decoder_processes import decoders, pids_of, write_piece
from support.opened_decks import cut_of, opened
from support.processes import is_alive
from support.waiting import wait_until

from kacenv.devices.audio.decoders import server

pytestmark = pytest.mark.real
"""The server is a program."""
_ROOM = """
import sys, time
from kacenv.core.units import Seconds
from kacenv.devices.audio.decoders.room_decoders import RoomDecoders
from kacenv.model.playlist import Cut
made = RoomDecoders()
cut = Cut(sys.argv[1], "", "", Seconds(40.0))
deck = made.deck(cut)
deck.open(cut)
print(*(pid for _, pid in made.processes()), flush=True)
time.sleep(1e6)
"""


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    """Return a piece of music."""
    return write_piece(tmp_path / "piece.wav")


def test_it_has_one_thread_and_its_name(piece: Path) -> None:
    """So a fork of it is sound, and people see in `ps` what it is."""
    with decoders() as made, opened(made.deck(cut_of(piece)), cut_of(piece)):
        (pid,) = pids_of(made, server.ROLE)
        process = psutil.Process(pid)
        wait_until(lambda: process.name() == "kacenv-decoders")
        assert process.num_threads() == 1
        assert {one.name() for one in process.children()} == {"kacenv-decoder"}


def test_a_room_that_is_killed_leaves_no_process(piece: Path) -> None:
    """Server and decoder notice that nobody is there any more; that room's server is a fork."""
    command = [sys.executable, "-c", _ROOM, str(piece)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as room:
        assert room.stdout
        left = [int(word) for word in room.stdout.readline().split()]
        assert len(left) == 2
        room.send_signal(signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, left)), "a process outlives its room")
