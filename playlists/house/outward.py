"""The way out: the pieces for settle, onset, build and peak."""

from harmony import progression
from layers import arpeggio, bass, drone, melody, pad, pulse
from piece import (
    CELLO,
    CONTRABASS,
    GLASS_PAD,
    GUITAR,
    HALO_PAD,
    HARP,
    HORN,
    OCARINA,
    PIANO,
    SLOW_STRINGS,
    STRINGS,
    SWEEP_PAD,
    VIOLA,
    WARM_PAD,
    Piece,
    hand,
    layer,
    length,
)


def warm_ground() -> Piece:
    """F major over a slowly falling bass: warm pads, low strings, a few harp notes."""
    first = "Fadd9:8 C/E:8 Dm7:8 Am7/C:8 "
    second = "Bbadd9:8 F/A:8 Gm7:8 Csus4:8 "
    chords = progression(first + second + first + second + first + "Bbadd9:8 Fadd9:8")
    plucked = arpeggio(chords, "0.2.3...1.2.....", hand("settle-1"), low="C4", high="C6")
    calling = melody("~/2 C4/2 A4/4 G4/6 E4/2 F4/6 D4/2 E4/8", "64 128")
    answer = melody("D4/6 C4/2 C4/6 A3/2 Bb3/8 C4/8", "32 96")
    pads = pad(chords, low="A2", high="A4", voices=4)
    high = pad(chords, low="C4", high="E5", voices=3)
    lines = (
        layer(WARM_PAD, pads, "0:0.9 64:1 176:0.9", level=-6.5, breath=16, depth=0.12),
        layer(SLOW_STRINGS, bass(chords, low="D2"), "0:0.8 32:1 176:0.8", level=-5, pan=0.15),
        layer(
            SLOW_STRINGS, high, "24:0 48:0.7 88:0.8 120:0.5 152:0.8 176:0.6", level=-11.5, pan=-0.3
        ),
        layer(HARP, plucked, "0:0.6 16:0.8 100:0.9 176:0.7", level=-2.5, pan=0.35),
        layer(HORN, calling, "0:0.9", level=-4, pan=-0.2, breath=8, depth=0.15),
        layer(CELLO, answer, "0:0.85", level=-2.5, pan=0.2, breath=8, depth=0.2),
    )
    return Piece("settle", 1, "Warm Ground", 50, length(chords), lines)


def long_grass() -> Piece:
    """D mixolydian over a held fifth: guitar, soft pads, a viola that sings twice."""
    cycle = "Dadd9:8 G/D:8 Dadd9:8 Em7/D:8 Gadd9:8 Dadd9/F#:8 Am7:8 Gadd9:8 "
    chords = progression(cycle + cycle + "Dadd9:8 G/D:8 Dadd9:8 Gadd9/D:8 Dadd9:8")
    plucked = arpeggio(
        chords, "0..2.3..1..2....", hand("settle-2"), low="A3", high="A5", ring=5, velocity=48
    )
    tune = melody("F#4/3 E4/1 D4/4 D4/4 B3/4 A3/12", "64 128")
    answer = melody("B3/4 D4/4 A3/6 D4/2 C4/4 E4/4 D4/8", "32 96")
    beats = length(chords)
    middle = pad(chords, low="F#3", high="D5", voices=4)
    halo = pad(chords, low="A3", high="F#5", voices=3)
    lines = (
        layer(
            SLOW_STRINGS,
            drone("D2 A2", beats),
            "0:0.9 80:1 168:0.9",
            level=-8.5,
            breath=16,
            depth=0.1,
        ),
        layer(WARM_PAD, middle, "0:0.8 32:1 168:0.9", level=-7, pan=-0.2, breath=16, depth=0.15),
        layer(HALO_PAD, halo, "16:0 48:0.7 90:0.5 120:0.8 150:0.6 168:0.4", level=-7.5, pan=0.3),
        layer(GUITAR, plucked, "0:0.7 24:0.9 168:0.8", level=1, pan=-0.3),
        layer(VIOLA, tune, "0:0.8", level=-1, pan=0.2, breath=8, depth=0.2),
        layer(HORN, answer, "0:0.8", level=-2, pan=-0.1, breath=8, depth=0.2),
    )
    return Piece("settle", 2, "Long Grass", 46, beats, lines)


def widening_rings() -> Piece:
    """D dorian: two string lines start on one note and part, step by step, to octaves."""
    cycle = "Dm:8 Dmadd9:8 G/D:8 Am7:8 Cadd9:8 Fmaj7:8 G:8 Dm:8 "
    chords = progression(cycle + cycle + "Dm:8 G/D:8 Am7:8 Dm:16")
    plucked = arpeggio(chords, "0123..2.1..2....", hand("onset-1"), low="D4", high="D6", ring=5)
    upper = melody("A3/8 C4/8 D4/8 E4/8 G4/8 A4/8 B4/8 D5/8", "0 64")
    lower = melody("A3/8 F3/8 D3/8 C3/8 C3/8 A2/8 G2/8 D3/8", "0 64")
    upper += melody("A4/8 G4/8 E4/8 D4/16", "128")
    lower += melody("D3/16 C3/8 D3/16", "128")
    pads = pad(chords, low="A2", high="A4", voices=4)
    glass = pad(chords, low="D4", high="D6", voices=3)
    lines = (
        layer(WARM_PAD, pads, "0:0.8 48:1 168:0.9", level=-7.5, breath=16, depth=0.15),
        layer(SLOW_STRINGS, upper, "0:0.8 56:1 64:0.8 120:1 168:0.7", level=-0.5, pan=-0.45),
        layer(SLOW_STRINGS, lower, "0:0.8 56:1 64:0.8 120:1 168:0.7", level=0.5, pan=0.45),
        layer(CONTRABASS, bass(chords, low="D2"), "0:0 16:0.7 64:0.9 168:0.8", level=-14),
        layer(HARP, plucked, "0:0.5 32:0.8 120:0.9 168:0.7", level=0.5, pan=0.3),
        layer(GLASS_PAD, glass, "16:0 56:0.6 112:0.8 136:0.6 168:0.6", level=-4, pan=-0.2),
    )
    return Piece("onset", 1, "Widening Rings", 52, length(chords), lines)


def ebb() -> Piece:
    """A minor in slow sixes: a rocking piano, strings that come in and draw back."""
    cycle = "Am7:12 Fadd9:12 C/E:12 Dm7:12 Am/C:12 Fmaj7:12 Em7:12 Am7:12 "
    chords = progression(cycle + cycle)
    rocking = arpeggio(
        chords, "02.3.12.3.2.", hand("onset-2"), low="E3", high="E5", ring=6, velocity=46
    )
    low_tune = melody("~/3 E3/6 C3/3 A3/9 G3/3 G3/6 B3/6 A3/12", "48 144")
    high_tune = melody("A4/6 C5/6 C5/9 A4/3 G4/12 F4/6 A4/6", "96")
    pads = pad(chords, low="C3", high="C5", voices=4)
    strings = pad(chords, low="E3", high="E5", voices=4)
    lines = (
        layer(HALO_PAD, pads, "0:0.8 48:1 192:0.85", level=-10, pan=0.15),
        layer(SLOW_STRINGS, strings, "0:0.8 96:1 192:0.8", level=-7.5, breath=12, depth=0.4),
        layer(SLOW_STRINGS, bass(chords, low="D2"), "0:0.8 60:1 192:0.8", level=-5.5, pan=0.2),
        layer(PIANO, rocking, "0:0.7 36:0.9 160:0.9 192:0.7", level=1, pan=-0.15),
        layer(CELLO, low_tune, "0:0.85", level=-3.5, pan=0.3, breath=12, depth=0.2),
        layer(VIOLA, high_tune, "0:0.8", level=-0.5, pan=-0.3, breath=12, depth=0.2),
    )
    return Piece("onset", 2, "Ebb", 54, length(chords), lines)


def steady_underfoot() -> Piece:
    """G minor over a stepwise bass: low strings tread slowly, others join one by one."""
    cycle = "Gm:8 Dm/F:8 Ebadd9:8 Bb/D:8 Cm7:8 Gm/Bb:8 Ebadd9:8 Fsus4:4 F:4 "
    chords = progression(cycle * 3 + "Gm:8 Ebadd9/G:8")
    tune = "G3/4 Bb3/4 A3/8 G3/4 Bb3/4 F4/6 D4/2 Eb4/4 C4/4 D4/8 Bb3/4 G3/4 Bb3/4 A3/4"
    low = pad(chords, low="G2", high="F4", voices=4)
    high = pad(chords, low="D4", high="D5", voices=3)
    lines = (
        layer(STRINGS, pulse(chords, low="D2", every=2), "0:0.8 100:1 208:0.95", level=4.5),
        layer(
            STRINGS,
            pulse(chords, low="D3", every=2, offset=1),
            "8:0 40:0.7 208:0.9",
            level=5,
            pan=0.3,
        ),
        layer(WARM_PAD, low, "0:0.8 64:0.9 176:1 208:0.9", level=-10.5, pan=-0.1),
        layer(SLOW_STRINGS, low, "24:0 56:0.6 120:0.8 184:1 208:0.8", level=-8, pan=0.25),
        layer(SLOW_STRINGS, high, "72:0 112:0.6 184:1 208:0.7", level=-9, pan=-0.35),
        layer(HORN, melody(tune, "64 128"), "0:0.7 128:0.8 190:1", level=-3.5, pan=-0.2),
        layer(CELLO, melody(tune, "128"), "128:0.7 190:1", level=-5, pan=0.2),
    )
    return Piece("build", 1, "Steady Underfoot", 60, length(chords), lines)


def rising_ground() -> Piece:
    """C dorian: a bass that climbs the whole scale, three times, a little fuller each time."""
    cycle = "Cm:8 Gm/D:8 Eb:8 F:8 Gm7:8 F/A:8 Bbadd9:8 Gm7/Bb:8 "
    chords = progression(cycle * 3)
    tune = "~/4 G3/4 Bb3/8 ~/2 G3/2 Bb3/4 C4/8 D4/6 Bb3/2 C4/4 A3/4 D4/8 Bb3/4 D4/4"
    turning = arpeggio(
        chords, "02120313", hand("build-2"), low="C3", high="C5", ring=3, velocity=44
    )
    low = pad(chords, low="G2", high="F4", voices=4)
    high = pad(chords, low="C4", high="Eb5", voices=3)
    lines = (
        layer(SLOW_STRINGS, bass(chords, low="C2"), "0:0.9 192:1", level=-1.5, breath=4, depth=0.2),
        layer(
            STRINGS, pulse(chords, low="C3", every=2), "0:0.5 64:0.8 192:0.95", level=5, pan=0.25
        ),
        layer(SWEEP_PAD, low, "0:0.8 128:1 192:0.9", level=-6.5, pan=-0.15, breath=16, depth=0.15),
        layer(HARP, turning, "16:0 40:0.7 128:0.9 192:0.8", level=-0.5, pan=-0.35),
        layer(SLOW_STRINGS, high, "48:0 96:0.6 176:1 192:0.8", level=-8, pan=0.35),
        layer(HORN, melody(tune, "64 128"), "0:0.8 176:1", level=-5, pan=0.1),
    )
    return Piece("build", 2, "Rising Ground", 56, length(chords), lines)


def night_river() -> Piece:
    """D minor, four long chords over one low note, in no hurry and always returning."""
    chords = progression("Dm7:16 Bbadd9/D:16 Gm7/D:16 Dm7:16 " * 2 + "Dm7:24")
    line = melody("A2/8 C3/8 D3/16 Bb2/8 D3/8 C3/8 A2/8", "0 64", legato=0.5)
    beats = length(chords)
    pads = pad(chords, low="A2", high="F4", voices=4)
    strings = pad(chords, low="A2", high="D4", voices=4)
    lines = (
        layer(
            SLOW_STRINGS,
            drone("D2 D3", beats),
            "0:0.8 112:1 152:0.85",
            level=-2,
            breath=16,
            depth=0.12,
        ),
        layer(CONTRABASS, drone("D2", beats), "0:0.5 64:0.9 120:1 152:0.7", level=-8, pan=0.1),
        layer(WARM_PAD, pads, "0:0.9 120:1 152:0.85", level=-4.5, pan=-0.2),
        layer(
            SLOW_STRINGS,
            strings,
            "0:0.4 64:0.7 120:1 152:0.7",
            level=-3.5,
            pan=0.3,
            breath=16,
            depth=0.25,
        ),
        layer(SWEEP_PAD, pads, "24:0 72:0.6 120:0.9 152:0.6", level=-3.5, pan=-0.35),
        layer(CELLO, line, "24:0.5 112:0.9 152:0.7", level=-1.5, pan=0.2, breath=16, depth=0.15),
    )
    return Piece("peak", 1, "Night River", 44, beats, lines)


def old_hills() -> Piece:
    """One low C and the colours of its overtones, brightening and dimming like weather."""
    chords = progression("Cadd9:16 Gm7/C:16 Fadd9/C:16 Cadd9:16 " * 2 + "Cadd9:16")
    overtones = melody("G4/8 C5/8 Bb4/12 D5/4 C5/8 A4/8 G4/16", "0 64", legato=0.5)
    beats = length(chords)
    pads = pad(chords, low="G2", high="E4", voices=4)
    upper = pad(chords, low="C3", high="G4", voices=4)
    lines = (
        layer(
            SLOW_STRINGS,
            drone("C2 G2", beats),
            "0:0.85 100:1 144:0.85",
            level=-1,
            breath=16,
            depth=0.12,
        ),
        layer(
            WARM_PAD,
            drone("C3 G3", beats),
            "0:0.9 100:1 144:0.9",
            level=-1.5,
            pan=-0.1,
            breath=32,
            depth=0.2,
        ),
        layer(SWEEP_PAD, pads, "0:0.6 64:0.8 112:1 144:0.7", level=-2.5, pan=0.3),
        layer(
            SLOW_STRINGS,
            upper,
            "16:0.2 64:0.6 112:1 144:0.6",
            level=-3.5,
            pan=-0.3,
            breath=16,
            depth=0.25,
        ),
        layer(
            HORN,
            drone("C3 G3", beats),
            "32:0 72:0.5 112:0.8 144:0.3",
            level=-4.5,
            breath=16,
            depth=0.3,
        ),
        layer(OCARINA, overtones, "0:0.7 112:0.9 144:0.6", level=-6, pan=0.15, breath=8, depth=0.3),
    )
    return Piece("peak", 2, "The Old Hills", 42, beats, lines)


OUTWARD = (
    warm_ground(),
    long_grass(),
    widening_rings(),
    ebb(),
    steady_underfoot(),
    rising_ground(),
    night_river(),
    old_hills(),
)
