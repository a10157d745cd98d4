"""What docs/glossary.md shows of the tablet's keys: each with the command that is the same."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from docs.markdown import table
from kacenv.cli.synonyms import key_faces, typed_of
from kacenv.model.request_table import BY_KIND

_HEAD: Final = ("key on the tablet", "typed", "what it does")


def parts() -> Mapping[str, str]:
    """Return the page's made parts by their names."""
    return {"names": table(_HEAD, dict.fromkeys(_rows()))}


def _rows() -> Iterator[Sequence[str]]:
    for face in key_faces():
        yield face.name, f"`kacenv {typed_of(face.ask)}`", BY_KIND[face.ask["kind"]].summary
