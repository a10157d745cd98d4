"""The API against its own description: Schemathesis asks what nobody would."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support.guarded import Guarded
from support.sessions import a_room

from kacenv.server.http.api import FileOperations, make_app
from kacenv.session.session import Session
from kacenv.system.clock import SimClock

DESCRIPTION = Path(__file__).parents[3] / "docs" / "openapi.json"
EXAMPLES = 12
"""Of each kind, for each address; 150 take half a minute."""
LOOK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
STREAM = "/v1/events"
"""Has no end; tests/server/http/test_status_watch.py reads it."""


async def _no_scene(scene: str, _: str) -> str:
    return scene


async def _no_scenes() -> list[Any]:
    return []


def described() -> dict[str, Any]:
    """What the API says of itself."""

    async def describe() -> dict[str, Any]:
        return make_app(
            Session(a_room(), SimClock()), FileOperations(_no_scene, _no_scenes)
        ).openapi()

    return asyncio.run(describe())


def test_the_written_description_is_the_apis() -> None:
    """docs/openapi.json is what /openapi.json answers; the API has changed if it isn't."""
    written = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    assert written == described(), (
        "write it anew: PYTHONPATH=tests python tests/server/http/test_openapi.py"
    )


def test_every_address_is_of_version_one_and_says_what_may_go_wrong() -> None:
    """Below /v1, with words for a stranger (401), a flood (429) and a wrong name (421)."""
    paths = described()["paths"]
    assert set(paths) == {
        *("/v1/status", "/v1/events", "/v1/scenes", "/v1/requests", "/v1/start", "/v1/login"),
        *("/v1/records", "/v1/records/{id}"),
    }
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert {"401", "421", "422", "429"} <= set(operation["responses"]), (method, path)
            assert operation["summary"], (method, path)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for news here."""
    monkeypatch.setattr("kacenv.server.http.api.LONGEST_POLL", 0.02)


@pytest.fixture(scope="module")
def unhurried() -> Iterator[None]:
    """A machine may ask as quickly as it likes here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kacenv.server.http.edge.middleware.REQUESTS_AT_ONCE", 100_000)
        patch.setattr("kacenv.server.http.edge.connection_limit._AT_ONCE_OF_ONE", 100_000)
        yield


def strategies(mode: GenerationMode) -> Iterator[SearchStrategy[Case[Any]]]:
    """A strategy for the requests of each operation but the stream."""
    schema = schemathesis.openapi.from_dict(described())
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr] # an error would be a right failure
        if operation.path != STREAM:
            yield operation.as_strategy(mode)


def bombard(guarded: Guarded, token: str, mode: GenerationMode) -> dict[str, set[int]]:
    """Ask all of it; the statuses that came, by operation."""
    heard: dict[str, set[int]] = defaultdict(set)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    base = f"http://127.0.0.1:{guarded.port}"
    with requests.Session() as session:

        def ask(case: Case[Any]) -> None:
            answer = case.call(base_url=base, session=session, headers=headers)
            heard[case.operation.label].add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        for strategy in strategies(mode):
            LOOK(given(strategy)(ask))()
    return heard


@pytest.mark.usefixtures("unhurried", "quick")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_fails_and_everything_is_as_described(
    guarded: Guarded, mode: GenerationMode
) -> None:
    """No 500; every status, type and body is one that the description names."""
    heard = bombard(guarded, guarded.staff_token, mode)
    assert len(heard) == 9
    assert 200 in heard["GET /v1/status"]
    if mode is GenerationMode.POSITIVE:
        assert 200 in heard["POST /v1/requests"]


@pytest.mark.usefixtures("unhurried", "quick")
@pytest.mark.parametrize("token", ["", "viewer"])
def test_nobody_without_the_right_changes_anything(guarded: Guarded, token: str) -> None:
    """A stranger and a viewer ask all of it, and the room is as it was."""
    guarded.room.stand_still()
    guarded.room.take_turn()
    before = guarded.room.ask(lambda session: session.state)
    heard = bombard(guarded, guarded.viewer_token if token else "", GenerationMode.POSITIVE)
    refusal = 403 if token else 401
    for label in ("POST /v1/requests", "POST /v1/start"):
        assert refusal in heard[label]
        assert 200 not in heard[label]
    after = guarded.room.ask(lambda session: session.state)
    assert after.phase == before.phase
    assert after.pressed == before.pressed
    assert after.mode == before.mode


if __name__ == "__main__":
    DESCRIPTION.write_text(json.dumps(described(), indent=2, ensure_ascii=False) + "\n", "utf-8")
