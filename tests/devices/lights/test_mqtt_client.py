"""The connection to a real broker, and to none."""

import gc
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from paho.mqtt import subscribe
from paho.mqtt.client import Client as Paho
from support.certificates import client_certificate, make_certificates, sign_broker
from support.mosquitto import Mosquitto, free_port
from support.staff import Staff
from support.waiting import PATIENCE, wait_until

from kacenv.core.units import Seconds
from kacenv.devices.lights import leadership, mqtt_client
from kacenv.devices.lights.mqtt_client import (
    FIRST,
    LASTED,
    LATER,
    REFUSED,
    MqttCallbacks,
    MqttClient,
    ReconnectBackoff,
    Subscriptions,
)
from kacenv.model.room import Broker

SECRET = "sesame-open-7"  # noqa: S105 - a password for a broker that lives for one test
TIMEOUT = 30.0


class Listener:
    """Recorder of the connection's state and messages."""

    def __init__(self) -> None:
        self.links: list[bool] = []
        self.messages: list[tuple[str, bytes]] = []
        self.fails_on: bytes | None = None
        """Payload that raises instead of being recorded."""
        self._news = threading.Condition()

    def changed(self, up: bool) -> None:
        """Record a change of the connection."""
        with self._news:
            self.links.append(up)
            self._news.notify_all()

    def heard(self, topic: str, payload: bytes) -> None:
        """Record a message."""
        if payload == self.fails_on:
            raise ValueError(topic)
        with self._news:
            self.messages.append((topic, payload))
            self._news.notify_all()

    def wait_for(self, condition: Callable[["Listener"], Any]) -> bool:
        """Wait for `condition`; return False on timeout."""
        with self._news:
            return bool(self._news.wait_for(lambda: condition(self), TIMEOUT))


@pytest.fixture
def listener() -> Listener:
    """Return a recorder of the connection."""
    return Listener()


@pytest.fixture
def pahos(monkeypatch: pytest.MonkeyPatch) -> list[Paho]:
    """Return paho's clients, which the code under test makes from now on."""
    made: list[Paho] = []

    def make(*given: Any, **named: Any) -> Paho:
        made.append(Paho(*given, **named))
        return made[-1]

    monkeypatch.setattr(mqtt_client, "Paho", make)
    return made


def paho_thread() -> threading.Thread | None:
    """Return the running thread of the client, which paho names after its id."""
    begin = "paho-mqtt-client-kacenv-quiet-"
    return next((one for one in threading.enumerate() if one.name.startswith(begin)), None)


@pytest.fixture
def leftovers() -> Iterator[None]:
    """Collect the sockets of paho's dead threads while the test still ignores their warnings."""
    yield
    gc.collect()


@pytest.fixture
def connect(
    listener: Listener, staff: Staff, request: pytest.FixtureRequest
) -> Callable[..., MqttClient]:
    """Start clients and close them after the test."""

    def connect(
        port: int,
        *topics: str,
        room: str = "quiet",
        announce: bool = True,
        optional: tuple[str, ...] = (),
        **broker: Any,
    ) -> MqttClient:
        unchecked = broker.pop("unchecked", {})
        described = Broker.model_validate({"host": "127.0.0.1", "port": port, **broker})
        described = described.model_copy(update=unchecked)
        callbacks = MqttCallbacks(listener.changed, listener.heard, staff.tell)
        read = Subscriptions(topics, optional)
        client = MqttClient(described, room, read, callbacks, announce=announce)
        client.start()
        request.addfinalizer(client.close)
        return client

    return connect


def test_it_hears_what_it_subscribed_to(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """A message published is a message heard, once connected."""
    client = connect(mosquitto.port, "client/echo")
    assert listener.wait_for(lambda heard: heard.links == [True])
    client.publish("client/echo", b"1")
    assert listener.wait_for(lambda heard: heard.messages == [("client/echo", b"1")])


def test_it_says_that_the_room_is_there_and_gone(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """Kept by the broker for who asks later; one that doesn't announce changes nothing."""
    topic = "kacenv/other/status"
    other = connect(mosquitto.port, room="other")
    assert listener.wait_for(lambda heard: heard.links == [True])
    beside = connect(mosquitto.port, topic, room="other", announce=False)
    assert listener.wait_for(lambda heard: heard.messages == [(topic, b"online")])
    beside.close()
    other.close()
    connect(mosquitto.port, topic)
    assert listener.wait_for(lambda heard: len(heard.messages) == 2)
    assert listener.messages[-1] == (topic, b"offline")


def test_its_last_will_says_offline(
    mosquitto: Mosquitto,
    connect: Callable[..., MqttClient],
    listener: Listener,
    pahos: list[Paho],
) -> None:
    """A room whose program dies is offline as well."""
    connect(mosquitto.port, "kacenv/dying/status")
    assert listener.wait_for(lambda heard: heard.links == [True])
    connect(mosquitto.port, room="dying")
    assert listener.wait_for(lambda heard: len(heard.links) == 2)
    raw = pahos[-1].socket()
    assert isinstance(raw, socket.socket)
    raw.shutdown(socket.SHUT_RDWR)
    assert listener.wait_for(lambda heard: ("kacenv/dying/status", b"offline") in heard.messages)


def test_a_broker_that_is_not_there_is_told_once(
    connect: Callable[..., MqttClient], staff: Staff, own_mosquitto: Mosquitto, listener: Listener
) -> None:
    """In plain words, and once more when it is back."""
    client = connect(own_mosquitto.port)
    assert staff.wait_for("can't be reached")
    assert not client.connected
    own_mosquitto.start()
    assert listener.wait_for(lambda heard: heard.links == [True])
    assert staff.wait_for("is back")
    place = f"The light broker at 127.0.0.1:{own_mosquitto.port}"
    assert staff.heard == [
        f"{place} can't be reached; music goes on, the lamps stay as they are",
        f"{place} is back",
    ]


def test_nothing_is_queued_for_a_broker_that_is_away(
    connect: Callable[..., MqttClient], listener: Listener, own_mosquitto: Mosquitto
) -> None:
    """A message published in an outage never arrives."""
    client = connect(own_mosquitto.port, "client/late")
    client.publish("client/late", b"stale")
    own_mosquitto.start()
    assert listener.wait_for(lambda heard: heard.links == [True])
    client.publish("client/late", b"fresh")
    assert listener.wait_for(lambda heard: heard.messages)
    assert listener.messages == [("client/late", b"fresh")]


def test_a_wrong_password_is_told_once_and_never_shown(
    tmp_path: Path,
    connect: Callable[..., MqttClient],
    staff: Staff,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often the broker refuses; the password is in no word, log or repr."""
    caplog.set_level(logging.DEBUG)
    refusals = threading.Semaphore(0)

    def refused(_backoff: ReconnectBackoff) -> Seconds:
        refusals.release()
        return Seconds(0.1)

    monkeypatch.setattr(ReconnectBackoff, "refused", refused)
    secret = tmp_path / "password"
    secret.touch(0o600)
    secret.write_text(SECRET + "\n")
    with Mosquitto(tmp_path, user="kacenv", password="another") as broker:  # noqa: S106 - as above
        client = connect(broker.port, user="kacenv", password_file=str(secret))
        for _ in range(3):  # when the third begins, two have been dealt with
            assert refusals.acquire(timeout=TIMEOUT)
    (text,) = [text for text in staff.heard if "refused" in text]
    assert "user and password" in text
    assert SECRET not in "".join([*staff.heard, repr(client), caplog.text, str(vars(client))])


@pytest.mark.parametrize("place", ["file", "env"])
def test_the_right_password_opens(
    place: str,
    tmp_path: Path,
    connect: Callable[..., MqttClient],
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From a file or from the environment."""
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text(SECRET + "\n")
    monkeypatch.setenv("BROKER_PASSWORD", SECRET)
    given = {"file": {"password_file": str(secret)}, "env": {"password_env": "BROKER_PASSWORD"}}
    with Mosquitto(tmp_path, user="kacenv", password=SECRET) as broker:
        client = connect(broker.port, user="kacenv", **given[place])
        assert listener.wait_for(lambda heard: heard.links == [True])
        client.close()


@pytest.mark.parametrize(
    "password",
    ['#hash%20"\\', "Straße für 5 €", "🌹 rose 🌹", "  blanks at both ends ", "a\ttab", "x" * 300],
    ids=["signs", "umlauts", "emoji", "blanks", "tab", "long"],
)
def test_any_password_opens(
    password: str, tmp_path: Path, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """Only the end of the line belongs to the file."""
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text(f"{password}\r\n", encoding="utf-8", newline="")
    with Mosquitto(tmp_path, user="kacenv", password=password) as broker:
        client = connect(broker.port, user="kacenv", password_file=str(secret))
        assert listener.wait_for(lambda heard: heard.links == [True])
        client.close()


def test_a_broker_keeps_nothing_but_who_leads(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """Whoever comes later is sent no command of before."""
    client = connect(mosquitto.port, "keeps/state", room="keeps")
    assert listener.wait_for(lambda heard: heard.links == [True])
    for topic in ("keeps/set", "keeps/state"):
        client.publish(topic, b"1")
    assert listener.wait_for(lambda heard: heard.messages == [("keeps/state", b"1")])
    connect(mosquitto.port, "keeps/#", "kacenv/keeps/#", "keeps/end", room="x", announce=False)
    assert listener.wait_for(lambda heard: len(heard.links) == 2)
    client.publish("keeps/end", b"1")
    assert listener.wait_for(lambda heard: ("keeps/end", b"1") in heard.messages)
    kept = {topic for topic, _ in listener.messages[1:]} - {"keeps/end"}
    assert kept == {"kacenv/keeps/status", "kacenv/keeps/leader"}


def test_a_password_that_is_changed_is_read_again(
    tmp_path: Path,
    connect: Callable[..., MqttClient],
    listener: Listener,
    staff: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clinic writes the new one into the file, and the next attempt goes by it."""
    monkeypatch.setattr(ReconnectBackoff, "refused", lambda _: Seconds(0.1))
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("of yesterday")
    with Mosquitto(tmp_path, user="kacenv", password=SECRET) as broker:
        connect(broker.port, user="kacenv", password_file=str(secret))
        assert staff.wait_for("refused kacenv")
        secret.unlink()
        secret.touch(0o600)
        secret.write_text(SECRET)
        assert listener.wait_for(lambda heard: heard.links == [True])


DROPPED = pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")
"""paho drops the sockets of failed handshakes."""


@DROPPED
def test_a_certificate_that_expires_is_named_and_its_renewal_found(
    tmp_path: Path, connect: Callable[..., MqttClient], listener: Listener, staff: Staff
) -> None:
    """With its date; after the renewal the broker is back by itself."""
    made = make_certificates(tmp_path, "clinic", days=-1)
    with Mosquitto(tmp_path, certificates=made) as broker:
        client = connect(broker.port, tls=True, ca_file=str(made.authority))
        expired = f"The certificate of the light broker at 127.0.0.1:{broker.port} expired on "
        assert staff.wait_for(expired)
        assert str(client.trouble).startswith(expired)
        sign_broker(made)
        broker.stop()
        broker.start()
        assert listener.wait_for(lambda heard: heard.links == [True])
        wait_until(lambda: client.trouble is None)


@DROPPED
def test_an_authority_that_is_replaced_in_place_is_found(
    tmp_path: Path, connect: Callable[..., MqttClient], listener: Listener, staff: Staff
) -> None:
    """No restart is needed: the next attempt reads the new file."""
    made = make_certificates(tmp_path, "clinic")
    with Mosquitto(tmp_path, certificates=made) as broker:
        connect(broker.port, tls=True, ca_file=str(made.authority))
        assert listener.wait_for(lambda heard: heard.links == [True])
        before = made.authority.read_text()
        make_certificates(tmp_path, "clinic")
        renewed = made.authority.read_text()
        made.authority.write_text(before)
        broker.stop()
        broker.start()
        assert staff.wait_for(f"isn't trusted (it isn't vouched for by {made.authority})")
        made.authority.write_text(renewed)
        assert listener.wait_for(lambda heard: heard.links == [True, False, True])


@pytest.mark.parametrize("own", ["none", "expired", "good"])
def test_a_broker_that_asks_for_a_certificate_is_shown_our_own(
    own: str,
    tmp_path: Path,
    connect: Callable[..., MqttClient],
    listener: Listener,
    staff: Staff,
) -> None:
    """Without one, or with an expired one, staff read what to do."""
    made = make_certificates(tmp_path, "clinic")
    certificate, key = client_certificate(made, days=-1 if own == "expired" else 90)
    files = {"certificate_file": str(certificate), "key_file": str(key)}
    broker = Mosquitto(tmp_path, certificates=made)
    with broker.configured("require_certificate true", f"cafile {made.authority}"):
        given = files if own != "none" else {}
        connect(broker.port, tls=True, ca_file=str(made.authority), **given)
        if own == "good":
            assert listener.wait_for(lambda heard: heard.links == [True])
            return
        words = f"own certificate {certificate} for the light broker expired on"
        assert staff.wait_for(words if own == "expired" else "correct `certificate_file`")


def test_what_may_not_be_read_is_told(
    tmp_path: Path, connect: Callable[..., MqttClient], listener: Listener, staff: Staff
) -> None:
    """A refused subscription is named, once; what may be read is read."""
    with Mosquitto(tmp_path).refusing_to_read("kacenv/#", "lamps/open") as broker:
        client = connect(broker.port, "lamps/open", "lamps/shut")
        assert staff.wait_for("doesn't let kacenv read lamps/shut; give its user the right")
        assert listener.wait_for(lambda heard: heard.links == [True])
        assert client.unreadable == {"lamps/shut"}
        client.publish("lamps/open", b"1")
        assert listener.wait_for(lambda heard: heard.messages == [("lamps/open", b"1")])
        broker.stop()
        broker.start()
        assert staff.wait_for("is back")
    assert len([text for text in staff.heard if "lamps/shut" in text]) == 1


def test_what_is_not_needed_may_be_refused(
    tmp_path: Path, connect: Callable[..., MqttClient], listener: Listener, staff: Staff
) -> None:
    """Nobody is told of a bridge's events that may not be read: the lamps are led without them."""
    with Mosquitto(tmp_path).refusing_to_read("kacenv/#", "lamps/open") as broker:
        client = connect(broker.port, "lamps/open", optional=("bridge/event",))
        assert listener.wait_for(lambda heard: heard.links == [True])
        client.publish("lamps/open", b"1")
        assert listener.wait_for(lambda heard: heard.messages == [("lamps/open", b"1")])
        assert not client.unreadable
    assert not [text for text in staff.heard if "bridge/event" in text]


def test_a_command_that_comes_back_was_let_through(
    tmp_path: Path, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """A broker drops without a word what may not be written; an echo is nobody's report."""
    broker = Mosquitto(tmp_path).allowing("readwrite kacenv/#", "readwrite lamps/open/#")
    with broker:
        client = connect(broker.port, "lamps/open/state")
        assert listener.wait_for(lambda heard: heard.links == [True])
        client.publish("lamps/open/set", b"1")
        client.publish("lamps/shut/set", b"1")
        wait_until(lambda: not client.is_unproven("lamps/open/set"))
        assert client.is_unproven("lamps/shut/set")
        client.publish("lamps/open/state", b"9")
        assert listener.wait_for(lambda heard: heard.messages == [("lamps/open/state", b"9")])
        assert not client.is_unproven("lamps/open/state")


def test_a_room_without_rights_of_its_own_is_led_all_the_same(
    tmp_path: Path, connect: Callable[..., MqttClient]
) -> None:
    """Where kacenv may read nothing about itself, nobody can be waited for."""
    with Mosquitto(tmp_path).allowing("readwrite lamps/#") as broker:
        client = connect(broker.port, "lamps/state")

        def leads() -> bool:
            client.watch()
            return client.connected

        wait_until(leads)


def test_a_started_room_is_its_former_self(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], listener: Listener, pahos: list[Paho]
) -> None:
    """Its client id stays, so it takes the place of a connection that nobody has closed."""
    connect(mosquitto.port, room="again")
    assert listener.wait_for(lambda heard: heard.links == [True])
    pahos[-1].loop_stop()
    connect(mosquitto.port, room="again")
    assert listener.wait_for(lambda heard: heard.links == [True, True])
    assert pahos[-1]._client_id == pahos[-2]._client_id
    beside = connect(mosquitto.port, "kacenv/again/status", room="again", announce=False)
    last = ("kacenv/again/status", b"online")
    assert listener.wait_for(lambda heard: heard.messages[-1:] == [last])
    beside.close()
    assert listener.messages[-1] == last


def test_a_room_that_is_there_says_so_again(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """Whoever has written `offline`, and be it a last will of its own that came late."""
    topic = "kacenv/quiet/status"
    beside = connect(mosquitto.port, topic, room="beside", announce=False)
    assert listener.wait_for(lambda heard: heard.links == [True])
    connect(mosquitto.port)
    assert listener.wait_for(lambda heard: heard.messages[-1:] == [(topic, b"online")])
    beside.publish(topic, b"offline")
    said = [(topic, b"offline"), (topic, b"online")]
    assert listener.wait_for(lambda heard: heard.messages[-2:] == said)


def _kept(mosquitto: Mosquitto, topic: str) -> bytes:
    """Wait until the broker keeps a message; return it."""
    where: dict[str, Any] = {"hostname": "127.0.0.1", "port": mosquitto.port}
    found = subscribe.simple(topic, **where)  # type: ignore[no-untyped-call]  # paho has no types here
    return bytes(found.payload)


def test_of_two_rooms_with_one_name_the_second_waits(
    mosquitto: Mosquitto,
    connect: Callable[..., MqttClient],
    listener: Listener,
    staff: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is kicked; staff of the second are told; when the first leaves, it leads.

    On a busy machine the first may be slow to answer.
    """
    monkeypatch.setattr(leadership, "ANSWER_WITHIN", Seconds(PATIENCE))
    monkeypatch.setattr(leadership, "ECHO_WITHIN", Seconds(PATIENCE))
    monkeypatch.setattr(mqtt_client, "machine_identity", lambda: "one")
    first = connect(mosquitto.port, room="twice")
    assert listener.wait_for(lambda heard: heard.links == [True])
    wait_until(lambda: _kept(mosquitto, "kacenv/twice/status") == b"online")
    monkeypatch.setattr(mqtt_client, "machine_identity", lambda: "two")
    second = connect(mosquitto.port, room="twice")
    assert staff.wait_for("Another kacenv")
    assert not second.connected
    assert "leads the lamps of twice" in str(second.trouble)
    assert listener.links == [True]
    first.close()
    assert staff.wait_for("is gone; this one leads the lamps of twice now")
    wait_until(lambda: second.connected)
    assert second.trouble is None
    assert listener.wait_for(lambda heard: sorted(heard.links) == [False, True, True])


@DROPPED
def test_a_broker_without_tls_is_not_trusted_with_tls(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], staff: Staff
) -> None:
    """A handshake that fails is told, and tried again quietly."""
    connect(mosquitto.port, tls=True)
    assert staff.wait_for("or its certificate isn't trusted")


def test_a_listener_that_fails_ends_nothing(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """What raises in a callback is logged, and the next message is heard."""
    client = connect(mosquitto.port, "client/bad")
    assert listener.wait_for(lambda heard: heard.links == [True])
    listener.fails_on = b"bad"
    client.publish("client/bad", b"bad")
    client.publish("client/bad", b"good")
    assert listener.wait_for(lambda heard: heard.messages == [("client/bad", b"good")])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # paho drops two of its own
@pytest.mark.usefixtures("leftovers")
def test_a_dead_thread_is_started_again(
    mosquitto: Mosquitto,
    connect: Callable[..., MqttClient],
    listener: Listener,
    pahos: list[Paho],
) -> None:
    """Whatever kills paho's thread, a watched connection goes on."""
    client = connect(mosquitto.port, "client/kill")
    assert listener.wait_for(lambda heard: heard.links == [True])
    whole = pahos[-1].on_message

    def kill(*_: Any) -> None:
        raise SystemError("the thread dies of this")

    pahos[-1].on_message = kill
    thread = paho_thread()
    assert thread is not None
    client.publish("client/kill", b"1")
    thread.join(TIMEOUT)
    assert not thread.is_alive()
    pahos[-1].on_message = whole
    client.watch()
    client.publish("client/kill", b"2")
    assert listener.wait_for(lambda heard: ("client/kill", b"2") in heard.messages)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # paho drops two of its own
@pytest.mark.usefixtures("leftovers")
def test_a_host_that_cannot_be_a_name_is_told(
    connect: Callable[..., MqttClient], staff: Staff
) -> None:
    """It kills paho's thread each time; staff hear of it once, and nothing else happens."""
    client = connect(1883, unchecked={"host": "no..such..name"})
    thread = paho_thread()
    if thread is not None:
        thread.join(TIMEOUT)
    client.watch()
    assert staff.wait_for("can't be reached")


def test_huge_messages_are_dropped(
    mosquitto: Mosquitto, connect: Callable[..., MqttClient], listener: Listener
) -> None:
    """No lamp speaks in megabytes."""
    client = connect(mosquitto.port, "client/huge")
    assert listener.wait_for(lambda heard: heard.links == [True])
    client.publish("client/huge", b"x" * 1_000_000)
    client.publish("client/huge", b"small")
    assert listener.wait_for(lambda heard: heard.messages == [("client/huge", b"small")])


def test_closing_without_a_broker_is_quick(
    connect: Callable[..., MqttClient], staff: Staff
) -> None:
    """A session ends whether or not the broker is there."""
    client = connect(free_port())
    assert staff.wait_for("can't be reached")
    client.close()
    assert not client.connected


def test_the_first_wait_is_short_and_the_later_ones_stay_bounded() -> None:
    """However long it takes."""
    retry = ReconnectBackoff(lambda _low, high: high)
    waits = [retry.failed(Seconds(number)) for number in range(100)]
    assert waits == [FIRST[1]] + [LATER[1]] * 99


def test_chance_keeps_rooms_apart() -> None:
    """A hundred rooms that lost one broker don't come back in one tenth of a second."""
    random = Random(1)  # noqa: S311 - chance, not a secret
    waits = [ReconnectBackoff(random.uniform).failed(Seconds(0.0)) for _ in range(100)]
    assert max(waits) - min(waits) > 0.25


def test_a_broker_that_flaps_is_not_pestered() -> None:
    """Only a connection that has lasted makes the next loss a new one."""
    retry = ReconnectBackoff(lambda low, _high: low)
    retry.failed(Seconds(0.0))
    retry.connected(Seconds(1.0))
    assert retry.failed(Seconds(2.0)) == LATER[0]
    retry.connected(Seconds(3.0))
    assert retry.failed(Seconds(3.0 + LASTED)) == FIRST[0]


def test_a_refusal_is_respected() -> None:
    """Seconds, not tenths."""
    assert ReconnectBackoff(lambda low, _high: low).refused() == REFUSED[0] >= 5.0
