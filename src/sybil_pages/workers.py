"""The pool: pages run side by side, each in a process of its own, under limits.

A crash, an endless loop or a page that eats the memory takes down that page alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import psutil

from .page import Block, ExecutedPage, Page
from .project import Project

ARITHMETIC = (
    "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES", "XLA_FLAGS", "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "TF_ENABLE_ONEDNN_OPTS",
)  # fmt: skip
"""What a page may learn of its environment that decides what it computes, and how."""
_KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", *ARITHMETIC,
    "SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR", "USERPROFILE", "LOCALAPPDATA", "APPDATA",
    "NUMBER_OF_PROCESSORS",
)  # fmt: skip
_POLL = 0.2  # seconds between two looks at the memory of a page


class Pool:
    """Executes pages, as many side by side as there are cores.

    Attributes:
        project: The folder that the pages live in.
    """

    def __init__(self, project: Project, workers: int | None = None) -> None:
        self.project = project
        self._threads = ThreadPoolExecutor(workers or os.cpu_count() or 1)
        self._processes: set[subprocess.Popen[bytes]] = set()

    def submit(self, page: Page) -> Future[ExecutedPage]:
        """Start a page as soon as a core is free."""
        return self._threads.submit(execute, page, self.project, self._processes)

    def map(
        self, pages: Sequence[Page], done: Callable[[Page, ExecutedPage], None]
    ) -> dict[str, ExecutedPage]:
        """Execute all pages; `done` hears of each in the order given, as soon as it can."""
        futures = [(page, self.submit(page)) for page in pages]
        executed: dict[str, ExecutedPage] = {}
        for page, future in futures:
            executed[page.path] = future.result()
            done(page, executed[page.path])
        return executed

    def close(self) -> None:
        """Start no further page, and end those that still run: after Ctrl-C, nobody waits."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in list(self._processes):
            _kill(process)


def execute(
    page: Page, project: Project, processes: set[subprocess.Popen[bytes]] | None = None
) -> ExecutedPage:
    """Run a page's blocks in a process of their own.

    Args:
        page: The page; its problems are the caller's to report.
        project: The folder where it runs.
        processes: Holds the page's process as long as it runs, so that another thread can end it.

    Returns:
        The executed page. A block that failed, or that never ran, says so in its record's
        `failure`, with the expanded line (from 1) and a message.
    """
    blocks = page.runs()
    cells: dict[int, dict[str, Any]] = {}
    about: dict[str, Any] = {"page": page.path}
    if blocks:
        running = set() if processes is None else processes
        cells, about["dependencies"] = _in_process(page, blocks, project, running)
    _mark_unrun(blocks, cells)
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"sybil_pages": about},
        "cells": [cells[block.number] for block in blocks],
    }


def _in_process(
    page: Page, blocks: list[Block], project: Project, processes: set[subprocess.Popen[bytes]]
) -> tuple[dict[int, dict[str, Any]], dict[str, Any] | None]:
    """The cells of the blocks that ran, and what the page depended on if it ran to its end."""
    dependencies = None
    with tempfile.TemporaryDirectory(prefix="sybil-pages-", ignore_cleanup_errors=True) as scratch:
        with (Path(scratch) / "early").open("wb") as early:
            process = subprocess.Popen(
                [sys.executable, "-c", "from sybil_pages.execute import main; main()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=early,
                cwd=project.root,
                env=_environment(Path(scratch), project),
                start_new_session=True,
            )
        assert process.stdin is not None
        assert process.stdout is not None
        processes.add(process)
        try:
            with process.stdin as stdin:
                stdin.write(json.dumps(_request(page, blocks, scratch)).encode())
            numbered = {block.number: block for block in blocks}
            cells, dependencies = _listen(process, numbered, Path(scratch))
        except BrokenPipeError:
            cells = {}
        finally:
            _kill(process)
            processes.discard(process)
            process.stdout.close()
        if not cells:
            said = (Path(scratch) / "early").read_text("utf-8", "replace").strip()
            message = f"the page's process did not start: {said[-2000:] or process.returncode}"
            cells[blocks[0].number] = _failed(blocks[0], message)
        return cells, dependencies


def _request(page: Page, blocks: list[Block], scratch: str) -> dict[str, Any]:
    """What the process needs: blocks, where they stand in the text, and the page as a script."""
    offsets = [0]
    for line in page.text.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    script = [""] * len(page.lines)
    described = []
    for block in blocks:
        if block.kind == "python":
            for n, line in enumerate(block.code.split("\n")):
                script[block.at - 1 + n] = line
        start = offsets[min(page.origins[block.first].line, len(offsets)) - 1]
        described.append({**asdict(block), "start": start, "start_end": start})
    return {
        "path": page.path,
        "text": page.text,
        "script": script,
        "blocks": described,
        "scratch": scratch,
    }


def _environment(scratch: Path, project: Project) -> dict[str, str]:
    """An allowlist, so that a page gives the same wherever it runs."""
    fonts = project.root / ".cache" / "sybil-pages" / "matplotlib"
    fonts.mkdir(parents=True, exist_ok=True)
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": "UTC",
        "COLUMNS": "80",
        "MPLBACKEND": "module://sybil_pages.figures",
        "MPLCONFIGDIR": str(fonts),
        "KERAS_HOME": str(scratch / "keras"),
        "TMPDIR": str(scratch),
        "TEMP": str(scratch),
        "TMP": str(scratch),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "NVIDIA_TF32_OVERRIDE": "0",  # float32 means float32, on a GPU too
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


def _listen(
    process: subprocess.Popen[bytes], blocks: dict[int, Block], scratch: Path
) -> tuple[dict[int, dict[str, Any]], dict[str, Any] | None]:
    """Collect cells until the page is done, dies, or breaks a limit of the block that runs."""
    events: queue.Queue[dict[str, Any] | None] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, events), daemon=True).start()
    cells: dict[int, dict[str, Any]] = {}
    running: Block | None = None
    waited, limit = 0.0, 60.0  # until the first block begins: the interpreter's own start
    while True:
        try:
            event = events.get(timeout=_POLL)
        except queue.Empty:
            waited += _POLL
            if broken := _over_limit(process, running, waited, limit):
                if running:
                    cells[running.number] = _failed(running, broken)
                return cells, None
            continue
        if event is None:
            if running:
                cells[running.number] = _failed(running, _last_words(process.wait(), scratch))
            return cells, None
        if "begin" in event:
            running = blocks[event["begin"]]
            waited, limit = 0.0, running.options.timeout
        elif "dependencies" in event:
            return cells, event["dependencies"]
        elif "cell" in event:
            assert running is not None
            cells[running.number] = event["cell"]
            running = None
            waited, limit = 0.0, 60.0


def _last_words(code: int, scratch: Path) -> str:
    """How a process ended in the middle of a block, and the last line that it wrote."""
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    said = (scratch / "err").read_text("utf-8", "replace").strip() if code > 0 else ""
    return f"the interpreter died here ({how})" + (f": {said.splitlines()[-1]}" if said else "")


def _read(wire: IO[bytes], events: queue.Queue[dict[str, Any] | None]) -> None:
    try:
        for line in wire:
            events.put(json.loads(line))
    except ValueError:  # closed, or cut short by the process's death
        pass
    events.put(None)


def _over_limit(
    process: subprocess.Popen[bytes], running: Block | None, waited: float, limit: float
) -> str | None:
    if waited >= limit:
        return f"ran longer than its limit of {limit:g} s (raise it with `#| timeout: SECONDS`)"
    allowed = (running.options.memory if running else 4.0) * 2**30
    used = 0
    for member in _tree(process):
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            used += member.memory_info().rss
    if used > allowed:
        return (
            f"used {used / 2**30:.1f} GB of memory, more than its limit of {allowed / 2**30:g} GB "
            "(raise it with `#| memory: GB`)"
        )
    return None


def _tree(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        top = psutil.Process(process.pid)
        return [top, *top.children(recursive=True)]
    except psutil.Error:
        return []


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the page's process and all that it started and left."""
    for member in _tree(process):
        with contextlib.suppress(psutil.Error):
            member.kill()
    if hasattr(os, "killpg"):  # children whose parent has ended are still in its group
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _failed(block: Block, message: str) -> dict[str, Any]:
    """The cell of a block whose process did not live to record it."""
    return {
        "cell_type": "code",
        "id": f"block-{block.number}",
        "metadata": {"sybil_pages": {"failure": {"at": block.first + 1, "message": message}}},
        "execution_count": None,
        "source": block.source,
        "outputs": [],
    }


def _mark_unrun(blocks: Iterable[Block], cells: dict[int, dict[str, Any]]) -> None:
    """Blocks behind one that ended the process did not run: say so, once each."""
    ended = next(
        (n for n, cell in cells.items() if "seconds" not in cell["metadata"]["sybil_pages"]), None
    )
    for block in blocks:
        if block.number not in cells:
            cells[block.number] = _failed(block, "did not run: an earlier block ended the process")
            cells[block.number]["metadata"]["sybil_pages"]["failure"]["follows"] = ended
