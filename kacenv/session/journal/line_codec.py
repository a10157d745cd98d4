"""Codec of the journal's lines: JSON records, each with a CRC-32."""

import binascii
import json
import math
import operator
from typing import Any, Final, NamedTuple

from cattrs import BaseValidationError

from kacenv.core.units import Seconds
from kacenv.engine.answers import MOST_KEPT
from kacenv.engine.state import State
from kacenv.model.dropout import Dropout
from kacenv.model.record_codec import record_converter
from kacenv.model.request_id import is_request_id
from kacenv.model.requests import Press, Request
from kacenv.session.lateness import LatenessHistogram
from kacenv.system.timestamps import Timestamp

_LONGEST_WORDS: Final = 4000
"""Most characters of what a request was answered; a refusal may name everything there is."""
VERSION = 1
"""Version of the format. Journals of older versions can be read; tests keep one of each."""


class JournalLine(NamedTuple):
    """Journal record: its number, the engine's time, the machine's time, and its content.

    `base` is the state before the first request of a session. A record with neither `base` nor
    `request` is a heartbeat, or shows that the session has `ended`; it repeats the last number, and
    may have a staff message (`told`), a gap in the sound (`dropout`, in the engine's time), or the
    lateness counted since the last `tally`. A request may have an id, and then it may have been
    `refused`, in these words.
    """

    number: int
    at: Seconds
    stamp: Timestamp
    request: Request | None = None
    base: State | None = None
    ended: bool = False
    told: str = ""
    tally: LatenessHistogram | None = None
    dropout: Dropout | None = None
    version: int = VERSION
    request_id: str = ""
    refused: str = ""


_CONVERTER = record_converter(Press, Request)


def write_line(record: JournalLine) -> bytes:
    """Return the record as one line, its checksum first."""
    data: dict[str, Any] = {
        "version": record.version,
        "number": record.number,
        "at": record.at,
        "stamp": list(record.stamp),
    }
    if record.ended:
        data["ended"] = True
    if record.told:
        data["told"] = record.told
    if record.tally is not None:
        data["tally"] = _CONVERTER.unstructure(record.tally)
    if record.dropout is not None:
        data["dropout"] = [record.dropout.begin, record.dropout.length]
    if record.base is not None:
        data["base"] = _CONVERTER.unstructure(record.base)
    if record.request is not None:
        data["request"] = _CONVERTER.unstructure(record.request, Request)
    if record.request_id:
        data["id"] = record.request_id
    if record.refused:
        data["refused"] = record.refused
    text = json.dumps(data, separators=(",", ":")).encode()
    return b"%08x %s\n" % (binascii.crc32(text), text)


def read_line(line: bytes) -> JournalLine | None:
    """Return the record of a line; None if it is torn, damaged, or of a later version."""
    seal, _, text = line.rstrip(b"\n").partition(b" ")
    if seal != b"%08x" % binascii.crc32(text):
        return None
    try:
        return _record(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, BaseValidationError):
        return None


def is_newer(line: bytes) -> bool:
    """Tell whether a whole line is of a later version than this program knows."""
    seal, _, text = line.rstrip(b"\n").partition(b" ")
    if seal != b"%08x" % binascii.crc32(text):
        return False
    try:
        return bool(json.loads(text)["version"] > VERSION)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _finite(value: Any) -> float:
    if not math.isfinite(value):
        msg = f"a clock doesn't show {value}"
        raise ValueError(msg)
    return float(value)


def _record(data: dict[str, Any]) -> JournalLine | None:
    if data["version"] > VERSION:
        return None
    request, base, tally = data.get("request"), data.get("base"), data.get("tally")
    boot_id, boot, wall = data["stamp"]
    return JournalLine(
        number=operator.index(data["number"]),
        at=Seconds(_finite(data["at"])),
        stamp=Timestamp(str(boot_id), _finite(boot), _finite(wall)),
        request=_CONVERTER.structure(request, Request) if request is not None else None,  # type: ignore[arg-type] # a union
        base=_state(base) if base is not None else None,
        ended=data.get("ended", False),
        told=str(data.get("told", "")),
        tally=_CONVERTER.structure(tally, LatenessHistogram) if tally is not None else None,
        dropout=_dropout(data.get("dropout")),
        version=data["version"],
        request_id=_id(data["id"]) if "id" in data else "",
        refused=_words(data["refused"]) if "refused" in data else "",
    )


def _state(data: dict[str, Any]) -> State:
    """Return a state whose answers are such as kacenv gives."""
    state = _CONVERTER.structure(data, State)
    if len(state.answered) > MOST_KEPT:
        msg = f"{len(state.answered)} answers are more than are kept"
        raise ValueError(msg)
    for known, answer in state.answered.items():
        _id(known), _words(answer.asked), _words(answer.reply), _finite(answer.at)
    return state


def _id(value: Any) -> str:
    if not is_request_id(value):
        msg = f"no request has the id {value!r}"
        raise ValueError(msg)
    return str(value)


def _words(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_WORDS:
        msg = f"nobody was told {value!r}"
        raise ValueError(msg)
    return value


def _dropout(data: Any) -> Dropout | None:
    if data is None:
        return None
    begin, length = data
    return Dropout(Seconds(_finite(begin)), Seconds(_finite(length)))
