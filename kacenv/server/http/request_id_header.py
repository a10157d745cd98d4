"""Header of a request's id: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

from typing import Annotated, Final

from fastapi import Depends, Header

from kacenv.model.request_id import PATTERN, is_request_id
from kacenv.server.http_error import HttpError

NAME: Final = "Idempotency-Key"
_WORDS: Final = (
    "Id of the request, new and random for each: sent again with the same id within ten minutes, a "
    "request gets its first answer, and no more is done. In quotes or without."
)


async def _request_id(
    key: Annotated[
        str | None,
        Header(alias=NAME, description=_WORDS, json_schema_extra={"pattern": f'^"?{PATTERN}"?$'}),
    ] = None,
) -> str:
    """Return the request's id; empty without one.

    Raises:
        HttpError: No id has this form.
    """
    if key is None:
        return ""
    in_quotes = len(key) > 1 and key[0] == key[-1] == '"'
    bare = key[1:-1] if in_quotes else key
    if not is_request_id(bare):
        raise HttpError(
            400,
            f"The {NAME} has 16 to 64 letters, digits or . _ ~ - in quotes; a random UUID is one.",
        )
    return bare


RequestId = Annotated[str, Depends(_request_id)]
"""Id of a request; empty without one."""
