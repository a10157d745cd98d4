"""Landmarks tell where a seek arrives."""

from collections.abc import Iterator

import numpy as np
import pytest
from av.audio.frame import AudioFrame

from kacenv.analysis.landmarks import Landmark, LandmarkRecorder, arrives

RATE, SIZE = 8000, 400
NOISE = np.random.default_rng(1).uniform(-0.5, 0.5, 60 * RATE).astype(np.float32)


def frames(sound: "np.typing.NDArray[np.float32]") -> Iterator[AudioFrame]:
    """Frames of 50 ms."""
    for at in range(0, len(sound), SIZE):
        frame = AudioFrame.from_ndarray(sound[None, at : at + SIZE], "flt", "mono")
        frame.sample_rate = RATE
        yield frame


def recorded(sound: "np.typing.NDArray[np.float32]") -> list[Landmark]:
    """The landmarks by which a sound is tried."""
    recorder = LandmarkRecorder()
    for frame in frames(sound):
        recorder.add(frame)
    return recorder.chosen(damaged=False)


def heard(begin: float, moved: float = 0.0) -> Iterator[tuple[float, AudioFrame]]:
    """The noise decoded from `begin` on, whose places are wrong by `moved` seconds."""
    for number, frame in enumerate(frames(NOISE[round(begin * RATE) :])):
        yield begin + moved + number * SIZE / RATE, frame


def test_the_middle_and_the_end_are_tried() -> None:
    """Of a file long enough; a short one, and silence, have no places to try."""
    middle, end = recorded(NOISE)
    assert middle.at == pytest.approx(30.0, abs=2.0)
    assert end.at == pytest.approx(58.0, abs=2.1)
    assert recorded(NOISE[:RATE]) == []
    assert recorded(np.zeros(10 * RATE, np.float32)) == []


def test_a_long_file_has_no_more_landmarks_than_are_needed() -> None:
    """They lie further apart, and the last one still near the end."""
    middle, end = recorded(np.tile(NOISE, 10))
    assert middle.at == pytest.approx(300.0, abs=16.0)
    assert end.at > 560.0


def test_no_landmark_lies_where_the_rate_changes() -> None:
    """It would be half of one sound and half of another."""
    recorder = LandmarkRecorder()
    for number, frame in enumerate(frames(NOISE[: 8 * RATE])):
        frame.sample_rate = RATE if number < 82 else 2 * RATE
        recorder.add(frame)
    *_, landmark = recorder.chosen(damaged=False)
    assert landmark.rate == 2 * RATE
    assert landmark.at == pytest.approx(82 * SIZE / RATE)


@pytest.mark.parametrize(
    ("moved", "right"), [(0.0, True), (0.015, True), (-0.015, True), (0.05, False), (-3.0, False)]
)
def test_twenty_milliseconds_are_near_enough(moved: float, right: bool) -> None:
    """Decoding that arrives elsewhere than it says is found out."""
    for landmark in recorded(NOISE):
        assert arrives(heard(landmark.begin, moved), landmark) is right


def test_a_file_that_ends_before_the_landmark_does_not_arrive() -> None:
    """Nothing decoded is no arrival, and neither is an error."""
    (landmark, _) = recorded(NOISE)
    assert not arrives([], landmark)
    assert not arrives([(landmark.at, None)], landmark)


@pytest.mark.parametrize(
    ("form", "kind"), [("s16", np.int16), ("u8", np.uint8), ("s32p", np.int32)]
)
def test_every_form_of_samples_is_compared(form: str, kind: type) -> None:
    """Whole numbers, with or without sign, in planes or not."""
    span = np.iinfo(kind)
    middle = (span.max + span.min + 1) // 2
    sound = NOISE[: 8 * RATE].astype(np.float64) * (span.max - middle) + middle
    recorder = LandmarkRecorder()
    made: list[AudioFrame] = []
    for at in range(0, len(sound), SIZE):
        frame = AudioFrame.from_ndarray(sound[None, at : at + SIZE].astype(kind), form, "mono")
        frame.sample_rate = RATE
        made.append(frame)
        recorder.add(frame)
    for landmark in recorder.chosen(damaged=False):
        placed = [(number * SIZE / RATE, frame) for number, frame in enumerate(made)]
        assert arrives(placed, landmark)
        assert not arrives([(at + 0.1, frame) for at, frame in placed], landmark)
