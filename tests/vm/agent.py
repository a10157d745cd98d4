"""Runs in the guest: takes commands from the host over a virtio port, and answers each.

A line of JSON either way: `{"id": 1, "run": "uptime"}`, `{"id": 1, "code": 0, "said": "…"}`.
When it starts it says `{"boot": "…"}`, so that the host notices each boot.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import BinaryIO

PORT = "/dev/virtio-ports/kacenv"
BOOT = Path("/proc/sys/kernel/random/boot_id")


def answer(line: bytes) -> dict[str, object]:
    """Run a command with bash, and return its exit code and all that it printed."""
    asked = json.loads(line)
    done = subprocess.run(
        ["bash", "-ec", asked["run"]],
        input=asked.get("answers", ""),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return {"id": asked["id"], "code": done.returncode, "said": done.stdout}


def say(port: BinaryIO, words: dict[str, object]) -> None:
    """Send a line to the host."""
    port.write(json.dumps(words).encode() + b"\n")
    port.flush()


def main() -> None:
    """Serve until the machine ends."""
    line = os.open(PORT, os.O_RDWR)
    with os.fdopen(line, "rb", buffering=0) as asked, os.fdopen(os.dup(line), "wb") as answers:
        say(answers, {"boot": BOOT.read_text().strip()})
        for order in iter(asked.readline, b""):
            if order.strip():
                say(answers, answer(order))


if __name__ == "__main__":
    main()
