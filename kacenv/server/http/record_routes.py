"""Routes of the records of past sessions: JSON, HTML, or the music alone."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI, Path, Query, Response

from kacenv.server.http.edge.access import RECORDS
from kacenv.server.http.error_responses import Problem
from kacenv.server.http_error import HttpError
from kacenv.session.records.html_page import POLICY
from kacenv.session.records.session_record import RecordCard, SessionRecord
from kacenv.session.records.store import DATA, MUSIC, PAGE, RecordStore

_PAGE_POLICY: Final = "; frame-ancestors 'none'"
_AS: Final = {"json": DATA, "html": PAGE, "music": MUSIC}
_KINDS: Final = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "music": "text/plain; charset=utf-8",
}
Id = Annotated[str, Path(alias="id", pattern=r"^[0-9a-f]{8}$", description="As the list has it.")]
As = Annotated[
    Literal["json", "html", "music"],
    Query(alias="as", description="The whole, a page of it, or its titles and artists alone."),
]


def add_records(app: FastAPI, room: str, answers: Mapping[int | str, dict[str, Any]]) -> None:
    """Add the routes of one room's records; `answers` describes the error responses."""
    described: dict[int | str, dict[str, Any]] = {**answers}

    @app.get(RECORDS, responses=described)
    async def records() -> list[RecordCard]:
        """The room's records, the newest last."""
        return await asyncio.to_thread(_cards, room)

    @app.get(f"{RECORDS}/{{id}}", response_model=SessionRecord, responses=_contents(described))
    async def record(run: Id, form: As = "json") -> Response:
        """One record."""
        text = await asyncio.to_thread(_text, room, run, _AS[form])
        return Response(text, media_type=_KINDS[form], headers=_headers(form))


def _contents(described: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    more: dict[str, Any] = {"text/html": {}, "text/plain": {}}
    missing = {"model": Problem, "description": "There is no such record."}
    return {**described, 404: missing, 200: {"content": more}}


def _headers(form: str) -> dict[str, str]:
    return {"Content-Security-Policy": POLICY + _PAGE_POLICY} if form == "html" else {}


def _cards(room: str) -> list[RecordCard]:
    """Return the readable records; a damaged one is left out."""
    return [card for _, card in RecordStore().cards(room) if card is not None]


def _text(room: str, id_: str, part: str) -> str:
    store = RecordStore()
    for kept in store.kept(room):
        if kept.id == id_:
            return store.text(kept, part)
    raise HttpError(404, "There is no such record; see /v1/records.")
