"""libVLC decodes, and looks for nothing else."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.ffmpeg import MakeFile

_PLAY = """
import sys, time
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.model.playlist import Cut
deck = VlcDeck()
deck.open(Cut(sys.argv[1], "", "", Seconds(9.0), Seconds(0.0)))
while not deck.ready:
    time.sleep(0.01)
deck.close()
"""


def test_no_sound_server_is_called(make_file: MakeFile, tmp_path: Path) -> None:
    """A player that plays into memory doesn't connect to PulseAudio, here or on another machine."""
    place = str(tmp_path / "pulse")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(place)
        server.listen()
        server.setblocking(False)
        env = {**os.environ, "PULSE_SERVER": f"unix:{place}"}
        subprocess.run([sys.executable, "-c", _PLAY, make_file("flac")], check=True, env=env)
        with pytest.raises(BlockingIOError):
            server.accept()


_NOT_INSTALLED = """
import ctypes.util
ctypes.util.find_library = lambda name: None
from kacenv.core.errors import DeviceError
from kacenv.devices.audio.decks.libvlc import library
try:
    library()
except DeviceError as error:
    print(error)
"""


def test_without_libvlc_it_is_said_what_to_install() -> None:
    """Its Python module loads without it, and knows nothing then."""
    command = [sys.executable, "-c", _NOT_INSTALLED]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "apt install libvlc5" in said
