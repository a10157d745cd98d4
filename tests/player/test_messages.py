"""Messages of the player's line: each comes out as it went in."""

from typing import get_args

import pytest
from support.sessions import a_phase, a_room, a_timeline

from kacenv.core.units import Decibels, Seconds
from kacenv.model.chime import BELL
from kacenv.model.commands import AudioCommand, ScheduledCommand, StrikeChime
from kacenv.model.dropout import Dropout
from kacenv.model.requests import DeadAir, TrackEnded, TrackFailed, TrackStarted
from kacenv.model.scene import Audience
from kacenv.player.messages import (
    Addressed,
    Ask,
    Begin,
    DuckForChime,
    FadeIn,
    Follow,
    Happened,
    Hello,
    Message,
    Perform,
    Present,
    SetOrigin,
    SoundReading,
    decode,
    encode,
)
from kacenv.rehearsal.simulation import rehearse

COMMANDS = [
    moment.command
    for moment in rehearse(a_room(), a_timeline(a_phase("onset"), a_phase("return")))
    if isinstance(moment.command, AudioCommand)
]
AHEAD = tuple(
    ScheduledCommand(Seconds(1.0), command)
    for command in COMMANDS
    if isinstance(command, get_args(ScheduledCommand.__annotations__["command"]))
)
READING = SoundReading(
    *(7, 1, "Speakers", "its cable is out", Decibels(-30.5), {"seat": (-31.25, -20.0)}),
    dropouts=(Dropout(Seconds(3.0), Seconds(0.25)),),
    decoders=(("decoders", 12), ("decoder", 13)),
)
MESSAGES: list[Message] = [
    Hello(7),
    Begin(a_room(), 1234.56789, 3),
    SetOrigin(1234.5),
    *(Perform(command) for command in COMMANDS),
    Perform(StrikeChime(BELL, Audience.STAFF, Seconds(1.0))),
    Follow(AHEAD),
    Follow((), first=False),
    FadeIn(),
    DuckForChime(Seconds(3.0)),
    Ask(4),
    Present(12, 7, 0.5, "garden", (3, 4)),
    Happened(5, TrackStarted(4, Seconds(1.0))),
    Happened(6, TrackEnded(4, Seconds(2.0))),
    Happened(7, TrackFailed(4, "it is empty")),
    Happened(8, DeadAir(Seconds(2.0))),
    READING,
]


def test_every_message_comes_out_as_it_went_in() -> None:
    """With all that a session orders, to the last digit of its times."""
    assert {type(one) for one in MESSAGES} == set(get_args(Message))
    assert [decode(encode(Addressed(12, one))) for one in MESSAGES] == [
        Addressed(12, one) for one in MESSAGES
    ]


@pytest.mark.parametrize("packet", [b"", b"\xff", b"{}", b"[1]", b'[1, {"is": "Nothing"}]'])
def test_what_is_no_message_is_let_go(packet: bytes) -> None:
    """Nothing of it is done."""
    assert decode(packet) is None
