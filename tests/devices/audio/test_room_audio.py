"""The whole of sound: real decks, real mixer, and a real sound server that is recorded."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from support.decks import about, rms, steepest_step, tone
from support.ffmpeg import MakeFile
from support.priority import ahead
from support.pulse import Pulse
from support.simulated_room import simulated
from support.waiting import PATIENCE, wait_until

from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.devices.audio.mixing.bell_synth import ring
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.chime import BELL
from kacenv.model.commands import Crossfade, CueTrack, SetVolume, StrikeChime
from kacenv.model.playlist import Cut
from kacenv.model.requests import DeadAir, Event, TrackEnded, TrackFailed, TrackStarted
from kacenv.model.room import Output, Role, Room
from kacenv.model.scene import Audience
from kacenv.system.clock import MonotonicClock

STEEPEST = 1.05 * steepest_step(tone(0.1, 440.0, 0.0884))
STEREO = Room(name="test", outputs=(Output(id="room", role=Role.SPEAKERS),))
FOUR = Room(
    name="test",
    outputs=(
        Output(id="room", role=Role.SPEAKERS, channels=(1, 2)),
        Output(id="desk", role=Role.STAFF, channels=(3,)),
        Output(id="seat", role=Role.SEAT_A, channels=(4,), trim="-12 dB"),
    ),
)


Kind = TypeVar("Kind", TrackStarted, TrackEnded, TrackFailed)


class Heard:
    """Recorder of a room's audio events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()

    def report(self, event: Event) -> None:
        """Record an event."""
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait_for(self, kind: type[Kind], play_id: int) -> Kind:
        """Wait for the first event of that kind about that track."""

        def found() -> list[Kind]:
            of_kind = [event for event in self.events if isinstance(event, kind)]
            return [event for event in of_kind if event.play_id == play_id]

        with self._news:
            assert self._news.wait_for(found, PATIENCE), self.events
            return found()[0]


@contextmanager
def sounding(room: Room) -> Iterator[tuple[RoomAudio, Heard, MonotonicClock]]:
    """Return a room's audio, started."""
    clock, heard = MonotonicClock(), Heard()
    audio = RoomAudio(room, clock, heard.report)
    with ahead():
        audio.start()
        try:
            yield audio, heard, clock
        finally:
            audio.close()
            audio.close()


def cut(path: Path, length: float = 100.0) -> Cut:
    """Return a cut of a whole file."""
    return Cut(str(path), "title", "artist", Seconds(length))


def play(audio: RoomAudio, play_id: int, piece: Cut, at: float, duration: float = 0.05) -> None:
    """Cue a track and crossfade to it."""
    audio.perform(CueTrack(play_id, piece))
    audio.perform(Crossfade(play_id, Seconds(at), Seconds(duration)))


@pytest.mark.usefixtures("no_sound_server")
def test_a_room_without_a_sound_card_plays(make_file: MakeFile) -> None:
    """Without a device tracks start and end in their order, and the note says why."""
    with sounding(STEREO) as (audio, heard, clock):
        assert audio.device == "none"
        assert audio.device_note is not None
        play(audio, 1, cut(make_file("ogg")), clock.now() + 1.0)
        started, ended = heard.wait_for(TrackStarted, 1), heard.wait_for(TrackEnded, 1)
        assert heard.events.index(started) < heard.events.index(ended)
        assert audio.errors == 0


def test_tracks_start_and_end_in_time(make_file: MakeFile) -> None:
    """A piece starts at its moment, and its end is told before it is heard."""
    with simulated(STEREO) as room:
        play(room.audio, 1, cut(make_file("ogg")), 1.0)
        room.play(2.9)
        assert room.events == [TrackStarted(1, Seconds(1.0)), TrackEnded(1, about(3.0, 0.07))]
        assert room.audio.underruns == room.audio.errors == 0


@pytest.mark.usefixtures("no_sound_server")
def test_files_that_fail_leave_the_music_alone(make_file: MakeFile, tmp_path: Path) -> None:
    """Missing, empty and wrong files are reported, and what plays goes on."""
    (tmp_path / "text.mp3").write_text("hello world")
    (tmp_path / "empty.mp3").touch()
    with sounding(STEREO) as (audio, heard, clock):
        play(audio, 1, cut(make_file("flac", span=9.0)), clock.now())
        heard.wait_for(TrackStarted, 1)
        for play_id, name in enumerate(("text.mp3", "empty.mp3", "gone.mp3"), start=2):
            play(audio, play_id, cut(tmp_path / name), clock.now())
            failed = heard.wait_for(TrackFailed, play_id)
            assert failed.reason
        wait_until(lambda: audio.music_level.rms == pytest.approx(-24.1, abs=0.2))
        assert audio.errors == 0


@pytest.mark.usefixtures("no_sound_server")
def test_a_room_answers_what_it_can_not_do() -> None:
    """A chime for staff without an output is refused, an unknown output raises."""
    with sounding(STEREO) as (audio, _, clock):
        chime = StrikeChime(BELL, Audience.STAFF, clock.now())
        assert not audio.perform(chime)
        with pytest.raises(DeviceError):
            audio.perform(SetVolume("roof", Decibels(0.0), clock.now(), Seconds(1.0)))


@pytest.mark.usefixtures("no_sound_server")
def test_nothing_is_left_behind(make_file: MakeFile) -> None:
    """After closing, no thread of ours is left."""
    before = set(threading.enumerate())
    with sounding(STEREO) as (audio, heard, clock):
        play(audio, 1, cut(make_file("mp3")), clock.now())
        heard.wait_for(TrackStarted, 1)
        audio.perform(CueTrack(2, cut(make_file("flac"))))
    assert set(threading.enumerate()) <= before


def test_a_tone_is_heard_without_a_gap(make_file: MakeFile) -> None:
    """A tone of four seconds has no dropout and no click."""
    with simulated(STEREO) as room:
        play(room.audio, 1, cut(make_file("flac", span=5.0, rate=RATE), 5.0), 0.2)
        sound = room.play(5.0)
        assert room.audio.underruns == room.audio.errors == 0
    steady = sound[RATE : round(4.5 * RATE)]
    assert [rms(part) for part in np.split(steady, 35)] == pytest.approx([0.0625] * 35, rel=0.005)
    assert steepest_step(steady) < STEEPEST


def test_a_chime_is_heard_in_time() -> None:
    """A chime comes within 10 ms of the time it is for."""
    with simulated(STEREO) as room:
        room.play(0.5)
        room.audio.perform(StrikeChime(BELL, Audience.ROOM, Seconds(1.0)))
        sound = room.play(2.5)
    assert 0.5 + _onset(sound, ring(BELL)) == pytest.approx(1.0, abs=0.01)


def _onset(sound: Block, chime: np.ndarray) -> float:
    """Return the time (s) in a recording at which a chime begins."""
    wanted = chime[: RATE // 2]
    size = 1 << (len(sound) + len(wanted)).bit_length()
    match = np.fft.rfft(sound[:, 0], size) * np.fft.rfft(wanted, size).conj()
    return int(np.fft.irfft(match)[: len(sound)].argmax()) / RATE


def test_every_output_has_its_own_channels(
    pulse_with_four_channels: Pulse, make_file: MakeFile, tmp_path: Path
) -> None:
    """Recorded from a four-channel device, nobody hears what is for others.

    A seat that is turned down by 12 dB is heard 12 dB below the speakers.
    """
    path, server = tmp_path / "recording", pulse_with_four_channels
    with server.recording(path), sounding(FOUR) as (audio, heard, clock):
        play(audio, 1, cut(make_file("flac", span=60.0)), clock.now())
        heard.wait_for(TrackStarted, 1)
        wait_until(lambda: rms(server.read(path)[-RATE:, [0]]) > 0)
        before = server.read(path)
        audio.perform(StrikeChime(BELL, Audience.STAFF, clock.now()))
        wait_until(lambda: rms(server.read(path)[-RATE:, [2]]) > 0)
        after = server.read(path)[len(before) :]
    assert not before[:, 2].any()
    levels = [20 * np.log10(rms(after[:, [column]])) for column in (0, 1, 3)]
    assert levels == pytest.approx([levels[0], levels[0], levels[0] - 12.0], abs=0.1)


def test_too_few_channels_are_refused(pulse: Pulse) -> None:
    """A stereo device in a room that needs four channels is not used, and the note says why."""
    assert pulse.channels == 2
    with sounding(FOUR) as (audio, _, _clock):
        assert audio.device == "none"
        assert audio.device_note is not None
        assert "has 2 channels, the room uses 4" in audio.device_note


def test_a_device_is_found_by_part_of_its_name(pulse: Pulse) -> None:
    """`OO` finds Room; another name is refused with the names there are."""
    assert pulse.sink == "room"
    by_name = Room(name="t", outputs=(Output(id="a", role=Role.SPEAKERS, device="OO"),))
    with sounding(by_name) as (audio, _, _clock):
        assert audio.device == "Room"
    other = Room(name="t", outputs=(Output(id="a", role=Role.SPEAKERS, device="attic"),))
    with sounding(other) as (audio, _, _clock):
        assert audio.device_note is not None
        assert "No sound device is called 'attic'; there are: Room" in audio.device_note


def test_a_sound_server_that_dies_is_outlived(
    pulse: Pulse, make_file: MakeFile, tmp_path: Path
) -> None:
    """The session goes on silently; the sound is heard again once the server is back."""
    path = tmp_path / "recording"
    with sounding(STEREO) as (audio, heard, clock):
        play(audio, 1, cut(make_file("flac", span=600.0)), clock.now())
        heard.wait_for(TrackStarted, 1)
        pulse.stop()
        wait_until(lambda: audio.device == "none")
        wait_until(lambda: audio.music_level.rms == pytest.approx(-24.1, abs=0.2))
        assert audio.device_note is not None
        pulse.start()
        wait_until(lambda: audio.device == "default")
        assert audio.device_note is None
        with pulse.recording(path):
            wait_until(lambda: rms(pulse.read(path)[-RATE // 10 :]) > 0.06)
        assert audio.errors == 0
        assert not [event for event in heard.events if not isinstance(event, TrackStarted)]


@pytest.mark.usefixtures("no_sound_server")
def test_a_chime_on_an_instrument_ducks_the_music(make_file: MakeFile) -> None:
    """Asked to make room, the music falls by 3 dB, as under the built-in bell."""
    with sounding(STEREO) as (audio, heard, clock):
        play(audio, 1, cut(make_file("flac", span=9.0)), clock.now())
        heard.wait_for(TrackStarted, 1)
        wait_until(lambda: audio.music_level.rms == pytest.approx(-24.1, abs=0.1))
        audio.duck_for_chime(clock.now())
        wait_until(lambda: audio.music_level.rms == pytest.approx(-27.1, abs=0.1))


def test_a_file_that_goes_silent_is_told(make_file: MakeFile) -> None:
    """A real file whose sound stops is reported within three seconds of its silence."""
    source = "aevalsrc='if(lt(t,2),0.2*sin(2765*t),0)'"
    with simulated(STEREO) as room:
        play(room.audio, 1, cut(make_file("flac", source, span=20.0)), 0.5)
        room.play(5.5)
        told = [event for event in room.events if isinstance(event, DeadAir)]
    assert told == [DeadAir(about(2.5, 0.1))]
