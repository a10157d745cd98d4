"""What people read in a terminal: the status, the live picture, the plain lines."""

from dataclasses import asdict, replace
from io import StringIO
from typing import Any

from rich.console import Console
from support.sessions import a_cue, a_phase, a_room, a_timeline

from kacenv.cli.live_view import lamp_colour, picture, plain_lines, pulse_line
from kacenv.cli.status_text import status_lines
from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import step
from kacenv.model.requests import Hold, SeatStarted, Snooze, Start
from kacenv.model.scene import Seat
from kacenv.model.status import LampStatus, RoomStatus, Told
from kacenv.session.status import describe

PLAN = a_timeline(a_phase("onset", cues=(a_cue("Look in", 300.0),)), a_phase("return"))


def status_at(now: float, *, held: bool = False, told: tuple[Told, ...] = ()) -> dict[str, Any]:
    """The room's status at `now`, as the API gives it."""
    state = step(State(room=a_room()), Seconds(0.0), Start(PLAN)).state
    state = step(state, Seconds(now), Hold() if held else None).state
    lamp = LampStatus("seats", 0.12, 2200.0, None)
    session = describe(state, Seconds(now))
    meters = {"speakers": (-24.0, -12.0), "staff": (-120.0, -120.0)}
    lamps = {"seat-left": lamp}
    return asdict(RoomStatus("garden", session, "Hall speakers", meters, True, lamps, told))


def drawn(status: dict[str, Any]) -> str:
    """The picture's text."""
    console = Console(width=110, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123 - closed below
    console.print(picture(status))
    console.file.close()
    return console.export_text()


def test_the_status_answers_what_a_therapist_asks() -> None:
    """Phase and time left, the piece that plays, what comes next, sound and lamps."""
    lines = list(status_lines(status_at(60.0, told=(Told("Masks on", 20.0, True),))))
    assert lines == [
        "Test session: running",
        "phase     onset, 1:00 of 10:00; 9:00 left",
        "session   1:00 so far; 19:00 left",
        "playing   “onset-1”, Nobody (1:00 of 4:00)",
        "next      Look in in 4:00",
        "sound     Hall speakers; speakers +0 dB, staff +0 dB",
        "lights    seat-left 12% 2200 K",
        "check-in  Masks on (0:20 ago)",
    ]


def test_a_held_session_says_so() -> None:
    """During a hold the check-in waits, and the mode is in the first line."""
    lines = list(status_lines(status_at(60.0, held=True)))
    assert lines[0] == "Test session: held"
    assert "next      Look in after the hold" in lines


def test_what_waits_for_staff_is_said_with_the_way_to_answer() -> None:
    """A check-in that is due, for how long, one that is put off, and both seats' clocks."""
    plan = a_timeline(
        a_phase("onset", cues=(a_cue("look-in", 60.0), a_cue("reading", 30.0))),
        seat_cues=(replace(a_cue("lozenge", 420.0), seat=Seat.A),),
    )
    state = step(State(room=a_room()), Seconds(0.0), Start(plan)).state
    for at, press in (
        (20.0, SeatStarted(seat=Seat.A)),
        (25.0, SeatStarted(seat=Seat.B)),
        (40.0, Snooze()),
    ):
        state = step(state, Seconds(at), press).state
    state = step(state, Seconds(100.0)).state
    status = asdict(
        RoomStatus("garden", describe(state, Seconds(100.0)), "none", {}, None, {}, (), at=100.0)
    )
    lines = list(status_lines(status))
    assert lines[5:11] == [
        "seat a    began 1:20 ago; lozenge in 5:40",
        "seat b    began 1:15 ago",
        "due       look-in (for 0:40): kacenv done look-in",
        "          or let it come again: kacenv snooze 5m; or go by: kacenv pass",
        "snoozed   reading, again in 4:00",
        "sound     none; speakers +0 dB, staff +0 dB",
    ]
    assert "look-in (for 0:40)" in drawn(status)
    assert "1:20 so far" in drawn(status)


def test_an_idle_room_says_so() -> None:
    """Without a session there is a plain word instead of zeros."""
    idle = describe(State(room=a_room()), Seconds(0.0))
    status = asdict(RoomStatus("garden", idle, "none", {}, False, {}, ()))
    lines = list(status_lines(status))
    assert lines[0] == "garden: no session is on."
    assert "the broker can't be reached" in lines[2]
    status["health"] = {"lights": "Another kacenv leads the lamps"}
    assert list(status_lines(status))[2] == "lights    Another kacenv leads the lamps"
    status["health"] = {"restart": "Nothing starts this room again"}
    assert list(status_lines(status))[3] == "restart   Nothing starts this room again"
    assert "no session is on" in drawn(status)


def test_the_picture_shows_the_session() -> None:
    """The live picture holds phases, time left, music, meter, lamps and the next check-in."""
    text = drawn(status_at(60.0))
    for part in ("onset", "return", "9:00 left", "onset-1", "-24.0 dB", "seat-left 12%", "Look in"):
        assert part in text
    assert "holding" in drawn(status_at(60.0, held=True))


def test_plain_lines_tell_each_thing_once() -> None:
    """A pipe gets a line for each new phase, piece and check-in, and none twice."""
    first = status_at(0.0)
    assert list(plain_lines(None, first)) == [
        "0:00  ONSET  for 10:00",
        "0:00    music     “onset-1”",
    ]
    told = status_at(5.0, told=(Told("Look in", 0.0, True),))
    assert list(plain_lines(first, told)) == ["0:05    check-in  Look in"]
    assert list(plain_lines(told, told)) == []
    assert (
        pulse_line(told) == "0:05      9:55 left | speakers -24 dB, staff -120 dB | seat-left 12%"
    )


def test_a_list_that_forgets_its_oldest_repeats_nothing() -> None:
    """What live events no longer tell, and what moves up for it, is no news."""
    many = tuple(Told(f"Note {n}", 10.0 - n, check_in=False) for n in range(10))
    before = status_at(5.0, told=many)
    later = [Told(told.text, told.ago + 2.0, told.check_in) for told in many[1:]]
    after = status_at(7.0, told=(*later, Told("Look in", 0.0, check_in=True)))
    after["at"] = before["at"] + 2.0
    assert list(plain_lines(before, after)) == ["0:07    check-in  Look in"]


def test_a_check_in_on_a_seats_clock_says_whose_it_is() -> None:
    """In the status and in the picture, while it is to come and while it waits."""
    seat_cue = replace(a_cue("lozenge", 420.0), seat=Seat.B)
    plan = a_timeline(a_phase("onset"), seat_cues=(seat_cue,))
    state = step(State(room=a_room()), Seconds(0.0), Start(plan)).state
    state = step(state, Seconds(0.0), SeatStarted(seat=Seat.B)).state
    for now, part in (
        (60.0, "next      Seat B: lozenge in 6:00"),
        (430.0, "due       Seat B: loz"),
    ):
        state = step(state, Seconds(now)).state
        room = RoomStatus("r", describe(state, Seconds(now)), "none", {}, None, {}, (), at=now)
        assert part in "\n".join(status_lines(asdict(room)))
        assert part.split(maxsplit=1)[1] in drawn(asdict(room))


def test_the_picture_fits_and_says_what_is_wrong() -> None:
    """It is no wider than asked, and a part of the room that has trouble is named."""
    status = status_at(60.0) | {"health": {"sound": "The speakers are gone.", "lights": None}}
    del status["meters"]
    console = Console(width=200, color_system=None)
    with console.capture() as capture:
        console.print(picture(status, 50))
    text = capture.get()
    assert max(len(line.rstrip()) for line in text.splitlines()) == 50
    assert "The speakers are gone." in text
    assert "then “onset-2”" in drawn(status)


def test_phases_have_their_whole_names_in_80_columns() -> None:
    """Short phases take what long ones can spare, and nothing is broken off."""
    names = ("settle", "onset", "build", "peak", "descent", "return", "integration")
    lengths = (300.0, 900.0, 900.0, 5400.0, 1500.0, 300.0, 300.0)
    phases = [
        {"name": name, "duration": length} for name, length in zip(names, lengths, strict=True)
    ]
    status = status_at(60.0)
    status["session"] |= {"phases": phases, "phase": 0}
    console = Console(width=80, file=StringIO(), color_system=None)
    with console.capture() as captured:
        console.print(picture(status, 80))
    lines = captured.get().splitlines()
    assert set(map(len, lines)) == {80}
    assert tuple(lines[1].strip("│ ").split()) == names
    assert lines[1].index("descent") - lines[1].index("peak") > len("descent")


def test_a_lamp_is_drawn_in_its_colour() -> None:
    """Off is black; warmer is redder; brighter is brighter."""
    assert lamp_colour(0.0, 2200.0) == (0, 0, 0)
    warm, cool = lamp_colour(1.0, 2200.0), lamp_colour(1.0, 6500.0)
    assert warm[0] == cool[0] == 255
    assert warm[2] < cool[2]
    assert sum(lamp_colour(0.2, 2700.0)) < sum(lamp_colour(0.8, 2700.0))


def test_what_the_therapist_asked_of_the_sound_is_never_hidden() -> None:
    """A mute, a silence, a duck and a lean are shown, with the way back."""
    status = status_at(60.0)
    asked = {"muted": ("speakers",), "hushed": True, "ducked": True, "lean": -1}
    status["session"] |= asked
    lines = "\n".join(status_lines(status))
    for part in ("speakers muted", "kacenv music", "kacenv duck --off", "leans down"):
        assert part in lines
    assert "bring it back with: kacenv music" in drawn(status)


def test_a_title_is_never_taken_for_markup() -> None:
    """Brackets in a piece's title are shown as they are."""
    status = status_at(60.0)
    status["session"]["playing"]["title"] = "[/live] [bold]x"
    assert "[/live] [bold]x" in drawn(status)


def test_hand_lines_are_worded_as_asked_for() -> None:
    """A rehearsal shows what is in the therapist's hand without what to type."""
    status = status_at(60.0)
    status["session"]["hushed"] = True
    console = Console(width=110, file=StringIO())
    with console.capture() as shown:
        console.print(picture(status, worded=lambda text: text.partition(";")[0]))
    assert "the music is silent" in shown.get()
    assert "kacenv music" not in shown.get()
