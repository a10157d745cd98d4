"""When the API's libraries are loaded, and what is in the way of serving."""

import subprocess
import sys

_LOADED = "import sys, kacenv.server.daemon; print({'fastapi', 'uvicorn'} & set(sys.modules))"


def test_the_daemon_loads_the_api_only_when_the_music_plays() -> None:
    """After a crash nobody waits for a web framework: it comes later."""
    command = [sys.executable, "-c", _LOADED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "set()\n", done.stderr
