"""A second decoder is tried once, and only where the first one fails at once."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support.decks import ArrayDeck, tone
from support.ffmpeg import MakeFile
from support.opened_decks import cut_of, opened, read
from support.waiting import wait_until

from kacenv.analysis.judge import judge
from kacenv.devices.audio.decks import ffmpeg_deck
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.fallback_deck import FallbackDeck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import RATE
from kacenv.model.playlist import Cut


class _FailingDeck(ArrayDeck):
    """A deck that fails as soon as it is opened."""

    def __init__(self, reason: str) -> None:
        super().__init__(tone(0.0))
        self._why = reason

    def open(self, cut: Cut) -> None:
        super().open(cut)
        self.reason = self._why


def test_the_first_deck_plays_where_it_can() -> None:
    """The second one isn't even made."""
    first = ArrayDeck(tone(1.0))
    deck = FallbackDeck([lambda: first, _unwanted])
    deck.open(cut_of("/x"))
    assert deck.ready
    assert deck.failed is None
    assert deck.reserve == deck.ended_in == RATE
    assert len(deck.read(480)) == 480


def _unwanted() -> Deck:
    raise AssertionError("nobody needs it")


def test_the_second_deck_plays_where_the_first_fails() -> None:
    """The first is closed, and its reason forgotten."""
    first, second = _FailingDeck("broken"), ArrayDeck(tone(1.0))
    deck = FallbackDeck([lambda: first, lambda: second])
    deck.open(cut_of("/x"))
    assert (first.closed, deck.failed, deck.ready) == (1, None, True)
    assert deck.reserve == RATE


def test_all_decks_fail_with_the_first_reason() -> None:
    """Each is tried once, and what the best one says is told."""
    made = list[str]()

    def failing(reason: str) -> Callable[[], Deck]:
        def make() -> Deck:
            made.append(reason)
            return _FailingDeck(reason)

        return make

    deck = FallbackDeck([failing("first"), failing("second")])
    deck.open(cut_of("/x"))
    assert (deck.failed, deck.ready, made) == ("first", False, ["first", "second"])


def test_a_deck_that_fails_later_is_kept() -> None:
    """What has been ready isn't begun again by another decoder."""
    first = ArrayDeck(tone(1.0))
    deck = FallbackDeck([lambda: first, _unwanted])
    deck.open(cut_of("/x"))
    first.reason = "its disk is away"
    assert deck.failed == "its disk is away"
    assert deck.reserve == RATE


def test_nothing_is_told_while_decks_are_tried() -> None:
    """A deck that isn't ready yet has neither failed nor ended."""
    slow = ArrayDeck(tone(1.0))
    slow.slow, slow.arrived = True, 0
    deck = FallbackDeck([lambda: slow])
    opening = threading.Thread(target=deck.open, args=(cut_of("/x"),))
    opening.start()
    wait_until(lambda: slow.cut)
    assert (deck.failed, deck.ended_in, deck.ready) == (None, None, False)
    deck.close()
    opening.join(5)
    assert not opening.is_alive()
    assert slow.closed == 1


def test_a_deck_closed_before_it_opens_stays_shut() -> None:
    """Closing wins over an opening that comes late."""
    deck = FallbackDeck([_unclosed])
    deck.close()
    deck.open(cut_of("/x"))
    assert (deck.ready, deck.failed, deck.reserve, len(deck.read(10))) == (False, None, 0, 0)


def _unclosed() -> Deck:
    return ArrayDeck(tone(1.0))


def test_libvlc_plays_where_ffmpeg_breaks_down(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room's deck sounds although FFmpeg has an error of its own."""

    def fail(*_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(ffmpeg_deck, "decoded", fail)
    cut = cut_of(make_file("flac"))
    with opened(file_deck(cut), cut) as deck:
        assert deck.failed is None
        assert len(read(deck, 10.0)) / RATE == pytest.approx(2.0, abs=0.06)


def test_what_ffmpeg_refuses_is_given_to_no_other(make_file: MakeFile, tmp_path: Path) -> None:
    """An Opus file whose tags are torn plays in libVLC, and is refused as the scan refuses it."""
    content = bytearray(make_file("opus").read_bytes())
    at = content.index(b"OpusTags") + 8
    content[at : at + 8] = b"\xff" * 8
    path = tmp_path / "torn.opus"
    path.write_bytes(content)
    assert judge(str(path)).fault
    cut = cut_of(path)
    with opened(VlcDeck(), cut) as deck:
        assert deck.ready
    with opened(file_deck(cut), cut) as deck:
        assert deck.failed
        assert not deck.reserve


@pytest.mark.parametrize("name", ["gone.mp3", "empty.mp3", "text.mp3"])
def test_what_neither_plays_is_told_once(name: str, tmp_path: Path) -> None:
    """A file that isn't there, is empty or is no music fails in plain words."""
    if name != "gone.mp3":
        (tmp_path / name).write_text("not music " * 500 if name == "text.mp3" else "")
    cut = cut_of(tmp_path / name)
    with opened(file_deck(cut), cut) as deck:
        assert any(
            words in (deck.failed or "") for words in ("isn't there", "empty", "isn't music")
        )
