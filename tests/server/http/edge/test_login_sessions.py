"""Cookies: how long they last, and what becomes of old ones."""

from pathlib import Path

import pytest

from kacenv.server.http.edge.login_sessions import GRACE, LONGEST, ROTATE_EVERY, UNUSED, Logins


class TimedLogins:
    """Log-ins and a clock."""

    def __init__(self, path: Path) -> None:
        self.time = 1_800_000_000.0
        self.path = path
        self.logins = Logins(path, lambda: self.time)


@pytest.fixture
def timed(tmp_path: Path) -> TimedLogins:
    """Log-ins in an empty folder."""
    return TimedLogins(tmp_path / "garden.logins")


def test_a_cookie_lasts_while_it_is_used(timed: TimedLogins) -> None:
    """Twelve hours after its last use it is over."""
    cookie = timed.logins.begin("key")
    for _ in range(10):
        timed.time += UNUSED - 10.0
        assert timed.logins.find(cookie)
    timed.time += UNUSED + 10.0
    assert timed.logins.find(cookie) is None


def test_no_cookie_lasts_for_ever(timed: TimedLogins) -> None:
    """After thirty days it is over, however much it is used."""
    cookie = timed.logins.begin("key")
    while timed.time < 1_800_000_000.0 + LONGEST - 3600.0:
        timed.time += 3600.0
        assert timed.logins.find(cookie)
    timed.time += 7200.0
    assert timed.logins.find(cookie) is None


def test_a_cookie_is_exchanged_and_the_old_one_then_refused(timed: TimedLogins) -> None:
    """The new one counts from its first use; a minute later the old one is worth nothing."""
    old = timed.logins.begin("key")
    timed.time += ROTATE_EVERY + 1.0
    login = timed.logins.find(old)
    assert login
    new = timed.logins.rotate(login)
    assert new
    assert timed.logins.rotate(login) is None
    assert timed.logins.find(old)
    assert timed.logins.find(new)
    timed.time += GRACE - 1.0
    assert timed.logins.find(old)
    timed.time += 2.0
    assert timed.logins.find(old) is None
    assert timed.logins.find(new)


def test_an_answer_that_was_lost_logs_nobody_out(timed: TimedLogins) -> None:
    """Where the new cookie never came, the old one goes on, and another is offered."""
    old = timed.logins.begin("key")
    timed.time += ROTATE_EVERY + 1.0
    login = timed.logins.find(old)
    assert login
    lost = timed.logins.rotate(login)
    timed.time += 3 * GRACE
    assert timed.logins.find(old)
    again = timed.logins.rotate(login)
    assert again
    assert again != lost
    assert lost
    assert timed.logins.find(lost) is None


def test_log_ins_outlive_the_daemon_without_being_readable(timed: TimedLogins) -> None:
    """The next daemon knows the cookie; the file doesn't hold it."""
    cookie = timed.logins.begin("key")
    timed.logins.save(timed.logins.text())
    assert cookie not in timed.path.read_text()
    found = Logins(timed.path, lambda: timed.time).find(cookie)
    assert found
    assert found.key == "key"


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"key": 1}]', "{}"])
def test_a_broken_file_logs_everybody_out(timed: TimedLogins, text: str) -> None:
    """Nothing fails; whoever isn't known logs in again."""
    cookie = timed.logins.begin("key")
    timed.path.write_text(text)
    assert Logins(timed.path).find(cookie) is None


def test_a_clock_set_back_ends_log_ins(timed: TimedLogins) -> None:
    """A machine whose battery died lets nobody stay in for years."""
    cookie = timed.logins.begin("key")
    timed.time -= 86400.0
    assert timed.logins.find(cookie) is None


def test_what_is_kept_is_bounded(timed: TimedLogins) -> None:
    """However often somebody logs in, the latest few hundred count."""
    cookies = [timed.logins.begin("key") for _ in range(500)]
    assert timed.logins.find(cookies[0]) is None
    assert timed.logins.find(cookies[-1])
    assert len(timed.logins._logins) == 200
