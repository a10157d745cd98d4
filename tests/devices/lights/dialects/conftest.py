"""Codecs of single lamps."""

from collections.abc import Callable

import pytest
from support.dialects import MakeCodec

from kacenv.devices.lights.dialects import LampCodec, codec
from kacenv.model.room import Fixture


@pytest.fixture
def make_codec(make_fixture: Callable[..., Fixture]) -> MakeCodec:
    """Make one lamp's codec."""

    def make(dialect: str, *can: str, **fields: object) -> LampCodec:
        return codec(make_fixture(dialect, *can, **fields))

    return make
