"""Shared libVLC instance of this process, configured only to decode."""

import functools
import importlib
from types import ModuleType
from typing import Any

from kacenv.core.errors import DeviceError
from kacenv.system.allocator import give_back_freed_memory

_OPTIONS = (
    "--intf=dummy",
    "--quiet",
    "--no-xlib",
    "--no-stats",
    # By default each player looks for sound servers and devices, although it plays into memory.
    "--aout=adummy",
    # Nothing but the sound is read: no scripts, no lists, no covers, no texts beside the music.
    "--no-lua",
    "--no-metadata-network-access",
    "--no-auto-preparse",
    "--no-sub-autodetect-file",
    # Only decoders of music; `none` is the end of the list.
    "--codec=araw,flac,vorbis,opus,speex,mpg123,faad,none",
    "--no-video",
    "--no-sout-video",
    "--no-spu",
    "--no-sout-spu",
    # Only one of a file's audio tracks; by default a stream output takes them all.
    "--no-sout-all",
    # By default a stream output uses the worst resampler: -8 dB of spurious tones.
    "--audio-resampler=speex_resampler,soxr,any",
    "--speex-resampler-quality=6",
)
_MISSING = (
    "VLC's library can't be used ({}); install it: apt install libvlc5 vlc-plugin-base, version 3.0"
)


@functools.cache
def library() -> ModuleType:
    """Import the python-vlc module.

    Raises:
        DeviceError: libVLC isn't installed.
    """
    try:
        module = importlib.import_module("vlc")
        module.libvlc_get_version()
    except (OSError, ImportError, NotImplementedError, NameError) as error:
        raise DeviceError(_MISSING.format(error)) from error
    return module


@functools.cache
def instance() -> Any:
    """Return the shared `vlc.Instance`.

    Raises:
        DeviceError: libVLC isn't installed or doesn't start.
    """
    give_back_freed_memory()
    made = library().Instance(list(_OPTIONS))
    if made is None:
        raise DeviceError(_MISSING.format("it refuses to start"))
    return made
