"""Files that play: what each judge says, and what is heard from each place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from support.judges import JUDGES, bench
from support.sound_kinds import PLAYS
from support.telling import write_noise

from matrix.heard import MIDDLE, Listener
from matrix.section import Row, Section, yes_or

_JUDGES: Final = ("import", "check", "scan", "preflight")
_TEXT: Final = """\
Each file is half a minute of noise that tells its own time. *First second*, *cue*, *resume* and
*last second* are ✓ if what is heard comes from the right place in it, to within 20 ms. The cue lies
in its middle. For *resume*, a session is killed in its first seconds, and carried on from its
journal three seconds later. *Level* is ✓ if the music is as loud as all other music, to within
0.5 LU, from the beginning, from the cue and after the resume."""


def _rows(folder: Path) -> Iterator[Row]:
    noise, made, journals = write_noise(folder), folder / "made", folder / "journals"
    made.mkdir()
    journals.mkdir()
    for kind in PLAYS:
        kind.make(noise, made / kind.name)
    files = [made / kind.name for kind in PLAYS]
    whole = bench(folder / "whole", files)
    reasons = {name: JUDGES[name](whole) for name in _JUDGES}
    listener = Listener(whole, bench(folder / "cued", files, MIDDLE), journals)
    for kind in PLAYS:
        judged = [yes_or(reasons[name].get(kind.name, "")) for name in _JUDGES]
        heard = listener.listen(kind)
        places = [heard.first.wrong, heard.middle.wrong, heard.resumed.wrong, heard.last.wrong]
        yield Row(kind.words, (*judged, *map(yes_or, places), yes_or(heard.level)))


SECTION: Final = Section(
    "Files that play",
    _TEXT,
    ("file", *_JUDGES, "first second", "cue", "resume", "last second", "level"),
    tuple(kind.words for kind in PLAYS),
    _rows,
)
