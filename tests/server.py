"""A server on this machine that sends a site as a host on the web does: gzipped, with cache rules.

Python's own server sends each byte as it is, so that a weight or a speed measured with it would
say nothing about what readers wait for.
"""

from __future__ import annotations

import functools
import gzip
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TEXTS = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".md", ".py", ".ipynb", ".map")
_TYPES = {
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".ipynb": "application/x-ipynb+json",
    ".md": "text/markdown",
}


class Server(ThreadingHTTPServer):
    """Serves a folder, and remembers what it sent.

    Attributes:
        address: Where it answers; ends with `/`.
        sent: Path and bytes of each answer's body, as they went over the wire.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: list[tuple[str, int]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}/"

    @functools.cache  # noqa: B019 - lives as long as the tests do
    def body(self, path: Path) -> bytes:
        """A file as it is sent."""
        content = path.read_bytes()
        return gzip.compress(content, 9, mtime=0) if path.suffix in _TEXTS else content


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file, a folder's `index.html`, or the page for what is missing."""
        name = unquote(urlsplit(self.path).path).lstrip("/")
        path = (self.server.folder / name).resolve()
        if path.is_dir():
            path = path / "index.html"
        found = path.is_file() and path.is_relative_to(self.server.folder.resolve())
        if not found:
            path = self.server.folder / "404.html"
        body = self.server.body(path)
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        text = path.suffix in _TEXTS
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else str(kind))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)
        self.server.sent.append((self.path, len(body)))

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        """A browser that leaves before it has been answered is no error."""
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A folder, served for as long as the context lasts."""
    server = Server(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
