"""Executed pages on disk; is one still valid, and if not, why.

Entries stand in `.cache/sybil-pages/pages/` beside `mkdocs.yml`. They are written atomically, so
that builds can share them, and a damaged one is a miss. Failed pages are never stored.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from .conditions import device, environment, installed, version, versions
from .observe import state
from .page import ExecutedPage, Page
from .project import Project


def writable(project: Project, name: str) -> Path:
    """A folder of the cache; a temporary one, which ends with this process, if it is read-only."""
    folder = project.root / ".cache" / "sybil-pages" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(_temporary().name) / name


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="sybil-pages-")


class Cache:
    """The executed pages of a project.

    Attributes:
        folder: Where the entries stand, one JSON file a page.
        failed: The entries of pages that failed: as long as a site is served, they stay so until
            something that they depend on changes. They never reach the disk.
    """

    def __init__(self, project: Project, failed: dict[str, Any] | None = None) -> None:
        self.root = project.root
        self.failed = {} if failed is None else failed
        self.folder = project.root / ".cache" / "sybil-pages" / "pages"
        self._seconds: dict[str, float] = {}
        self._states: dict[str, str] = {}
        self._environment = environment()
        self._versions = installed()

    def expected(self, page: Page) -> float:
        """How many seconds a page took when it last ran; a page that never ran counts as long."""
        return self._seconds.get(page.path, float("inf"))

    def load(self, page: Page) -> tuple[ExecutedPage | None, str]:
        """The page as executed before, if that still holds; else why it must run.

        Returns:
            The executed page and an empty text, or None and the reason.
        """
        try:
            entry = self.failed.get(page.path) or json.loads(self._entry(page).read_bytes())
            executed: ExecutedPage = entry["executed"]
            about = executed["metadata"]["sybil_pages"]
            self._seconds[page.path] = float(about["seconds"])
            reason = self._changed(page, entry)
            if reason:
                return None, reason
            _move(executed, entry["lines"], page)
            about["cached"] = True
            return executed, ""
        except FileNotFoundError:
            return None, "never executed here"
        except (OSError, ValueError, KeyError, TypeError):
            return None, "its cache entry is damaged"

    def complete(self, about: dict[str, Any]) -> None:
        """Say what a page ran on."""
        about.setdefault("device", device())
        if dependencies := about.get("dependencies"):
            about["backend"] = dependencies["backend"]
            about["versions"] = versions(dependencies, self._versions)

    def store(self, page: Page, executed: ExecutedPage) -> None:
        """Keep a page that ran to its end; one that failed only in memory.

        A full disk is no failure.
        """
        about = executed["metadata"]["sybil_pages"]
        if about.get("dependencies") is None:
            return
        entry = {
            "blocks": code(page),
            "lines": [block.first for block in page.runs()],
            "environment": self._environment,
            "executed": executed,
        }
        self.failed.pop(page.path, None)
        if any("failure" in cell["metadata"]["sybil_pages"] for cell in executed["cells"]):
            self.failed[page.path] = entry
        else:
            self._write(page, entry)

    def _write(self, page: Page, entry: dict[str, Any]) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(entry, file)
                os.replace(name, self._entry(page))
            except BaseException:
                os.unlink(name)
                raise
        except OSError:
            return

    def _sweep(self) -> None:
        """Remove what a killed build was writing, an hour after it."""
        for part in self.folder.glob("*.part"):
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > 3600:
                    part.unlink()

    def _entry(self, page: Page) -> Path:
        return self.folder / f"{page.path.replace('/', '--')}.json"

    def _changed(self, page: Page, entry: dict[str, Any]) -> str:
        """The first thing that is not as it was."""
        if entry["blocks"] != code(page):
            return "its code or options changed"
        now = self._environment
        for name, then in entry["environment"].items():
            if now.get(name) != then:
                return f"{name} changed from {then} to {now.get(name)}"
        about = entry["executed"]["metadata"]["sybil_pages"]
        for name, then in about["versions"].items():
            if (found := version(name, self._versions)) != then:
                return f"{name} changed from {then} to {found}"
        for name, then in about["dependencies"]["files"].items():
            if name not in self._states:
                self._states[name] = state(self.root / name)
            if self._states[name] != then:
                return f"{name} changed"
        return ""


def _move(executed: ExecutedPage, lines: list[int], page: Page) -> None:
    """Give the cells the places that their blocks have now: what is only shown may have moved."""
    for cell, line, block in zip(executed["cells"], lines, page.runs(), strict=True):
        cell["id"] = block.cell_id
        if failure := cell["metadata"]["sybil_pages"].get("failure"):
            failure["at"] += block.first - line
    lines[:] = [block.first for block in page.runs()]


def code(page: Page) -> str:
    """The hash of a page's code and options; prose and claims do not count, nor where they stand.

    Of a figure's texts only the number counts: they are prose.
    """
    blocks = []
    for block in page.runs():
        options = vars(block.options) | {
            "alt": len(block.options.alt),
            "caption": len(block.options.caption),
            "solution": False,  # it decides what a student's notebook shows
        }
        keys = [block.widget, *(entry.key for entry in block.entries)]
        blocks.append((block.kind, block.source, options, keys))
    known = [page.path, vars(page.rules), blocks]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()
