"""Executed pages on disk; is one still valid, and if not, why.

Entries stand in `.cache/sybil-pages/pages/` beside `mkdocs.yml`. They are written atomically, so
that builds can share them, and a damaged one is a miss. Failed pages are never stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from . import report
from .observe import state
from .page import ExecutedPage, Page
from .project import Project
from .workers import ARITHMETIC, Pool


def execute_all(
    pages: Sequence[Page], project: Project, tell: Callable[[str], None]
) -> dict[str, ExecutedPage]:
    """All pages executed, by path: those that are still valid from disk, the others side by side.

    Args:
        pages: The pages.
        project: The folder that they live in.
        tell: Hears why a page must run, and what ran.
    """
    store = Cache(project)
    executed: dict[str, ExecutedPage] = {}
    fresh: list[Page] = []
    for page in pages:
        known, reason = store.load(page)
        if known is not None:
            executed[page.path] = known
        else:
            tell(f"{page.path}: runs: {reason}")
            fresh.append(page)

    def done(page: Page, result: ExecutedPage) -> None:
        store.store(page, result)
        tell(report.line(page, result))

    pool = Pool(project)
    try:
        return executed | pool.map(fresh, done)
    finally:
        pool.close()


class Cache:
    """The executed pages of a project.

    Attributes:
        folder: Where the entries stand, one JSON file a page.
    """

    def __init__(self, project: Project) -> None:
        self.root = project.root
        self.folder = project.root / ".cache" / "sybil-pages" / "pages"

    def load(self, page: Page) -> tuple[ExecutedPage | None, str]:
        """The page as executed before, if that still holds; else why it must run.

        Returns:
            The executed page and an empty text, or None and the reason.
        """
        try:
            entry = json.loads(self._entry(page).read_text("utf-8"))
            reason = self._changed(page, entry)
            return (None, reason) if reason else (entry["executed"], "")
        except FileNotFoundError:
            return None, "never executed here"
        except (OSError, ValueError, KeyError, TypeError):
            return None, "its cache entry is damaged"

    def store(self, page: Page, executed: ExecutedPage) -> None:
        """Keep an executed page, unless one of its blocks failed; a full disk is no failure."""
        dependencies = executed["metadata"]["sybil_pages"].get("dependencies")
        records = [cell["metadata"]["sybil_pages"] for cell in executed["cells"]]
        if dependencies is None or any("failure" in record for record in records):
            return
        entry = {
            "blocks": _blocks(page),
            "environment": environment(),
            "packages": versions(dependencies["packages"]),
            "files": dependencies["files"],
            "executed": executed,
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
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

    def _entry(self, page: Page) -> Path:
        return self.folder / f"{page.path.replace('/', '--')}.json"

    def _changed(self, page: Page, entry: dict[str, Any]) -> str:
        """The first thing that is not as it was."""
        if entry["blocks"] != _blocks(page):
            return "its code or options changed"
        now = environment()
        for name, then in entry["environment"].items():
            if now.get(name) != then:
                return f"{name} changed from {then} to {now.get(name)}"
        for name, then in entry["packages"].items():
            if _version(name) != then:
                return f"{name} changed from {then} to {_version(name)}"
        for name, then in entry["files"].items():
            if state(self.root / name) != then:
                return f"{name} changed"
        return ""


def _blocks(page: Page) -> str:
    """Code and options; not prose, not claims, and not the lines that they stand on."""
    blocks = [(block.kind, block.source, asdict(block.options)) for block in page.runs()]
    return hashlib.sha256(json.dumps([page.path, blocks]).encode()).hexdigest()


def environment() -> dict[str, str]:
    """What decides a page's outputs beside its code: read without importing a framework."""
    return {
        "Python": sys.version.split()[0],
        "platform": sys.platform,
        "the device": _device(),
        **{name: os.environ.get(name, "(unset)") for name in ARITHMETIC},
        "the generator": _generator(),
    }


def _device() -> str:
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return "CPU"
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    models = [card.read_text().partition("Model:")[2].partition("\n")[0].strip() for card in cards]
    return ", ".join(models) or "CPU"


@cache
def _generator() -> str:
    code = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"".join(code)).hexdigest()[:12]


def versions(packages: list[str]) -> dict[str, str]:
    """The installed versions of imported packages, by the names of their distributions."""
    known = _distributions()
    names = {name for package in packages for name in known.get(package, ())}
    return {name: _version(name) for name in sorted(names)}


@cache
def _distributions() -> dict[str, list[str]]:
    return {name: list(found) for name, found in metadata.packages_distributions().items()}


@cache
def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
