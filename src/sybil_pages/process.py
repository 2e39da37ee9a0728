"""The process that a page runs in: its streams, its folder, its environment, its end."""

from __future__ import annotations

import contextlib
import io
import json
import linecache
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sybil.document import Document
from sybil.region import Region

from . import landlock
from .capture import Capture
from .execute import Runner, block_from
from .guard import Guard
from .linux import adopt_orphans, die_with_parent
from .observe import Observer
from .values import formatter


def run(request: dict[str, Any], wire: Connection) -> None:
    """Run one page and send its events; the supervisor ends this process.

    Args:
        request: `root`, `path`, `text`, `script` (the page as one Python file), `blocks`, `rules`,
            and `scratch`, the folder for temporary files.
        wire: Where the events go as JSON: `{"begin": n}`, then `{"cell": {…}, "peak": bytes}` for
            each block; at the end `{"dependencies": {…}}`.
    """
    _alone()
    root, scratch = Path(request["root"]), Path(request["scratch"])
    _settle(root, scratch)
    out, err = _streams(scratch)
    free = [scratch.parent, Path(os.environ["MPLCONFIGDIR"])]
    if not request["rules"]["writes"]:
        landlock.protect(root, free)
    peak = Peak()

    def send(event: dict[str, Any]) -> None:
        if "cell" in event:
            event["peak"] = peak.read()
        text = json.dumps(event, ensure_ascii="cell" not in event)
        wire.send_bytes(text.encode("utf-8", "replace"))  # half a pair of surrogates is no text
        if "begin" in event:
            peak.reset()

    name = request["path"]
    script = [line + "\n" for line in request["script"]]
    linecache.cache[name] = (sum(map(len, script)), None, script, name)
    sys.argv = [name]
    formatter()  # what it imports is not the page's doing
    guard = Guard(root, free, request["rules"], name)
    observer = Observer(root, free, name, guard.written)
    runner = Runner(name, out, err, send, guard.refused)
    document = Document(request["text"], name)
    document.namespace = runner.namespace
    blocks = [(data.pop("start"), block_from(data)) for data in request["blocks"]]
    for start, block in blocks:
        document.add(Region(start, start, block, runner))
    for example in document.examples():
        example.evaluate()
    send({"dependencies": observer.dependencies([block for _, block in blocks])})
    while True:  # threads and children that the page left running are ended with it
        time.sleep(60)


def _alone() -> None:
    """Leave the parent's group, and die with it."""
    multiprocessing.current_process().name = "MainProcess"
    multiprocessing.set_start_method(None, force=True)  # not ours, but the system's
    if not hasattr(os, "setsid"):
        return
    import resource
    from multiprocessing import resource_tracker

    with contextlib.suppress(OSError):  # a spawned process may lead a group already
        os.setsid()
    die_with_parent()
    adopt_orphans()  # they stay in this tree
    # A page that needs a tracker starts its own, which ends with it.
    vars(resource_tracker._resource_tracker).update(vars(resource_tracker.ResourceTracker()))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash would write under the project


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


class Peak:
    """The most memory that this process held, in bytes, since the last reset; 0 where unknown."""

    def reset(self) -> None:
        """Count from now on; only Linux can."""
        with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
            file.write("5")

    def read(self) -> int:
        """What it was."""
        with contextlib.suppress(OSError, ValueError), open("/proc/self/status") as file:
            return 1024 * int(file.read().partition("VmHWM:")[2].split()[0])
        return 0
