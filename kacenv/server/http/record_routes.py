"""Routes of the records of past sessions: JSON, HTML, or the music alone."""

import asyncio
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI, Path, Query, Response

from kacenv.server.http.edge.access import RECORDS
from kacenv.server.http.error_responses import ASKING, Problem
from kacenv.server.http_error import HttpError
from kacenv.session.records.html_page import POLICY
from kacenv.session.records.session_record import RecordCard, SessionRecord
from kacenv.session.records.store import DATA, MUSIC, PAGE, RecordStore

_FORMS: Final = {
    "json": (DATA, "application/json"),
    "html": (PAGE, "text/html; charset=utf-8"),
    "music": (MUSIC, "text/plain; charset=utf-8"),
}
"""Part of a record, and its media type."""
_PAGE_HEADERS: Final = {"Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'"}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    **ASKING,
    404: {"model": Problem, "description": "There is no such record."},
    200: {"content": {"text/html": {}, "text/plain": {}}},
}
Id = Annotated[str, Path(alias="id", pattern=r"^[0-9a-f]{8}$", description="As the list has it.")]
As = Annotated[
    Literal["json", "html", "music"],
    Query(alias="as", description="The whole, a page of it, or its titles and artists alone."),
]


def add_records(app: FastAPI, room: str) -> None:
    """Add the routes of one room's records."""

    @app.get(RECORDS, responses=ASKING)
    async def records() -> list[RecordCard]:
        """The room's records, the newest last."""
        return await asyncio.to_thread(_cards, room)

    @app.get(f"{RECORDS}/{{id}}", response_model=SessionRecord, responses=_ANSWERS)
    async def record(run: Id, form: As = "json") -> Response:
        """Return a record."""
        part, media_type = _FORMS[form]
        text = await asyncio.to_thread(_text, room, run, part)
        headers = _PAGE_HEADERS if form == "html" else {}
        return Response(text, media_type=media_type, headers=headers)


def _cards(room: str) -> list[RecordCard]:
    """Return the readable records; a damaged one is left out."""
    return [card for _, card in RecordStore().cards(room) if card is not None]


def _text(room: str, id_: str, part: str) -> str:
    store = RecordStore()
    for kept in store.kept(room):
        if kept.id == id_:
            return store.text(kept, part)
    raise HttpError(404, "There is no such record; see /v1/records.")
