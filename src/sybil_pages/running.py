"""A page that runs: its process and all that this started, its limits, its end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

_START = 300.0  # seconds for a page's process to begin: the first one waits for Keras's import
_SETTLE = 60.0  # seconds from the last block to the list of what the page depended on
_GB = 2**30
_PRINTED = 64 * 2**20  # bytes that a page may print


@dataclass
class Run:
    """A page that runs.

    Attributes:
        request: What to run.
        process: Its process.
        wire: Where its events come from.
        folder: Its temporary files.
        spawned: Was it started without the fork server?
        block: The block that runs now.
        begun: Has a block begun?
        cells: What ran, by the numbers of the blocks.
        peak: The most memory that it held, in bytes.
    """

    request: dict[str, Any]
    process: Any
    wire: Connection
    folder: Path
    spawned: bool
    started: float = field(default_factory=time.monotonic)
    since: float = field(default_factory=time.monotonic)
    block: dict[str, Any] | None = None
    begun: bool = False
    cells: dict[int, Any] = field(default_factory=dict)
    peak: int = 0

    def begin(self, number: int) -> None:
        """A block begins."""
        self.begun = True
        self.block = next(b for b in self.request["blocks"] if b["number"] == number)
        self.since = time.monotonic()

    def ran(self, cell: dict[str, Any], peak: int) -> str:
        """A block ended; which limit it broke, be it ever so shortly."""
        broken = self._too_big(peak) or self._too_loud()
        if self.block and not broken:
            self.cells[self.block["number"]] = cell
            self.block, self.since = None, time.monotonic()
        return broken

    @property
    def at(self) -> int | None:
        """The number of the block to blame: what follows the last one still is its doing."""
        last: int = self.request["blocks"][-1]["number"]
        if self.block:
            return int(self.block["number"])
        return last if last in self.cells else None

    def broken(self) -> str:
        """Which limit it breaks now; empty while it holds all."""
        return self._too_long() or self._too_big(self.used()) or self._too_loud()

    def _too_long(self) -> str:
        taken = time.monotonic() - self.since
        if self.block and taken >= (limit := self.block["options"]["timeout"]):
            return f"ran longer than its limit of {limit:g} s (raise it with `#| timeout: SECONDS`)"
        if not self.block and self.begun and taken >= _SETTLE:
            return f"did not end within {_SETTLE:g} s after its block"
        if not self.begun and taken >= _START:
            return f"did not begin within {_START:g} s"
        return ""

    def _too_big(self, used: int) -> str:
        self.peak = max(self.peak, used)
        allowed = (self.block["options"]["memory"] if self.block else 4.0) * _GB
        if used <= allowed:
            return ""
        return (
            f"used {used / _GB:.1f} GB of memory, more than its limit of {allowed / _GB:g} GB "
            "(raise it with `#| memory: GB`)"
        )

    def _too_loud(self) -> str:
        printed = 0
        with contextlib.suppress(OSError):
            printed = max((self.folder / name).stat().st_size for name in ("out", "err"))
        if printed <= _PRINTED:
            return ""
        return f"printed {printed // 2**20} MB; a page may print {_PRINTED // 2**20} MB"

    def used(self) -> int:
        """The resident memory of its processes; what they share counts once."""
        own, shared = [0], [0]
        members = [self.process.pid, *descendants(self.process.pid)]
        for pid in members:
            with contextlib.suppress(psutil.Error):  # it ended meanwhile
                member = psutil.Process(pid)
                held = member.memory_info().rss
                alone = member.memory_full_info().uss if len(members) > 1 else held
                own.append(alone)
                shared.append(held - alone)
        return sum(own) + max(shared)

    def last_words(self) -> str:
        """How its process ended in the middle, and the last line that it wrote."""
        self.process.join(1)
        code = self.process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if code == -9:
            how += ", as where the machine runs out of memory"
        said = ""
        with contextlib.suppress(OSError):
            said = (self.folder / "err").read_text("utf-8", "replace").strip() if code > 0 else ""
        return f"the interpreter died here ({how})" + (f": {said.splitlines()[-1]}" if said else "")

    def end(self, *, adopted: bool) -> None:
        """End its process and all that it started, and remove its files.

        Args:
            adopted: Does what it abandoned become ours, so that we find it later?
        """
        pid = self.process.pid
        for member in (pid, *descendants(pid)):
            if not tidies(member):
                kill(member)
        if not adopted and hasattr(os, "killpg"):  # what it abandoned is still in its group
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self.process.join(5)
        self.wire.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def descendants(pid: int) -> list[int]:
    """The processes that a process started or adopted, those that these started, and so on."""
    found = list(children(pid))
    for child in found:  # it grows meanwhile
        found += children(child)
    return found


def children(pid: int) -> Iterator[int]:
    """The processes that a process started or adopted."""
    tasks = Path(f"/proc/{pid}/task")
    try:
        for task in os.listdir(tasks):  # a file a thread: psutil reads one of every process instead
            yield from map(int, (tasks / task / "children").read_bytes().split())
    except OSError:
        with contextlib.suppress(psutil.Error):
            yield from (child.pid for child in psutil.Process(pid).children())


def kill(pid: int) -> None:
    """End a process, if it has not ended."""
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).kill()


def tidies(pid: int) -> bool:
    """Does this process remove what others leave in memory? It ends by itself, after them."""
    with contextlib.suppress(psutil.Error):
        return any("resource_tracker" in part for part in psutil.Process(pid).cmdline())
    return False
