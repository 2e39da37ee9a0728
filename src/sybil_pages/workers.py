"""The pool: hands pages to the supervisor's process, and collects what they computed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from .conditions import ARITHMETIC, ONE_THREAD, device
from .imports import FRAMEWORKS, names, preloaded
from .page import Block, ExecutedPage, Page, not_executed
from .project import Project

_KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR", "TEMP", "TMP",
    "SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR", "USERPROFILE", "LOCALAPPDATA", "APPDATA",
    "NUMBER_OF_PROCESSORS", *ARITHMETIC,
)  # fmt: skip


class Watcher(Protocol):
    """Hears of pages while they are executed; from another thread."""

    def runs(self, page: Page, reason: str) -> None:
        """A page must run, and why."""

    def begins(self, page: Page, block: Block) -> None:
        """A block of it begins."""

    def ran(self, page: Page, executed: ExecutedPage) -> None:
        """It is done."""


class Quiet:
    """A watcher that nothing is said to."""

    def runs(self, page: Page, reason: str) -> None:
        """Say nothing."""

    def begins(self, page: Page, block: Block) -> None:
        """Say nothing."""

    def ran(self, page: Page, executed: ExecutedPage) -> None:
        """Say nothing."""


class Pool:
    """Executes pages, as many side by side as there are cores, in processes of their own.

    Args:
        project: The folder that the pages live in.
        workers: How many pages may run at once; None means one a core.
        conditions: Environment variables of the pages, beyond those that they always have.
            `SYBIL_PAGES_START=spawn` starts each page without the fork server.
        yields: Whether pages give way to other work, such as building a site that is served.
    """

    def __init__(
        self,
        project: Project,
        workers: int | None = None,
        conditions: Mapping[str, str] | None = None,
        *,
        yields: bool = False,
    ) -> None:
        self.project = project
        self._yields = yields
        self._workers = workers or os.cpu_count() or 1
        self._conditions = dict(conditions or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # of what is asked for; never held while writing
        self._starting = threading.Lock()
        self._writing = threading.Lock()
        self._keys = count()
        self._asked: dict[int, tuple[Page, Future[ExecutedPage], Watcher | None]] = {}

    def start(self, pages: Iterable[Page]) -> None:
        """Start the supervisor, if it does not run yet, and the imports of these pages."""
        with self._starting:
            if self._process is None or self._process.poll() is not None:
                self._start(pages)

    def _start(self, pages: Iterable[Page]) -> None:
        setup = {
            "workers": self._workers,
            "yields": self._yields,
            "fork": self._conditions.get("SYBIL_PAGES_START") != "spawn",
            "preload": preloaded(pages, self.project),
            "alone": device() != "CPU",
        }
        self._process = supervise(environment(self.project.root) | self._conditions, setup)
        left = Path(tempfile.gettempdir()), f"sybil-pages-{self._process.pid}-*"
        listener = threading.Thread(target=self._listen, args=[self._process, *left], daemon=True)
        listener.start()

    def submit(
        self, page: Page, watcher: Watcher | None = None, project: Project | None = None
    ) -> Future[ExecutedPage]:
        """Run a page as soon as a core is free, in the pool's project or in another one."""
        future: Future[ExecutedPage] = Future()
        if not page.runs():
            future.set_result(without_blocks(page))
            return future
        self.start([page])
        key = next(self._keys)
        with self._lock:
            self._asked[key] = page, future, watcher
        self._tell(key=key, **request_for(page, project or self.project))
        return future

    def cancel(self, page: Page) -> None:
        """End a page that runs or waits; its future is cancelled."""
        with self._lock:
            keys = [key for key, (asked, _, _) in self._asked.items() if asked.path == page.path]
            unwanted = [self._asked.pop(key) for key in keys]
        for key, (_, future, _) in zip(keys, unwanted, strict=True):
            future.cancel()
            self._tell(cancel=key)

    def close(self) -> None:
        """End all pages and the supervisor: after Ctrl-C, nobody waits."""
        process, self._process = self._process, None
        if process is not None:
            end(process)

    def _tell(self, **message: Any) -> None:
        assert self._process is not None
        with contextlib.suppress(OSError), self._writing:  # if it has died, `_listen` says so
            send(self._process, message)

    def _listen(self, process: subprocess.Popen[bytes], temporary: Path, left: str) -> None:
        """Take a supervisor's messages until it ends, and remove what it left if it was killed."""
        assert process.stdout is not None
        for line in process.stdout:
            message = json.loads(line)
            with self._lock:
                page, future, watcher = self._asked.get(message["key"], (None, None, None))
                if "result" in message:
                    self._asked.pop(message["key"], None)
            if page is None or future is None:
                continue
            if "result" in message:
                _settle(future, page, message["result"], watcher)
            elif watcher:
                watcher.begins(page, page.blocks[message["begin"]])
        process.stdout.close()
        with self._lock:
            unanswered, self._asked = list(self._asked.values()), {}
        for page, future, _ in unanswered:
            if not future.cancelled():
                _settle(future, page, lost(), None)
        for folder in temporary.glob(left):
            shutil.rmtree(folder, ignore_errors=True)


def _settle(
    future: Future[ExecutedPage], page: Page, result: Mapping[str, Any], watcher: Watcher | None
) -> None:
    """Give a page its result; what goes wrong meanwhile reaches whoever waits for it."""
    try:
        executed = assembled(page, result)
        if watcher:
            watcher.ran(page, executed)
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(executed)


def supervise(environment: Mapping[str, str], setup: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """Start a supervisor's process; it ends when its standard input does."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", "from sybil_pages.supervisor import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # Ctrl-C is for us; the supervisor follows
    )
    with contextlib.suppress(OSError):  # it has died: its standard output ends
        send(process, setup)
    return process


def send(process: subprocess.Popen[bytes], message: Mapping[str, Any]) -> None:
    """Send a supervisor one message."""
    assert process.stdin is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a supervisor and all of its pages."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def lost(why: str = "the supervisor of the pages' processes ended") -> dict[str, Any]:
    """What stands for a supervisor's result where there is none."""
    return {"cells": [], "broken": why}


def without_blocks(page: Page) -> ExecutedPage:
    """The executed page of a page that has nothing to execute."""
    return {**not_executed(page), "metadata": _about(page)}


def assembled(page: Page, result: Mapping[str, Any]) -> ExecutedPage:
    """The executed page that a supervisor's result describes.

    A block that failed, or that never ran, says so in its record's `failure`, with the expanded
    line (from 1) and a message.
    """
    cells: dict[int, dict[str, Any]] = {int(n): cell for n, cell in result["cells"]}
    blocks = page.runs()
    if broken := result["broken"]:
        at = result.get("at")
        block = next((block for block in blocks if block.number == at), None)
        if block is None:
            block = next(block for block in blocks if block.number not in cells)
            broken = f"the page's process did not get here: {broken}"
        cells[block.number] = _failed(block, broken)
        _mark_unrun(blocks, cells, block)
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": _about(
            page,
            dependencies=result.get("dependencies"),
            seconds=result.get("seconds", 0.0),
            peak_memory=result.get("peak_memory", 0),
        ),
        "cells": [cells[block.number] for block in blocks],
    }


def _about(page: Page, **known: Any) -> dict[str, Any]:
    return {"sybil_pages": {"page": page.path, **known}}


def request_for(page: Page, project: Project) -> dict[str, Any]:
    """What the process needs: blocks, where they stand in the text, and the page as a script."""
    blocks = page.runs()
    offsets = [0]
    for line in page.text.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    script = [""] * len(page.lines)
    described = []
    for block in blocks:
        if block.kind == "python":
            for n, line in enumerate(block.code.split("\n")):
                script[block.at - 1 + n] = line
        start = offsets[min(page.origin(block.first + 1).line, len(offsets)) - 1]
        described.append({**asdict(block), "start": start})
    return {
        "root": str(project.root),
        "path": page.path,
        "text": page.text,
        "script": script,
        "blocks": described,
        "rules": asdict(page.rules),
        "framework": bool(FRAMEWORKS & {name.partition(".")[0] for name in names(page, project)}),
    }


def environment(root: Path) -> dict[str, str]:
    """An allowlist, so that a page gives the same wherever it runs."""
    kept = ONE_THREAD | {name: os.environ[name] for name in _KEPT if name in os.environ}
    if fonts := _fonts(root):
        kept["MPLCONFIGDIR"] = str(fonts)
    return {
        **kept,
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": "UTC",
        "COLUMNS": "80",
        "MPLBACKEND": "module://sybil_pages.figures",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "NVIDIA_TF32_OVERRIDE": "0",  # float32 means float32, on a GPU too
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


def _fonts(root: Path) -> Path | None:
    """Where matplotlib keeps its list of fonts, which takes it seconds to make; if it may write.

    It begins with a copy of the list that it made for the user before.
    """
    folder = root / ".cache" / "sybil-pages" / "matplotlib"
    with contextlib.suppress(OSError, RuntimeError):  # not to be written, or nobody's home
        folder.mkdir(parents=True, exist_ok=True)
        caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        for known in (Path.home() / ".matplotlib", Path(caches) / "matplotlib"):
            for fonts in known.glob("fontlist-*.json"):
                if not (folder / fonts.name).exists():
                    shutil.copyfile(fonts, folder / fonts.name)
    return folder if os.access(folder, os.W_OK) else None


def _failed(block: Block, message: str) -> dict[str, Any]:
    """The cell of a block whose process did not live to record it."""
    return {
        "cell_type": "code",
        "id": block.cell_id,
        "metadata": {"sybil_pages": {"failure": {"at": block.first + 1, "message": message}}},
        "execution_count": None,
        "source": block.source,
        "outputs": [],
    }


def _mark_unrun(blocks: Sequence[Block], cells: dict[int, dict[str, Any]], ended: Block) -> None:
    """Blocks behind one that ended the process did not run: say so, once each."""
    for block in blocks:
        if block.number not in cells:
            cells[block.number] = _failed(block, "did not run: an earlier block ended the process")
            cells[block.number]["metadata"]["sybil_pages"]["failure"]["follows"] = ended.number
