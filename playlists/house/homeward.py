"""The way home: the pieces for descent, return and integration."""

from harmony import progression
from layers import arpeggio, bass, melody, pad, pulse
from piece import (
    CELESTA,
    CELLO,
    ELECTRIC_PIANO,
    FLUTE,
    GLASS_PAD,
    GUITAR,
    HARP,
    HORN,
    PIANO,
    SLOW_STRINGS,
    STRINGS,
    VIBRAPHONE,
    WARM_PAD,
    Piece,
    hand,
    layer,
    length,
)


def turning_tide() -> Piece:
    """E minor opening into G major: a cello sings, the strings above it clear slowly."""
    cycle = "Em7:8 Cadd9:8 G/B:8 Dsus4:4 D:4 Am7:8 Em/G:8 Cadd9:8 Dsus4:4 D:4 "
    chords = progression(cycle + cycle + "Em7:8 Cadd9:8 G/B:8 D:8 Cadd9:8 Gadd9:8")
    tune = melody("~/2 B3/4 G3/2 E4/6 D4/2 D4/4 B3/4 A3/4 F#3/4", "64 128", velocity=60)
    tune += melody("C4/6 A3/2 B3/4 E4/4 G4/6 E4/2 D4/8", "32 96", velocity=60)
    tune += melody("E4/6 D4/2 D4/2 B3/6", "160", velocity=60)
    plucked = arpeggio(chords, "0.23....1.2.3...", hand("descent-1"), low="G3", high="G5", ring=5)
    pads = pad(chords, low="B2", high="B4", voices=4)
    high = pad(chords, low="D4", high="G5", voices=3)
    lines = (
        layer(WARM_PAD, pads, "0:0.9 176:0.9", level=-6.5, breath=16, depth=0.12),
        layer(SLOW_STRINGS, pads, "0:0.7 80:0.9 176:0.7", level=-8, pan=-0.3),
        layer(SLOW_STRINGS, bass(chords, low="E2"), "0:0.9 176:0.8", level=-4, pan=0.15),
        layer(SLOW_STRINGS, high, "40:0 88:0.7 128:0.9 176:0.7", level=-10, pan=0.35),
        layer(CELLO, tune, "0:0.9", level=-4, pan=0.1, breath=8, depth=0.15),
        layer(HARP, plucked, "0:0.5 48:0.7 128:0.9 176:0.8", level=-1.5, pan=-0.3),
    )
    return Piece("descent", 1, "Turning Tide", 50, length(chords), lines)


def harbour_lights() -> Piece:
    """B flat major, unhurried: soft electric piano, a cello, a little glass high above."""
    cycle = "Bbadd9:8 F/A:8 Gm7:8 Dm7/F:8 Ebmaj7:8 Bb/D:8 Cm7:8 F7sus4:8 "
    chords = progression(cycle + cycle + "Bbadd9:8 F/A:8 Ebmaj7:8 Bbadd9:16")
    tune = melody("D4/4 F4/2 D4/2 C4/6 A3/2 Bb3/4 D4/4 C4/8", "64", velocity=58)
    tune += melody("G3/4 Bb3/4 D4/6 Bb3/2 C4/4 Eb4/4 C4/8", "32 96", velocity=58)
    tune += melody("D4/4 F4/2 D4/2 C4/8 Bb3/4 G3/4 Bb3/12", "128", velocity=58)
    rocking = arpeggio(
        chords, "0.2.1.3.0.2.3...", hand("descent-2"), low="F3", high="F5", ring=4, velocity=46
    )
    pads = pad(chords, low="Bb2", high="A4", voices=4)
    glass = pad(chords, low="D4", high="F5", voices=3)
    lines = (
        layer(SLOW_STRINGS, pads, "0:0.8 80:1 168:0.8", level=-7.5, pan=-0.2, breath=16, depth=0.2),
        layer(WARM_PAD, pads, "0:0.9 168:0.9", level=-9, pan=0.2),
        layer(SLOW_STRINGS, bass(chords, low="Eb2"), "0:0.8 168:0.8", level=-3),
        layer(ELECTRIC_PIANO, rocking, "0:0.7 40:0.9 168:0.8", level=0.5, pan=0.3),
        layer(CELLO, tune, "0:0.9", level=-3.5, pan=-0.1, breath=8, depth=0.15),
        layer(GLASS_PAD, glass, "72:0 104:0.6 144:0.8 168:0.5", level=-9, pan=-0.3),
    )
    return Piece("descent", 2, "Harbour Lights", 48, length(chords), lines)


def window_morning() -> Piece:
    """C major: a quiet piano, its tune and its left hand, with strings behind."""
    cycle = "Cadd9:8 G/B:8 Am7:8 Fadd9:8 C/E:8 Fadd9:8 Dm7:8 Gsus4:4 G:4 "
    chords = progression(cycle + cycle + "Cadd9:8 G/B:8 Am7:8 Fadd9:8 Cadd9:16")
    tune = melody(
        "~/2 G4/2 E5/3 D5/1 D5/4 B4/4 C5/3 B4/1 A4/4 A4/2 C5/2 G4/4", "0 64 128", velocity=60
    )
    tune += melody("G4/4 C5/4 A4/3 G4/1 F4/4 F4/4 A4/4 C5/4 B4/4", "32 96")
    tune += melody("G4/4 E4/8", "160")
    left = arpeggio(chords, "0.2.1.3.", hand("return-1"), low="C3", high="A4", ring=4, velocity=50)
    pads = pad(chords, low="C3", high="C5", voices=4)
    high = pad(chords, low="E4", high="G5", voices=3)
    lines = (
        layer(PIANO, tune, "0:0.9 176:0.9", level=-3, pan=0.1),
        layer(PIANO, left, "0:0.7 32:0.85 176:0.8", level=-0.5, pan=-0.15),
        layer(
            SLOW_STRINGS, pads, "0:0.7 80:0.9 176:0.8", level=-5.5, pan=0.2, breath=16, depth=0.2
        ),
        layer(WARM_PAD, pads, "0:0.9 176:0.9", level=-8, pan=-0.2),
        layer(SLOW_STRINGS, bass(chords, low="E2"), "16:0.3 64:0.8 176:0.7", level=-3.5),
        layer(SLOW_STRINGS, high, "56:0 96:0.7 128:0.8 176:0.5", level=-8, pan=-0.35),
    )
    return Piece("return", 1, "Window, Morning", 54, length(chords), lines)


def bare_feet() -> Piece:
    """G mixolydian: harp and flute over soft strings, plain as a wooden floor."""
    cycle = "Gadd9:8 F/G:8 C/G:8 Gadd9:8 Em7:8 Cadd9:8 Am7:8 Dsus4:4 D:4 "
    chords = progression(cycle + cycle + "Gadd9:8 F/G:8 C/G:8 Gadd9:16")
    tune = melody("~/4 D5/3 B4/1 C5/4 A4/4 G4/6 E4/2 G4/8", "64 128")
    tune += melody("B4/4 E5/4 D5/4 C5/4 C5/4 A4/4 G4/4 F#4/4", "32 96")
    plucked = arpeggio(
        chords, "0.2.3.2.1.2.3...", hand("return-2"), low="B3", high="B5", ring=4, velocity=52
    )
    pads = pad(chords, low="D3", high="D5", voices=4)
    high = pad(chords, low="D4", high="G5", voices=3)
    lines = (
        layer(HARP, plucked, "0:0.8 168:0.85", level=-2.5, pan=-0.25),
        layer(SLOW_STRINGS, pads, "0:0.8 168:0.8", level=-5, pan=0.25, breath=16, depth=0.2),
        layer(WARM_PAD, pads, "0:0.9 168:0.9", level=-8.5, pan=-0.15),
        layer(SLOW_STRINGS, bass(chords, low="D2"), "0:0.7 168:0.7", level=-2),
        layer(FLUTE, tune, "0:0.85", level=-3, pan=0.15, breath=8, depth=0.15),
        layer(SLOW_STRINGS, high, "24:0 72:0.7 120:0.8 168:0.6", level=-8.5, pan=-0.3),
    )
    return Piece("return", 2, "Bare Feet on Wood", 52, length(chords), lines)


def bread_and_tea() -> Piece:
    """D major, a walking guitar and a simple piano tune, like a kitchen in the morning."""
    cycle = "D:4 A/C#:4 Bm7:4 G:4 D/F#:4 G:4 Em7:4 Asus4:4 "
    chords = progression(cycle * 6 + "D:8")
    tune = "F#5/2 E5/1 D5/1 E5/2 C#5/2 D5/3 B4/1 B4/2 D5/2 A4/2 D5/2 B4/4 G4/2 B4/2 A4/4"
    answer = "D5/4 C#5/2 A4/2 B4/2 F#4/2 G4/4 F#4/2 A4/2 B4/2 D5/2 E5/4 D5/2 E5/2"
    song = melody(tune, "32 96 160", velocity=68)
    song += melody(answer, "64 128", velocity=68) + melody("F#4/4 A4/4", "192", velocity=64)
    picked = arpeggio(
        chords,
        "02132132",
        hand("integration-1"),
        low="A3",
        high="A5",
        step=0.5,
        ring=2,
        velocity=62,
    )
    pads = pad(chords, low="D3", high="D5", voices=4)
    high = pad(chords, low="F#4", high="A5", voices=3)
    lines = (
        layer(GUITAR, picked, "0:0.8 32:0.9 200:0.85", level=-8, pan=-0.3),
        layer(PIANO, song, "0:0.9", level=-6.5, pan=0.15),
        layer(SLOW_STRINGS, pads, "0:0.7 96:0.9 200:0.8", level=-11.5, pan=0.2),
        layer(WARM_PAD, pads, "0:0.8 200:0.8", level=-11, pan=-0.1),
        layer(STRINGS, pulse(chords, low="E2", every=4), "0:0.6 64:0.8 200:0.8", level=0),
        layer(SLOW_STRINGS, high, "64:0 96:0.7 160:0.9 200:0.6", level=-11.5, pan=-0.3),
        layer(VIBRAPHONE, melody("A5/4 A5/4 F#5/4 G5/4", "96 160"), "0:0.8", level=0, pan=0.4),
    )
    return Piece("integration", 1, "Bread and Tea", 62, length(chords), lines)


def walking_home() -> Piece:
    """A major at a stroll: harp in eights, flute and piano taking turns with one tune."""
    cycle = "Aadd9:4 E/G#:4 F#m7:4 Dadd9:4 A/C#:4 Dadd9:4 Bm7:4 Esus4:2 E:2 "
    chords = progression(cycle * 6 + "Aadd9:4 E/G#:4 F#m7:4 Dadd9:4 Aadd9:8")
    tune = "C#5/2 E5/2 B4/4 A4/2 C#5/2 F#4/2 A4/2 A4/3 E5/1 F#5/2 E5/2 D5/2 B4/2 A4/2 G#4/2"
    half = "C#5/2 E5/2 B4/4 A4/2 C#5/2 F#4/2 A4/2 A4/6"
    song = melody(tune, "64 160", velocity=66) + melody(half, "192", velocity=64)
    picked = arpeggio(
        chords,
        "02321232",
        hand("integration-2"),
        low="E3",
        high="E5",
        step=0.5,
        ring=2,
        velocity=62,
    )
    drops = arpeggio(
        chords, "..3....2", hand("drops"), low="E5", high="E7", step=2, ring=3, velocity=40
    )
    pads = pad(chords, low="C#3", high="C#5", voices=4)
    high = pad(chords, low="E4", high="A5", voices=3)
    lines = (
        layer(HARP, picked, "0:0.8 32:0.95 216:0.85", level=-8, pan=-0.25),
        layer(FLUTE, melody(tune, "32 128"), "0:0.85", level=-5, pan=0.2),
        layer(PIANO, song, "0:0.9", level=-4, pan=0.05),
        layer(SLOW_STRINGS, pads, "0:0.7 96:0.9 216:0.8", level=-9, pan=0.3),
        layer(WARM_PAD, pads, "0:0.8 216:0.8", level=-10, pan=-0.2),
        layer(STRINGS, pulse(chords, low="E2", every=2), "0:0.5 48:0.8 216:0.7", level=2),
        layer(HORN, bass(chords, low="E3"), "88:0 110:0.6 170:0.7 216:0.3", level=-8),
        layer(SLOW_STRINGS, high, "56:0 96:0.7 170:0.9 216:0.5", level=-9, pan=-0.35),
        layer(CELESTA, drops, "24:0 40:0.7 216:0.6", level=0, pan=0.4),
    )
    return Piece("integration", 2, "Walking Home", 66, length(chords), lines)


HOMEWARD = (
    turning_tide(),
    harbour_lights(),
    window_morning(),
    bare_feet(),
    bread_and_tea(),
    walking_home(),
)
