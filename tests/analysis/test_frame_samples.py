"""A frame's samples are read for any number of channels."""

import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from kacenv.analysis.frame_samples import samples_of


@pytest.mark.parametrize(
    ("form", "kind"),
    [("u8", np.uint8), ("s16", np.int16), ("s32", np.int32), ("flt", np.float32)],
)
def test_samples_lie_by_channels(form: str, kind: type) -> None:
    """Whether a frame keeps them channel by channel or moment by moment."""
    sound: NDArray[Any] = np.arange(12).astype(kind).reshape(2, 6)
    packed = np.ascontiguousarray(sound.T).reshape(1, -1)
    for data, name in ((packed, form), (sound, f"{form}p")):
        assert (samples_of(AudioFrame.from_ndarray(data, name, "stereo")) == sound).all()


@pytest.mark.parametrize("channels", [1, 6, 8])
def test_as_many_channels_as_there_are(channels: int, tmp_path: Path) -> None:
    """Eight in planes, too, which PyAV miscounts."""
    path = tmp_path / "wide.wv"
    noise = ["-f", "lavfi", "-i", "anoisesrc=d=1:a=0.3:r=8000", "-ac", str(channels)]
    encoded = ["-c:a", "wavpack", "-sample_fmt", "fltp"]
    subprocess.run(["ffmpeg", "-v", "error", *noise, *encoded, path], check=True)
    with av.open(path) as container:
        frame = next(container.decode(audio=0))
        samples = samples_of(frame)
    assert frame.format.is_planar
    assert samples.shape == (channels, frame.samples)
    assert np.abs(samples).max() < 2.0
