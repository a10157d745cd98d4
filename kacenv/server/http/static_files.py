"""Static files of the tablet's page, read once and served by their exact names."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request, Response

from kacenv.server.http.page_keys import with_keys

FOLDER = Path(__file__).parents[1] / "web"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    kind: str
    tag: str

    def respond(self, request: Request) -> Response:
        """Return the file, or 304 if the browser has it."""
        headers = HEADERS | {"ETag": self.tag}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        return Response(self.content, media_type=self.kind, headers=headers)


def add_page(app: FastAPI) -> None:
    """Serve `index.html` at `/` and the files beside it below `/page/`."""
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            address = "/" if path.name == "index.html" else f"/page/{path.name}"
            app.add_route(address, _read(path).respond)


def _read(path: Path) -> _File:
    content = path.read_bytes()
    if path.name == "index.html":
        content = with_keys(content.decode()).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return _File(content, TYPES[path.suffix], tag)
