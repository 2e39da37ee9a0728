"""The process that a page runs in: its streams, its folder, its environment, its end."""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import linecache
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sybil.document import Document
from sybil.region import Region

from .execute import Capture, Runner, block_from
from .observe import Observer


def run(request: dict[str, Any], wire: Connection) -> None:
    """Run one page and send its events; the supervisor ends this process.

    Args:
        request: `root`, `path`, `text`, `script` (the page as one Python file), `blocks`, `rules`,
            and `scratch`, the folder for temporary files.
        wire: Where the events go as JSON: `{"begin": n}`, then `{"cell": {…}}` for each block; at
            the end `{"dependencies": {…}, "peak": bytes}`.
    """
    _alone()
    scratch = Path(request["scratch"])
    _settle(Path(request["root"]), scratch)
    out, err = _streams(scratch)

    def send(event: Any) -> None:
        wire.send_bytes(json.dumps(event).encode())

    name = request["path"]
    script = [line + "\n" for line in request["script"]]
    linecache.cache[name] = (sum(map(len, script)), None, script, name)
    sys.argv = [name]
    observer = Observer(Path.cwd(), scratch, request["rules"], name)
    runner = Runner(name, out, err, send, observer.refused)
    document = Document(request["text"], name)
    document.namespace = runner.namespace
    for data in request["blocks"]:
        start = data.pop("start")
        document.add(Region(start, start, block_from(data), runner))
    for example in document.examples():
        example.evaluate()
    sources = [data["code"] for data in request["blocks"]]
    send({"dependencies": observer.dependencies(sources), "peak": _peak()})
    while True:  # threads and children that the page left running are ended with it
        time.sleep(60)


def _alone() -> None:
    """Leave the parent's group, and die with the fork server."""
    multiprocessing.current_process().name = "MainProcess"
    if not hasattr(os, "setsid"):
        return
    with contextlib.suppress(OSError):  # a spawned process may lead a group already
        os.setsid()
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)  # PR_SET_PDEATHSIG
        libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans stay in this tree


def _settle(root: Path, scratch: Path) -> None:
    """Stand in the project's root, with temporary files in a folder of this page."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = str(scratch)
    tempfile.tempdir = None
    os.chdir(root)
    sys.path.insert(0, str(root))
    sys.dont_write_bytecode = True


def _streams(scratch: Path) -> tuple[Capture, Capture]:
    """Close standard input; catch what is written to standard output and error."""
    closed = os.open(os.devnull, os.O_RDONLY)
    os.dup2(closed, 0)
    os.close(closed)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 -- it stays open
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    return Capture(1, scratch / "out", sys.stdout), Capture(2, scratch / "err", sys.stderr)


def _peak() -> int:
    """The most memory that this process held, in bytes; 0 where nobody counts it."""
    try:
        import resource
    except ImportError:
        return 0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024
