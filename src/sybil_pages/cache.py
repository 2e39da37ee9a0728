"""Executed pages that are still valid; today in the memory of a server that lives on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict

from .page import ExecutedPage, Page
from .project import Project


class Memory:
    """What a server remembers from one build to the next. Failed pages are never kept."""

    def __init__(self) -> None:
        self._kept: dict[str, ExecutedPage] = {}

    def executed(self, pages: Iterable[Page], project: Project) -> dict[str, ExecutedPage]:
        """The pages whose code and whose project's modules are as they were, by path."""
        around = _modules(project)
        keys = {page.path: key(page, around) for page in pages}
        return {path: self._kept[key] for path, key in keys.items() if key in self._kept}

    def keep(
        self, pages: Iterable[Page], executed: dict[str, ExecutedPage], project: Project
    ) -> None:
        """Remember executed pages, and forget all others."""
        around = _modules(project)
        self._kept = {
            key(page, around): executed[page.path]
            for page in pages
            if not any("failure" in _record(cell) for cell in executed[page.path]["cells"])
        }


def key(page: Page, around: str) -> str:
    """What outputs depend on: code and options; not prose, not claims, not their lines."""
    blocks = [(block.kind, block.source, asdict(block.options)) for block in page.runs()]
    return hashlib.sha256(json.dumps([page.path, around, blocks]).encode()).hexdigest()


def _record(cell: dict[str, dict[str, dict[str, object]]]) -> dict[str, object]:
    return cell["metadata"]["sybil_pages"]


def _modules(project: Project) -> str:
    """A hash of every file of the project that a page could import."""
    found = hashlib.sha256()
    for path in sorted(project.root.rglob("*.py")):
        inside = path.relative_to(project.root)
        if not any(part.startswith(".") or part == "site" for part in inside.parts):
            found.update(f"{inside}\0".encode() + path.read_bytes())
    return found.hexdigest()
