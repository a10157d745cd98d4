"""Cookies: how long they last, and what becomes of old ones."""

from pathlib import Path

import pytest

from kacenv.server.auth.login_sessions import GRACE, LONGEST, ROTATE_EVERY, UNUSED, Logins


class Day:
    """Log-ins and a clock."""

    def __init__(self, path: Path) -> None:
        self.time = 1_800_000_000.0
        self.path = path
        self.logins = Logins(path, lambda: self.time)


@pytest.fixture
def day(tmp_path: Path) -> Day:
    """Log-ins in an empty folder."""
    return Day(tmp_path / "garden.logins")


def test_a_cookie_lasts_while_it_is_used(day: Day) -> None:
    """Twelve hours after its last use it is over."""
    cookie = day.logins.begin("key")
    for _ in range(10):
        day.time += UNUSED - 10.0
        assert day.logins.find(cookie)
    day.time += UNUSED + 10.0
    assert day.logins.find(cookie) is None


def test_no_cookie_lasts_for_ever(day: Day) -> None:
    """After thirty days it is over, however much it is used."""
    cookie = day.logins.begin("key")
    while day.time < 1_800_000_000.0 + LONGEST - 3600.0:
        day.time += 3600.0
        assert day.logins.find(cookie)
    day.time += 7200.0
    assert day.logins.find(cookie) is None


def test_a_cookie_is_exchanged_and_the_old_one_then_refused(day: Day) -> None:
    """The new one counts from its first use; a minute later the old one is worth nothing."""
    old = day.logins.begin("key")
    day.time += ROTATE_EVERY + 1.0
    login = day.logins.find(old)
    assert login
    new = day.logins.rotate(login)
    assert new
    assert day.logins.rotate(login) is None
    assert day.logins.find(old)
    assert day.logins.find(new)
    day.time += GRACE - 1.0
    assert day.logins.find(old)
    day.time += 2.0
    assert day.logins.find(old) is None
    assert day.logins.find(new)


def test_an_answer_that_was_lost_logs_nobody_out(day: Day) -> None:
    """Where the new cookie never came, the old one goes on, and another is offered."""
    old = day.logins.begin("key")
    day.time += ROTATE_EVERY + 1.0
    login = day.logins.find(old)
    assert login
    lost = day.logins.rotate(login)
    day.time += 3 * GRACE
    assert day.logins.find(old)
    again = day.logins.rotate(login)
    assert again
    assert again != lost
    assert lost
    assert day.logins.find(lost) is None


def test_log_ins_outlive_the_daemon_without_being_readable(day: Day) -> None:
    """The next daemon knows the cookie; the file doesn't hold it."""
    cookie = day.logins.begin("key")
    day.logins.save(day.logins.text())
    assert cookie not in day.path.read_text()
    found = Logins(day.path, lambda: day.time).find(cookie)
    assert found
    assert found.key == "key"


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"key": 1}]', "{}"])
def test_a_broken_file_logs_everybody_out(day: Day, text: str) -> None:
    """Nothing fails; whoever isn't known logs in again."""
    cookie = day.logins.begin("key")
    day.path.write_text(text)
    assert Logins(day.path).find(cookie) is None


def test_a_clock_set_back_ends_log_ins(day: Day) -> None:
    """A machine whose battery died lets nobody stay in for years."""
    cookie = day.logins.begin("key")
    day.time -= 86400.0
    assert day.logins.find(cookie) is None


def test_what_is_kept_is_bounded(day: Day) -> None:
    """However often somebody logs in, the latest few hundred count."""
    cookies = [day.logins.begin("key") for _ in range(500)]
    assert day.logins.find(cookies[0]) is None
    assert day.logins.find(cookies[-1])
    assert len(day.logins._logins) == 200
