"""Tries every kind of sound file and playlist, and keeps what was found in `docs/files.md`.

`python -m matrix` ends with 1 if a cell isn't as it should be.
"""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from matrix import page
from matrix.section import Row, Section


def main() -> int:
    """Try all kinds, and write the page; return the exit code."""
    logging.basicConfig(level=logging.CRITICAL)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KACENV_CACHE"] = f"{folder}/cache"

        def found(section: Section) -> list[Row]:
            tried = _tried(section, Path(tempfile.mkdtemp(dir=folder)))
            rows.extend(tried)
            return tried

        page.PAGE.write_text(page.text(found), "utf-8")
    wrong = sum(row.wrong for row in rows)
    print(f"{len(rows)} kinds, {sum(len(row.cells) for row in rows)} cells, {wrong} wrong")
    return 1 if wrong else 0


def _tried(section: Section, folder: Path) -> list[Row]:
    print(f"{section.title} ({len(section.kinds)})", flush=True)
    began, rows = time.monotonic(), list[Row]()
    for row in section.rows(folder):
        rows.append(row)
        print(f"  {'FAIL' if row.wrong else 'ok  '} {row}", flush=True)
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
