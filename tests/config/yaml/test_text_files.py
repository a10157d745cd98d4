import os
from pathlib import Path

import pytest

from kacenv.config.yaml.text_files import MAX_BYTES, any_of, near, read_text, shown
from kacenv.core.errors import LoadError


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(path: str) -> str:
    """What is said about the file at `path`."""
    with pytest.raises(LoadError) as caught:
        read_text(Path(path))
    return str(caught.value)


def test_missing_file_lists_names_that_are_near() -> None:
    """A mistyped name is answered with the names there are, the nearest as example."""
    for name in ("evening.yaml", "morning.yaml", "notes.txt"):
        Path(name).write_text("title: x\n")
    assert refusal("evenig.yaml") == (
        "evenig.yaml:1:1\n"
        "  found     no such file\n"
        "  expected  one of the files there: evening.yaml, morning.yaml\n"
        "  example   evening.yaml"
    )


def test_missing_folder_says_where_the_file_should_be() -> None:
    """Without any files beside it, the folder is named."""
    assert "expected  a file in nowhere" in refusal("nowhere/evening.yaml")


def test_folder_is_refused() -> None:
    """A folder in the place of a file is named as one."""
    Path("scenes").mkdir()
    assert "found     a folder" in refusal("scenes")


def test_pipe_is_refused_without_waiting() -> None:
    """A named pipe, which would wait for a writer for ever, is refused."""
    os.mkfifo("pipe.yaml")
    assert "a device or a pipe" in refusal("pipe.yaml")


def test_large_file_is_refused() -> None:
    """A file beyond the bound isn't read on; one at the bound is."""
    Path("big.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    Path("full.yaml").write_bytes(b"#" * MAX_BYTES)
    assert "more than 1 MB" in refusal("big.yaml")
    assert len(read_text(Path("full.yaml"))) == MAX_BYTES


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
def test_impossible_name_is_refused(name: str) -> None:
    """Names that no file system takes are refused, not crashed on."""
    assert "found" in refusal(name)


def test_byte_order_mark_is_dropped() -> None:
    """Windows editors begin files with a mark that isn't part of the text."""
    Path("marked.yaml").write_bytes(b"\xef\xbb\xbftitle: x\n")
    assert read_text(Path("marked.yaml")) == "title: x\n"


def test_shown_is_short_inside_the_current_folder(tmp_path: Path) -> None:
    """Files inside the current folder are named from there, others in full."""
    assert shown(tmp_path / "scenes" / "a.yaml") == "scenes/a.yaml"
    assert shown(Path("/etc/kacenv/a.yaml")) == "/etc/kacenv/a.yaml"


def test_near_ignores_case_and_far_names() -> None:
    """Only names that are alike are suggested."""
    assert near("EVENING", ["evening", "morning"]) == "evening"
    assert near("volume", ["role", "trim"]) == ""


def test_long_lists_are_cut() -> None:
    """A list of names stays readable."""
    assert any_of(map(str, range(14))).endswith("10, 11 and 2 more")
    assert any_of([]) == "none yet"
