"""Format of a packed scene: a tar file whose first member lists all others with their SHA-256.

Members are regular files alone, `scenes/NAME.yaml` and files below `playlists/`, in USTAR
headers (POSIX.1-1988), uncompressed: no links, devices or sparse files, nothing that could grow
when it is unpacked. Where such a header has no room for a path, the member is called by its
SHA-256.
"""

import json
import re
import tarfile
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any, Final

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
BLOCK: Final = 512
MOST_FILES: Final = 20_000
LARGEST_MANIFEST: Final = 8_000_000
"""Size limit in bytes."""
CHUNK: Final = 1 << 20
TOO_LARGE: Final = 8 << 30
"""Size (bytes) for which a USTAR header has no room."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """File in the archive."""

    path: str
    size: int
    sha256: str

    @property
    def member(self) -> str:
        """Name of the member that holds it."""
        try:
            tarfile.TarInfo(self.path).tobuf(tarfile.USTAR_FORMAT)
        except ValueError:
            return self.sha256
        return self.path


@dataclass(frozen=True, slots=True)
class Manifest:
    """Manifest of a packed scene named `scene`."""

    scene: str
    files: tuple[ArchivedFile, ...]

    def to_json(self) -> bytes:
        """Return the manifest as JSON; the same files give the same bytes."""
        content = {"kacenv": FORMAT, "scene": self.scene, "files": [asdict(f) for f in self.files]}
        return json.dumps(content, indent=1, ensure_ascii=False).encode()


def manifest_of(content: bytes) -> Manifest:
    """Parse a manifest.

    Raises:
        ValueError: It is malformed, or names a path outside the house.
    """
    read: Any = json.loads(content)
    if not isinstance(read, dict) or read.get("kacenv") != FORMAT:
        raise ValueError("it was packed by another version of kacenv")
    scene, listed = read.get("scene"), read.get("files")
    if not isinstance(scene, str) or not isinstance(listed, list) or len(listed) > MOST_FILES:
        raise ValueError("its list of files is damaged")
    files = tuple(_packed(entry) for entry in listed)
    if len({file.path for file in files}) != len(files):
        raise ValueError("it lists a file twice")
    scenes = [file.path for file in files if file.path.startswith("scenes/")]
    wanted = [f"scenes/{scene}.yaml"]
    if scenes != wanted:
        raise ValueError("it doesn't hold the one scene it speaks of")
    return Manifest(scene, files)


def _packed(entry: Any) -> ArchivedFile:
    match entry:
        case {"path": str(path), "size": int(size), "sha256": str(sha256)} if (
            len(entry) == 3 and size >= 0 and _SHA256.fullmatch(sha256)
        ):
            if not is_safe(path):
                raise ValueError(f"it holds {path[:60]!r}, which is no place for a scene or music")
            return ArchivedFile(path, size, sha256)
    raise ValueError("its list of files is damaged")


def is_safe(path: str) -> bool:
    """Return True if a path stays in `scenes/` or `playlists/` on any system, and is printable."""
    parts = path.split("/")
    return (
        path.isprintable()
        and "\\" not in path
        and str(PurePosixPath(path)) == path
        and all(0 < len(part.encode()) <= 255 and not part.startswith(".") for part in parts)
        and (
            (parts[0] == "scenes" and len(parts) == 2)
            or (parts[0] == "playlists" and len(parts) > 1)
        )
    )
