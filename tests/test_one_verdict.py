"""Whoever is asked about a file gives the same answer: scan, check, import, preflight, pack, deck.

That of the deck is what the room would play.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from support.judges import JUDGES, Bench, Reasons, bench
from support.made_kinds import made_kind
from support.shared import once
from support.sound_kinds import FAILS, FORMATS, JOINED, ODD, SoundKind
from support.telling import LENGTH
from support.typed import measure_here

from kacenv.analysis import MeasurementCache
from kacenv.analysis.scan import scan

pytestmark = pytest.mark.real
"""FFmpeg's program makes the files."""
ALIKE = frozenset(
    {
        *("24-192.wav", "float.wav", "long.wav", "plain.w64", "plain.caf", "plain.au", "mp3.wav"),
        *("vorbis.mka", "flac.mka", "tta.mka", "plain.eac3", "plain.dts", "plain.mp2"),
        *("cbr.mp3", "vbr.mp3", "cbr-bare.mp3", "chained.opus", "rate.aac", "mono.mp3"),
        *("piped.mka", "opus.mka", "plain.ac3", "plain.tta", "adpcm.wav", "plain.aiff"),
        *("ape.mp3", "id3.flac", "alac.m4a"),
    }
)
"""Kinds that judges see as they see others; `make matrix` tries all."""
PLAYS = [kind for kind in (*FORMATS, *JOINED, *ODD) if kind.name not in ALIKE]


class Judged(NamedTuple):
    """House that plays a file of each kind, and what each judge has against them."""

    bench: Bench
    reasons: Mapping[str, Reasons]

    def against(self, kind: SoundKind) -> dict[str, str]:
        """Return what each judge says of a kind."""
        return {judge: said.get(kind.name, "") for judge, said in self.reasons.items()}


@pytest.fixture(scope="session", name="judged")
def all_judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """All kinds in one house, judged once for all workers."""

    def judge(folder: Path) -> Judged:
        with pytest.MonkeyPatch.context() as patch:
            measure_here(patch)
            kinds = (*PLAYS, *FAILS)
            files = [made_kind(tmp_path_factory, kind) for kind in kinds]
            house = bench(folder, files)
            return Judged(house, {name: judge(house) for name, judge in JUDGES.items()})

    return once(tmp_path_factory, "judged", judge)


def _by_name(kind: SoundKind) -> str:
    return kind.name


@pytest.mark.parametrize("kind", PLAYS, ids=_by_name)
def test_what_plays_is_good_for_all(kind: SoundKind, judged: Judged) -> None:
    """Nobody has anything against it, and it lasts as long as it is heard."""
    assert judged.against(kind) == dict.fromkeys(JUDGES, "")
    sound = judged.bench.scanned[kind.name].sound
    assert sound
    assert sound.duration == pytest.approx(LENGTH, abs=1.0)


@pytest.mark.parametrize("kind", FAILS, ids=_by_name)
def test_what_does_not_play_is_refused_by_all(kind: SoundKind, judged: Judged) -> None:
    """All that speak to people give the same reason in plain words, and the deck passes it over."""
    found = judged.against(kind)
    assert found.pop("deck")
    assert [who for who, said in found.items() if not re.search(kind.reason, said)] == [], found


@pytest.mark.parametrize("kind", [PLAYS[0], FAILS[0]], ids=_by_name)
def test_a_verdict_is_kept_by_content(kind: SoundKind, judged: Judged, tmp_path: Path) -> None:
    """A file under another name is known, whether it plays or not."""
    other = tmp_path / "other"
    os.link(judged.bench.files[kind.name], other)
    with MeasurementCache() as cache:
        (again,) = scan([other], cache, never)
    assert again.known
    assert again.verdict == judged.bench.scanned[kind.name].verdict


def never(path: str) -> str:
    """A decoder that must not be asked."""
    raise AssertionError(path)
