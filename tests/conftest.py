"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.load_profile("ci")
"""Hypothesis's own: the same examples every time, however slow the machine is.

Other examples: `pytest --hypothesis-profile=default --hypothesis-seed=N`.
"""


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees, or changes, what was measured of this machine's music."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "KACENV_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
