"""Pages that run while their site is served, from one build of it to the next."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from threading import RLock, Timer
from typing import Any

from .cache import code
from .execution import pool_for, start_all
from .page import ExecutedPage, Page, not_executed
from .project import Project
from .workers import Watcher

_PATIENCE = 10.0  # seconds that a build waits for edited pages
_REST = 3.0  # a build's length times this is how long the site stands, while pages still run
_AGAIN = 2.0  # seconds after which a server that does not build is told again


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
    During a build the server lets readers wait: so the site then stands for a while before the
    next one, which shows all pages that are done by then. The last page is shown at once.

    Attributes:
        marker: A file that changes when it is time for a build, for the server to watch.
    """

    def __init__(self, project: Project) -> None:
        self.pool = pool_for(project, yields=True)
        self.marker = project.root / ".cache" / "sybil-pages" / "finished"
        self._touch()
        self._running: dict[str, tuple[str, Future[ExecutedPage]]] = {}
        self._failed: dict[str, Any] = {}
        self._first = True
        self._lock = RLock()
        self._building = True
        self._began = self._stands_until = time.monotonic()
        self._unseen: list[Future[ExecutedPage]] = []
        self._timer: Timer | None = None

    def executed(self, pages: Sequence[Page], watcher: Watcher) -> dict[str, ExecutedPage]:
        """What the pages show by now."""
        with self._lock:
            self._building = True
            self._forget_timer()
        left = [page for page in pages if not self._runs_as_it_is(page)]
        started = start_all(left, self.pool, watcher, failed=self._failed)
        for page in left:
            self._running[page.path] = code(page), started[page.path]
        if not self._first:
            wait(started.values(), timeout=_PATIENCE)
        self._first = False
        for future in started.values():
            if not future.done():
                future.add_done_callback(lambda _: self._one_is_done())
        self._unseen = [future for _, future in self._running.values() if not future.done()]
        self._began = time.monotonic()
        return {page.path: self._now(page) for page in pages}

    def built(self) -> None:
        """The build that asked for the pages has ended."""
        with self._lock:
            now = time.monotonic()
            self._building = False
            self._stands_until = now + _REST * (now - self._began)
        self._one_is_done()

    def _one_is_done(self) -> None:
        """Let the server build what is done: now if nothing runs any more, else in a while."""
        with self._lock:
            done = [future.done() for future in self._unseen]
            if any(done) and not self._building:
                left = 0.0 if all(done) else max(0.0, self._stands_until - time.monotonic())
                self._tell(left)

    def _tell(self, seconds: float) -> None:
        """Tell the server, and again until it builds: at its start it does not listen yet."""
        self._forget_timer()
        self._timer = Timer(seconds, self._touch_till_it_builds)
        self._timer.daemon = True
        self._timer.start()

    def _touch_till_it_builds(self) -> None:
        with self._lock:
            if not self._building:
                self._touch()
                self._tell(_AGAIN)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

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
        with self._lock:
            self._building = True  # no timer from now on
            self._forget_timer()
        self.pool.close()

    def _touch(self) -> None:
        with contextlib.suppress(OSError):  # a folder that cannot be written: reload by hand
            self.marker.parent.mkdir(parents=True, exist_ok=True)
            self.marker.write_text("A page is done: the server builds the site again.\n")
