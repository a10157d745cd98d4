"""What reaches a terminal: kacenv's own styling, and of all other text only what can be read."""

import gc
import io
import os
import pty
import re
import select
import subprocess
import sys
import time
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.text import Text
from support.daemon import Daemon
from support.fork_server import ForkServer
from support.processes import kill_all_with
from support.waiting import PATIENCE, wait_until

from kacenv.cli.app import app
from kacenv.cli.terminal import (
    CleanStream,
    clean_streams,
    say,
    terminal_console,
    write_styled,
)

HOSTILE = "\x1b[66m\x1b]0;pwned\x07\x08\x9b66m\u202e\u2066"
"""Signs that terminals obey, none of which kacenv sends itself."""
_OWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Styling of kacenv's own: control sequences without text."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TELLTALES = ("\x1b[66m", "\x1b]", "\x07", "\x08", "\x9b", "\u202e", "\u2066", "pwned\x07")


@contextmanager
def terminal() -> Iterator[io.BytesIO]:
    """Standard output as a clean stream, and the bytes that arrive."""
    arrived = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(arrived, "utf-8", write_through=True))
        clean_streams()
        yield arrived


def test_whatever_is_printed_is_cleaned() -> None:
    """Print, writelines and Typer's echo alike, without a word of the one who prints."""
    with terminal() as arrived:
        print(f"“{HOSTILE}”")
        sys.stdout.writelines([HOSTILE, "\n"])
        typer.echo(HOSTILE)
        text = arrived.getvalue().decode()
    assert not [sign for sign in _TELLTALES if sign in text]
    assert text.count(r"]0;pwned\x07") == 3
    assert text.count("\n") == 3


def test_a_line_is_one_line() -> None:
    """A name with a line break in it doesn't look like two names."""
    with terminal() as arrived:
        say("a\nb\r\u2028c")
        assert arrived.getvalue() == b"a\\nb\\r\\u2028c\n"


def test_styling_of_our_own_arrives() -> None:
    """What kacenv writes as styling drives the terminal."""
    with terminal() as arrived:
        write_styled("\r\x1b[K")
        assert arrived.getvalue() == b"\r\x1b[K"


@pytest.mark.parametrize("shown", [HOSTILE, Text(HOSTILE, "bold")])
def test_a_console_styles_but_its_texts_do_not(
    shown: str | Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rich's own sequences arrive, and those in a text are shown as in code."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    with terminal() as arrived:
        console = terminal_console()
        console.width = 200
        console.print(Text("warm", "bold"), shown, markup=False, highlight=False)
        text = arrived.getvalue().decode()
    assert "\x1b[1mwarm" in text
    assert r"\x1b[66m" in text
    assert not [sign for sign in _TELLTALES if sign in text]


def test_streams_are_replaced_once() -> None:
    """A second call changes nothing."""
    with terminal():
        first = sys.stdout
        clean_streams()
        assert sys.stdout is first


def test_a_clean_stream_that_goes_leaves_the_other_one_open() -> None:
    """What it has written arrives, and the stream in whose place it was can be written to."""
    before = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    CleanStream.over(before).write("one ")
    gc.collect()
    before.write("two")
    assert before.buffer.getvalue() == b"one two"


def _commands(group: Any, path: str = "") -> Iterator[str]:
    if not hasattr(group, "commands"):
        yield path
        return
    for name, one in group.commands.items():
        yield from _commands(one, f"{path} {name}".strip())


_NOT_WALKED = {
    "serve": "runs in the background of this walk",
    "demo": "plays the house that comes with kacenv, for three minutes",
    "init": "asks about devices, and writes a house of its own",
    "schema": "prints what comes with kacenv",
    "service install": "needs systemd",
    "service uninstall": "needs systemd",
    "lights simulate": "runs until it is ended, and shows lamps by their ids",
    "lights test": "needs a broker",
    "midi learn": "listens until it is ended",
    "audio test": "needs a sound device",
    "audio chime": "needs a sound device",
    "audio calibrate": "asks for a meter's reading",
    "access add": "takes names of small letters alone",
}
"""Commands that show no text of others, or can't be typed here."""
_BEFORE = (
    "check",
    "check --format github",
    "scenes",
    "rooms",
    "doctor --room evil",
    "music list",
    "music missing",
    "music scan",
    "music export calm.m3u8 out.m3u8",
    "music export calm.m3u8 out.xspf",
    "music pack evil out.tar",
    "music import playlists/more",
    "music unpack out.tar",
    "rehearse evil --room evil",
    "rehearse evil --room evil --json",
    "rehearse evil --room evil --picture out.svg",
    "rehearse evil --room evil --render out.flac",
    "rehearse evil --room evil --live 3600",
    "preflight evil --mute",
    "midi ports",
    "audio devices",
    "access list",
    "access remove nobody",
    "service show --room evil",
    "start \x1b[66m\x07 --room evil",
    "check \x1b[66m\x07",
    "\x1b[66m\x07\u202e",
)
_DURING = (
    "start evil",
    "status",
    "status --json",
    "watch",
    "rooms",
    *("hold", "release", "extend 5m", "shorten 1m", "undo", "next", "back", "volume -3dB"),
    *("mute", "duck", "silence", "intensity up", "chime", "seat a started", "done", "snooze 1m"),
    *("pass", "lights resume", "lights set 10%", "lights-up", "status", "end", "stop"),
)
_AFTER = (
    "record list",
    "record show {}",
    "record show {} --json",
    "record show {} --music",
    "record remove {}",
)


def test_every_command_is_walked() -> None:
    """A new command is typed below, or says why it needn't be."""
    typed = [f"{line} " for line in (*_BEFORE, *_DURING, *_AFTER)]
    names = {*_commands(typer.main.get_command(app))}
    walked = {name for name in names if any(line.startswith(f"{name} ") for line in typed)}
    assert names - walked == {*_NOT_WALKED}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house in which titles, names of files and a look's name all try to drive the terminal."""
    for folder in ("rooms", "scenes", "playlists/more", "run", "state"):
        (tmp_path / folder).mkdir(parents=True)
    music = [
        f"a{HOSTILE}.wav",
        "new\nNEWLINE.wav",
        os.fsdecode(b"caf\xe9.wav"),
    ]
    for name in (*music, f"more/{music[0]}", f"more/{music[2]}", "more/plain.wav", "plain.wav"):
        _write_tone(tmp_path / "playlists" / name)
    lines = [f"#EXTINF:60,{HOSTILE} - {HOSTILE}", music[0], f"#EXTINF:60,{HOSTILE}", "plain.wav"]
    (tmp_path / "playlists/calm.m3u8").write_text("\n".join(["#EXTM3U", *lines]) + "\n")
    gone = f"#EXTM3U\n#EXTINF:1,{HOSTILE}\n{HOSTILE}/gone.wav\nhttp://{HOSTILE}/\n"
    (tmp_path / f"playlists/gone{HOSTILE}.m3u8").write_text(gone)
    (tmp_path / "playlists/gone.xspf").write_text(_XSPF)
    (tmp_path / "scenes/evil.yaml").write_text(_SCENE)
    (tmp_path / f"scenes/s{HOSTILE}\nNEWLINE.yaml").write_text(_SCENE)
    (tmp_path / "scenes" / os.fsdecode(b"caf\xe9.yaml")).write_text("title: [")
    (tmp_path / "rooms/evil.yaml").write_text(_ROOM)
    (tmp_path / f"rooms/r{HOSTILE}\nNEWLINE.yaml").write_text(f'name: "{HOSTILE}"\n')
    return tmp_path


_XSPF = (
    '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
    "<location>caf%E9%1B%5B66m%07.wav</location><title>&#155;66m&#8238;&#10;NEWLINE</title>"
    "</track></trackList></playlist>"
)
_SCENE = """title: Evil
phases:
  - {name: peak, duration: 2m, playlist: calm.m3u8, crossfade: 2s}
  - {name: return, duration: 1m, playlist: calm.m3u8, crossfade: 2s}
overflow: calm.m3u8
check_ins:
  - {at: 0s, prompt: Look in}
"""
_ROOM = """name: evil
outputs:
  - {id: speakers, role: speakers}
records: {keep: 30d}
"""


def _write_tone(path: Path) -> None:
    with path.open("xb") as file, wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(range(1, 251)) * (8000 * 2 * 60 // 250))


_KACENV = """
from kacenv import cli
if __name__ == "__main__":  # processes that measure music import it, too
    cli.main()
"""


class Typist:
    """Types commands in a terminal of their own, and reads all that arrives."""

    def __init__(self, program: Path, house: Path, environment: Mapping[str, str]) -> None:
        self._program, self._house, self._environment = program, house, environment

    def read(self, *words: str) -> str:
        """Return what `kacenv WORDS` sends; q is typed where it waits for it."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [self._program, *words],
            cwd=self._house,
            env={**self._environment, "TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        try:
            return b"".join(self._parts(ours, process)).decode("utf-8")
        finally:
            process.kill()
            process.wait()
            os.close(ours)

    def _parts(self, ours: int, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if select.select([ours], [], [], 0.05)[0]:
                    part = os.read(ours, 65536)
                    if b"q leaves" in part:
                        os.write(ours, b"q")
                    yield part
                elif process.poll() is not None:
                    return
            except OSError:  # the terminal is closed
                return
        pytest.fail("the command doesn't end")


def _obeyed(text: str) -> list[str]:
    """Return the lines in which something not kacenv's own would drive the terminal."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    return [line for line in lines if not _is_plain(line)]


def _is_plain(line: str) -> bool:
    if any(sign in line for sign in _TELLTALES):
        return False
    rest = _OWN.sub("", line)
    starts_anew = rest.strip().startswith("NEWLINE")
    return not starts_anew and all(
        c in "\t\r" or not re.match(r"[\x00-\x1f\x7f-\x9f]", c) for c in rest
    )


@pytest.fixture
def typist(house: Path, forks: ForkServer) -> Iterator[Typist]:
    """Return who types there; the daemon that is started meanwhile ends with the test."""
    environment = {**Daemon(house, "evil").environment, "HOME": str(house), "KACENV_ROOM": "evil"}
    script, program = house / "run/script/kacenv", house / "run/kacenv"
    script.parent.mkdir()
    script.write_text(_KACENV)
    program.write_text(forks.program(script))
    program.chmod(0o755)
    try:
        yield Typist(program, house, environment)
    finally:
        kill_all_with(str(house))


def test_no_command_lets_a_name_drive_the_terminal(house: Path, typist: Typist) -> None:
    """Every command, in a house full of such names and titles, sends only styling of its own."""
    seen = {line: typist.read(*line.split(" ")) for line in (*_BEFORE, *_DURING)}
    wait_until(lambda: bool([*(house / "state/records").glob("*.json")]))
    record = typist.read("record", "list").split()[0]
    seen |= {line: typist.read(*line.format(record).split(" ")) for line in _AFTER}
    assert {line: found for line, text in seen.items() if (found := _obeyed(text))} == {}
    assert r"\x1b[66m" in seen["status"]
    assert r"caf\xe9.wav" in seen["check"]
