"""A process that judges sound files, or plays them as the room does; one line of JSON for each.

`python -m soak.file_worker 5 verdict` hands its system calls over by descriptor 5, and then waits
for files on its standard input.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from support.call_watch import hand_over_calls

from kacenv.analysis.scan import prepare, work
from kacenv.analysis.verdict import Verdict
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.decks.libvlc import library
from kacenv.devices.audio.samples import RATE
from kacenv.model.playlist import Cut

HANG = 5.0
"""Seconds of the processor without progress that are a hang, however busy the machine is."""
_STILL = 45.0
"""Seconds by the clock without progress that are a hang."""
_MEMORY = 4 << 30
_LOOK_EVERY = 0.002
_ALL = Seconds(100_000.0)
Answer = dict[str, Any]


def judged(path: str) -> Answer:
    """The verdict on a file, as the scan's worker gives it."""
    verdict = work(path)
    if not isinstance(verdict, Verdict):
        return {"fault": verdict, "unread": True}
    sound = verdict.sound
    if sound is None:
        return {"fault": verdict.fault}
    seeks = verdict.form.seeks
    return {
        "fault": "",
        "length": sound.duration,
        "head": sound.head,
        "silent": sound.silent,
        "seeks": seeks,
    }


def played(path: str, begin: float) -> Answer:
    """What the room's deck plays of a file: its length (s), or why nothing."""
    deck = file_deck(Cut(path, "", "", _ALL, Seconds(begin)))
    deck.open(Cut(path, "", "", _ALL, Seconds(begin)))
    try:
        return _heard(deck)
    finally:
        deck.close()


def _heard(deck: Deck) -> Answer:
    frames, since, used = 0, time.monotonic(), time.process_time()
    while not deck.failed and not (deck.ended_in is not None and not deck.reserve):
        count = len(deck.read(6 * RATE))
        frames += count
        if count:
            since, used = time.monotonic(), time.process_time()
        elif time.monotonic() - since > _STILL or time.process_time() - used > HANG:
            return {"hangs": True, "length": frames / RATE}
        else:
            time.sleep(_LOOK_EVERY)
    return {"failed": deck.failed or "", "length": frames / RATE}


def main(channel: str, duty: str) -> None:
    """Answer until there are no more files."""
    library()  # Python asks a program where it is
    hand_over_calls(int(channel))
    duties: dict[str, Callable[..., Answer]] = {"verdict": judged, "deck": played}
    if duty == "verdict":
        prepare()
    else:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    for line in sys.stdin:
        used = time.process_time()
        answer = duties[duty](*json.loads(line))
        print(json.dumps({**answer, "used": time.process_time() - used}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
