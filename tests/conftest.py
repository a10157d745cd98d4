"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees, or changes, what was measured of this machine's music."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "KACENV_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
