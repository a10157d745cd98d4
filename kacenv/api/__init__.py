"""HTTP API: every client reads and drives the room through it."""

from kacenv.api.app import Ways, make_app
from kacenv.api.door import Door
from kacenv.api.errands import Errands
from kacenv.api.hatch import Hatch, hatch_options
from kacenv.api.headers import Careful
from kacenv.api.login import Host
from kacenv.api.porch import Porch

__all__ = [
    "Careful",
    "Door",
    "Errands",
    "Hatch",
    "Host",
    "Porch",
    "Ways",
    "hatch_options",
    "make_app",
]
