"""Files that are replaced as a whole: readers see the old content or all of the new."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def atomic_write(
    path: Path, mode: int = 0o600, *, draft: str | None = None, folder: int | None = None
) -> Iterator[IO[bytes]]:
    """Yield a new file beside `path`, with `mode`, that replaces it at the end.

    On an error the new file is removed. `draft` is its name until then; without it, one that
    nobody else uses. In an open `folder`, both names are relative to its descriptor.

    Raises:
        OSError: It can't be written.
    """
    new = path.with_name(draft or f".{path.name}.{secrets.token_hex(4)}")
    with suppress(FileNotFoundError):
        os.unlink(new, dir_fd=folder)
    descriptor = os.open(new, _FLAGS, mode, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        os.rename(new, path, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(new, dir_fd=folder)
        raise
