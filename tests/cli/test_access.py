"""`kacenv access`, as a technician types it."""

import json
from pathlib import Path

import pytest
from support.typed import Said, typed

from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.credentials import CredentialStore

_ROOM = """
name: garden
outputs: [{id: speakers, role: speakers}]
surfaces:
  tcp: {host: 0.0.0.0, port: 8765, tls: none, names: [garden.clinic.lan]}
  access: {file: garden-access.json}
"""


def access(folder: Path, *words: str, keys: str = "") -> Said:
    """Type it, with a house and a state folder of its own."""
    house = folder / "house"
    (house / "rooms").mkdir(parents=True, exist_ok=True)
    (house / "rooms" / "garden.yaml").write_text(_ROOM)
    own = {"KACENV_STATE": str(folder / "state"), "KACENV_HOUSE": str(house)}
    return typed("access", *words, env=own, keys=keys)


def test_a_token_is_shown_once_as_text_and_as_a_link(tmp_path: Path) -> None:
    """The link carries it behind #, which browsers never send."""
    done = access(tmp_path, "add", "tablet garden", "--room", "garden")
    assert done.returncode == 0, done.stderr
    ring = CredentialStore(tmp_path / "state" / "garden-access.json")
    token = next(word for word in done.stdout.split() if word.startswith("kacenv_"))
    assert f"http://garden.clinic.lan:8765/#token={token}\n" in done.stdout
    found = ring.by_token(token)
    assert found
    assert found.role is DeviceRole.STAFF
    listed = access(tmp_path, "list", "--room", "garden")
    assert "tablet garden" in listed.stdout
    assert token not in listed.stdout


def test_a_pin_comes_by_standard_input_alone(tmp_path: Path) -> None:
    """It is no argument, so no list of processes shows it; nor is it printed."""
    done = access(tmp_path, "add", "tablet", "--pin", "--role", "viewer", keys="825064\n")
    assert done.returncode == 0, done.stderr
    assert "825064" not in done.stdout
    found = CredentialStore(tmp_path / "state" / "access.json").by_pin("825064")
    assert found
    assert found.role is DeviceRole.VIEWER
    assert access(tmp_path, "add", "other", "--pin", "825064").returncode == 2


def test_a_device_is_removed(tmp_path: Path) -> None:
    """It is in the list, then it isn't."""
    access(tmp_path, "add", "tablet", "--pin", keys="825064\n")
    listed = json.loads(access(tmp_path, "list", "--json").stdout)
    assert [(one["name"], one["role"], one["by"]) for one in listed] == [("tablet", "staff", "pin")]
    assert access(tmp_path, "remove", "tablet").returncode == 0
    assert json.loads(access(tmp_path, "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "keys", "error"),
    [
        (["add", "Lena"], "", "not of a person"),
        (["add", "tablet", "--role", "admin"], "", "staff or viewer"),
        (["add", "tablet", "--pin"], "1234\n", "6 to 12 digits"),
        (["remove", "tablet"], "", "no device called tablet"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, words: list[str], keys: str, error: str) -> None:
    """In plain words, with exit code 1."""
    done = access(tmp_path, *words, keys=keys)
    assert done.returncode == 1
    assert error in done.stderr
    assert "Traceback" not in done.stderr
