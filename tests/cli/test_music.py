"""`kacenv music scan` as a technician meets it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.houses import write_house
from support.sounds import RATE, rest, tone, write_wav
from support.typed import Said, typed

LISTED = "{{file: {0}.wav, title: {0}, artist: Nobody, licence: CC0, instrumental: yes}}"
RUN = (
    "import sys; from kacenv.cli.music import app; from kacenv.core.errors import KacenvError\n"
    "if __name__ == '__main__':\n"
    "    try: app()\n"
    "    except KacenvError as error: sys.exit(str(error))\n"
)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of two playlists with a track each."""
    files = {
        f"playlists__{name}": f"title: x\ntracks:\n  - {LISTED.format(name)}\n"
        for name in ("calm", "deep")
    }
    write_house(tmp_path, **files)
    for number, name in enumerate(("calm", "deep")):
        write_wav(tmp_path / "playlists" / f"{name}.wav", tone(9, -20.0 - 10 * number))
    return tmp_path


def command(house: Path) -> tuple[list[str], dict[str, str]]:
    """How the command is started, and in which environment."""
    script = house / "run.py"
    script.write_text(RUN)
    environment = {**os.environ, "KACENV_CACHE": str(house / "cache"), "KACENV_HOUSE": str(house)}
    return [sys.executable, str(script)], environment


def scan(house: Path, *words: str) -> Said:
    """Type `kacenv music scan WORDS`, without a process of its own."""
    own = {"KACENV_CACHE": str(house / "cache"), "KACENV_HOUSE": str(house)}
    return typed("music", "scan", *words, env=own, cwd=house)


def test_scan_prints_a_line_a_track_and_a_summary(house: Path) -> None:
    """New tracks are listed as they are measured; the second time all is known."""
    done = scan(house)
    assert (done.returncode, done.stderr) == (0, "")
    *lines, summary = done.stdout.splitlines()
    assert [line.split()[:2] + line.split()[-2:] for line in sorted(lines)] == [
        ["-20.0", "LUFS", "0:09", "playlists/calm.wav"],
        ["-30.0", "LUFS", "0:09", "playlists/deep.wav"],
    ]
    assert summary == "2 files: 2 measured, 0 known already."
    assert scan(house).stdout == "2 files: 0 measured, 2 known already.\n"


def test_scan_of_one_playlist_as_json(house: Path) -> None:
    """Scripts get every figure of the playlists they name."""
    (one,) = json.loads(scan(house, "deep", "--json").stdout)
    assert one["path"] == str(house / "playlists" / "deep.wav")
    assert one["loudness"] == pytest.approx(-30.0, abs=0.1)
    assert one["known"] is False


def test_a_silence_inside_is_shown_where_it_is_found(house: Path) -> None:
    """At the end of the track's line, and as a figure for scripts."""
    write_wav(house / "playlists" / "calm.wav", tone(4, -20), rest(12), tone(4, -20))
    (line,) = [line for line in scan(house).stdout.splitlines() if "calm.wav" in line]
    assert line.endswith("playlists/calm.wav; silent for 12s at 0:04")
    (one,) = json.loads(scan(house, "calm", "--json").stdout)
    assert one["gaps"] == [pytest.approx([4.0, 12.0], abs=0.15)]
    assert (one["gap"], one["gap_at"]) == pytest.approx((12.0, 4.0), abs=0.15)


def test_unreadable_file_is_named(house: Path) -> None:
    """A file that is no music, and one that isn't there, fail the scan after all the rest."""
    (house / "playlists" / "calm.wav").write_text("hello")
    for counts in ("1 measured, 0 known already", "0 measured, 1 known already"):
        done = scan(house)
        assert done.returncode == 1
        assert "playlists/calm.wav: it is text, not music" in done.stdout
        assert f"2 files: {counts}, 1 that can't be played." in done.stdout
    (house / "playlists" / "calm.wav").unlink()
    done = scan(house)
    assert done.returncode == 1
    assert "no file calm.wav" in done.stderr
    assert "1 file: 0 measured, 1 known already." in done.stdout


def test_unknown_playlist_is_refused(house: Path) -> None:
    """A wrong name is answered with the right ones."""
    done = scan(house, "clam")
    assert done.returncode == 1
    assert "one of the playlists: calm, deep" in done.stderr


def test_damaged_cache_is_told_and_rebuilt(house: Path) -> None:
    """One line says that all is measured again."""
    scan(house)
    (house / "cache" / "music.sqlite").write_bytes(b"x" * 5000)
    done = scan(house)
    assert "measuring all again" in done.stderr
    assert "2 measured" in done.stdout


def test_interrupted_scan_loses_nothing(house: Path) -> None:
    """After Ctrl-C, whatever had been printed is known to the next scan."""
    whole = tone(62, -20.0)
    for number in range(12):
        write_wav(house / "playlists" / f"{number}.wav", whole[: (50 + number) * RATE])
    names = [f"{number}.wav" for number in range(12)]
    (house / "playlists" / "many.m3u8").write_text("\n".join(names))
    start, environment = command(house)
    process = subprocess.Popen(
        [*start, "scan", "many.m3u8"],
        env=environment,
        cwd=house,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout
        first = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr
        rest, told = process.stdout.readlines(), process.stderr.read()
    assert "Traceback" not in told
    printed = [line.split()[-1] for line in [first, *rest] if "LUFS" in line]
    assert printed
    done = {Path(path).name for path in printed}
    left = [name for name in names if name not in done]
    (house / "playlists" / "many.m3u8").write_text("\n".join([*done, *left[:1]]))
    entries = json.loads(scan(house, "many.m3u8", "--json").stdout)
    assert done <= {Path(entry["path"]).name for entry in entries if entry["known"]}
    assert len(entries) == len(done) + len(left[:1])
