from pathlib import Path

import pytest

from kacenv.config import House
from kacenv.core.errors import LoadError
from kacenv.system import paths

CHECKOUT = Path(__file__).parents[2]


def test_chosen_house_comes_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line wins over the environment, and that over the current folder."""
    other = house.root.parent / "other"
    other.mkdir()
    assert House.find() == House(Path.cwd())
    monkeypatch.setenv("KACENV_HOUSE", str(other))
    assert House.find() == House(other)
    assert House.find(house.root) == house


def test_usual_places_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder, one's own house, the service's, then what came with the program."""
    here, own, service = (tmp_path / name for name in ("here", "config/kacenv", "etc"))
    here.mkdir()
    monkeypatch.delenv("KACENV_HOUSE", raising=False)
    monkeypatch.chdir(here)
    monkeypatch.setattr(paths, "_SERVICE_HOUSE", service)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for folder in (CHECKOUT, service, own, here):
        (folder / "scenes").mkdir(parents=True, exist_ok=True)
        assert House.find() == House(folder)


def test_own_house_is_where_init_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beneath ~/.config on a desk, and /etc/kacenv for root; used even before it's there."""
    monkeypatch.delenv("KACENV_HOUSE", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "_CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(paths, "_SERVICE_HOUSE", tmp_path / "etc")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert House.find() == House(tmp_path / ".config" / "kacenv")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert House.find() == House(tmp_path / "etc")


def test_chosen_house_must_be_there(tmp_path: Path) -> None:
    """A house that isn't there is refused at once, not passed over."""
    with pytest.raises(LoadError, match="no such folder"):
        House.find(tmp_path / "nowhere")


def test_names(house: House) -> None:
    """Rooms, scenes and playlists are listed by the names people use."""
    (house.root / "playlists" / "old.m3u8").write_text("music/evening.wav\n")
    assert house.rooms() == ("rosewood",)
    assert house.scenes() == ("evening",)
    assert house.playlists() == ("brief", "calm", "old.m3u8")


def test_lists_have_names_in_capitals_and_mac_files_beside_them(house: House) -> None:
    """A list's suffix may be in capitals; what a Mac leaves beside a file isn't read."""
    for name in ("UPPER.M3U8", "album.Cue", "._calm.yaml", "._old.m3u8", "other.ASX", "x.fpl"):
        (house.playlist_folder / name).write_text("music/evening.wav\n")
    assert house.playlists() == ("UPPER.M3U8", "album.Cue", "brief", "calm", "other.ASX")
    assert house.playlist("UPPER.M3U8") == house.playlist_folder / "UPPER.M3U8"


def test_found_by_name_and_by_path(house: House) -> None:
    """A scene is found by its name, by its file's name, and by a path."""
    file = house.root / "scenes" / "evening.yaml"
    assert house.scene("evening") == file
    assert house.scene("evening.yaml") == file
    assert house.scene("scenes/evening.yaml") == Path("scenes/evening.yaml")


def test_unknown_name_lists_the_known(house: House) -> None:
    """A mistyped name is answered with the names there are."""
    with pytest.raises(LoadError) as caught:
        house.scene("evning")
    assert str(caught.value) == (
        "scenes/evning.yaml:1:1\n"
        "  found     no such file\n"
        "  expected  one of: evening\n"
        "  example   evening"
    )


def test_playlists_stay_in_the_house(house: House) -> None:
    """A playlist's name can't lead out of the playlists' folder."""
    assert house.playlist("calm") == house.root / "playlists" / "calm.yaml"
    assert house.playlist("../scenes/evening") is None
    assert house.playlist("/etc/passwd") is None


def test_folders_that_cannot_be_read_are_told(house: House) -> None:
    """A link to a disk that is away, or a file in a folder's place, isn't taken for no folder."""
    assert not list(house.unreadable())
    (house.root / "scenes").rename(house.root / "old")
    assert not list(house.unreadable())
    (house.root / "scenes").symlink_to("scenes")
    (house.root / "playlists").rename(house.root / "music")
    (house.root / "playlists").touch()
    files = [problem.file for problem in house.unreadable()]
    assert files == ["scenes", "playlists"]


def test_the_only_room_needs_no_name(tmp_path: Path) -> None:
    """One room is taken; of several, none but the usual one; where there is none, a way out."""
    (tmp_path / "rooms").mkdir()
    house = House(tmp_path)
    with pytest.raises(LoadError, match="kacenv init"):
        house.only_room("demo")
    (tmp_path / "rooms/garden.yaml").touch()
    assert house.only_room() == house.only_room("demo") == "garden"
    (tmp_path / "rooms/demo.yaml").touch()
    assert house.only_room("demo") == "demo"
    with pytest.raises(LoadError, match="--room demo"):
        house.only_room()
