"""Pages that run while their site is served, from one build of it to the next."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

from .cache import code
from .execution import pool_for, start_all
from .page import ExecutedPage, Page, not_executed
from .project import Project
from .workers import Watcher

_PATIENCE = 10.0  # seconds that a build waits for edited pages


def used(
    pages: Iterable[Page], executed: Iterable[ExecutedPage], project: Project
) -> Iterator[Path]:
    """The files outside the pages' folder that pages included, or depended on when they ran."""
    names = {origin.file for page in pages for origin in page.origins if origin.file}
    for one in executed:
        names |= set((one["metadata"]["sybil_pages"].get("dependencies") or {}).get("files", ()))
    for name in names:
        file = project.root / name
        if file.is_file() and not file.is_relative_to(project.docs):
            yield file


class Served:
    """The pages of a site that is served.

    The first build waits for no page; later ones wait a while for the pages that were edited. A
    page that still runs is shown without outputs, and the site is built again when it is done.

    Attributes:
        marker: A file that changes when a page is done, for the server to watch.
    """

    def __init__(self, project: Project) -> None:
        self.pool = pool_for(project, yields=True)
        self.marker = project.root / ".cache" / "sybil-pages" / "finished"
        self._touch()
        self._running: dict[str, tuple[str, Future[ExecutedPage]]] = {}
        self._failed: dict[str, Any] = {}
        self._first = True

    def executed(self, pages: Sequence[Page], watcher: Watcher) -> dict[str, ExecutedPage]:
        """What the pages show by now."""
        left = [page for page in pages if not self._runs_as_it_is(page)]
        started = start_all(left, self.pool, watcher, failed=self._failed)
        for page in left:
            self._running[page.path] = code(page), started[page.path]
        if not self._first:
            wait(started.values(), timeout=_PATIENCE)
        self._first = False
        for future in started.values():
            if not future.done():
                future.add_done_callback(lambda _: self._touch())
        return {page.path: self._now(page) for page in pages}

    def _runs_as_it_is(self, page: Page) -> bool:
        """Does it still run, with the code that it has now? With other code, it is ended."""
        known, future = self._running.get(page.path, ("", None))
        if future is None or future.done():
            return False
        if known == code(page):
            return True
        self.pool.cancel(page)
        return False

    def _now(self, page: Page) -> ExecutedPage:
        future = self._running[page.path][1]
        if future.done() and not future.cancelled():
            return future.result()
        executed = not_executed(page)
        executed["metadata"]["sybil_pages"]["running"] = True
        return executed

    def ready(self, pages: Sequence[Page]) -> None:
        """Import beforehand what the pages need, so that an edit has only to run."""
        if any(page.runs() for page in pages) and self.pool.project.execute != "never":
            self.pool.start(pages)

    def close(self) -> None:
        """End what runs."""
        self.pool.close()

    def _touch(self) -> None:
        with contextlib.suppress(OSError):  # a folder that cannot be written: reload by hand
            self.marker.parent.mkdir(parents=True, exist_ok=True)
            self.marker.write_text("A page is done: the server builds the site again.\n")
