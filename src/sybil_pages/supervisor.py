"""Starts the processes of pages, holds them to their limits, and ends them.

`workers.Pool` runs this module in a process of its own: requests come as JSON lines on its standard
input, results leave as JSON lines on its standard output. Its pages are forked from the standard
library's fork server, which has imported what they need; where there is no fork they are spawned.
When its standard input ends, for whatever reason, it ends all pages and removes all that they left.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import psutil

from . import process

_POLL = 0.2  # seconds between two looks at the limits of the pages that run
_START = 300.0  # seconds for a page's process to begin: the first one waits for Keras's import
_GB = 2**30
_PRINTED = 64 * 2**20  # bytes that a block may print before its page is ended


def main() -> None:
    """Serve requests until standard input ends."""
    setup = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print when they are imported is not a result
    scratch = tempfile.mkdtemp(prefix="sybil-pages-")
    os.environ["KERAS_HOME"] = str(Path(scratch, "keras"))
    os.environ.setdefault("MPLCONFIGDIR", str(Path(scratch, "matplotlib")))
    _adopt_orphans()
    try:
        Supervisor(setup, Path(scratch), out).serve()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        with contextlib.suppress(OSError, ValueError):
            out.flush()
        os._exit(0)  # neither the fork server nor a thread is waited for


@dataclass
class Run:
    """A page that runs.

    Attributes:
        request: What to run.
        process: Its process.
        wire: Where its events come from.
        folder: Its temporary files.
        spawned: Was it started without the fork server?
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
    closed: bool = False
    cells: dict[int, Any] = field(default_factory=dict)
    peak: int = 0

    @property
    def at(self) -> int | None:
        """The number of the block to blame: what follows the last one still is its doing."""
        last: int = self.request["blocks"][-1]["number"]
        if self.block:
            return int(self.block["number"])
        return last if last in self.cells else None

    @property
    def tree(self) -> list[psutil.Process]:
        """Its process and all that this started."""
        try:
            top = psutil.Process(self.process.pid)
            return [top, *top.children(recursive=True)]
        except psutil.Error:
            return []

    def broken(self) -> str:
        """Which limit it breaks now; empty while it holds all."""
        limit = self.block["options"]["timeout"] if self.block else _START
        if time.monotonic() - self.since >= limit:
            return f"ran longer than its limit of {limit:g} s (raise it with `#| timeout: SECONDS`)"
        used = 0
        for member in self.tree:
            with contextlib.suppress(psutil.Error):  # it ended meanwhile
                used += member.memory_info().rss
        self.peak = max(self.peak, used)
        allowed = (self.block["options"]["memory"] if self.block else 4.0) * _GB
        if used > allowed:
            return (
                f"used {used / _GB:.1f} GB of memory, more than its limit of {allowed / _GB:g} GB "
                "(raise it with `#| memory: GB`)"
            )
        with contextlib.suppress(OSError):
            printed = max((self.folder / name).stat().st_size for name in ("out", "err"))
            if printed > _PRINTED:
                return f"printed {printed // 2**20} MB; a page may print {_PRINTED // 2**20} MB"
        return ""

    def last_words(self) -> str:
        """How its process ended in the middle, and the last line that it wrote."""
        self.process.join(1)
        code = self.process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        said = ""
        with contextlib.suppress(OSError):
            said = (self.folder / "err").read_text("utf-8", "replace").strip() if code > 0 else ""
        return f"the interpreter died here ({how})" + (f": {said.splitlines()[-1]}" if said else "")

    def end(self) -> None:
        """End its process and all that it started and left, and remove its files."""
        pid = self.process.pid
        for member in self.tree:
            with contextlib.suppress(psutil.Error):
                member.kill()
        if hasattr(os, "killpg"):  # children whose parent has ended are still in its group
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self.process.join(5)
        self.wire.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Supervisor:
    """Runs pages, as many side by side as the setup says.

    Args:
        setup: `workers`, how many pages may run at once; `fork`, whether they may be forked;
            `preload`, what the fork server imports; `yields`, whether somebody waits for the site;
            `alone`, whether pages that use a framework run one at a time, as on a GPU.
        scratch: The folder of temporary files.
        out: Where results go, one JSON line each.
    """

    def __init__(self, setup: dict[str, Any], scratch: Path, out: Any) -> None:
        self.setup, self.scratch, self.out = setup, scratch, out
        if setup["yields"] and hasattr(os, "nice"):
            os.nice(10)
        self.waiting: deque[dict[str, Any]] = deque()
        self.running: dict[Any, Run] = {}
        self.spawn = multiprocessing.get_context("spawn")
        self.fork: Any = None
        if setup["fork"] and "forkserver" in multiprocessing.get_all_start_methods():
            self.fork = multiprocessing.get_context("forkserver")
            os.environ["SYBIL_PAGES_PRELOAD"] = ",".join(setup["preload"])
            self.fork.set_forkserver_preload(["sybil_pages.preload"])
            from multiprocessing import forkserver

            forkserver.ensure_running()  # it imports while the first page is still being read
        self.inbox, self._mailbox = multiprocessing.Pipe(duplex=False)
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        """Hand on what comes in; an empty message is the end."""
        with contextlib.suppress(OSError):
            for line in sys.stdin.buffer:
                self._mailbox.send_bytes(line)
        self._mailbox.send_bytes(b"")

    def serve(self) -> None:
        """Run what is asked for until nobody can ask any more."""
        try:
            while True:
                self._start_waiting()
                for ready in wait([self.inbox, *self.running], timeout=_POLL):
                    if ready is self.inbox:
                        message = self.inbox.recv_bytes()
                        if not message:
                            return
                        self._take(json.loads(message))
                    elif ready in self.running:
                        self._hear(self.running[ready])
                self._look()
        finally:
            for run in list(self.running.values()):
                run.end()

    def _take(self, message: dict[str, Any]) -> None:
        if "cancel" not in message:
            self.waiting.append(message)
            return
        unwanted = message["cancel"]
        self.waiting = deque(request for request in self.waiting if request["key"] != unwanted)
        for run in list(self.running.values()):
            if run.request["key"] == unwanted:
                self._forget(run)

    def _start_waiting(self) -> None:
        while len(self.running) < self.setup["workers"]:
            busy = any(run.request["framework"] for run in self.running.values())
            held = self.setup["alone"] and busy
            free = (r for r in self.waiting if not (held and r["framework"]))
            request = next(free, None)
            if request is None:
                return
            self.waiting.remove(request)
            self._start(request, spawned=self.fork is None)

    def _start(self, request: dict[str, Any], *, spawned: bool) -> None:
        context = self.spawn if spawned else self.fork
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        wire, theirs = context.Pipe(duplex=False)
        page = context.Process(
            target=process.run, args=({**request, "scratch": str(folder)}, theirs), daemon=False
        )
        try:
            page.start()
        except (OSError, EOFError):
            if spawned:
                raise
            self.fork = None  # the fork server is gone: an import killed it
            self._start(request, spawned=True)
            return
        finally:
            theirs.close()
        self.running[wire] = Run(request, page, wire, folder, spawned)

    def _hear(self, run: Run) -> None:
        """Take what a page's process says; the end of its wire is its death."""
        try:
            event = json.loads(run.wire.recv_bytes())
        except (EOFError, OSError):
            run.closed = True
            self._died(run)
            return
        if "begin" in event:
            run.begun = True
            run.block = next(b for b in run.request["blocks"] if b["number"] == event["begin"])
            run.since = time.monotonic()
            self._send(run, begin=event["begin"])
        elif "cell" in event:
            assert run.block is not None
            run.cells[run.block["number"]] = event["cell"]
            run.block, run.since = None, time.monotonic()
        else:
            self._finish(run, dependencies=event["dependencies"], peak=event["peak"])

    def _died(self, run: Run) -> None:
        if not run.begun and not run.spawned:  # the fork server has died, not the page
            self._forget(run)
            self.fork = None
            self._start(run.request, spawned=True)
        else:
            self._finish(run, broken=run.last_words())

    def _look(self) -> None:
        """Hold all pages to their limits, and notice deaths that a left-over child conceals."""
        for run in list(self.running.values()):
            if not run.process.is_alive() and not run.wire.poll():
                self._died(run)
            elif broken := run.broken():
                self._finish(run, broken=broken)

    def _finish(
        self, run: Run, *, dependencies: Any = None, broken: str = "", peak: int = 0
    ) -> None:
        result = {
            "cells": list(run.cells.items()),
            "dependencies": dependencies,
            "broken": broken,
            "at": run.at,
            "seconds": time.monotonic() - run.started,
            "peak_memory": max(run.peak, peak),
        }
        self._forget(run)
        self._send(run, result=result)

    def _forget(self, run: Run) -> None:
        del self.running[run.wire]
        run.end()

    def _send(self, run: Run, **event: Any) -> None:
        self.out.write(json.dumps({"key": run.request["key"], **event}) + "\n")
        self.out.flush()


def _adopt_orphans() -> None:
    """Become the parent of what a page starts and abandons (Linux), so that it can be ended."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
