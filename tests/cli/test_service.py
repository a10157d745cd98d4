"""`kacenv service`, into images: the system's own tools, and none of this machine's units."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.houses import write_house
from typer.testing import CliRunner, Result

from kacenv.cli import service as command
from kacenv.cli.service import app
from kacenv.config import House, load_room
from kacenv.core.errors import KacenvError, LoadError
from kacenv.server.systemd_unit import ServiceUnit

OUTPUTS = "outputs:\n  - {id: speakers, role: speakers}\n"
ROOM = f"name: garden\n{OUTPUTS}surfaces: {{socket_group: therapists}}\n"
UNIT = "etc/systemd/system/kacenv-garden.service"
WANTED = "etc/systemd/system/multi-user.target.wants/kacenv-garden.service"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with one room."""
    return write_house(tmp_path / "house", rooms__garden=ROOM)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An image with nothing in it."""
    root = tmp_path / "image"
    root.mkdir()
    return root


def typed(*words: object) -> Result:
    """Type `kacenv service WORDS`."""
    return CliRunner().invoke(app, [str(word) for word in words])


def written(image: Path) -> dict[Path, bytes]:
    """Return all files of an image."""
    return {path: path.read_bytes() for path in image.rglob("*") if path.is_file()}


def make_readable(image: Path) -> None:
    """Let their owner read the files that are for root alone, who may read them anyway."""
    for path in (image / "etc").glob("*shadow"):
        path.chmod(0o600)


def test_a_service_is_installed_and_taken_away(house: Path, image: Path) -> None:
    """Unit, user and groups are there and it is enabled; afterwards the unit is gone again."""
    done = typed("install", "--room", "garden", "--house", house, "--root", image)
    assert done.exit_code == 0
    assert f"--room garden --house {house}\n" in (image / UNIT).read_text()
    assert (image / WANTED).is_symlink()
    assert "kacenv:" in (image / "etc/passwd").read_text()
    groups = dict(line.split(":", 1) for line in (image / "etc/group").read_text().splitlines())
    assert groups["audio"].endswith(":kacenv")
    assert groups["therapists"].endswith(":kacenv")
    assert typed("uninstall", "--room", "garden", "--root", image).exit_code == 0
    assert not (image / UNIT).exists()
    assert not (image / WANTED).is_symlink()


def test_installing_twice_does_no_harm(house: Path, image: Path) -> None:
    """The second time changes nothing, and says the same."""
    words = ("install", "--room", "garden", "--house", house, "--root", image)
    first = typed(*words)
    make_readable(image)
    before = written(image)
    assert typed(*words).output == first.output
    assert written(image) == before


def test_show_and_dry_run_write_nothing(house: Path, image: Path) -> None:
    """`show` prints just the unit, `--dry-run` all that would be done."""
    shown = typed("show", "--room", "garden", "--house", house).output
    dry = typed(
        "install", "--room", "garden", "--house", house, "--root", image, "--dry-run", "--now"
    )
    assert shown.startswith("# Written by: kacenv service install --room garden\n")
    assert shown in dry.output
    assert "# then: systemd-sysusers" in dry.output
    assert dry.exit_code == 0
    assert list(image.iterdir()) == []


def test_a_room_by_its_path_keeps_its_path(house: Path) -> None:
    """A room file elsewhere is found again from wherever systemd starts kacenv."""
    path = house / "rooms/garden.yaml"
    shown = typed("show", "--room", path, "--house", house).output
    assert f"--room {path} --house" in shown


def test_an_unknown_room_is_refused(house: Path, image: Path) -> None:
    """The error names the rooms there are, and nothing is written."""
    done = typed("install", "--room", "gardn", "--house", house, "--root", image)
    assert isinstance(done.exception, LoadError)
    assert "one of: garden" in str(done.exception)
    assert list(image.iterdir()) == []


@pytest.mark.parametrize("user", ["root", "two words", "Anna", "-x", "a\nu b"])
def test_the_room_has_a_user_of_its_own(house: Path, image: Path, user: str) -> None:
    """Neither root nor what is no user's name is taken."""
    done = typed("install", "--room", "garden", "--house", house, "--root", image, f"--user={user}")
    assert isinstance(done.exception, KacenvError)
    assert "a user of its own" in str(done.exception)


def test_without_systemd_there_is_another_way(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine that systemd didn't start, the command that does the same is named."""
    monkeypatch.setattr(command, "_BOOTED", tmp_path / "nowhere")
    for words in (["install", "--house", house], ["uninstall"]):
        monkeypatch.setattr(command, "_UNITS", tmp_path)
        (tmp_path / "kacenv-garden.service").touch()
        done = typed(words[0], "--room", "garden", *words[1:])
        assert isinstance(done.exception, KacenvError)
        assert "kacenv serve --supervised --room garden" in str(done.exception)


def test_only_root_installs(house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody else is told to use sudo."""
    monkeypatch.setattr(command, "_BOOTED", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = typed("install", "--room", "garden", "--house", house)
    assert isinstance(done.exception, KacenvError)
    assert "sudo" in str(done.exception)


def test_a_service_that_isn_t_there_can_t_be_taken_away(image: Path) -> None:
    """The error says where it was looked for."""
    done = typed("uninstall", "--room", "garden", "--root", image)
    assert isinstance(done.exception, KacenvError)
    assert UNIT in str(done.exception)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach."""
    with TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_what_the_user_can_t_read_is_named(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Music in a closed home, a house in /tmp and a program out of reach are refused by name."""
    music, house = open_folder / "anna/music", open_folder / "house"
    music.mkdir(parents=True)
    room = f"name: garden\n{OUTPUTS}music_root: ../../anna/music\n"
    write_house(house, rooms__garden=f"{room}broker: {{host: x, user: k, password_file: secret}}\n")
    place = load_room(House(house), "garden")
    service = ServiceUnit("garden", "garden", house, ("/bin/true",), user="nobody")

    def refused() -> str:
        with pytest.raises(KacenvError) as error:
            command._check_access(place, service)
        return str(error.value)

    assert "Move it, e.g. to /opt" in refused()
    monkeypatch.setattr(command, "_HIDDEN", ())
    music.parent.chmod(0o700)
    if os.geteuid() != 0:
        assert "sudo" in refused()
        return
    assert "can't read" in (words := refused())
    assert "anna/music" in words
    music.parent.chmod(0o755)
    secret = house / "rooms" / "secret"
    secret.touch(0o600)
    assert f"can't read {secret}" in refused()
    secret.chmod(0o644)
    command._check_access(place, service)
    service = replace(service, program=("/bin/false",))
    assert "can't run /bin/false" in refused()


def test_the_tools_own_words_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of the system's tools fails or is missing, people read which and why."""
    with pytest.raises(KacenvError, match=r"enable nothing-at-all.service failed: Failed"):
        command._tool("systemctl", "--root=/nowhere", "enable", "nothing-at-all.service")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(KacenvError, match="it belongs to systemd"):
        command._tool("systemctl", "daemon-reload")
