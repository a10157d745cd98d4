"""Every command that README and documentation say to type works, in one sandbox a page.

A page's commands are typed in its order. What can't be typed on a machine that runs tests is in
`NOT_TYPED`, with the reason, and is at least understood by the command line.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fork_server import ForkServer
from support.grammar import understood
from support.sandbox import Done, Sandbox

from docs.hooks.shell import ROOT, Typed, commands

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITH_COMMANDS = [page for page in PAGES if any(commands(page))]

NOT_TYPED = {
    r"make (demo|test|check|setup)\b.*": "takes minutes, or is this test; the target is there",
    r"make -C /opt/kacenv \w+": "installs packages; the target is there",
    r"apt install .*": "installs packages; those of the Makefile are among them",
    r"(apt-get install|git clone|ln -s|rm -r) .*|apt-get update": "make vm types it",
    r"kacenv service uninstall .*": "make vm types it: there is no service here",
    r"(uv tool|pipx|python3 -m venv) .*\.whl": "installs; tests/test_wheel.py runs what is inside",
    r"systemctl .*": "needs a machine that runs systemd",
    r"install -m 640 -g kacenv .*": "the group is made by `kacenv service install`",
    r"kacenv midi (ports|learn)\b.*": "needs a sequencer; tests/test_midi_path.py has a pedal",
}
"""What is not typed, as a whole, and why."""
TYPED_OTHERWISE = {
    r"(kacenv service install .*)": (
        r"\1 --dry-run --root $IMAGE",
        "would have systemd start a room on this machine",
    ),
    r"(kacenv rehearse .*--(?:render|live)\b.*)": (
        r"KACENV_HOUSE=$SHORT \1",
        "takes minutes: the scene is 600 times as short",
    ),
}
"""What is typed with a change, and why."""
UNTIL_CTRL_C = r"kacenv (watch|lights simulate)\b|mosquitto_sub|room --no-buffer"
"""What goes on until it is ended; it must have said something, and end without a fault."""
ENDED = {0, 130, -2}
"""Exit codes after Ctrl-C: by itself, as the pages say, or by the signal."""
KEYS = {
    r"kacenv init( \w+.*)?": "\n" * 20,
    r"kacenv audio calibrate .*": "62\n",
    r"kacenv preflight .*": "\n" * 20,
}
"""What is typed while a command asks."""
IN_SESSION = (
    r"kacenv (status|watch|hold|release|extend|shorten|next|back|volume|mute|duck|silence|music$"
    r"|intensity|lights (?!test|simulate)|lights-up|chime|done|snooze|pass|seat|end|stop)\b"
    r"|room |curl "
)
AT_REST = r"kacenv (start|preflight|audio (test|chime|calibrate)|lights (test|simulate))\b"
WITH_LAMPS = r"kacenv (preflight|lights test|lights-up --direct)\b"
AFTERWARDS = r"kacenv record\b|room .*/v1/records"
BEGINS_BARE = {"README.md", "docs/tutorial.md", "docs/first-room.md", "docs/install.md"}
"""These pages write their house themselves."""
STARTED = {"README.md"}
"""This page's commands are programs that begin by themselves; those of others are forks."""
STATED: dict[tuple[str, str], int] = {}
"""Where a page says that a command ends with another code than 0."""
ONCE = r"kacenv (audio (test|devices)|preflight|doctor|rehearse .*--(live|render))\b.*"
"""What takes much time, and is typed on the first of the pages that say it in the same words."""
ELSEWHERE = {
    one.bare: one.page
    for page in reversed(WITH_COMMANDS)
    for one in commands(page)
    if re.fullmatch(ONCE, one.bare)
}


class Reader:
    """Somebody who types what a page says, from top to bottom."""

    def __init__(self, page: Path, sandbox: Sandbox) -> None:
        self._page, self._box = str(page.relative_to(ROOT)), sandbox
        self._typed = list(commands(page))

    def read(self) -> Iterator[tuple[Typed, Done]]:
        """Each command that is typed, and what came of it."""
        self._prepare()
        for one in self._typed:
            if re.fullmatch(r"alias \w+=.*", one.bare):
                self._box.alias(one.bare)
            elif reason(one.bare) is None and ELSEWHERE.get(one.bare, one.page) == one.page:
                yield one, self._type(one.bare)

    def _prepare(self) -> None:
        """What the pages suppose to be there: a stick with music, a broker in use."""
        box = self._box
        if self._page == "README.md":
            box.cwd = box.place("/opt/kacenv")
        box.publish("zigbee2mqtt/bridge/state", '{"state": "online"}')
        box.publish("kacenv/garden/status", "offline")
        for place in ("/media/usb/calm", "/home/Music/calm", "/etc/kacenv/playlists/calm"):
            folder = box.place(place)
            folder.mkdir(parents=True, exist_ok=True)
            for piece in box.place("/opt/kacenv/playlists/house").glob("*.opus"):
                (folder / piece.name).hardlink_to(piece)
        if any("token.txt" in one.bare for one in self._typed):
            token = box.let_in("a program")
            (box.cwd / "token.txt").write_text(f"Authorization: Bearer {token}\n")

    def _type(self, typed: str) -> Done:
        box = self._box
        if re.match(r"kacenv init\b", typed):
            box.empty()
        if re.match(AT_REST, typed):
            box.leave()
        if re.match(WITH_LAMPS, typed):
            box.hang_lamps()
        if re.match(IN_SESSION, typed):
            box.begin()
        if re.match(AFTERWARDS, typed):
            typed = re.sub(r"\b(ID|3f9a0c12)\b", box.finish(), typed)
        typed = otherwise(typed)
        if re.match(UNTIL_CTRL_C, typed):
            return box.watch(typed)
        return box.run(
            typed, next((keys for one, keys in KEYS.items() if re.fullmatch(one, typed)), "")
        )


def reason(typed: str) -> str | None:
    """Why a command isn't typed; None if it is."""
    return next((why for one, why in NOT_TYPED.items() if re.fullmatch(one, typed)), None)


def otherwise(typed: str) -> str:
    """What is typed instead."""
    for pattern, (instead, _) in TYPED_OTHERWISE.items():
        typed = re.sub(rf"^{pattern}$", instead, typed)
    return typed


def read(
    page: Path, folder: Path, sound: dict[str, str], forks: ForkServer
) -> list[tuple[Typed, Done]]:
    """All that a page says to type, and what came of it."""
    name = str(page.relative_to(ROOT))
    shared = None if name in STARTED else forks
    with Sandbox(folder, sound, shared, owned=name not in BEGINS_BARE) as sandbox:
        return list(Reader(page, sandbox).read())


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_says_to_type_works(
    page: Path, tmp_path: Path, sound: dict[str, str], forks: ForkServer
) -> None:
    """Each command ends with 0, or with the code that the page states."""
    failed = []
    for typed, done in read(page, tmp_path, sound, forks):
        expected = STATED.get((typed.page, typed.bare), 0)
        good = (
            done.code in ENDED and done.said.strip()
            if re.match(UNTIL_CTRL_C, typed.bare)
            else done.code == expected
        )
        if not good:
            failed.append(f"{typed.page}:{typed.line}: {typed.bare}\n{done.code}: {done.said}")
    assert not failed, "\n\n".join(failed)


def test_what_is_not_typed_is_at_least_understood() -> None:
    """Each row of the tables is needed by a page, and the command line knows what is in it."""
    typed = [one.bare for page in WITH_COMMANDS for one in commands(page)]
    for row in (*NOT_TYPED, *TYPED_OTHERWISE):
        meant = [one for one in typed if re.fullmatch(row, one)]
        assert meant, f"no page says {row} any more"
        for one in meant:
            if one.startswith("kacenv "):
                understood(one)


def test_only_what_cannot_be_typed_is_left_out() -> None:
    """Of what pages say to type, nearly all of kacenv's own commands are typed."""
    own = [one.bare for page in WITH_COMMANDS for one in commands(page) if "kacenv " in one.bare]
    left = [one for one in own if one.startswith("kacenv ") and reason(one)]
    assert len(own) > 80
    assert {one.split()[1] for one in left} <= {"midi", "service"}
