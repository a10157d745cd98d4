"""Records as JSON: journals and processes read what was written."""

import json

from kacenv.core.units import Seconds
from kacenv.model.record_codec import record_converter
from kacenv.model.requests import Event, Extend, Press, TrackEnded


def test_a_record_of_a_union_is_found_again() -> None:
    """Its class's name stands beside its values."""
    converter = record_converter(Press, Event)
    extend = Extend.model_validate({"by": "5m"})
    ended = TrackEnded(3, Seconds(12.3456789))
    for record, union in ((extend, Press), (ended, Event)):
        written = json.loads(json.dumps(converter.unstructure(record, union)))
        assert written["is"] == type(record).__name__
        assert converter.structure(written, union) == record  # type: ignore[arg-type] # a union
