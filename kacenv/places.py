"""Where a running room is found on this machine."""

import os
from pathlib import Path


def run_folder() -> Path:
    """The folder of the running rooms' sockets, from the most particular to the plainest."""
    if named := os.environ.get("KACENV_RUN"):
        return Path(named)
    if os.geteuid() == 0:
        return Path("/run/kacenv")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime) / "kacenv" if runtime else Path(f"/tmp/kacenv-{os.getuid()}")  # noqa: S108 - its mode keeps others out
