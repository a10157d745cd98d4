"""New files, whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file to be written; it goes again if that fails, as on a full disk.

    Raises:
        OSError: It can't be written; a FileExistsError if there is one already.
    """
    with path.open("xb") as file:
        try:
            yield file
            file.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
