"""Which texts can be a request's id."""

import pytest

from kacenv.model.request_id import is_request_id


@pytest.mark.parametrize(
    "text", ["8e03978e-40d5-43dd-bc93-6fe8b6fa6ee4", "0123456789abcdef", "A.b_c~d-" * 8]
)
def test_random_ids_of_any_usual_kind_will_do(text: str) -> None:
    """A UUID, sixteen hexadecimal digits, and whatever needs no quoting."""
    assert is_request_id(text)


@pytest.mark.parametrize(
    "text", ["", "1", "x" * 15, "x" * 65, "x" * 16 + "\n", "x" * 15 + " ", "é" * 20, None, 10**20]
)
def test_nonsense_is_no_id(text: object) -> None:
    """Too short to be random, too long, with other characters, or no text at all."""
    assert not is_request_id(text)
