"""A decoder's process: what it is told, and what it may take of the machine."""

import resource
from pathlib import Path

import pytest
from support.decoder_processes import decoder_pid, decoders, write_piece
from support.opened_decks import cut_of, opened

from kacenv.devices.audio.decoders.decoder import DecodeOrder, Family

pytestmark = pytest.mark.real
"""Decoders are programs."""


def test_an_order_arrives_as_it_was_given() -> None:
    """Whatever signs a path has, those that aren't UTF-8 as well."""
    order = DecodeOrder(Family.VLC, "/music/caf\udce9 “a”\n.flac", 12.5, 300.25, audible=True)
    assert DecodeOrder.unpacked(order.packed()) == order
    assert order.cut.cue_in == 12.5


def test_its_memory_and_its_time_are_bounded(tmp_path: Path) -> None:
    """It leaves no dump behind, either."""
    piece = write_piece(tmp_path / "piece.wav")
    with decoders() as made, opened(made.deck(cut_of(piece)), cut_of(piece)):
        pid = decoder_pid(made)
        kinds = resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_CORE
        memory, seconds, dump = (resource.prlimit(pid, kind)[0] for kind in kinds)
    assert 256 << 20 < memory < 1 << 30
    assert seconds == 1000
    assert dump == 0
