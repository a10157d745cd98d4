"""The API: every surface drives the room through it, and reads the room from it."""

from kacenv.api.app import Ways, make_app
from kacenv.api.errands import Errands

__all__ = ["Errands", "Ways", "make_app"]
