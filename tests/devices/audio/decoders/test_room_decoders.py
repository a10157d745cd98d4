"""A room's decoders: which library decodes what, and what there is to see of them."""

from pathlib import Path

import pytest
from support.decoder_processes import decoders, outcome, write_piece
from support.opened_decks import cut_of, opened

pytestmark = pytest.mark.real
"""Decoders are programs."""


def test_each_process_has_its_role(tmp_path: Path) -> None:
    """One server, and a decoder for each piece that is open."""
    piece = write_piece(tmp_path / "piece.wav")
    with decoders() as made:
        assert [role for role, _ in made.processes()] == ["decoders"]
        with (
            opened(made.deck(cut_of(piece)), cut_of(piece)),
            opened(made.deck(cut_of(piece)), cut_of(piece)),
        ):
            found = made.processes()
        assert [role for role, _ in found] == ["decoders", "decoder", "decoder"]
        assert len({pid for _, pid in found}) == 3


def test_a_file_that_is_refused_is_given_to_no_other(tmp_path: Path) -> None:
    """The reason is the first library's, as it is for a deck of this process."""
    text = tmp_path / "text.mp3"
    text.write_text("Bring flowers.\n" * 100)
    with decoders() as made:
        deck = made.deck(cut_of(text))
        deck.open(cut_of(text))
        assert "isn't music" in str(outcome(deck))
        deck.close()
