"""Installs the vendors' code into build/peers, each at its pinned version."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / "build" / "peers"
ZIGBEE = KEPT / "zigbee"
HASS = KEPT / "home-assistant"
HASS_VERSION = "2024.3.3" if sys.version_info < (3, 13) else "2025.1.4"
"""The last version for Python 3.11, Debian 12's; one for 3.13, Debian 13's."""


class InstallError(Exception):
    """A vendor's code can't be installed here."""


def install_converters() -> str:
    """Install the bridge with its packages; return their versions."""
    ZIGBEE.mkdir(parents=True, exist_ok=True)
    for path in (*HERE.glob("*.mjs"), *HERE.glob("package*.json")):
        shutil.copy(path, ZIGBEE)
    lock = (HERE / "package-lock.json").read_text()
    stamp = ZIGBEE / "node_modules" / "installed.json"
    if not stamp.exists() or stamp.read_text() != lock:
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=ZIGBEE)
        stamp.write_text(lock)
    asked: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return ", ".join([f"Node {node.stdout.strip()}", *(f"{one} {asked[one]}" for one in asked)])


def install_hass() -> str:
    """Install Home Assistant with what its MQTT integration asks for; return the versions."""
    stamp = HASS / f"installed-{HASS_VERSION}"
    if not stamp.exists():
        venv.create(HASS, clear=True, with_pip=True)
        _pip(f"homeassistant=={HASS_VERSION}")
        _pip(*_requirements("mqtt"), *(one for one in _requirements("stream") if "numpy" in one))
        stamp.touch()
    python = ".".join(map(str, sys.version_info[:3]))
    return f"Home Assistant {HASS_VERSION}, Python {python}"


def hass_python() -> Path:
    """Return the Python that has Home Assistant."""
    return HASS / "bin" / "python"


def _requirements(domain: str) -> Iterator[str]:
    """What an integration and those that it depends on ask for, pinned in their manifests."""
    (components,) = HASS.glob("lib/python*/site-packages/homeassistant/components")
    manifest = json.loads((components / domain / "manifest.json").read_text())
    yield from manifest.get("requirements", ())
    for other in manifest.get("dependencies", ()):
        yield from _requirements(other)


def _pip(*packages: str) -> None:
    _run(str(hass_python()), "-m", "pip", "install", "--quiet", *packages, folder=HASS)


def _run(*words: str, folder: Path) -> None:
    print(f"  installing: {' '.join(words[:6])} ...", flush=True)
    try:
        done = subprocess.run(
            words, cwd=folder, env=os.environ, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise InstallError(f"{words[0]} is missing; make peers installs it") from None
    if done.returncode:
        lines = (done.stderr + done.stdout).strip().splitlines()
        raise InstallError(f"{words[0]} {words[1]}: {' / '.join(lines[-3:])}")
