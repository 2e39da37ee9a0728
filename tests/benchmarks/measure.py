"""Seconds and memory of a build; seconds of a server's answers."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import psutil

_PARENT = 0.05  # seconds between two looks at the parent's memory
_TREE = 0.1  # seconds between two looks at the whole tree's, or 20 times what a look takes
_POLL = 0.02  # seconds between two questions to a server
QUIET = {
    "MPLBACKEND": "agg",
    "NO_MKDOCS_2_WARNING": "1",
    "DISABLE_MKDOCS_2_WARNING": "true",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


@dataclass(frozen=True)
class Ran:
    """How a command ran.

    Attributes:
        seconds: From its start to its end.
        parent: Peak memory of its own process, in bytes.
        tree: Peak memory of its own process and all that it started, in bytes; what forked
            processes share counts once, where the system tells (Linux).
        status: Its exit status.
        said: The end of what it printed.
    """

    seconds: float
    parent: int
    tree: int
    status: int
    said: str


def run(command: Sequence[str], folder: Path) -> Ran:
    """Run a command in a folder."""
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = psutil.Popen(command, cwd=folder, env={**os.environ, **QUIET}, stdout=log,
                               stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)  # fmt: skip
        watch = Watch(process)
        try:
            status = process.wait()
            seconds = time.perf_counter() - started
        finally:
            end(process)
            watch.join()
        log.seek(max(0, log.tell() - 2000))
        said = log.read().decode("utf-8", "replace")
    return Ran(seconds, watch.parent, max(watch.tree, watch.parent), status, said)


class Watch(threading.Thread):
    """Looks at a process's memory until it ends."""

    def __init__(self, process: psutil.Popen) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.parent = self.tree = 0
        self.start()

    def run(self) -> None:
        """Look at the parent often, and at the tree now and then."""
        again = 0.0
        with contextlib.suppress(psutil.Error):
            while True:
                self.parent = max(self.parent, self.process.memory_info().rss)
                now = time.perf_counter()
                if now >= again:
                    members = [self.process, *self.process.children(recursive=True)]
                    self.tree = max(self.tree, sum(map(_memory, members)))
                    again = now + max(_TREE, 20 * (time.perf_counter() - now))
                time.sleep(_PARENT)


def _memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return getattr(full, "pss", full.rss)
    except psutil.Error:  # it ended meanwhile
        return 0


def end(process: psutil.Popen) -> None:
    """End a process and all that it started."""
    with contextlib.suppress(psutil.Error):
        for member in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.Error):
                member.kill()
    process.wait()


class Server:
    """A site that is served while its pages change.

    Attributes:
        started: When it was started, by `time.perf_counter`.
    """

    def __init__(self, address: str) -> None:
        self.started = time.perf_counter()
        self._address = address

    def seconds_until(self, name: str, text: str, since: float, patience: float = 600) -> float:
        """Seconds from a moment until a page shows a text.

        Raises:
            TimeoutError: It did not in time.
        """
        while time.perf_counter() - since < patience:
            if text in self.text(name):
                return time.perf_counter() - since
            time.sleep(_POLL)
        raise TimeoutError(f"{name} did not show {text!r} within {patience:g} s")

    def text(self, name: str) -> str:
        """What a page shows now; nothing while the server does not answer."""
        try:
            with urllib.request.urlopen(f"{self._address}/{name}", timeout=60) as answer:
                return visible(answer.read().decode())
        except OSError:
            return ""


@contextlib.contextmanager
def served(command: Sequence[str], folder: Path) -> Iterator[Server]:
    """A folder's site, served by a command that takes an address at its end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    server = Server(f"http://{address}")
    process = psutil.Popen([*command, address], cwd=folder, env={**os.environ, **QUIET},
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        yield server
    finally:
        end(process)


def visible(html: str) -> str:
    """The text of a page."""
    return unescape(re.sub(r"<[^>]*>", "", html))
