"""Starts the processes of pages, holds them to their limits, and ends them.

`workers.Pool` runs this module in a process of its own: requests come as JSON lines on its standard
input, results leave as JSON lines on its standard output. Its pages are forked from the standard
library's fork server, which has imported what they need; where there is no fork they are spawned.
When its standard input ends, for whatever reason, it ends all pages and removes all that they left.
"""

from __future__ import annotations

import contextlib
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
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

import psutil

from . import process
from .linux import adopt_orphans
from .running import Run, children, descendants, kill, tidies

_SHORT = 70  # characters of a path in which the fork server's socket can have its own
_POLL = 0.2  # seconds between two looks at the limits of the pages that run


def main() -> None:
    """Serve requests until standard input ends."""
    setup = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print when they are imported is not a result
    signal.signal(signal.SIGTERM, _end)
    scratch = tempfile.mkdtemp(prefix=f"sybil-pages-{os.getpid()}-")
    if len(scratch) <= _SHORT:
        tempfile.tempdir = scratch
    os.environ["KERAS_HOME"] = str(Path(scratch, "keras"))
    os.environ.setdefault("MPLCONFIGDIR", str(Path(scratch, "matplotlib")))
    try:
        Supervisor(setup, Path(scratch), out).serve()
    finally:
        for folder in (scratch, get_temp_dir()):
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError, ValueError):
            out.flush()
        os._exit(0)  # neither the fork server nor a thread is waited for


def _end(*_: object) -> None:
    """Asked to end, end all pages first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit()


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
        self.adopts = adopt_orphans()
        self.waiting: deque[dict[str, Any]] = deque()
        self.running: dict[Any, Run] = {}
        self.spawn = multiprocessing.get_context("spawn")
        self.fork: Any = None
        if setup["fork"] and "forkserver" in multiprocessing.get_all_start_methods():
            self.fork = multiprocessing.get_context("forkserver")
            os.environ["SYBIL_PAGES_PRELOAD"] = ",".join(setup["preload"])
            self.fork.set_forkserver_preload(["sybil_pages.preload"])
            from multiprocessing import forkserver

            try:
                forkserver.ensure_running()  # it imports while the first page is still being read
            except OSError:  # the path of its socket is too long: pages are spawned
                self.fork = None
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
            self._serve()
        except Exception as error:  # whatever it is, the pages are not to blame, but somebody waits
            why = f"the supervisor of the pages' processes failed: {error!r}"
            for run in list(self.running.values()):
                self._finish(run, broken=why)
            for request in self.waiting:
                self._send(request, result=_result(broken=why))
        finally:
            for run in list(self.running.values()):
                self._forget(run)

    def _serve(self) -> None:
        look_at = 0.0
        while True:
            self._start_waiting()
            ends = [run.process.sentinel for run in self.running.values()]
            for ready in wait([self.inbox, *self.running, *ends], timeout=_POLL):
                if ready is self.inbox:
                    message = self.inbox.recv_bytes()
                    if not message:
                        return
                    self._take(json.loads(message))
                elif ready in self.running:
                    self._hear(self.running[ready])
                elif isinstance(ready, int):
                    self._died_silently(ready)
            if time.monotonic() >= look_at:  # not at every event: it takes some milliseconds
                self._look()
                look_at = time.monotonic() + _POLL

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
        wire, theirs = context.Pipe(duplex=False)
        try:
            folder = Path(tempfile.mkdtemp(prefix="page-", dir=self.scratch))
            page = context.Process(
                target=process.run, args=({**request, "scratch": str(folder)}, theirs), daemon=False
            )
            page.start()
        except (OSError, EOFError) as error:
            wire.close()
            if spawned:
                self._send(request, result=_result(broken=f"its process could not start: {error}"))
                return
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
            self._died(run)
            return
        if "begin" in event:
            run.begin(event["begin"])
            self._send(run.request, begin=event["begin"])
        elif "cell" in event:
            if broken := run.ran(event["cell"], event["peak"]):
                self._finish(run, broken=broken)
        else:
            self._finish(run, dependencies=event["dependencies"])

    def _died_silently(self, sentinel: int) -> None:
        """A process ended; what it left running may still hold its wire."""
        for run in list(self.running.values()):
            if run.process.sentinel == sentinel and not run.wire.poll():
                self._died(run)

    def _died(self, run: Run) -> None:
        if not run.begun and not run.spawned:  # the fork server has died, not the page
            self._forget(run)
            self.fork = None
            self._start(run.request, spawned=True)
        else:
            self._finish(run, broken=run.last_words())

    def _look(self) -> None:
        """Hold all pages to their limits."""
        for run in list(self.running.values()):
            if broken := run.broken():
                self._finish(run, broken=broken)

    def _finish(self, run: Run, *, dependencies: Any = None, broken: str = "") -> None:
        result = _result(
            cells=list(run.cells.items()),
            dependencies=dependencies,
            broken=broken,
            at=run.at,
            seconds=time.monotonic() - run.started,
            peak_memory=run.peak or run.used(),
        )
        self._forget(run)
        self._send(run.request, result=result)

    def _forget(self, run: Run) -> None:
        del self.running[run.wire]
        run.end(adopted=self.adopts)
        self._end_strays()

    def _end_strays(self) -> None:
        """End what dead pages left running: where orphans can be adopted, they are ours now."""
        if not self.adopts:
            return
        for _ in range(100):  # each may have started another one meanwhile
            strays = set(children(os.getpid())) - self._own()
            if not strays:
                return
            for stray in sorted(strays, key=tidies):
                for pid in (stray, *descendants(stray)):
                    if not tidies(pid) or not _ends(pid):
                        kill(pid)
                _ends(stray)

    def _own(self) -> set[int | None]:
        """The pages that run, and what the standard library runs for them."""
        from multiprocessing import forkserver

        server, tracker = vars(forkserver._forkserver), vars(resource_tracker._resource_tracker)
        pages = {run.process.pid for run in self.running.values()}
        return {*pages, server["_forkserver_pid"], tracker["_pid"]}

    def _send(self, request: dict[str, Any], **event: Any) -> None:
        with contextlib.suppress(OSError):  # nobody listens: standard input ends too
            self.out.write(json.dumps({"key": request["key"], **event}) + "\n")
            self.out.flush()


def _ends(pid: int) -> bool:
    """Does a process of ours end within a second?"""
    with contextlib.suppress(psutil.NoSuchProcess):
        try:
            psutil.Process(pid).wait(1)
        except psutil.TimeoutExpired:
            return False
    return True


def _result(**known: Any) -> dict[str, Any]:
    return {"cells": [], "dependencies": None, "broken": "", **known}
