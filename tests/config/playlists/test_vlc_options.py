import pytest

from kacenv.config.playlists.vlc_options import played_part


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ([], (None, None)),
        (["start-time=12.5", "stop-time=30"], (12.5, 30.0)),
        ([" :stop-time = 30 ", "no-video", "start-time=soon"], (None, 30.0)),
        (["start-time=99999999999999", "restart-time=3"], (None, None)),
    ],
)
def test_the_part_that_vlc_plays_is_kept(
    options: list[str], part: tuple[float | None, float | None]
) -> None:
    """Seconds with or without a fraction count; other options, and what is no time, don't."""
    assert played_part(options) == part
