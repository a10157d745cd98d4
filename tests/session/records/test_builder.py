"""The record of a session, from its journal alone."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.lives import BEGIN, PLAN, Life, Presses, lived
from support.sessions import (
    a_cut,
    a_phase,
    a_queue,
    a_room,
    a_timeline,
    timed_presses,
    timelines,
)

from kacenv.core.errors import JournalError
from kacenv.core.units import Seconds
from kacenv.model.dropout import Dropout
from kacenv.model.mode import Mode
from kacenv.model.requests import (
    Back,
    DeadAir,
    Done,
    End,
    Extend,
    Hold,
    Next,
    Pass,
    Release,
    Request,
    Resume,
    SeatStarted,
    Snooze,
    Start,
    Stop,
    TrackFailed,
    TrackStarted,
)
from kacenv.model.scene import Seat
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.plot import Arc, arc_of
from kacenv.session.lateness import LatenessHistogram
from kacenv.session.records import SessionRecord, build_record
from kacenv.session.records.html_page import page_of
from kacenv.session.records.record_text import timing_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the session's journal is."""
    return tmp_path / "test.journal"


def record(path: Path, *requests: tuple[float, Request], plan: Timeline = PLAN) -> SessionRecord:
    """The record of a session that met `requests`."""
    return build_record(lived(path, plan, requests, BEGIN)).record


def begun(path: Path) -> Life:
    """A session that has just begun."""
    life = Life(path)
    life.take(BEGIN, Start(PLAN))
    return life


def simple(arc: Arc) -> Arc:
    """The arc without the hold's spans, which the record takes from the engine's mode."""
    return replace(arc, held=())


def seconds(press: type[Extend | Snooze], span: str) -> Extend | Snooze:
    """A press that has a time."""
    return press.model_validate({"by": span})


@examples(40)
@given(timelines(), timed_presses(), st.sampled_from([0.0, BEGIN]))
def test_the_real_arc_is_what_was_lived(timeline: Timeline, presses: Presses, begin: float) -> None:
    """For any scene and presses, however seldom the loop looked at its clock."""
    with TemporaryDirectory() as folder:
        life = Life(Path(folder) / "test.journal")
        life.take(begin, Start(timeline))
        for at, press in sorted(presses, key=lambda one: one[0]):
            if life.state.mode is not Mode.IDLE:
                life.take(begin + at, press)
        real = build_record(life.end(begin + 20_000.0)).real
    if begin == 0.0 and life.state.mode is Mode.IDLE:
        assert simple(real) == simple(arc_of(a_room(), timeline, life.moments))
    seen = arc_of(a_room(), timeline, life.moments)
    assert [one.name for one in real.phases] == [one.name for one in seen.phases]
    assert [one.begin for one in real.phases] == pytest.approx(
        [one.begin - begin for one in seen.phases], abs=1e-6
    )
    assert [one.title for one in real.pieces] == [one.title for one in seen.pieces]
    assert [(one.kind, one.text) for one in real.marks] == [
        (one.kind, one.text) for one in seen.marks
    ]


def test_without_a_press_it_is_as_planned(path: Path) -> None:
    """Every phase at its planned time; a whole session, and nothing else in it."""
    found = record(path)
    assert found.outcome == "whole"
    assert found.length == pytest.approx(found.planned_length)
    assert [one.difference for one in found.phases] == pytest.approx([0.0, 0.0, 0.0])
    assert [one.name for one in found.phases] == ["onset", "peak", "return"]
    assert (found.presses, found.holds, found.away, found.lost_lines) == ((), (), (), 0)
    assert found.date == "2027-01-15"
    assert found.kept_until == "2027-02-14"


def test_a_hold_of_seven_minutes_is_one_of_seven_minutes(path: Path) -> None:
    """In its own place, in its phase, and in how much longer that phase was."""
    found = record(path, (700.0, Hold()), (1120.0, Release()))
    assert [(one.begin, one.end) for one in found.holds] == [pytest.approx((700.0, 1120.0))]
    peak = found.phases[1]
    assert (peak.held, peak.difference) == pytest.approx((420.0, 420.0))
    assert found.phases[2].planned is not None
    assert found.phases[2].real[0].begin == pytest.approx(found.phases[2].planned.begin + 420.0)


def test_what_staff_pressed_is_there_with_the_answer(path: Path) -> None:
    """As it is typed; a longer phase says by how much."""
    found = record(path, (650.0, seconds(Extend, "10m")), (700.0, Next()), (800.0, Back()))
    assert [(one.at, one.press, one.phase) for one in found.presses] == [
        (650.0, "extend 10m", "peak"),
        (700.0, "next", "peak"),
        (800.0, "back", "return"),
    ]
    assert "25m" in found.presses[0].reply
    assert found.phases[1].extended == pytest.approx(600.0)
    assert len(found.phases[1].real) == 2


def test_check_ins_say_when_they_were_seen_to(path: Path) -> None:
    """Done, let pass, put off and done, and not answered; a seat's by its own clock."""
    found = record(
        path,
        (20.0, SeatStarted(seat=Seat.A)),
        (330.0, seconds(Snooze, "5m")),
        (445.0, Pass()),
        (660.0, Done()),
    )
    rows = {one.prompt: one for one in found.check_ins}
    seen = rows["Look in"]
    assert (seen.due, seen.answered, seen.snoozed, seen.outcome) == (300.0, 660.0, 1, "done")
    seat = rows["Seat A: Lozenge out"]
    assert (seat.due, seat.answered, seat.outcome) == (440.0, 445.0, "passed")
    assert rows["Blood pressure"].outcome == "unanswered"
    assert rows["Blood pressure"].answered is None
    assert [(one.seat, one.begin) for one in found.seats] == [(Seat.A, 20.0)]


@pytest.mark.parametrize(
    ("press", "outcome"), [(End(), "early"), (Stop(), "stopped"), (None, "broke off")]
)
def test_how_it_ended(path: Path, press: End | Stop | None, outcome: str) -> None:
    """Home early, stopped, or broken off and never carried on."""
    life = begun(path)
    life.take(700.0, Hold())
    if press is not None:
        life.take(800.0, press)
    found = build_record(life.end(5000.0)).record
    assert found.outcome == outcome
    if press is None:
        assert found.length == pytest.approx(5000.0 - BEGIN)


def test_a_crash_changes_nothing_but_the_time_away(tmp_path: Path) -> None:
    """A minute away in the middle of a piece: the same phases, music, check-ins and presses."""
    presses: list[tuple[float, Request]] = [
        (310.0, Done()),
        (1000.0, Hold()),
        (1100.0, Release()),
    ]
    whole = record(tmp_path / "a" / "test.journal", *presses)
    crashed: list[tuple[float, Request]] = [
        *presses[:1],
        (860.0, Resume(Seconds(BEGIN + 800.0))),
        *presses[1:],
    ]
    found = record(tmp_path / "b" / "test.journal", *crashed)
    assert [(one.begin, one.end, one.certain) for one in found.away] == [(800.0, 860.0, True)]
    assert any("was away for 1m" in one.text for one in found.told)
    same = {"away", "told"}
    assert found.model_dump(exclude=same) == whole.model_dump(exclude=same)


def test_a_phase_that_began_while_the_room_was_away_is_there(path: Path) -> None:
    """The plan went on, so the phase's time is the planned one; its piece was heard later."""
    found = record(path, (650.0, Resume(Seconds(BEGIN + 570.0))))
    assert found.phases[1].difference == pytest.approx(0.0)
    peak = next(one for one in found.pieces if one.phase == "peak")
    assert peak.begin > 650.0
    assert found.timing.longest_silence < 1.0


def test_after_a_long_time_away_it_was_on_hold(path: Path) -> None:
    """The phase's clock rested from when the room came back, until staff let it run."""
    found = record(path, (1700.0, Resume(Seconds(BEGIN + 800.0))), (1900.0, Release()))
    assert found.holds[0].end == pytest.approx(1900.0)
    assert found.phases[1].held >= 200.0


def test_a_piece_that_cannot_be_played_was_not_heard(path: Path) -> None:
    """What failed before it sounded isn't music that was heard; staff were told."""
    life = begun(path)
    assert life.state.playing is not None
    failed = life.state.playing
    life.take(BEGIN + 0.5, TrackFailed(failed.play_id, "it is torn"))
    following = life.state.playing
    assert following is not None
    life.take(BEGIN + 1.0, TrackStarted(following.play_id, Seconds(BEGIN + 0.9)))
    found = build_record(life.end()).record
    assert found.pieces[0].title == following.cut.title
    assert found.pieces[0].begin == pytest.approx(0.9)
    assert any(failed.cut.title in one.text for one in found.told)


def test_a_piece_that_never_sounded_was_not_heard(path: Path) -> None:
    """The room went away before the moment for which it was ordered, again and again."""
    crashes: list[tuple[float, Request]] = [
        (100.0 + at, Resume(Seconds(BEGIN + 99.0 + at))) for at in range(1, 6)
    ]
    found = record(path, *crashes)
    assert all(one.begin < one.end for one in found.pieces)


def test_a_session_that_broke_off_at_once_has_a_record(path: Path) -> None:
    """Of no length, with its page."""
    life = begun(path)
    bundle = build_record(life.end(BEGIN))
    assert (bundle.record.length, bundle.record.outcome) == (0.0, "broke off")
    assert "<svg" in page_of(bundle)


def test_what_ended_without_its_end_broke_off(path: Path) -> None:
    """A room that can't carry a session on closes its journal; nobody has stopped it."""
    life = begun(path)
    life.live_until(BEGIN + 100.0)
    life.journal.end(life.now)
    life.journal.close()
    assert build_record(path.with_suffix(".last")).record.outcome == "broke off"


def test_a_silence_nobody_asked_for_is_measured(path: Path) -> None:
    """From the last sound to the next piece."""
    found = record(path, (100.0, DeadAir(Seconds(BEGIN + 97.0))))
    assert 3.0 <= found.timing.longest_silence < 10.0


def test_what_devices_did_is_told_in_order(path: Path) -> None:
    """Beside what the plan had said; and how punctual the room was."""
    life = begun(path)
    life.tell(BEGIN + 10.0, "The sound device is gone.")
    tally = LatenessHistogram(underruns=2).with_order(Seconds(0.004)).with_order(Seconds(0.0001))
    found = build_record(life.end(tally=tally)).record
    assert (found.told[0].at, found.told[0].text) == (10.0, "The sound device is gone.")
    timing = found.timing
    assert (timing.orders, timing.latest, timing.underruns) == (2, 0.004, 2)
    assert timing.half == pytest.approx(0.0001)


def test_a_gap_of_the_sound_device_has_its_time_and_length(path: Path) -> None:
    """In the figures, in words and on the arc; two that overlap are one."""
    life = begun(path)
    for begin, length in ((60.0, 0.04), (60.02, 0.03), (90.0, 0.01)):
        gap = Dropout(Seconds(BEGIN + begin), Seconds(length))
        life.journal.dropout(Seconds(BEGIN + 100.0), gap)
    found = build_record(life.end())
    assert [(one.begin, one.end) for one in found.record.dropouts] == [
        pytest.approx((60.0, 60.05)),
        pytest.approx((90.0, 90.01)),
    ]
    lines = list(timing_lines(found.record))
    assert lines[-1] == "The sound device ran dry 2 times; the longest, at 1:00, about 50 ms."
    assert "No silence that nobody asked for." not in lines
    marked = [mark.text for mark in found.real.marks if mark.at == pytest.approx(60.0)]
    assert marked == ["The sound stopped for 50 ms."]


def test_a_licence_is_named(path: Path) -> None:
    """As the playlist has it."""
    queue = a_queue("onset")
    cuts = (replace(a_cut("one", 900.0), licence="CC0-1.0"),)
    plan = a_timeline(a_phase("onset", 600.0, queue=replace(queue, cuts=cuts)))
    assert record(path, plan=plan).pieces[0].licence == "CC0-1.0"


def test_a_damaged_line_is_counted_and_the_rest_is_told(path: Path) -> None:
    """What can be read is in the record, and how much can't."""
    journal = lived(path, PLAN, [(700.0, Hold()), (800.0, Release()), (900.0, Next())], BEGIN)
    lines = journal.read_bytes().splitlines(keepends=True)
    held = next(at for at, line in enumerate(lines) if b'"Hold"' in line)
    lines[held] = lines[held][:20] + b"\x00" + lines[held][21:]
    journal.write_bytes(b"".join(lines))
    found = build_record(journal).record
    assert found.lost_lines == 1
    assert "next" in [one.press for one in found.presses]


def test_a_journal_without_its_beginning_gives_none(path: Path) -> None:
    """There is nothing to tell, and that is said in words."""
    path.write_bytes(b"rubbish\n" * 5)
    with pytest.raises(JournalError, match="damaged"):
        build_record(path)


def test_the_same_journal_is_the_same_session(path: Path) -> None:
    """Its id is the same each time it is read, and another one for another session."""
    journal = lived(path, PLAN)
    first = build_record(journal).record.id
    assert build_record(journal).record.id == first
    other = build_record(lived(path.with_name("other.journal"), PLAN, begin=1.0)).record.id
    assert other != first
