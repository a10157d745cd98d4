"""How many examples of a kind are tried: few in `make test`, very many on demand.

`pytest --hypothesis-profile=deep tests/engine` tries 50 times as many, and others each time.
"""

from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

_LOADED: Final = "_get_local_constants"
"""Hypothesis's own name for what it takes from the sources that are loaded; it has no setting."""
_USUAL = 100
"""Hypothesis's own number, from which shares are counted."""


def register_profiles() -> None:
    """Name the two depths; the short one tries the same examples every time.

    It takes no constants from the sources that are loaded: those depend on the tests that a worker
    had before. Neither depth minds how slow the machine is.
    """
    found, none = vars(providers)[_LOADED], Constants()
    vars(providers)[_LOADED] = lambda: none if settings().derandomize else found()
    settings.register_profile("short", settings.get_profile("ci"), max_examples=_USUAL)
    settings.register_profile(
        "deep",
        settings.get_profile("default"),
        max_examples=50 * _USUAL,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


def examples(count: int) -> settings:
    """Return settings for `count` examples in the short profile, and as many more in a deep one."""
    return settings(max_examples=count * settings().max_examples // _USUAL, deadline=None)
