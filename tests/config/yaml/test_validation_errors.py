import pytest

from kacenv.config.yaml.document import parse
from kacenv.config.yaml.validation_errors import in_order, validate
from kacenv.core.errors import FileProblem, LoadError
from kacenv.model.room import Room
from kacenv.model.scene import CheckIn, Scene

PHASE = "  - {name: settle, duration: 15m, playlist: calm}\n"


def founds(text: str) -> list[str]:
    """What was found wrong in a scene."""
    with pytest.raises(LoadError) as caught:
        validate(Scene, parse(text, "x.yaml"))
    return [problem.found for problem in caught.value.problems]


def test_right_file_becomes_its_model() -> None:
    """Words and numbers written as text are read by the model."""
    text = "name: rosewood\noutputs:\n  - {id: a, role: staff, channels: [3]}\n"
    broker = "broker: {host: x, tls: yes, port: 8883}\n"
    room = validate(Room, parse(text + broker, "x.yaml"))
    assert room.outputs[0].channels == (3,)
    assert room.broker is not None
    assert (room.broker.tls, room.broker.port) == (True, 8883)


def test_problems_come_by_line() -> None:
    """Problems are told once each, in the order of the file."""
    late, early = (FileProblem("x.yaml", line, 1, "", "", "") for line in (9, 2))
    assert in_order([late, early, late]) == (early, late)


def test_broken_rule_shows_behind_a_wrong_value() -> None:
    """A rule between values is told together with wrong values elsewhere."""
    text = f"title: x\nphases:\n{PHASE}  - {{name: settle, duration: 20, playlist: calm}}\n"
    assert sorted(founds(text)) == ["duration: 20", "settle twice"]


def test_no_false_alarm_behind_a_mistyped_key() -> None:
    """A mistyped `window` isn't told as a missing one too."""
    phase = "{name: peak, duration: 15m, playlist: calm, end: track, windw: 3m}"
    text = f"title: x\nphases:\n  - {phase}\n"
    assert founds(text) == ["the key `windw`, which has no meaning here"]


def test_no_false_alarm_behind_a_wrong_name() -> None:
    """A phase with a wrong name doesn't make its check-ins wrong as well."""
    check_in = "check_ins:\n  - {at: 5m, phases: [Settle], prompt: x}\n"
    text = "title: x\nphases:\n  - {name: Settle, duration: 15m, playlist: calm}\n" + check_in
    assert founds(text) == ["name: Settle", "Settle"]


def test_yaml_trouble_is_not_told_twice() -> None:
    """A value that YAML refused isn't refused by the model again."""
    assert founds(f"title: !!binary x\nphases:\n{PHASE}") == ["the tag !!binary"]


def test_list_of_wrong_items_is_not_called_empty() -> None:
    """Wrong items are told by themselves, not as a list that is too short."""
    assert founds("title: x\nphases:\n  - settle\n") == ["settle"]


def test_block_in_place_of_a_value_is_told_by_its_key() -> None:
    """A block where a time stands is answered with a right time, under its own key."""
    text = "title: x\nphases:\n  - {name: settle, duration: {hours: 1}, playlist: calm}\n"
    with pytest.raises(LoadError) as caught:
        validate(Scene, parse(text, "x.yaml"))
    (problem,) = caught.value.problems
    assert (problem.found, problem.example) == ("duration: (a block: hours)", "duration: 15m")


def test_chime_may_be_none() -> None:
    """The word none, and nothing at all, both mean no chime."""
    text = f"title: x\nphases:\n{PHASE}check_ins:\n  - {{at: 5m, prompt: x, chime: none}}\n"
    check_in: CheckIn = validate(Scene, parse(text, "x.yaml")).check_ins[0]
    assert check_in.chime is None
