"""A rendered session is the live one: the same every time, at the levels the scene asks for."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.decks import ArrayDeck, noise, rms, tone
from support.sessions import a_cue, a_cut, a_phase, a_queue, a_room, a_timeline

from kacenv.config import House, load_session
from kacenv.core.errors import RefusedError, RenderError
from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.model.commands import Crossfade, EnterPhase, Notice, Prompt
from kacenv.model.playlist import Cut
from kacenv.model.requests import Next, Press, Release
from kacenv.model.room import Output, Role, Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.offline_render import OfflineSession, render
from kacenv.rehearsal.simulation import LONGEST, Moment, Pressed

LOW, HIGH = 200.0, 1000.0
SPEAKERS = Room(name="test", outputs=(Output(id="speakers", role=Role.SPEAKERS),))


def two_tones() -> Timeline:
    """A low tone for 12.01 s, then a high one, with 3 s of crossfade; no block ends then."""
    return a_timeline(
        *(
            a_phase(
                name,
                12.01,
                queue=a_queue(name, [40.0]),
                crossfade=Seconds(3.0),
                level=Decibels(0.0),
            )
            for name in ("low", "high")
        )
    )


def tone_of(cut: Cut) -> Block:
    """Quiet noise under the tone that a cut is named after."""
    span = cut.length if "short" not in cut.title else 5.0
    return noisy_tone(span, LOW if "low" in cut.title else HIGH)


@cache
def noisy_tone(span: float, pitch: float) -> Block:
    """Return the sound of one length and pitch, made once."""
    return tone(span, pitch, 0.1) + noise(span, 1, 0.01)


def tone_deck(cut: Cut) -> ArrayDeck:
    """A deck that plays the tone of a cut's name."""
    return ArrayDeck(tone_of(cut))


SIZES = (0, 0, 0, 0, 0, 7, 1000)
"""What a busy decoder has ready."""


class HesitantDeck(ArrayDeck):
    """Gives its samples in pieces of any size, often none at all, as a busy decoder does."""

    def __init__(self, cut: Cut, seed: int) -> None:
        super().__init__(tone_of(cut))
        self._random = np.random.default_rng(seed)

    def read(self, frames: int) -> Block:
        """Some of the next frames."""
        return super().read(min(frames, SIZES[self._random.integers(len(SIZES))]))


def sound_of(
    timeline: Timeline,
    make_deck: Callable[[Cut], ArrayDeck] = tone_deck,
    presses: list[tuple[Seconds, Press]] | None = None,
    room: Room = SPEAKERS,
) -> tuple[Block, OfflineSession]:
    """What the device would play, and the session that is over."""
    session = OfflineSession(room, timeline, presses or [], make_deck)
    try:
        return np.concatenate(list(session.blocks())), session
    finally:
        session.close()


def read(path: Path) -> Block:
    """All of a file, of shape (frames, channels)."""
    sound, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(sound, np.float32)


def strength(sound: Block, pitch: float, at: float) -> float:
    """How strong a tone is in the half second around `at`, as an amplitude."""
    part = sound[frames_in(at - 0.25) : frames_in(at + 0.25), 0]
    wave = np.exp(-2j * np.pi * pitch * np.arange(len(part)) / RATE)
    return float(2 * np.abs(np.mean(part * wave)))


@pytest.fixture(scope="module")
def prompt() -> tuple[Block, OfflineSession]:
    """The two tones, with decoders that never hesitate."""
    return sound_of(two_tones())


def test_the_phases_sound_at_their_times(prompt: tuple[Block, OfflineSession]) -> None:
    """The low tone until the second phase, the high one after it, and silence at the end."""
    sound, session = prompt
    assert strength(sound, LOW, 11.0) == pytest.approx(0.1, rel=0.02)
    assert strength(sound, HIGH, 11.0) < 0.002
    assert strength(sound, LOW, 13.51) == pytest.approx(0.0707, rel=0.02)
    assert strength(sound, HIGH, 16.0) == pytest.approx(0.1, rel=0.02)
    assert strength(sound, LOW, 16.0) < 0.002
    assert len(sound) / RATE == pytest.approx(27.0, abs=0.2)
    assert rms(sound[frames_in(27.025) :]) < 1e-4
    assert session.underruns == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_slow_decoder_changes_no_sample(
    prompt: tuple[Block, OfflineSession], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the samples arrive, the same sound comes out, and the same orders are given."""
    monkeypatch.setattr("kacenv.rehearsal.offline_render._NAP", 0)
    sound, first = prompt
    hesitant, second = sound_of(two_tones(), lambda cut: HesitantDeck(cut, seed))
    np.testing.assert_array_equal(hesitant, sound)
    assert second.moments == first.moments


def test_a_piece_shorter_than_it_says_is_followed_without_a_gap() -> None:
    """The mixer's report of an early end reaches the engine in time for the next piece."""
    short, after = a_cut("short", 20.0), a_cut("high", 40.0)
    phase = a_phase("peak", 20.0, queue=replace(a_queue("x"), cuts=(short, after)))
    sound, _ = sound_of(a_timeline(replace(phase, level=Decibels(0.0))))
    heard = sound[frames_in(0.5) : frames_in(19.5)].reshape(-1, RATE // 20)
    assert np.sqrt(np.mean(np.square(heard), axis=1)).min() > 0.001


@pytest.mark.parametrize("brief", [0.2, 0.6, 1.3, 4.0])
def test_a_piece_shorter_than_its_crossfades_leaves_no_hole(brief: float) -> None:
    """The power of all that sounds stays the same, however short the piece between two others."""
    pieces = (("200", 20.0), ("240", brief), ("280", 20.0))
    cuts = tuple(a_cut(hertz, length) for hertz, length in pieces)
    queue = replace(a_queue("x", crossfade=Seconds(6.0)), cuts=cuts)
    phase = replace(a_phase("peak", 25.0, queue=queue, crossfade=Seconds(1.0)), level=Decibels(0.0))
    sound, session = sound_of(a_timeline(phase), pitched_deck)
    fades = [m.command for m in session.moments if isinstance(m.command, Crossfade)]
    assert [fade.duration for fade in fades[1:3]] == pytest.approx([brief / 2] * 2)
    heard = sound[frames_in(2.0) : frames_in(24.5), 0].reshape(-1, RATE // 20)
    levels = 10 * np.log10(np.mean(np.square(heard), axis=1))
    assert np.ptp(levels) < 0.6


def pitched_deck(cut: Cut) -> ArrayDeck:
    """A deck that plays a tone of the pitch after which a cut is called."""
    return ArrayDeck(tone(cut.length, float(cut.title), 0.1))


def test_a_press_is_followed_at_its_time() -> None:
    """`next` at 5.1 s brings the second phase then, between blocks as it is."""
    sound, session = sound_of(two_tones(), presses=[(Seconds(5.1), Next())])
    entered = [m.at for m in session.moments if isinstance(m.command, EnterPhase)]
    assert entered == [0.0, 5.1]
    assert Moment(Seconds(5.1), Pressed(Next(), "Going on to high.")) in session.moments
    assert strength(sound, HIGH, 9.0) == pytest.approx(0.1, rel=0.02)


def test_a_press_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    """The error comes through, and no file stays behind."""
    with pytest.raises(RefusedError):
        render(
            SPEAKERS,
            two_tones(),
            tmp_path / "out.flac",
            [(Seconds(26.0), Release())],
            make_deck=tone_deck,
        )
    assert not list(tmp_path.iterdir())


def with_chime() -> Timeline:
    """One tone, and a chime for staff after two seconds."""
    return a_timeline(
        a_phase("low", 12.0, queue=a_queue("low", [40.0]), cues=(a_cue("Look in", 2.0),))
    )


@pytest.fixture(scope="module")
def chimed() -> Block:
    """What the device would play of it."""
    return sound_of(with_chime(), room=a_room())[0]


def test_the_file_holds_what_was_played(chimed: Block, tmp_path: Path) -> None:
    """FLAC, 24 bit, 48 kHz, all channels of the device; the progress ends at its length."""
    path, heard = tmp_path / "out.flac", list[Seconds]()
    rendered = render(a_room(), with_chime(), path, progress=heard.append, make_deck=tone_deck)
    written, info = read(path), soundfile.info(path)
    assert (info.samplerate, info.format, info.subtype) == (RATE, "FLAC", "PCM_24")
    np.testing.assert_allclose(written, chimed, atol=2**-23)
    assert heard[-1] == rendered.length == len(written) / RATE
    assert [m.command.text for m in rendered.told if isinstance(m.command, Prompt)] == ["Look in"]
    assert rms(written[frames_in(2.5) : frames_in(3.5), 2:]) > 0.001, "staff hear the chime"


def test_one_output_can_be_rendered_alone(chimed: Block, tmp_path: Path) -> None:
    """The file has that output's channels and no others."""
    render(a_room(), with_chime(), tmp_path / "o.flac", output="staff", make_deck=tone_deck)
    written = read(tmp_path / "o.flac")
    np.testing.assert_allclose(written, chimed[:, [2]], atol=2**-23)


def test_an_unknown_output_is_named(tmp_path: Path) -> None:
    """The error says which outputs there are."""
    with pytest.raises(RenderError, match="no output seat-c; it has speakers, staff"):
        render(a_room(), two_tones(), tmp_path / "o.flac", output="seat-c")


def test_more_channels_than_flac_holds_are_refused(tmp_path: Path) -> None:
    """The error says how to render one output."""
    room = Room(
        name="large", outputs=(Output(id="speakers", role=Role.SPEAKERS, channels=(9, 10)),)
    )
    with pytest.raises(RenderError, match="--output speakers"):
        render(room, two_tones(), tmp_path / "o.flac")
    rendered = render(
        room, two_tones(), tmp_path / "o.flac", output="speakers", make_deck=tone_deck
    )
    assert rendered.length > 26


def test_a_place_that_cant_be_written_is_named(tmp_path: Path) -> None:
    """A folder that isn't there is an error in plain words."""
    with pytest.raises(RenderError, match=r"out\.flac can't be written"):
        render(SPEAKERS, two_tones(), tmp_path / "nowhere/out.flac", make_deck=tone_deck)


def test_a_bad_file_is_passed_over_and_told(tmp_path: Path) -> None:
    """With real decks: a missing file is named to staff, and the next one plays."""
    good = tmp_path / "good.wav"
    soundfile.write(good, noise(15.0, 3), RATE)
    cuts = a_cut("gone"), Cut(str(good), "good", "Nobody", Seconds(15.0))
    queue = replace(a_queue("x"), cuts=cuts)
    rendered = render(SPEAKERS, a_timeline(a_phase("p", 8.0, queue=queue)), tmp_path / "o.flac")
    notices = [m.command.text for m in rendered.told if isinstance(m.command, Notice)]
    assert any("“gone” is passed over" in text for text in notices)
    written = read(tmp_path / "o.flac")
    assert rms(written[frames_in(7.0) : frames_in(8.0)]) > 0.05


LONG, FADE = 30.0, 6.0
"""Seconds of each phase, and of its fade in; the rest of it is measured."""


@pytest.fixture(scope="module")
def scene() -> Timeline:
    """Three phases of the three-hour scene, each shorter than its first piece."""
    whole = load_session(House.find(), "couple-lozenge", "demo")
    chosen = [phase for phase in whole.phases if phase.name in {"settle", "peak", "integration"}]
    long, fade, none = Seconds(LONG), Seconds(FADE), Seconds(0.0)
    phases = tuple(replace(one, duration=long, slack=none, crossfade=fade) for one in chosen)
    return replace(whole, phases=phases, return_from=2)


def test_the_loudness_follows_the_scene(scene: Timeline, tmp_path: Path) -> None:
    """A phase's steady part is as loud as the same part of its piece, but for its level."""
    path = tmp_path / "out.flac"
    rendered = render(SPEAKERS, scene, path)
    entered = [m.at for m in rendered.moments if isinstance(m.command, EnterPhase)]
    for phase, begin in zip(scene.phases, entered, strict=True):
        piece = phase.queue.cuts[0]
        into = phase.crossfade + 3.0
        measured = integrated(path, begin + into, begin + LONG)
        source = integrated(Path(piece.path), piece.cue_in + into, piece.cue_in + LONG)
        print(f"{phase.name}: {measured:.1f} LUFS, its piece {source:.1f} LUFS")
        assert measured == pytest.approx(source + piece.gain + phase.level, abs=0.5)


def test_two_renderings_are_the_same_file(scene: Timeline, tmp_path: Path) -> None:
    """Byte for byte, with real decks, over a change of phase."""
    phases = tuple(replace(phase, duration=Seconds(12.0)) for phase in scene.phases[:2])
    shorter = replace(scene, phases=phases, return_from=1)
    paths = [tmp_path / name for name in ("one.flac", "two.flac")]
    first, second = (render(SPEAKERS, shorter, path) for path in paths)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert first == second
    assert first.length < LONGEST


def _is_last(command: object) -> bool:
    return isinstance(command, Crossfade) and command.play_id is None


def integrated(path: Path, begin: float, end: float) -> float:
    """Integrated loudness of a stretch of a file in LUFS, as ffmpeg measures it."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-ss", str(begin), "-t", str(end - begin)]
    command += ["-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
