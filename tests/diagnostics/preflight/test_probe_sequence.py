"""The sequence of probes: what is asked, what is spared, and when it is broken off."""

from collections.abc import Iterator

import pytest

from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.availability import RoomTakenError
from kacenv.diagnostics.preflight.probe_plan import ProbeTask, tasks
from kacenv.diagnostics.preflight.probe_sequence import SequenceResult, daemon, run_sequence
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question, Taken
from kacenv.diagnostics.probe_runner import ProbeJob
from kacenv.model.room import Room

ROOM = Room.model_validate(
    {
        "name": "garden",
        "outputs": [{"id": "speakers", "role": "speakers"}, {"id": "desk", "role": "staff"}],
        "broker": {"host": "127.0.0.1"},
        "lights": [
            {"id": "seat", "dialect": "zigbee2mqtt", "topic": "z/seat", "zone": "seats"},
            {"id": "path", "dialect": "plain", "topic": "path", "zone": "path"},
        ],
        "midi": {"chimes": "Piano"},
        "safe_light": {"seats": "70%", "path": "50%"},
    }
)
YES, NO, UNASKED = (Finding("output desk", text) for text in ("heard", "not heard", "not asked"))


class ScriptedUI:
    """Whoever goes along, and answers always alike."""

    def __init__(self, answer: bool | None = None, *, session_after: int = 99) -> None:
        self.answer, self.left = answer, session_after
        self.heard: list[str] = []
        self.defaults: list[bool] = []

    def begins(self, what: str) -> None:
        """Is told what comes."""
        self.heard.append(what)

    def step(self, what: str, text: str) -> None:
        """Is told how far it is."""
        self.heard.append(f"{what}: {text}")

    def found(self, finding: Finding) -> None:
        """Is told what came of it."""
        self.heard.append(f"{finding.what}: {finding.found}")

    def ask(self, question: str, *, default: bool = True) -> bool | None:
        """Answers."""
        self.defaults.append(default)
        self.heard.append(question)
        return self.answer

    def confirm_room_free(self) -> None:
        """Begins a session at some time."""
        self.left -= 1
        if self.left < 0:
            raise RoomTakenError("A session is on.", "Later.")


def ran_sequence(
    ui: ScriptedUI, answers: dict[str, list[ProbeMessage]], known: str = "path"
) -> tuple[SequenceResult, list[str]]:
    """How a sequence in the room went, and which probes ran."""
    ran: list[str] = []

    def listen(job: ProbeJob) -> Iterator[ProbeMessage]:
        ran.append(job.command[0])
        yield from answers.get(job.command[0], [Finding(job.what, "well")])

    return run_sequence(tasks(ROOM, {known}), lambda probe: [probe], ui, listen), ran


def test_every_part_of_the_room_is_looked_at() -> None:
    """In an order in which what is quick comes first; a lamp that can't answer has its own part."""
    (findings, taken), ran = ran_sequence(ScriptedUI(), {})
    assert taken is None
    assert ran == [
        *("files", "machine", "midi", "broker", "lamps", "lamp:path"),
        *("output:speakers", "output:desk", "music"),
    ]
    assert len(findings) == len(ran)


def test_a_room_without_lamps_or_midi_is_asked_for_none() -> None:
    """Nothing is looked for that isn't there."""
    plain = Room.model_validate({"name": "plain", "outputs": [{"id": "a", "role": "speakers"}]})
    assert [task.probe for task in tasks(plain)] == ["files", "machine", "output:a", "music"]


@pytest.mark.parametrize(("answer", "finding"), [(True, YES), (False, NO), (None, UNASKED)])
def test_a_question_is_put_to_the_person(answer: bool | None, finding: Finding) -> None:
    """Their answer is the finding; without anybody, what the machine knows."""
    ui = ScriptedUI(answer)
    said: list[ProbeMessage] = [Progress("left"), Question("Did you hear it?", YES, NO, UNASKED)]
    (findings, taken), _ = ran_sequence(ui, {"output:desk": said})
    assert taken is None
    assert finding in findings
    at = ui.heard.index("output desk")
    assert ui.heard[at + 1 : at + 3] == ["output desk: left", "Did you hear it?"]


def test_without_a_broker_lamps_are_spared() -> None:
    """One cause is one thing to put right."""
    away = Finding("broker", "doesn't answer", Severity.WRONG, "Switch it on.")
    (findings, taken), ran = ran_sequence(ScriptedUI(), {"broker": [away]})
    assert taken is None
    assert not {"lamps", "lamp:path"} & set(ran)
    spared = [one for one in findings if "not tested" in one.found]
    assert [one.what for one in spared] == ["lamps", "lamp path"]
    assert sum(one.mark is Severity.WRONG for one in findings) == 1


@pytest.mark.parametrize("before", range(5))
def test_a_session_that_begins_meanwhile_ends_the_tour(before: int) -> None:
    """It is looked before each lamp and each tone, and once more at the end; the findings stay."""
    ui = ScriptedUI(session_after=before)
    (findings, taken), ran = ran_sequence(ui, {})
    assert taken == Taken("A session is on.", "Later.")
    assert len(findings) == len(ran)
    touched = [probe for probe in ran if "lamp" in probe or "output" in probe]
    assert touched == ["lamps", "lamp:path", "output:speakers", "output:desk"][:before]
    assert ("music" in ran) is (before == 4)


def test_a_probe_that_has_let_go_ends_the_tour() -> None:
    """What it had found before counts, and nothing else is begun."""
    well, taken = Finding("lamp a", "well"), Taken("A session is on.", "Later.")
    result, ran = ran_sequence(ScriptedUI(), {"lamps": [well, taken]})
    assert result.taken == taken
    assert result.findings[-1] == well
    assert ran[-1] == "lamps"


@pytest.mark.parametrize("answer", [True, False, None])
def test_a_lamp_of_which_nobody_knows_is_asked_about_first(answer: bool | None) -> None:
    """No consent, or nobody to give it, is a note; a mere Enter is none."""
    ui = ScriptedUI(answer)
    (findings, taken), ran = ran_sequence(ui, {}, known="nothing")
    assert taken is None
    (asked,) = [text for text in ui.heard if text.startswith("path can't answer")]
    assert "its safe light, 50%" in asked
    assert ui.defaults == [False]
    assert ("unknown-lamp:path" in ran) is (answer is True)
    untried = Finding("lamp path", "can't answer; not tried", Severity.NOTE)
    assert (untried in findings) is (answer is not True)


def test_what_a_running_room_says_counts() -> None:
    """Its sound; lamps and MIDI are asked themselves, and a room that doesn't run is no fault."""
    health = {"sound": "There is no sound device.", "lights": "Not answering: a.", "midi": None}
    runs, silent = daemon({"sound": "none", "health": health}, "garden")
    assert runs.mark is Severity.FINE
    assert (silent.what, silent.mark) == ("room's sound", Severity.WRONG)
    (rests,) = daemon(None, "garden")
    assert rests.mark is Severity.FINE
    assert ProbeTask("files", "files").touches is False
