import pytest

from kacenv.config.playlists.location_kinds import kind_of_location, place_to_write


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("spotify:track:6rqh", "a Spotify link"),
        ("https://open.spotify.com/track/6rqh", "a Spotify link"),
        ("https://music.apple.com/de/album/1", "an Apple Music link"),
        ("https://www.youtube.com/watch?v=1", "a YouTube link"),
        ("https://user@youtu.be:443/1", "a YouTube link"),
        ("https://notspotify.com/1", "a web address"),
        ("HTTP://radio.example/live", "a web address"),
        ("https://radio.example/live.m3u8?token=1", "an HLS stream"),
        ("www.radio.example/live", "a web address"),
        ("mms://radio.example/live", "a stream"),
        ("cdda:///dev/sr0", "a track of a disc"),
        ("sftp://nas/a.opus", "a file on another computer"),
        ("file://nas/a.opus", "a file on another computer"),
        (r"\\nas\music\a.opus", "a Windows path to another computer"),
        ("//nas/music/a.opus", "a Windows path to another computer"),
        (r"C:\a.opus", "a Windows path"),
        ("c:/Music/a.opus", "a Windows path"),
        ("file:///C:/a.opus", "a Windows path"),
        (r"calm\a.opus", "a Windows path"),
        ("file:///srv/a.opus", "the address of a file"),
        ("content://media/1", "an address that only another program knows"),
    ],
)
def test_kinds_are_told_by_name(location: str, name: str) -> None:
    """Whatever can't be a file here has a name that people know, and something to do."""
    kind = kind_of_location(location)
    assert kind
    assert kind.name == name
    assert kind.way_out


@pytest.mark.parametrize("location", ["music/a.opus", "/srv/a.opus", "Symphony: I.opus", "", "%"])
def test_plain_paths_have_no_kind(location: str) -> None:
    """A path of this system is no kind of its own."""
    assert kind_of_location(location) is None


def test_the_file_is_named_as_it_would_be_here() -> None:
    """A copy in the playlist's folder has the name without anything before it."""
    assert place_to_write(r"C:\Music\a b.opus") == "a b.opus"
    assert place_to_write("file:///srv/a.opus") == "a.opus"
    assert place_to_write("a.opus") == "a.opus"
