"""Examples are the same in every run."""

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples


def drawn() -> list[tuple[str, int, float]]:
    """Return the examples that a test is given."""
    tried: list[tuple[str, int, float]] = []

    @examples(100)
    @given(st.text(), st.integers(), st.floats(allow_nan=False))
    def meet(text: str, number: int, real: float) -> None:
        tried.append((text, number, real))

    meet()
    return tried


def test_what_has_been_loaded_changes_no_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that had other tests before, and so other modules, tries the same as any other."""
    before = drawn()
    source = tmp_path / "loaded.py"
    source.write_text("".join(f"A{n} = {n}, 'word-{n}', {n}.5\n" for n in range(5000, 5200)))
    found = importlib.util.spec_from_file_location("loaded", source)
    assert found
    assert found.loader
    monkeypatch.setitem(sys.modules, "loaded", importlib.util.module_from_spec(found))
    assert drawn() == before
