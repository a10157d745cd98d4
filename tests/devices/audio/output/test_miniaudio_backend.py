"""miniaudio's backend: how ALSA's messages are kept off the terminal."""

import subprocess
import sys

_TOLD_WHILE_PYTHON_IS_LOCKED = """
import ctypes
from kacenv.devices.audio.output import miniaudio_backend

miniaudio_backend.list_devices()
told = ctypes.c_void_p.in_dll(ctypes.CDLL("libasound.so.2"), "snd_lib_error")
class Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]
locked = ctypes.PyDLL(None)  # keeps the GIL while its functions run
thread = ctypes.c_ulong()
assert locked.pthread_create(ctypes.byref(thread), None, told, b"confmisc.c") == 0
until = Timespec()
locked.clock_gettime(0, ctypes.byref(until))
until.seconds += 20
print(locked.pthread_timedjoin_np(thread, None, ctypes.byref(until)), flush=True)
locked._exit(0)
"""


def test_alsa_tells_its_errors_without_waiting_for_python() -> None:
    """A message of ALSA's returns while another thread keeps Python's lock, as RtMidi does."""
    done = subprocess.run(
        [sys.executable, "-c", _TOLD_WHILE_PYTHON_IS_LOCKED],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["0"], done.stderr
