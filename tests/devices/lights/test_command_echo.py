"""Commands read along until the first has come back."""

from kacenv.devices.lights.command_echo import CommandEcho


def test_the_first_command_of_a_topic_is_read_along_until_it_comes_back() -> None:
    """One subscription a topic, and none for a topic that is read anyway."""
    echo = CommandEcho(("lamp/state",))
    assert echo.must_subscribe("lamp/set", b"1")
    assert not echo.must_subscribe("lamp/set", b"2")
    assert not echo.must_subscribe("lamp/state", b"3")
    assert not echo.must_unsubscribe("lamp/set", b"of another")
    assert echo.is_unproven("lamp/set")
    assert echo.must_unsubscribe("lamp/set", b"1")
    assert not echo.must_unsubscribe("lamp/set", b"2")
    assert not echo.must_unsubscribe("lamp/state", b"3")
    assert not any(map(echo.is_unproven, ("lamp/set", "lamp/state", "never/sent")))
    assert not echo.must_subscribe("lamp/set", b"4")
    assert echo.is_command("lamp/set")
    assert not echo.is_command("lamp/state")


def test_a_new_connection_proves_nothing_of_the_one_before() -> None:
    """Rights may have changed while the broker was away."""
    echo = CommandEcho(())
    echo.must_subscribe("lamp/set", b"1")
    echo.must_unsubscribe("lamp/set", b"1")
    echo.connected()
    assert not echo.is_unproven("lamp/set")
    assert echo.must_subscribe("lamp/set", b"1")


def test_a_broker_that_throws_out_who_subscribes_is_asked_no_more() -> None:
    """A lost connection before the answer is taken for one; nothing is suspected afterwards."""
    echo = CommandEcho(())
    for number in (1, 2):
        assert echo.must_subscribe(f"lamp/{number}", b"1")
        echo.subscribed(number)
        if number == 1:
            echo.answered(1)
        echo.lost()
        echo.connected()
    assert not echo.must_subscribe("lamp/1", b"1")
    assert not echo.is_unproven("lamp/1")


def test_a_subscription_that_could_not_be_sent_is_waited_for_by_nobody() -> None:
    """The connection was lost in the same moment."""
    echo = CommandEcho(())
    echo.must_subscribe("lamp/set", b"1")
    echo.subscribed(None)
    echo.lost()
    echo.connected()
    assert echo.must_subscribe("lamp/set", b"1")
