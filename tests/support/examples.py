"""How many examples of a kind are tried: few in `make test`, very many on demand.

`pytest --hypothesis-profile=deep tests/engine` tries 50 times as many, and others each time.
"""

from hypothesis import HealthCheck, settings

_USUAL = 100
"""Hypothesis's own number, from which shares are counted."""


def register_profiles() -> None:
    """Name the two depths; the short one tries the same examples every time.

    Neither minds how slow the machine is.
    """
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
