"""Kinds of sound files that clinics have, good and bad, each made of the telling noise."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import av
from support.file_writers import (
    behind,
    broken_off,
    by,
    bytes_of,
    changed,
    joined,
    locked_asf,
    opus_gain,
    piped,
    silent,
    wav_size,
    write_dff,
    write_dsf,
)
from support.telling import ffmpeg

Make = Callable[[Path, Path], object]
"""Writes the sound of the WAV file at the first path as a kind at the second."""


class SoundKind(NamedTuple):
    """Kind of files: name of one, what people call it, and the way to make one.

    `delay` is how much (s) its codec puts before the sound, or leaves out, and `more` how much it
    puts where two files are joined. `reason` matches the words with which the room's judges refuse
    it; without one, it plays.
    """

    name: str
    words: str
    make: Make
    delay: float = 0.0
    more: float = 0.0
    reason: str = ""


_MP3, _MP2 = 1105 / 44100, 481 / 44100
_AAC = 1024 / 44100
_LAME: Final = ("-c:a", "libmp3lame")
_FRAGMENTS: Final = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")
_MONO: Final = ("-af", "pan=mono|c0=c0")
_HALF: Final = (*_MONO, "-ar", "22050")
_LARGE_PAGES: Final = ("-page_duration", "9000000")
_ID3: Final = b"ID3\x04\0\0\0\0\x10\0" + bytes(2048)
_APE: Final = b"APETAGEX" + bytes([208, 7, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 160]) + bytes(40)

FORMATS: Final = (
    SoundKind("plain.wav", "WAV", by()),
    SoundKind("24-192.wav", "WAV, 24 bits at 192 kHz", by("-c:a", "pcm_s24le", "-ar", "192000")),
    SoundKind("float.wav", "WAV, 32-bit float", by("-c:a", "pcm_f32le")),
    SoundKind("piped.wav", "WAV from a pipe, without a length", piped("wav")),
    SoundKind("piped.flac", "FLAC from a pipe, without a length", piped("flac")),
    SoundKind("piped.mka", "Matroska from a pipe", piped("matroska", "-c:a", "libvorbis")),
    SoundKind("long.wav", "RF64, the WAV for long recordings", by("-rf64", "always")),
    SoundKind("adpcm.wav", "WAV, ADPCM", by("-c:a", "adpcm_ms")),
    SoundKind("mp3.wav", "WAV with MP3", by(*_LAME), _MP3),
    SoundKind("plain.w64", "Wave64", by()),
    SoundKind("plain.aiff", "AIFF", by()),
    SoundKind("plain.caf", "Apple's CAF", by()),
    SoundKind("plain.au", "Sun's AU", by()),
    SoundKind("plain.flac", "FLAC", by()),
    SoundKind(
        "flac.ogg", "Ogg with FLAC", by("-c:a", "flac", "-frame_size", "1152", *_LARGE_PAGES)
    ),
    SoundKind("plain.ogg", "Ogg Vorbis", by("-c:a", "libvorbis")),
    SoundKind("plain.opus", "Opus", by("-c:a", "libopus")),
    SoundKind(
        "cut.ogg",
        "Ogg cut from a stream, nine hours into it",
        by("-c:a", "libvorbis", "-output_ts_offset", "32400"),
    ),
    SoundKind("cbr.mp3", "MP3", by(*_LAME, "-b:a", "128k")),
    SoundKind("vbr.mp3", "MP3 of varying rate", by(*_LAME, "-q:a", "4")),
    SoundKind(
        "cbr-bare.mp3", "MP3 without its encoder's header", by(*_LAME, "-write_xing", "0"), _MP3
    ),
    SoundKind(
        "vbr-bare.mp3",
        "MP3 of varying rate without a header (Xing)",
        by(*_LAME, "-q:a", "4", "-write_xing", "0"),
        _MP3,
    ),
    SoundKind("junk.mp3", "MP3 with zeros before it", behind(bytes(1500), *_LAME)),
    SoundKind("ape.mp3", "MP3 with an APE tag before it", behind(_APE, *_LAME)),
    SoundKind("plain.mp2", "MP2", by("-c:a", "mp2"), _MP2),
    SoundKind("aac.m4a", "M4A with AAC", by("-c:a", "aac")),
    SoundKind("alac.m4a", "M4A with Apple Lossless", by("-c:a", "alac")),
    SoundKind(
        "fragments.m4a",
        "M4A in fragments, without a length",
        by("-c:a", "aac", *_FRAGMENTS, "-frag_duration", "900000"),
        _AAC,
    ),
    SoundKind("plain.aac", "AAC without a container (ADTS)", by("-c:a", "aac"), _AAC),
    SoundKind("vorbis.mka", "Matroska with Vorbis", by("-c:a", "libvorbis")),
    SoundKind("opus.mka", "Matroska with Opus", by("-c:a", "libopus")),
    SoundKind("flac.mka", "Matroska with FLAC", by("-c:a", "flac")),
    SoundKind("plain.ac3", "AC-3", by("-c:a", "ac3", "-ar", "44100"), 256 / 44100),
    SoundKind("plain.eac3", "Enhanced AC-3", by("-c:a", "eac3", "-ar", "44100"), 256 / 44100),
    SoundKind("plain.dts", "DTS", by("-c:a", "dca", "-strict", "-2"), 512 / 44100),
    SoundKind("plain.wv", "WavPack", by()),
    SoundKind("plain.tta", "True Audio", by()),
    SoundKind("plain.wma", "Windows Media Audio", by("-c:a", "wmav2"), -2048 / 44100),
    SoundKind("id3.flac", "FLAC with an ID3 tag before it", behind(_ID3)),
    SoundKind(
        "chained.ogg",
        "Ogg Vorbis, two joined, of other rate and channels",
        joined(("-c:a", "libvorbis"), ("-c:a", "libvorbis", *_HALF)),
    ),
    SoundKind(
        "chained.opus",
        "Opus, two joined, of other channels",
        joined(("-c:a", "libopus"), ("-c:a", "libopus", *_MONO)),
    ),
)
"""Kinds whose places are those of the noise."""
JOINED: Final = (
    SoundKind(
        "rate.mp3",
        "MP3, two joined, of another rate",
        joined(_LAME, (*_LAME, *_HALF)),
        more=0.0585,
    ),
    SoundKind(
        "mono.mp3",
        "MP3, two joined, stereo and mono",
        joined(_LAME, (*_LAME, *_MONO)),
        more=0.0466,
    ),
    SoundKind(
        "rate.aac",
        "AAC, two joined, of another rate",
        joined(("-c:a", "aac"), ("-c:a", "aac", *_HALF)),
        _AAC,
        0.0466,
    ),
)
"""Kinds that hold more than the noise where they are joined."""
ODD: Final = (
    SoundKind("size-zero.wav", "WAV whose header says: empty", changed(by(), wav_size(0))),
    SoundKind(
        "size-absurd.wav", "WAV whose header says: hours", changed(by(), wav_size(0x7FFFF000))
    ),
    SoundKind("broken-off.wav", "WAV that breaks off", changed(by(), broken_off(0.98))),
    SoundKind("broken-off.flac", "FLAC that breaks off", changed(by(), broken_off(0.98))),
    SoundKind("id3v1.mp3", "MP3 with an ID3v1 tag before it", behind(b"TAG" + bytes(125), *_LAME)),
    SoundKind("tta.mka", "Matroska with True Audio", by("-c:a", "tta")),
    SoundKind("surround.ogg", "Ogg Vorbis, 5.1", by("-c:a", "libvorbis", "-ac", "6")),
)
"""Kinds whose headers promise something else, or nothing, and others that were trouble once."""


def _across(channels: str, *words: str, gain: str = "0dB") -> Make:
    """Put the noise, louder by `gain`, into the channels of a layout, as FFmpeg's `pan` has it."""
    return by("-af", f"volume={gain},pan={channels}", *words)


_REAR: Final = "5.1|BL=c0|BR=c1"
_ALL: Final = "5.1|FL=c0|FR=c1|FC=c0|LFE=c0|BL=c0|BR=c1"
_EVERYWHERE: Final = "7.1|FL=c0|FR=c1|FC=c0|BL=c0|BR=c1|SL=c0|SR=c1"
_TO_SPEEX: Final = (*_MONO, "-ar", "32000", "-c:a", "libspeex", "-b:a", "40k")


def _with_picture(*words: str) -> Make:
    """Put a small moving picture beside the sound."""
    picture = "-f", "lavfi", "-i", "testsrc=d=32:s=64x64:r=5", "-map", "0:a", "-map", "1:v"
    return by(*picture, "-c:v", "mpeg4", *words)


def _with_cover(*words: str) -> Make:
    """Put a picture of its cover into the file."""
    kept = "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic"

    def make(source: Path, target: Path) -> None:
        cover = target.with_suffix(".png")
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=800x800:d=0.04", "-frames:v", "1", cover)
        ffmpeg("-i", source, "-i", cover, *kept, *words, target)
        cover.unlink()

    return make


def _flac_of_32_bits(source: Path, target: Path) -> None:
    """Write it by PyAV: FFmpeg's program can't on Debian 12."""
    with av.open(source) as sound, av.open(target, "w") as out:
        stream = out.add_stream("flac", rate=44_100, options={"strict": "experimental"})
        stream.format, stream.layout = "s32", "stereo"
        resampler = av.AudioResampler(format="s32", layout="stereo", rate=44_100, frame_size=4096)
        for frame in (*sound.decode(audio=0), None):
            for part in resampler.resample(frame):
                part.pts = None
                out.mux(stream.encode(part))
        out.mux(stream.encode(None))


VARIETIES: Final = (
    SoundKind("8-bit.wav", "WAV, 8 bits", by("-c:a", "pcm_u8")),
    SoundKind("24-bit.wav", "WAV, 24 bits", by("-c:a", "pcm_s24le")),
    SoundKind("double.wav", "WAV, 64-bit float", by("-c:a", "pcm_f64le")),
    SoundKind("mulaw.wav", "WAV, μ-law", by("-c:a", "pcm_mulaw")),
    SoundKind("sowt.aifc", "AIFF-C of a Mac (sowt)", by("-c:a", "pcm_s16le", "-f", "aiff")),
    SoundKind("float.aifc", "AIFF-C, 32-bit float", by("-c:a", "pcm_f32be", "-f", "aiff")),
    SoundKind("32-bit.flac", "FLAC, 32 bits", _flac_of_32_bits),
    SoundKind("24-192.flac", "FLAC, 24 bits at 192 kHz", by("-sample_fmt", "s32", "-ar", "192000")),
    SoundKind("8-khz.flac", "FLAC at 8 kHz", by("-ar", "8000")),
    SoundKind("mono.flac", "FLAC, mono", by(*_MONO)),
    SoundKind("quad.flac", "FLAC, four channels", _across("quad|FL=c0|FR=c1|BL=c0|BR=c1")),
    SoundKind("rear.flac", "FLAC, 5.1 with sound behind alone", _across(_REAR)),
    SoundKind("all.flac", "FLAC, 5.1 with sound everywhere", _across(_ALL)),
    SoundKind("loud.flac", "FLAC, 5.1, so loud that it clips", _across(_ALL, gain="14dB")),
    SoundKind("7.1.flac", "FLAC, 7.1", _across(_EVERYWHERE)),
    SoundKind(
        "rests.flac",
        "FLAC with three seconds of rest around",
        by("-af", "adelay=3000:all=1,apad=pad_dur=3"),
        3.0,
    ),
    SoundKind("speex.ogg", "Ogg Speex", by(*_TO_SPEEX), 0.022),
    SoundKind("gain-up.opus", "Opus, 6 dB louder by its header", changed(by(), opus_gain(6))),
    SoundKind("gain-down.opus", "Opus, 9 dB softer by its header", changed(by(), opus_gain(-9))),
    SoundKind("half.mp3", "MP3 at 22 kHz, mono", by(*_LAME, *_HALF)),
    SoundKind("cover.mp3", "MP3 with a cover", _with_cover(*_LAME)),
    SoundKind("cover.m4a", "M4A with a cover", _with_cover("-c:a", "aac")),
    SoundKind("pcm.m4a", "QuickTime with PCM", by("-c:a", "pcm_s16le", "-f", "mov")),
    SoundKind("flac.mp4", "MP4 with FLAC", by("-c:a", "flac", "-strict", "-2")),
    SoundKind("opus.mp4", "MP4 with Opus", by("-c:a", "libopus")),
    SoundKind("ac3.mp4", "MP4 with AC-3", by("-c:a", "ac3", "-ar", "44100")),
    SoundKind("movie.mp4", "MP4 of a film", _with_picture("-c:a", "aac")),
    SoundKind("mp2.mka", "Matroska with MP2", by("-c:a", "mp2"), _MP2),
    SoundKind("movie.mka", "Matroska of a film", _with_picture("-c:a", "flac")),
    SoundKind("dsd.dsf", "DSD of a super audio CD (DSF)", write_dsf),
    SoundKind("dsd.dff", "DSD of a super audio CD (DFF)", write_dff),
)
"""Kinds that differ from others by what they hold: depth, rate, channels, codec."""
PLAYS: Final = (*FORMATS, *JOINED, *ODD, *VARIETIES)
"""All that play from their beginning to their end."""

_M4A: Final = by("-c:a", "aac", "-f", "mp4")
_PICTURE_ALONE: Final = _with_picture("-an")
_MUSIC_OF_OTHERS: Final = "isn't music|isn't played"
FAILS: Final = (
    SoundKind("empty.mp3", "an empty file", bytes_of(b""), reason="empty"),
    SoundKind(
        "page.mp3",
        "a web page with a song's name",
        bytes_of(b"<!DOCTYPE html><html><body>Not found</body></html>"),
        reason="a web page",
    ),
    SoundKind("text.mp3", "text", bytes_of(b"Bring flowers.\n" * 100), reason="text"),
    SoundKind(
        "picture.opus",
        "a picture",
        bytes_of(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
        reason="a picture",
    ),
    SoundKind(
        "archive.flac",
        "an archive",
        bytes_of(b"PK\3\4" + bytes(range(256)) * 8),
        reason="an archive|ZIP",
    ),
    SoundKind(
        "list.mp3",
        "a playlist with a song's name",
        bytes_of(b"#EXTM3U\nhttp://127.0.0.1:9/a.ogg\n"),
        reason="a playlist",
    ),
    SoundKind("zeros.wav", "zeros", bytes_of(bytes(50_000)), reason="zeros|isn't music"),
    SoundKind("head-only.flac", "a FLAC's first four bytes", bytes_of(b"fLaC"), reason="decoded"),
    SoundKind(
        "noise.flac",
        "a FLAC's head, and junk",
        bytes_of(b"fLaC" + bytes(range(251)) * 200),
        reason="decoded",
    ),
    SoundKind(
        "avi.wav",
        "a film called WAV",
        bytes_of(b"RIFF\0\0\0\0AVI LIST" + bytes(5000)),
        reason="decoded|isn't music",
    ),
    SoundKind("no-sound.mp4", "a film without sound", _PICTURE_ALONE, reason="no sound"),
    SoundKind("torn.m4a", "half an M4A", changed(_M4A, broken_off(0.5)), reason="decoded"),
    SoundKind(
        "locked.m4a",
        "an M4A locked by its shop",
        changed(_M4A, lambda content: content.replace(b"mp4a", b"drms")),
        reason="locked",
    ),
    SoundKind(
        "locked.wma",
        "Windows Media Audio, locked by its shop",
        changed(by("-c:a", "wmav2"), locked_asf),
        reason="locked",
    ),
    SoundKind("silent.wav", "silence", silent, reason="nothing can be heard|silent"),
    SoundKind(
        "notes.mid",
        "MIDI notes",
        bytes_of(b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + bytes(400)),
        reason=_MUSIC_OF_OTHERS,
    ),
    SoundKind(
        "voice.amr",
        "a phone's voice memo (AMR)",
        bytes_of(b"#!AMR\n" + b"\x3c" + bytes(5000)),
        reason=_MUSIC_OF_OTHERS,
    ),
    SoundKind(
        "real.ra",
        "RealAudio",
        bytes_of(b".ra\xfd\0\4" + bytes(range(256)) * 8),
        reason=_MUSIC_OF_OTHERS,
    ),
    SoundKind(
        "frog.ofr",
        "OptimFROG",
        bytes_of(b"OFR " + bytes(range(256)) * 8),
        reason=_MUSIC_OF_OTHERS,
    ),
)
"""Kinds that the room passes over."""
