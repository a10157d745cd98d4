"""What happens to the sound after the synthesiser: tone, room, even loudness, ends."""

import numpy as np
from numpy.typing import NDArray

from loudness import HOP, RATE, WINDOW, Samples, measure

RUMBLE = 32.0
CENTRED = 160.0
WIDTH = 0.85
PRE_DELAY = 0.03
BLOOM = 0.12
TAIL_BANDS = ((0.0, 250.0, 1.0), (250.0, 1500.0, 0.85), (1500.0, 5000.0, 0.5), (5e3, 24e3, 0.25))
RIDE_PASSES = 2
RIDE_SHARE = 0.45
RIDE_SMOOTHING = 1.0
SWELL_IN = 1.5
FADE_OUT = 7.0
FADE_SLOPE = 1.2
LAST_TAPER = 1.2

Response = NDArray[np.float64] | NDArray[np.complex128] | NDArray[np.complex64]


def darken(samples: Samples, cutoff: float) -> Samples:
    """Soft low-pass, 6 dB an octave above `cutoff` hertz, and a high-pass under the music.

    Butterworth magnitudes without phase shift, applied in the frequency domain.
    """
    bins = _bins(len(samples))
    hertz = np.fft.rfftfreq(bins, 1 / RATE)
    low = 1.0 / np.sqrt(1.0 + (hertz / cutoff) ** 2)
    high = 1.0 / np.sqrt(1.0 + (RUMBLE / np.maximum(hertz, 1e-3)) ** 8)
    return _filtered(samples, (low * high)[:, np.newaxis], bins)


def in_room(samples: Samples, *, seconds: float, share: float) -> Samples:
    """Add a long, dark reverberation; `seconds` to -60 dB, `share` of wet to dry energy.

    The response is noise with exponential decay, after J. A. Moorer, "About This Reverberation
    Business", Computer Music Journal 3(2), 1979; here the treble decays sooner.
    """
    response = _response(seconds)
    bins = _bins(len(samples) + len(response))
    wet = _filtered(samples, np.fft.rfft(response, bins, axis=0), bins)
    return np.asarray(samples + np.sqrt(share) * wet, dtype=np.float32)


def _response(seconds: float) -> Samples:
    noise = np.random.default_rng(1979).standard_normal((round(1.2 * seconds * RATE), 2))
    spectrum = np.fft.rfft(noise, axis=0)
    hertz = np.fft.rfftfreq(len(noise), 1 / RATE)
    time = np.arange(len(noise))[:, np.newaxis] / RATE
    tail = np.zeros_like(noise)
    for low, high, life in TAIL_BANDS:
        band = np.where(((hertz >= low) & (hertz < high))[:, np.newaxis], spectrum, 0.0)
        decay = 10.0 ** (-3.0 * time / (seconds * life))
        tail += np.fft.irfft(band, len(noise), axis=0) * decay
    tail *= np.clip(time / BLOOM, 0.0, 1.0)
    tail /= np.sqrt((tail**2).sum(axis=0).mean())
    silence = np.zeros((round(PRE_DELAY * RATE), 2))
    return np.concatenate([silence, tail]).astype(np.float32)


def _bins(frames: int) -> int:
    return 1 << (frames - 1).bit_length()


def _filtered(samples: Samples, response: Response, bins: int) -> Samples:
    spectrum = np.fft.rfft(samples, bins, axis=0) * response
    return np.asarray(np.fft.irfft(spectrum, bins, axis=0)[: len(samples)], dtype=np.float32)


def gathered(samples: Samples) -> Samples:
    """Draw the sides in a little, and the bass below `CENTRED` hertz to the middle.

    The two ears then agree about the bass, and one loudspeaker alone loses nothing.
    """
    bins = _bins(len(samples))
    hertz = np.fft.rfftfreq(bins, 1 / RATE)
    middle = samples.mean(axis=1, keepdims=True)
    apart = np.asarray((samples[:, :1] - samples[:, 1:]) / 2, dtype=np.float32)
    keep = WIDTH * hertz**2 / (hertz**2 + CENTRED**2)
    side = _filtered(apart, keep[:, np.newaxis], bins)
    return np.concatenate([middle + side, middle - side], axis=1)


def ridden(samples: Samples) -> Samples:
    """Ride the fader slowly: swells remain, at about a third of their height in decibels."""
    for _ in range(RIDE_PASSES):
        course = measure(samples).short_term
        samples = _scaled(samples, _smooth(RIDE_SHARE * (course.mean() - course)))
    return samples


def _smooth(course: NDArray[np.float64]) -> NDArray[np.float64]:
    reach = round(3 * RIDE_SMOOTHING / HOP)
    offsets = np.arange(-reach, reach + 1) * HOP
    weights = np.exp(-0.5 * (offsets / RIDE_SMOOTHING) ** 2)
    return np.convolve(np.pad(course, reach, mode="edge"), weights / weights.sum(), mode="valid")


def _scaled(samples: Samples, gain: NDArray[np.float64]) -> Samples:
    centres = WINDOW / 2 + HOP * np.arange(len(gain))
    decibels = np.interp(np.arange(len(samples)) / RATE, centres, gain)
    return np.asarray(samples * 10.0 ** (decibels / 20.0)[:, np.newaxis], dtype=np.float32)


def with_ends(samples: Samples) -> Samples:
    """Swell in at the head; sink evenly at the tail, still sounding when the piece ends."""
    time = np.arange(len(samples)) / RATE
    left = time[-1] - time
    head = np.sin(np.pi / 2 * np.clip(time / SWELL_IN, 0.0, 1.0))
    tail = 10.0 ** (-FADE_SLOPE * np.clip(FADE_OUT - left, 0.0, None) / 20.0)
    taper = np.sin(np.pi / 2 * np.clip(left / LAST_TAPER, 0.0, 1.0))
    return np.asarray(samples * (head * tail * taper)[:, np.newaxis], dtype=np.float32)


def levelled(samples: Samples, target: float) -> Samples:
    """Bring the whole to an integrated loudness of `target` LUFS by one gain."""
    gain = target - measure(samples).integrated
    return np.asarray(samples * 10.0 ** (gain / 20.0), dtype=np.float32)
