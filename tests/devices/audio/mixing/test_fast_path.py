"""The mixer's fast path: one long chunk where nothing moves sounds as many short ones."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.decks import SEATS, OfflineMixer, chime, noise, one_output, playing, tone

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.mixing import mixer
from kacenv.devices.audio.mixing.routing import Routing
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.commands import AudioCommand, SetDuck, SetHush, SetLevel, SetMute, SetVolume
from kacenv.model.requests import TrackEnded, TrackFailed, TrackStarted
from kacenv.model.room import Output, Role, Room
from kacenv.model.scene import Audience

Heard = tuple[Block, list[TrackStarted | TrackEnded | TrackFailed]]
LOW = Room(
    name="test",
    outputs=(
        Output(id="speakers", role=Role.SPEAKERS, channels=(2, 1), ceiling="-12 dB"),
        Output(id="left-seat", role=Role.SEAT_A, channels=(4,), trim="-3 dB", delay="0.013s"),
        Output(id="desk", role=Role.STAFF, channels=(3,), ceiling="-20 dB"),
    ),
)
SOUNDS = (noise(6.0, 1, 0.05), tone(6.0, 333.0, 0.4), noise(2.5, 3, 0.2), noise(6.0, 4, 0.1))
levels = st.floats(-30.0, 3.0).map(Decibels)
spans = st.sampled_from([0.0, 0.05, 0.3, 1.0]).map(Seconds)
moments = st.floats(0.0, 4.0).map(Seconds)
outputs = st.sampled_from(["speakers", "left-seat", "desk"])
commands: st.SearchStrategy[AudioCommand] = st.one_of(
    st.builds(SetLevel, levels, moments, spans),
    st.builds(SetDuck, levels, moments, spans),
    st.builds(SetHush, st.booleans(), moments, spans),
    st.builds(SetMute, outputs, st.booleans(), moments, spans),
    st.builds(SetVolume, outputs, levels, moments, spans),
    st.builds(chime, st.sampled_from(Audience), moments),
)


@contextmanager
def plain_path() -> Iterator[None]:
    """Have all that is rendered meanwhile rendered in short chunks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixer, "STEADY_CHUNK", 0)
        yield


def heard(
    room: Room,
    orders: list[tuple[int, AudioCommand]],
    tracks: list[tuple[float, Seconds]],
    pull: int,
) -> Heard:
    """What a room plays in four seconds; each order is given before the pull of its number."""
    mix = OfflineMixer(room, *SOUNDS)
    blocks: list[Block] = []
    mix.play(1, 0.0, 0.05)
    for number in range(4 * RATE // pull):
        for at, order in orders:
            if at == number:
                mix.perform(order)
        for play_id, (begin, duration) in enumerate(tracks, start=2):
            if number == int(begin * RATE / pull):
                mix.play(play_id, begin + 0.1, duration)
        blocks.append(mix.render(pull / RATE, pull))
    return np.concatenate(blocks), mix.tracks


@given(
    st.sampled_from([SEATS, LOW]),
    st.lists(st.tuples(st.integers(0, 40), commands), max_size=6),
    st.lists(st.tuples(st.floats(0.5, 3.5), spans), max_size=3),
    st.sampled_from([1024, 2880, 4800, 4999]),
)
@settings(max_examples=15, deadline=None)
def test_the_fast_path_makes_the_same_samples(
    room: Room,
    orders: list[tuple[int, AudioCommand]],
    tracks: list[tuple[float, Seconds]],
    pull: int,
) -> None:
    """Gains, fades, crossfades, mutes, chimes and limiting: not one bit differs, nor an event."""
    tracks = sorted(tracks)
    fast = heard(room, orders, tracks, pull)
    with plain_path():
        plain = heard(room, orders, tracks, pull)
    np.testing.assert_array_equal(fast[0].view(np.uint32), plain[0].view(np.uint32))
    assert [type(event) for event in fast[1]] == [type(event) for event in plain[1]]
    assert _times(fast[1]) == pytest.approx(_times(plain[1]), abs=1e-6)


def _times(events: list[TrackStarted | TrackEnded | TrackFailed]) -> list[float]:
    return [0.0 if isinstance(event, TrackFailed) else event.at for event in events]


def test_music_that_is_limited_all_the_time_takes_it_too() -> None:
    """Noise above its ceiling at a steady volume is limited in the same parts."""

    def take() -> Block:
        return playing(one_output(-20.0), noise(4.0, 1, 0.1)).render(2.0, 4800)

    fast = take()
    with plain_path():
        np.testing.assert_array_equal(fast.view(np.uint32), take().view(np.uint32))


@pytest.mark.parametrize(
    "order",
    [
        SetLevel(Decibels(-9.0), Seconds(1.03), Seconds(0.3)),
        SetDuck(Decibels(-9.0), Seconds(1.03), Seconds(0.3)),
        SetHush(True, Seconds(1.03), Seconds(0.3)),
        SetVolume("speakers", Decibels(-9.0), Seconds(1.03), Seconds(0.3)),
        SetMute("speakers", True, Seconds(1.03), Seconds(0.3)),
        chime(Audience.ROOM, 1.03),
    ],
)
def test_what_begins_within_a_pull_ends_the_fast_path(order: AudioCommand) -> None:
    """An order given long before, for the midst of a pull, is followed to the sample."""
    fast = heard(SEATS, [(3, order)], [], 4800)
    with plain_path():
        plain = heard(SEATS, [(3, order)], [], 4800)
    np.testing.assert_array_equal(fast[0].view(np.uint32), plain[0].view(np.uint32))


def test_steady_music_is_one_chunk_a_pull(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull of a tenth of a second is worked out at once, and in five chunks during a fade."""
    sizes: list[int] = []
    mix = playing(SEATS, noise(9.0, 1))
    mix.render(0.2, 4800)
    whole = Routing.mix

    def counted(routing: Routing, music: Block, *rest: object) -> Block:
        sizes.append(len(music))
        return whole(routing, music, *rest)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(Routing, "mix", counted)
    mix.render(0.1, 4800)
    assert sizes == [4800]
    mix.perform(SetLevel(Decibels(-6.0), mix.now, Seconds(1.0)))
    mix.render(0.1, 4800)
    assert sizes[1:] == [960] * 5
    mix.render(1.0, 4800)
    mix.render(0.1, 4800)
    assert sizes[-1] == 4800
