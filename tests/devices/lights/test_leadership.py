"""Two daemons with one name on one broker of memory, which keeps what is retained."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Seconds
from kacenv.devices.lights.leadership import (
    ANSWER_WITHIN,
    ASK_EVERY,
    ECHO_WITHIN,
    TAKE_OVER_AFTER,
    Leadership,
    Publication,
)

STATUS, LEADER, ASK = "kacenv/hall/status", "kacenv/hall/leader", "kacenv/hall/leader/ask"


@dataclass
class Broker:
    """Connected daemons and kept messages, on a clock of their own."""

    kept: dict[str, str] = field(default_factory=dict)
    here: list[Leadership] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    now: float = 0.0
    reads: bool = True

    def daemon(self, name: str, host: str = "") -> Leadership:
        """A daemon of the room `hall`, not connected yet."""
        return Leadership("hall", name, host or f"pc-{name}", lambda: self.now)

    def connect(self, one: Leadership) -> Leadership:
        """Let it in; what is kept comes before anything else."""
        self.here.append(one)
        one.connected(Seconds(self.now))
        for topic, payload in list(self.kept.items()) if self.reads else []:
            one.handle(topic, payload.encode(), Seconds(self.now), kept=True)
        self.deliver()
        return one

    def cut(self, *lost: Leadership) -> None:
        """Lose connections; their last wills are published."""
        for one in lost:
            self.here.remove(one)
            one.lost()
        self._publish([Publication(STATUS, "offline", retain=True)] * len(lost))

    def leave(self, one: Leadership) -> None:
        """Let it close in peace."""
        one.close()
        self._publish(one.publications())
        self.here.remove(one)
        self.deliver()

    def deliver(self) -> None:
        """Carry messages until nobody has anything to say."""
        while said := [message for one in self.here for message in one.publications()]:
            self._publish(said)
        self.told += [text for one in self.here for text in one.staff_messages()]

    def pass_time(self, span: float) -> None:
        """Let each daemon look each second."""
        for _ in range(int(span)):
            self.now += 1.0
            for one in self.here:
                one.tick(Seconds(self.now))
            self.deliver()

    def _publish(self, messages: list[Publication]) -> None:
        for message in messages:
            if message.retain:
                self.kept[message.topic] = message.payload
            if message.retain and not message.payload:
                del self.kept[message.topic]
            for one in self.here if self.reads else []:
                payload = message.payload.encode()
                one.handle(message.topic, payload, Seconds(self.now), kept=False)


@pytest.fixture
def broker() -> Broker:
    """A broker that keeps nothing yet."""
    return Broker()


def test_who_is_alone_leads_at_once(broker: Broker) -> None:
    """It says so, and takes its leave."""
    one = broker.connect(broker.daemon("a"))
    assert one.leads
    assert broker.kept[STATUS] == "online"
    assert '"host": "pc-a"' in broker.kept[LEADER]
    broker.leave(one)
    assert broker.kept == {STATUS: "offline"}
    assert broker.told == []


def test_the_second_leaves_the_lamps_alone_until_the_first_takes_leave(broker: Broker) -> None:
    """It says who leads and what to do, once, and once that it leads now."""
    first = broker.connect(broker.daemon("z"))
    broker.pass_time(5)
    second = broker.connect(broker.daemon("a"))
    broker.pass_time(300)
    assert (first.leads, second.leads) == (True, False)
    assert broker.kept[STATUS] == "online"
    assert [second.trouble] == broker.told
    assert "Another kacenv, on pc-z, leads the lamps of hall" in broker.told[0]
    assert "kacenv lights-up --direct --room hall" in broker.told[0]
    broker.leave(first)
    assert second.leads
    assert second.trouble is None
    assert broker.kept[STATUS] == "online"
    assert broker.told[1:] == ["The other kacenv is gone; this one leads the lamps of hall now."]


def test_a_leader_that_dies_is_followed_after_a_while(broker: Broker) -> None:
    """Not at once: an outage of its network may be shorter, and then it goes on."""
    first = broker.connect(broker.daemon("a"))
    second = broker.connect(broker.daemon("b"))
    broker.cut(first)
    broker.pass_time(TAKE_OVER_AFTER - ASK_EVERY - 1)
    assert not second.leads
    broker.connect(first)
    assert first.leads
    broker.pass_time(60)
    assert not second.leads
    broker.cut(first)
    broker.pass_time(TAKE_OVER_AFTER)
    assert second.leads
    assert broker.kept[STATUS] == "online"


def test_the_elder_gets_its_lamps_back(broker: Broker) -> None:
    """However long its network was away; the younger one lets go of them."""
    first = broker.connect(broker.daemon("z"))
    second = broker.connect(broker.daemon("a"))
    broker.cut(first)
    broker.pass_time(60)
    assert second.leads
    broker.connect(first)
    assert (first.leads, second.leads) == (True, False)
    assert broker.kept[STATUS] == "online"
    assert '"id": "z"' in broker.kept[LEADER]


def test_the_last_will_of_one_who_waited_is_put_right(broker: Broker) -> None:
    """It says that the room is offline, and the leader that it isn't."""
    first = broker.connect(broker.daemon("a"))
    second = broker.connect(broker.daemon("b"))
    broker.cut(second)
    broker.deliver()
    assert broker.kept[STATUS] == "online"
    assert first.leads


def test_what_a_broker_remembers_of_the_dead_is_waited_for_briefly(broker: Broker) -> None:
    """It was killed with them, and no last will was published; nobody is told."""
    broker.connect(broker.daemon("a"))
    broker.here.clear()
    one = broker.connect(broker.daemon("b"))
    assert not one.leads
    broker.pass_time(ANSWER_WITHIN)
    assert one.leads
    assert broker.told == []


def test_what_a_broker_remembers_of_oneself_is_not_waited_for(broker: Broker) -> None:
    """After a crash or a power cut the same machine goes on at once."""
    broker.connect(broker.daemon("a"))
    broker.here.clear()
    assert broker.connect(broker.daemon("a")).leads


def test_after_a_broker_s_restart_the_first_leads_again(broker: Broker) -> None:
    """Whichever comes back first, and though the broker has forgotten everything."""
    first = broker.connect(broker.daemon("z"))
    broker.pass_time(1)
    second = broker.connect(broker.daemon("a"))
    for one in (first, second):
        one.lost()
    broker.here.clear()
    broker.kept.clear()
    broker.connect(second)
    broker.pass_time(3)
    assert not second.leads
    broker.connect(first)
    broker.pass_time(60)
    assert (first.leads, second.leads) == (True, False)


def test_without_the_right_to_read_everybody_leads(broker: Broker) -> None:
    """As it was before; nobody can know of anybody."""
    broker.reads = False
    both = [broker.connect(broker.daemon(name)) for name in "ab"]
    broker.pass_time(ECHO_WITHIN)
    assert [one.leads for one in both] == [True, True]


@pytest.mark.parametrize("claim", ["", "[]", "{}", "null", "17", '{"id": "b"}', "\udcff"])
def test_what_cannot_be_understood_is_nobody_s_claim(broker: Broker, claim: str) -> None:
    """Whoever has written it; the leader writes its own over it."""
    one = broker.connect(broker.daemon("a"))
    one.handle(LEADER, claim.encode(errors="surrogateescape"), Seconds(1.0), kept=False)
    assert one.leads
    assert [message.topic for message in one.publications()] == [LEADER]


ACTS = st.tuples(st.integers(0, 2), st.sampled_from(["come", "cut", "leave"]), st.integers(0, 50))


@given(st.lists(ACTS, max_size=25))
def test_in_the_end_one_leads(acts: list[tuple[int, str, int]]) -> None:
    """Three daemons come, go and are cut off as they please; never do two lead once all is said."""
    broker = Broker()
    daemons = [broker.daemon(name) for name in "abc"]
    for number, act, span in acts:
        one = daemons[number]
        if act == "come" and one not in broker.here:
            broker.connect(one)
        elif act == "cut" and one in broker.here:
            broker.cut(one)
        elif act == "leave" and one in broker.here:
            broker.leave(one)
        broker.deliver()
        assert sum(each.leads for each in broker.here) <= 1
        broker.pass_time(span)
    broker.pass_time(TAKE_OVER_AFTER + ASK_EVERY)
    leaders = [one for one in broker.here if one.leads]
    assert len(leaders) == min(1, len(broker.here))
    assert broker.kept.get(STATUS, "offline") == ("online" if broker.here else "offline")
