"""Find RtMidi for Python, which has wheels for some versions of Python alone."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

_DEBIANS: Final = Path("/usr/lib/python3/dist-packages/rtmidi/__init__.py")
"""Where Debian's package python3-rtmidi puts it, for the system's own Python."""
MISSING: Final = "RtMidi isn't installed. Install it with: apt install python3-rtmidi"


def load_rtmidi() -> ModuleType:
    """Return the module `rtmidi`: our environment's own, else Debian's.

    mido, which imports it by its name, then finds the same.

    Raises:
        OSError: There is neither.
    """
    try:
        return _import_own()
    except ImportError:
        return _load_debians()


def _import_own() -> ModuleType:
    return import_module("rtmidi")


def _load_debians() -> ModuleType:
    spec = spec_from_file_location("rtmidi", _DEBIANS)
    if spec is None or spec.loader is None:
        raise OSError(MISSING)
    module = module_from_spec(spec)
    sys.modules["rtmidi"] = module
    try:
        spec.loader.exec_module(module)
    except (ImportError, OSError) as error:
        del sys.modules["rtmidi"]
        raise OSError(MISSING) from error
    return module
