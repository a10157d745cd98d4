"""Hold every test to what holds for all: own surroundings, same examples, a mark for real ones."""

import os
import signal
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from hypothesis import settings
from support.distribution import rank, spread
from support.examples import register_profiles
from support.fork_server import ForkServer, leased
from support.realness import Fence, is_real
from support.shared import common_folder

register_profiles()
settings.load_profile("short")
signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell that ignores Ctrl-C hands that on to all that it starts; here programs heed it."""
os.umask(0o022)
"""Some systems let a user's group write to what the user makes; a room's folder may not be so."""

STRANGE = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "PY_COLORS", "GITHUB_ACTIONS")
"""What makes terminals wider, or colours where there is no terminal."""
FENCE = Fence()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as real what imports programs, in its own file or in those of its fixtures.

    It is first, so that `-m` sees the mark. The longest files are moved to where workers begin.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = spread(items, lambda item: rank(item.path), workers)
    for item in items:
        if isinstance(item, pytest.Function) and any(map(is_real, _modules(item))):
            item.add_marker("real")


def _modules(item: pytest.Function) -> set[ModuleType]:
    """Return the files of a test and of all fixtures that it uses."""
    info = item._fixtureinfo
    makers = [maker.func for makers in info.name2fixturedefs.values() for maker in makers]
    files = {sys.modules[maker.__module__] for maker in makers if maker.__module__ in sys.modules}
    return {item.module} | files - {sys.modules[__name__]}


@pytest.fixture(autouse=True)
def no_programs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Refuse to start a program in a test without the mark."""
    if request.node.get_closest_marker("real"):
        yield
        return
    with FENCE.closed():
        yield


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees, or changes, what was measured of this machine's music; workers share it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "KACENV_CACHE", str(common_folder(tmp_path_factory) / "cache"))
        yield


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """Run commands of kacenv as forks; workers share the server."""
    with leased(common_folder(tmp_path_factory) / "forks") as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def plain_surroundings() -> Iterator[None]:
    """Keep away what the shell that started the tests says of terminals and of rooms."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*STRANGE, "KACENV_HOUSE", "KACENV_ROOM", "KACENV_RUN", "KACENV_STATE"]:
            patch.delenv(name, raising=False)
        yield
