"""A room's own chimes: notes and MIDI files, and scenes that name them."""

import os
import pickle
import random
from pathlib import Path
from typing import Any

import mido
import pytest

from kacenv.config import House, check_house, load_room, load_session
from kacenv.config.chime_files import MAX_BYTES
from kacenv.core.errors import LoadError
from kacenv.core.units import Seconds
from kacenv.model.chime import BELL, BUILT_IN, Note, Phrase

Track = list[tuple[str, dict[str, int]]]
_MIDO: Any = mido  # mido has no types


def write_midi(path: Path, *tracks: Track, kind: int = 1, beat: int = 480) -> Path:
    """A MIDI file of these messages; times are in ticks, `beat` of them in a beat."""
    file = _MIDO.MidiFile(type=kind, ticks_per_beat=beat)
    for track in tracks:
        file.tracks.append(_MIDO.MidiTrack())
        for name, values in track:
            meta = name in {"set_tempo", "time_signature"}
            make = _MIDO.MetaMessage if meta else _MIDO.Message
            file.tracks[-1].append(make(name, **values))
    path.parent.mkdir(exist_ok=True)
    file.save(str(path))
    return path


def on(
    pitch: int, wait: int = 0, velocity: int = 64, channel: int = 0
) -> tuple[str, dict[str, int]]:
    """A note that begins `wait` ticks after the message before."""
    return "note_on", {"note": pitch, "velocity": velocity, "time": wait, "channel": channel}


@pytest.fixture
def chime_file(house: House) -> Path:
    """Where the room's file `evening: {file: chimes/evening.mid}` lies."""
    room = house.root / "rooms" / "rosewood.yaml"
    room.write_text(room.read_text() + "chimes: {evening: {file: chimes/evening.mid}}\n")
    (room.parent / "chimes").mkdir()
    return room.parent / "chimes" / "evening.mid"


def evening(house: House) -> tuple[Note, ...]:
    """The notes of the room's chime."""
    return load_room(house, "rosewood").phrases["evening"].notes


def refusal(house: House) -> str:
    """What is wrong with the room's chime, at its line."""
    with pytest.raises(LoadError) as caught:
        load_room(house, "rosewood")
    (problem,) = caught.value.problems
    lines = (house.root / "rooms" / "rosewood.yaml").read_text().splitlines()
    assert (problem.file, problem.line) == ("rooms/rosewood.yaml", len(lines))
    assert lines[-1][problem.column - 1 :] == "chimes/evening.mid}}"
    assert problem.where == "chimes, evening, file"
    assert problem.expected
    return problem.found.removeprefix("file: chimes/evening.mid, ")


def test_notes_are_read(house: House) -> None:
    """Names, numbers and blocks become one phrase beside the built-in ones."""
    room = house.root / "rooms" / "rosewood.yaml"
    notes = "[E4, 71, {note: E5, after: 1.2s, velocity: 50}]"
    room.write_text(room.read_text() + f"chimes:\n  lake: {{notes: {notes}}}\n")
    phrases = load_room(house, "rosewood").phrases
    assert list(phrases) == [*BUILT_IN, "lake"]
    assert phrases["lake"] == Phrase(
        "lake",
        (
            Note(Seconds(0.0), 64, 48),
            Note(Seconds(1.5), 71, 48),
            Note(Seconds(2.7), 76, 50),
        ),
    )


def test_a_midi_file_is_merged_at_its_tempo(house: House, chime_file: Path) -> None:
    """Tracks and channels come together, tempo changes count, silence at the start doesn't."""
    tempo: Track = [
        ("set_tempo", {"tempo": 1_000_000, "time": 0}),
        ("set_tempo", {"tempo": 2_000_000, "time": 960}),
    ]
    first: Track = [on(64, 480, 40), on(64, 480, 0), on(76, 480, 30)]
    second: Track = [("program_change", {"program": 9, "time": 0}), on(57, 720, 99, channel=9)]
    write_midi(chime_file, tempo, first, second)
    assert evening(house) == (
        Note(Seconds(0.0), 64, 40),
        Note(Seconds(0.5), 57, 99),
        Note(Seconds(3.0), 76, 30),
    )


@pytest.mark.parametrize("velocities", [(30, 50), (50, 30)])
def test_a_note_on_two_channels_is_one_note(
    house: House, chime_file: Path, velocities: tuple[int, int]
) -> None:
    """What two tracks strike at once is struck once, with the stronger velocity."""
    first, second = velocities
    write_midi(chime_file, [on(64, 0, first)], [on(64, 0, second, channel=1)])
    assert evening(house) == (Note(Seconds(0.0), 64, 50),)


def test_a_room_with_a_file_needs_it_no_more(house: House, chime_file: Path) -> None:
    """Once loaded, the room can be stored and used where the file isn't."""
    write_midi(chime_file, [on(64), on(71, 480)])
    room = load_room(house, "rosewood")
    chime_file.unlink()
    assert pickle.loads(pickle.dumps(room)).phrases == room.phrases  # noqa: S301 - our own bytes
    assert room.phrases["evening"].notes[1].offset == 0.5


@pytest.mark.parametrize(
    ("tracks", "found"),
    [
        ([], "in which no note is struck"),
        ([[on(64, 0, 0)]], "in which no note is struck"),
        ([[on(60 + n % 12, 10) for n in range(33)]], "which has 33 notes"),
        ([[on(64), on(71, 480 * 25)]], "whose last note comes 12.5s after the first"),
        ([[on(108)]], "with the note C8 (MIDI number 108)"),
    ],
)
def test_what_is_no_chime_is_refused(
    house: House, chime_file: Path, tracks: list[Track], found: str
) -> None:
    """Too little, too much, too long and too high are each told in words."""
    write_midi(chime_file, *tracks)
    assert refusal(house) == found


def test_odd_formats_are_refused(house: House, chime_file: Path) -> None:
    """Files of several pieces, and those timed in film frames, are told apart."""
    write_midi(chime_file, [on(64)], kind=2)
    assert refusal(house) == "which holds several pieces (format 2)"
    data = bytearray(write_midi(chime_file, [on(64)]).read_bytes())
    data[12:14] = b"\xe7\x28"
    chime_file.write_bytes(data)
    assert refusal(house) == "which is timed in film frames"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "which isn't a whole MIDI file"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "which isn't a whole MIDI file"),
        (
            b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\x10" + b"\xff" * 16,
            "which isn't a whole MIDI file",
        ),
        (b"MThd" + b"\0" * (MAX_BYTES + 1), "which has more than 64 kB"),
    ],
    ids=["empty", "picture", "rubbish", "huge"],
)
def test_what_is_no_midi_is_refused(
    house: House, chime_file: Path, data: bytes, found: str
) -> None:
    """Other files and huge ones are refused, not guessed at."""
    chime_file.write_bytes(data)
    assert refusal(house) == found


def test_a_file_that_is_not_there_lists_those_that_are(house: House, chime_file: Path) -> None:
    """A misspelt file is answered with the MIDI files beside it."""
    write_midi(chime_file.with_name("evenings.mid"), [on(64)])
    chime_file.with_name("evening.txt").write_text("x")
    with pytest.raises(LoadError) as caught:
        load_room(house, "rosewood")
    (problem,) = caught.value.problems
    assert problem.found.endswith("which isn't there")
    assert problem.expected == "one of the MIDI files there: evenings.mid"
    assert problem.example == "file: chimes/evenings.mid"


def test_a_pipe_is_not_waited_for(house: House, chime_file: Path) -> None:
    """A device or a pipe by that name doesn't keep the room from telling so."""
    os.mkfifo(chime_file)
    assert refusal(house) == "which is a device or a pipe"


def test_damaged_files_never_do_worse_than_be_refused(house: House, chime_file: Path) -> None:
    """Whatever byte is wrong, the room loads with notes in bounds or the file is refused."""
    tempo: Track = [("set_tempo", {"tempo": 700_000, "time": 0})]
    whole = write_midi(chime_file, tempo, [on(64), on(71, 480), on(64, 480, 0)]).read_bytes()
    chance, refused = random.Random(1), 0  # noqa: S311 - the same every time
    for _ in range(300):
        data = bytearray(whole[: chance.randint(1, len(whole))] + bytes(chance.randint(0, 2)))
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        chime_file.write_bytes(data)
        try:
            notes = evening(house)
        except LoadError:
            refused += 1
        else:
            assert notes[0].offset == 0.0
            assert all(0.0 <= note.offset <= 12.0 and 36 <= note.pitch <= 96 for note in notes)
    assert 0 < refused < 300


def test_a_scene_may_name_a_chime_of_the_room(house: House) -> None:
    """A check-in's chime is resolved in the timeline, the room's own before the built-in ones."""
    room = house.root / "rooms" / "rosewood.yaml"
    scene = house.root / "scenes" / "evening.yaml"
    check_ins = "check_ins:\n  - {at: 5m, prompt: One, chime: lake}\n  - {at: 6m, prompt: Two}\n"
    scene.write_text(scene.read_text() + check_ins)
    room.write_text(room.read_text() + "chimes: {lake: {notes: [E4, B4]}}\n")
    cues = load_session(house, "evening", "rosewood").cues
    lake = Phrase("lake", (Note(Seconds(0.0), 64, 48), Note(Seconds(1.5), 71, 48)))
    assert [cue.chime for cue in cues] == [lake, BELL]
    room.write_text(room.read_text().replace("chimes: {lake:", "chimes: {bell:"))
    scene.write_text(scene.read_text().replace(", chime: lake", ""))
    cues = load_session(house, "evening", "rosewood").cues
    assert cues[0].chime == Phrase("bell", lake.notes)


def test_check_tries_chimes_in_every_room(house: House) -> None:
    """A chime that one room lacks is told, though another room has it."""
    room = house.root / "rooms" / "rosewood.yaml"
    other = house.root / "rooms" / "second.yaml"
    other.write_text(room.read_text().replace("name: rosewood", "name: second"))
    room.write_text(room.read_text() + "chimes: {lake: {notes: [E4, B4]}}\n")
    scene = house.root / "scenes" / "evening.yaml"
    scene.write_text(scene.read_text() + "check_ins:\n  - {at: 5m, prompt: One, chime: lake}\n")
    found = [problem.found for problem in check_house(house)]
    assert found == ["chime: lake, which the room second doesn't have"]
