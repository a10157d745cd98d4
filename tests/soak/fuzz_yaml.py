"""Rooms, scenes and playlists as nobody would write them: refused in words, or rehearsed."""

import re
import shutil
import time
from contextlib import chdir
from itertools import islice
from pathlib import Path
from random import Random

from support.houses import write_silence

from kacenv.config import House, load_room, load_session
from kacenv.config.playlists.resolve import load_queue
from kacenv.core.errors import LoadError
from kacenv.rehearsal.simulation import rehearse
from soak.fuzz import ErrorLog, Tally, mutated, revalued

DATA = Path(__file__).parents[1] / "data"
SLOWEST = 5.0
"""Seconds of processor after which a file counts as one that hangs."""
MOMENTS = 500
"""Of the sessions that load, so many moments are rehearsed."""
_JARGON = re.compile(r"Traceback|File \"|Error\b|pydantic|yaml\.|0x[0-9a-f]{6,}")


def run(folder: Path, count: int, seed: int) -> Tally:
    """Load `count` files in a house below `folder`."""
    house = _house(folder / "house")
    random = Random(seed)  # noqa: S311 - chance, not a secret
    right, broken = _corpus(house)
    texts = [text for _, _, text in (*right, *broken)]
    with chdir(house.root), ErrorLog(Tally("YAML files and playlists")) as counted:
        for _ in range(count):
            way = random.random()
            kind, suffix, text = random.choice(right if way < 0.7 else broken)
            text = revalued(text, random) if way < 0.3 else mutated(text, random, texts)
            _try(house, kind, suffix, text, counted)
    return counted


def _house(root: Path) -> House:
    shutil.copytree(DATA / "house", root)
    (root / "playlists" / "music").mkdir()
    for name in ("evening", "morning"):
        write_silence(root / "playlists" / "music" / f"{name}.wav", 600.0)
    return House(root)


def _corpus(house: House) -> tuple[list[tuple[str, str, str]], ...]:
    """Right and broken files: their kind, the end of their name, and their text."""
    whole = sorted(house.root.glob("*/*.yaml"))
    broken = [path for path in sorted(DATA.glob("broken/*/*")) if path.suffix != ".txt"]
    return tuple(
        [(path.parent.name, path.suffix, path.read_text("utf-8", "replace")) for path in paths]
        for paths in (whole, broken)
    )


def _try(house: House, kind: str, suffix: str, text: str, counted: Tally) -> None:
    """Load one file, and live through what it makes."""
    path = house.root / kind / f"fuzz{suffix if kind == 'playlists' else '.yaml'}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    since, busy = time.monotonic(), time.thread_time()
    try:
        _load(house, kind, path)
    except LoadError as error:
        counted.refused += 1
        if not error.problems or _JARGON.search(_own_words(error)):
            counted.faults.append(f"no plain words: {error!r:.300}")
    except Exception as error:  # noqa: BLE001 - any other error is what this looks for
        counted.faults.append(f"{type(error).__name__}: {error!s:.200} for {text!r:.300}")
    finally:
        path.unlink()
    counted.took(since)
    if time.thread_time() - busy > SLOWEST:
        counted.faults.append(f"slow: {text!r:.300}")


def _own_words(error: LoadError) -> str:
    """What is expected is all ours; what was found quotes the file."""
    return "\n".join(f"{problem.expected} {problem.example}" for problem in error.problems)


def _load(house: House, kind: str, path: Path) -> None:
    if kind == "rooms":
        load_room(house, path.stem)
    elif kind == "playlists":
        load_queue(path, path.name)
    else:
        timeline = load_session(house, path.stem, "rosewood")
        for _ in islice(rehearse(load_room(house, "rosewood"), timeline), MOMENTS):
            pass
