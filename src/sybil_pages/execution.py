"""All pages executed: those that are still valid from the cache, the others side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from .cache import Cache
from .page import ExecutedPage, Page, not_executed
from .project import Project
from .workers import Pool, Watcher

if TYPE_CHECKING:
    from .cluster import Cluster


def execute_all(
    pages: Sequence[Page],
    project: Project,
    watcher: Watcher,
    *,
    fresh: bool = False,
    conditions: Mapping[str, str] | None = None,
) -> Mapping[str, ExecutedPage]:
    """All pages executed, by path: those that are still valid from disk, the others side by side.

    Args:
        pages: The pages.
        project: The folder that they live in, which says whether pages are executed at all.
        watcher: Hears why a page must run, and what ran.
        fresh: Trust nothing that ran before.
        conditions: Environment variables of the pages; what runs under them is not kept.
    """
    pool = pool_for(project, conditions)
    try:
        running = start_all(pages, pool, watcher, fresh=fresh, keep=not conditions)
        return _Executed(running)
    finally:
        pool.close()


def pool_for(
    project: Project, conditions: Mapping[str, str] | None = None, *, yields: bool = False
) -> Pool | Cluster:
    """What executes a project's pages: this machine, or the cluster that it names."""
    if not project.scheduler:
        return Pool(project, conditions=conditions, yields=yields)
    from .cluster import Cluster

    return Cluster(project, conditions)


def start_all(
    pages: Sequence[Page],
    pool: Pool | Cluster,
    watcher: Watcher,
    *,
    fresh: bool = False,
    keep: bool = True,
    failed: dict[str, Any] | None = None,
) -> dict[str, Future[ExecutedPage]]:
    """Start the pages that are not valid, longest first; the others are there at once."""
    store = Cache(pool.project, failed)
    kept = _Keeper(store, watcher, keep=keep)
    trusted = keep and not fresh and pool.project.execute != "always"
    running: dict[str, Future[ExecutedPage]] = {}
    due: list[Page] = []
    for page in pages:
        known, reason = store.load(page)
        if known is not None and trusted:
            running[page.path] = _Folded(known)
        elif pool.project.execute == "never":
            running[page.path] = finished(not_executed(page))
        elif page.runs():
            kept.runs(page, reason or "what ran before is not trusted")
            due.append(page)
        else:
            running[page.path] = pool.submit(page)
    if due:
        pool.start(due)
    for page in sorted(due, key=store.expected, reverse=True):
        running[page.path] = pool.submit(page, kept)
    return {page.path: running[page.path] for page in pages}


def finished(executed: ExecutedPage) -> Future[ExecutedPage]:
    """A future that has its result."""
    future: Future[ExecutedPage] = Future()
    future.set_result(executed)
    return future


class _Folded(Future[ExecutedPage]):
    """A page that is valid, as its JSON: far smaller, and a site may have a thousand pages."""

    def __init__(self, executed: ExecutedPage) -> None:
        super().__init__()
        self.set_result({})
        self.folded = json.dumps(executed)

    def result(self, timeout: float | None = None) -> ExecutedPage:
        """The page, unfolded."""
        unfolded: ExecutedPage = json.loads(self.folded)
        return unfolded


class _Executed(Mapping[str, ExecutedPage]):
    """Executed pages by path, each unfolded when somebody looks at it."""

    def __init__(self, running: dict[str, Future[ExecutedPage]]) -> None:
        self._pages: dict[str, str] = {}
        for path in list(running):
            future = running.pop(path)
            if isinstance(future, _Folded):
                self._pages[path] = future.folded
            else:
                self._pages[path] = json.dumps(future.result())

    def __getitem__(self, path: str) -> ExecutedPage:
        unfolded: ExecutedPage = json.loads(self._pages[path])
        return unfolded

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)


class _Keeper:
    """A watcher that keeps what ran, before anybody hears of it."""

    def __init__(self, store: Cache, watcher: Watcher, *, keep: bool) -> None:
        self.store, self.watcher, self.keep = store, watcher, keep
        self.begins = watcher.begins
        self._reasons: dict[str, str] = {}

    def runs(self, page: Page, reason: str) -> None:
        """Note why it runs."""
        self._reasons[page.path] = reason
        self.watcher.runs(page, reason)

    def ran(self, page: Page, executed: ExecutedPage) -> None:
        """Complete what is known of it, and keep it."""
        about = executed["metadata"]["sybil_pages"]
        about.update(cached=False, reason=self._reasons.get(page.path, ""))
        self.store.complete(about)
        if self.keep:
            self.store.store(page, executed)
        self.watcher.ran(page, executed)
