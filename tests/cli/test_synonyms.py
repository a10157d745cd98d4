"""What people type leads to the command they mean, and never to a dangerous one."""

from pathlib import Path

import pytest
from support.typed import Said, typed
from typer.main import get_command

from kacenv.cli.app import app
from kacenv.cli.synonyms import LEADS, UNDERSTOOD, UnclearError, meant, near, typed_of
from kacenv.core.units import DECIBELS
from kacenv.model.request_bounds import LOUDEST, QUIETEST
from kacenv.model.request_parser import press_of
from kacenv.model.request_table import REQUESTS
from kacenv.model.request_text import DANGEROUS, definition_of, fields_of

COMMANDS = frozenset(vars(get_command(app))["commands"])
OWN_NAMES = {"lights up": "lights-up", "light up": "lights-up", "let pass": "pass"}
"""Other ways to write a dangerous command's name, or its key's."""

MEANT = {
    "hold": "hold",
    "Hold": "hold",
    "STOP": "stop",
    "Start Evening": "start Evening",
    "unhold": "release",
    "hold here": "hold",
    "let time run": "release",
    "go on": "next",
    "next phase": "next",
    "take back": "undo",
    "extend 10m": "extend 10m",
    "extend 10min": "extend 10m",
    "extend 10 min": "extend 10m",
    "extend 10 minutes": "extend 10m",
    "extend 10": "extend 10m",
    "extend +10": "extend 10m",
    "extend by 10 min": "extend 10m",
    "extend 1h 5 min": "extend 1h5m",
    "extend 10 --room garden": "extend 10m --room garden",
    "prolong 5 min": "extend 5m",
    "+ 5 min": "extend 5m",
    "shorten 5": "shorten 5m",
    "snooze 10 min": "snooze 10m",
    "snooze check-in-3 10 min": "snooze check-in-3 10m",
    "snooze for 5 minutes": "snooze 5m",
    "later": "snooze",
    "in 5 min": "snooze 5m",
    "volume -3": "volume -3dB",
    "volume -3 dB": "volume -3dB",
    "vol -3": "volume -3dB",
    "volume +2": "volume +2dB",
    "volume 1.5dB": "volume 1.5dB",
    "volume seat-a -3": "volume seat-a -3dB",
    "volume 2-front -3": "volume 2-front -3dB",
    "mute off": "mute --off",
    "mute all": "mute",
    "mute seat-a off": "mute seat-a --off",
    "unmute": "mute --off",
    "unmute seat-a": "mute seat-a --off",
    "speak": "duck",
    "music back": "duck --off",
    "duck off": "duck --off",
    "music off": "silence",
    "music on": "music",
    "calmer": "intensity down",
    "livelier": "intensity up",
    "lights 20": "lights 20%",
    "lights 20 %": "lights 20%",
    "light 20": "lights 20%",
    "dimmer": "lights dimmer",
    "brighter": "lights brighter",
    "lights down": "lights dimmer",
    "by plan": "lights plan",
    "lights test --room garden": "lights test --room garden",
    "bell": "chime",
    "seat a started": "seat a started",
    "status garden": "status --room garden",
    "watch garden": "watch --room garden",
    "status garden --json": "status --room garden --json",
    "help": "--help",
    "version": "--version",
    "volume --help": "volume --help",
}
"""What is typed, and the command that is run."""
LED = {
    "pause": ["hold", "silence"],
    "pause --room garden": ["hold --room garden", "silence --room garden"],
    "resume": ["release", "music", "lights resume"],
    "continue": ["release", "music", "lights resume"],
    "play": ["start SCENE", "music"],
    "skip": ["next"],
    "rewind": ["back"],
    "cancel": ["undo"],
    "quit": ["status"],
    "exit": ["status"],
    "abort": ["end --help", "stop --help"],
    "10": ["extend 10m", "snooze 10m"],
    "10min": ["extend 10m", "snooze 10m"],
    "10 min": ["extend 10m", "snooze 10m"],
    "-3": ["volume -3dB", "shorten 3m"],
    "-3 dB": ["volume -3dB"],
    "extend 90": ["extend 90m"],
    "extend -10": ["shorten 10m"],
    "extend 0": ["extend 10m"],
    "volume 3": ["volume -3dB", "volume 0dB"],
    "vol 50": ["volume -3dB", "volume 0dB"],
    "volume 50%": ["volume -3dB", "volume 0dB"],
    "volume up": ["volume +1dB"],
    "quieter": ["volume -3dB", "duck"],
    "lights up": ["lights brighter", "lights-up"],
    "lights on": ["lights plan", "lights 20%"],
    "lights-on": ["lights plan", "lights 20%"],
    "lights off": ["lights 0%", "lights plan"],
    "lights 1": ["lights 1%", "lights plan"],
    "let pass": ["pass"],
    "seat a": ["seat a started"],
    "list": ["scenes", "rooms"],
}
"""What is typed, and the commands that are shown."""


@pytest.mark.parametrize(("words", "command"), MEANT.items(), ids=MEANT)
def test_words_with_one_meaning_are_understood(words: str, command: str) -> None:
    """They are the command line that they mean."""
    assert " ".join(meant(words.split(), COMMANDS)) == command


@pytest.mark.parametrize(("words", "shown"), LED.items(), ids=LED)
def test_words_with_more_meanings_show_whole_commands(words: str, shown: list[str]) -> None:
    """Each command is a line that can be typed, with the options that were typed."""
    with pytest.raises(UnclearError) as unclear:
        meant(words.split(), COMMANDS)
    _, *lines = str(unclear.value).splitlines()
    assert [line.split("  ")[1].removeprefix("kacenv ") for line in lines] == shown


@pytest.mark.parametrize(
    ("words", "dangerous"),
    [(phrase, one) for phrase, found in LEADS.items() for one in found if one in DANGEROUS],
)
def test_dangerous_commands_are_led_to_by_their_own_names(words: str, dangerous: str) -> None:
    """No other word proposes one."""
    assert OWN_NAMES.get(words) == dangerous


def test_the_dangerous_commands_are_those_that_cannot_be_mended() -> None:
    """They end a session, bring up bright light, or let a check-in go by."""
    assert {"stop", "end", "lights-up", "pass"} == DANGEROUS


@pytest.mark.parametrize("command", UNDERSTOOD.values())
def test_no_other_word_is_a_dangerous_command(command: str) -> None:
    """None is run by a word that isn't its name."""
    assert command.split(maxsplit=1)[0] not in DANGEROUS


@pytest.mark.parametrize(
    ("typo", "proposed"),
    [
        ("paus", []),
        ("shop", []),
        ("ende", []),
        ("lights-ip", ["lights"]),
        ("stpo", ["stop"]),
        ("extnd", ["extend"]),
        ("staus", ["status"]),
    ],
)
def test_typing_errors_propose_no_dangerous_command(typo: str, proposed: list[str]) -> None:
    """Only its own letters in another order propose one."""
    assert [one for one in near(typo, COMMANDS) if one in proposed or one in DANGEROUS] == proposed


@pytest.mark.parametrize(
    "command",
    sorted({*UNDERSTOOD.values(), *(one for found in LEADS.values() for one in found)}),
)
def test_every_command_of_the_table_exists(command: str) -> None:
    """What is run or shown is a command, and a request's words are its own."""
    first, *rest = command.split()
    assert first in COMMANDS or first in {"--help", "--version"}
    known = {one.typed.split(maxsplit=1)[0] for one in REQUESTS}
    if first in known and not {"--help", "scan", "import"} & {*rest}:
        assert fields_of(command.split())["kind"] == definition_of(command.split()).kind


def test_every_key_has_its_command() -> None:
    """The request of each key of the tablet is typed as the same request."""
    asks = [face.ask for one in REQUESTS for key in one.keys for face in (key, key.face) if face]
    assert asks
    for ask in asks:
        press = press_of(typed_of(ask).split()).model_dump()
        assert ask == {name: press[name] if name != "by" else ask["by"] for name in ask}


def test_the_range_of_volume_is_the_real_one() -> None:
    """The least is the unit's own, the most the engine's."""
    assert DECIBELS.accepts(f"{QUIETEST:g} dB")
    assert not DECIBELS.accepts(f"{QUIETEST - 1:g} dB")
    with pytest.raises(UnclearError, match=rf"from {QUIETEST:g} dB to \+{LOUDEST:g} dB"):
        meant(["volume", "50"], COMMANDS)


def alone(*words: str, house: Path) -> Said:
    """Type `kacenv WORDS` on a machine where no room runs."""
    return typed(*words, env={"KACENV_HOUSE": str(house), "KACENV_RUN": str(house)})


def test_unclear_words_end_as_mistyped_ones(tmp_path: Path) -> None:
    """They are answered on standard error, with nothing done."""
    done = alone("pause", house=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "  kacenv hold     stay in this phase; the music goes on\n" in done.stderr


@pytest.mark.parametrize("words", [["extend", "10", "min"], ["status", "garden"], ["mute", "off"]])
def test_understood_words_reach_the_room(words: list[str], tmp_path: Path) -> None:
    """The command that is meant asks for a room."""
    done = alone(*words, house=tmp_path)
    assert done.returncode == 1
    assert "running" in done.stderr


def test_unknown_words_propose_commands_whole(tmp_path: Path) -> None:
    """A typing error shows what can be typed."""
    done = alone("extnd", "10m", house=tmp_path)
    assert done.returncode == 2
    assert "There is no command 'extnd'. You may mean: kacenv extend." in done.stderr
