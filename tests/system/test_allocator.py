"""The allocator: what is freed goes back to the system, whatever was freed before."""

import subprocess
import sys

import pytest

_CHILD = """
import sys
from kacenv.system.allocator import give_back_freed_memory
sys.path.append({tests!r})
from support.own_memory import own_memory

bytearray(12 << 20)  # once freed, for glibc a reason to keep blocks up to this size from now on
give_back_freed_memory()
before = own_memory()
used = {used}
del used
print(own_memory() - before)
"""
_LARGE_BELOW_ANOTHER = "bytearray(12 << 20); above = bytearray(300_000)"
_MANY_SMALL = "[bytearray(10_000) for _ in range(1200)]"


@pytest.mark.parametrize("used", [_LARGE_BELOW_ANOTHER, _MANY_SMALL])
def test_freed_memory_is_given_back(used: str, pytestconfig: pytest.Config) -> None:
    """Twelve megabytes, in one block or many, are the system's again when nobody uses them."""
    code = _CHILD.format(tests=str(pytestconfig.rootpath / "tests"), used=used)
    kept = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert float(kept.stdout) < 2.0
