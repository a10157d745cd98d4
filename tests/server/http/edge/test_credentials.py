"""The file of hashed tokens and PINs."""

import json
import stat
from pathlib import Path

import pytest

from kacenv.core.errors import KacenvError, UnitError
from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.credentials import CredentialKind, CredentialStore, check_pin


@pytest.fixture
def store(tmp_path: Path) -> CredentialStore:
    """A credential file in a folder that isn't there yet."""
    return CredentialStore(tmp_path / "state" / "access.json")


def test_a_token_is_known_and_nowhere_to_be_read(store: CredentialStore) -> None:
    """Only its hash is kept, in a file for its owner alone."""
    token = store.add_token("tablet garden", DeviceRole.STAFF)
    found = store.by_token(token)
    assert found
    assert (found.name, found.role, found.kind) == (
        "tablet garden",
        DeviceRole.STAFF,
        CredentialKind.TOKEN,
    )
    assert store.by_token(token[:-1]) is None
    assert token not in store.path.read_text()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_a_token_has_256_random_bits(store: CredentialStore) -> None:
    """43 letters of base64 after the prefix, never the same."""
    tokens = {store.add_token(f"tablet {n}", DeviceRole.STAFF) for n in range(5)}
    assert {len(token.removeprefix("kacenv_")) for token in tokens} == {43}
    assert len(tokens) == 5


def test_a_pin_is_known_by_scrypt(store: CredentialStore) -> None:
    """A right PIN finds its device; a token's text is no PIN."""
    store.add_pin("tablet pin", DeviceRole.VIEWER, "825064")
    token = store.add_token("program", DeviceRole.STAFF)
    found = store.by_pin("825064")
    assert found
    assert (found.name, found.role) == ("tablet pin", DeviceRole.VIEWER)
    assert store.by_pin("825065") is None
    assert store.by_pin(token) is None
    assert "825064" not in store.path.read_text()


def test_two_devices_have_two_pins_and_two_names(store: CredentialStore) -> None:
    """The same PIN, or the same name, is refused in words."""
    store.add_pin("one", DeviceRole.STAFF, "825064")
    with pytest.raises(KacenvError, match="Another device has this PIN"):
        store.add_pin("two", DeviceRole.STAFF, "825064")
    with pytest.raises(KacenvError, match="kacenv access remove 'one'"):
        store.add_token("one", DeviceRole.STAFF)


@pytest.mark.parametrize(
    "pin", ["12345", "123456", "987654", "111111", "121212", "82506a", "", "٣" * 6]
)
def test_plain_pins_are_refused(pin: str) -> None:
    """Too short, too plain, or no digits."""
    with pytest.raises(UnitError, match="digits"):
        check_pin(pin)


@pytest.mark.parametrize("name", ["Lena", "a/b", "x" * 40, "", "tablet\ngarden"])
def test_names_are_of_devices(store: CredentialStore, name: str) -> None:
    """Small letters, digits, spaces and hyphens, so that no log or screen is upset."""
    with pytest.raises(UnitError, match="not of a person"):
        store.add_token(name, DeviceRole.STAFF)


def test_another_process_change_counts_at_once(store: CredentialStore) -> None:
    """The daemon sees what the command line has added or removed."""
    daemons = CredentialStore(store.path)
    assert daemons.keys() == ()
    token = store.add_token("tablet garden", DeviceRole.STAFF)
    assert daemons.by_token(token)
    store.remove("tablet garden")
    assert daemons.by_token(token) is None
    store.path.unlink()
    assert daemons.keys() == ()


def test_removing_nobody_names_those_there_are(store: CredentialStore) -> None:
    """A slip of the keyboard is helped."""
    store.add_token("tablet garden", DeviceRole.STAFF)
    with pytest.raises(KacenvError, match="there is: tablet garden"):
        store.remove("tablet gardn")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": [{}], "pin_salt": ""}', "\x00"])
def test_a_broken_file_lets_nobody_in(store: CredentialStore, text: str) -> None:
    """It fails closed, and says how to begin again."""
    token = store.add_token("tablet garden", DeviceRole.STAFF)
    store.path.write_text(text)
    with pytest.raises(KacenvError, match="lets nobody in"):
        CredentialStore(store.path).by_token(token)


def test_a_file_that_others_may_read_lets_nobody_in(store: CredentialStore) -> None:
    """A careless chmod is refused with the way back."""
    token = store.add_token("tablet garden", DeviceRole.STAFF)
    store.path.chmod(0o644)
    with pytest.raises(KacenvError, match="chmod 600"):
        store.by_token(token)


def test_a_role_that_is_none_is_no_key(store: CredentialStore) -> None:
    """Nobody becomes staff by a typing error in the file."""
    store.add_token("tablet garden", DeviceRole.STAFF)
    content = json.loads(store.path.read_text())
    content["keys"][0]["role"] = "admin"
    store.path.write_text(json.dumps(content))
    with pytest.raises(KacenvError, match="can't be understood"):
        store.keys()
