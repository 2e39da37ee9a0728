"""Pages handed to a Dask cluster: the same results, reports and limits as on this machine.

Each page is one task. The worker that takes it starts a supervisor of its own by `subprocess` and
reads the project from the folder where it is here: the machines share it. A task whose worker dies
is given to another worker by Dask itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from .conditions import device
from .conditions import environment as conditions_of
from .imports import preloaded
from .page import ExecutedPage, Page
from .project import Project
from .workers import (
    Watcher,
    assembled,
    end,
    environment,
    lost,
    request_for,
    send,
    supervise,
    without_blocks,
)


class Cluster:
    """Executes pages on the workers of an existing Dask cluster; stands in for a `Pool`.

    Args:
        project: The folder that the pages live in, at the same path on every worker.
        conditions: Environment variables of the pages, beyond those that they always have.

    Raises:
        RuntimeError: `distributed` is not installed, or no scheduler answers.
    """

    def __init__(self, project: Project, conditions: Mapping[str, str] | None = None) -> None:
        self.project = project
        self._conditions = dict(conditions or {})
        self._client: Any = None
        self._tasks: dict[str, Any] = {}

    def start(self, pages: Iterable[Page]) -> None:
        """Connect to the scheduler."""
        if self._client is not None:
            return
        try:
            from distributed import Client
        except ImportError as error:
            raise RuntimeError(
                "sybil-pages: `scheduler` needs Dask: pip install 'sybil-pages[cluster]'"
            ) from error
        try:
            self._client = Client(self.project.scheduler, set_as_default=False, timeout=10)
        except OSError as error:
            raise RuntimeError(
                f"sybil-pages: no Dask scheduler answers at {self.project.scheduler}"
            ) from error

    def submit(self, page: Page, watcher: Watcher | None = None) -> Future[ExecutedPage]:
        """Run a page as soon as a worker is free."""
        future: Future[ExecutedPage] = Future()
        if not page.runs():
            future.set_result(without_blocks(page))
            return future
        self.start([page])
        request = {"key": 0, **request_for(page, self.project)}
        setup = {"preload": preloaded([page], self.project), "conditions": self._conditions}
        task = self._client.submit(run_there, setup, request, conditions_of(), pure=False)
        self._tasks[page.path] = task

        def done(task: Any) -> None:
            if task.cancelled():
                future.cancel()
                return
            error = task.exception()
            result = lost(f"the cluster lost the page: {error!r}") if error else task.result()
            executed = assembled(page, result)
            executed["metadata"]["sybil_pages"]["device"] = result.get("device", "")
            if watcher:
                watcher.ran(page, executed)
            future.set_result(executed)

        task.add_done_callback(done)
        return future

    def cancel(self, page: Page) -> None:
        """End a page that runs or waits."""
        if task := self._tasks.pop(page.path, None):
            task.cancel(force=True)

    def close(self) -> None:
        """Leave the cluster; pages that still run there are ended."""
        if self._client is not None:
            self._client.cancel(list(self._tasks.values()), force=True)
            self._client.close()
            self._client = None


def run_there(
    setup: Mapping[str, Any], request: Mapping[str, Any], asked: Mapping[str, str]
) -> dict[str, Any]:
    """Run a page on the worker that calls this; what its supervisor found.

    Args:
        setup: `preload`, the modules that the page needs, and `conditions`.
        request: The page, as the supervisor takes it.
        asked: The conditions on the machine that asks; results from others would not be its own.
    """
    if not Path(request["root"]).is_dir():
        return lost(f"the worker has no folder {request['root']}: the cluster must share it")
    found = conditions_of()
    for name, there in asked.items():
        here = found.get(name)
        if here != there and name != "the device":
            return lost(f"the worker differs: {name} is {here} there, {there} here")
    started = {"workers": 1, "fork": False, "yields": False, "alone": False}
    process = supervise(
        environment(Path(request["root"])) | setup["conditions"],
        {**started, "preload": setup["preload"]},
    )
    try:
        send(process, request)
        assert process.stdout is not None
        for line in process.stdout:
            message = json.loads(line)
            if "result" in message:
                return {**message["result"], "device": device()}
        return lost()
    finally:
        end(process)
