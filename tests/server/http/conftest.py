"""A room that asks every client over TCP for a token or a PIN."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.access import a_pin, a_token
from support.guarded import Guarded
from support.tablet import ServedRoom, three_hours

from kacenv.model.device_role import DeviceRole


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """One such room for all tests of a file; each calls from addresses of its own."""
    folder: Path = tmp_path_factory.mktemp("guarded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KACENV_STATE", str(folder / "state"))
        staff, viewer = a_token(), a_token("screen", DeviceRole.VIEWER)
        pin = a_pin()
        surfaces = {"access": {}, "tcp": {"names": ["garden.clinic.lan"]}}
        with ServedRoom(folder, three_hours(), **surfaces) as room:
            yield Guarded(room, staff, viewer, pin)
