"""A Dask cluster gives what this machine gives, also when a worker dies in mid page."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from distributed import Client

from sybil_pages.claims import failures
from sybil_pages.execution import execute_all
from sybil_pages.page import Page
from sybil_pages.workers import Quiet


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and two workers on loopback: its address and the workers' process numbers."""
    folder = tmp_path_factory.mktemp("cluster")
    address_file = folder / "scheduler.json"
    common = ["--scheduler-file", str(address_file), "--host", "127.0.0.1", "--no-dashboard"]
    dask = [sys.executable, "-m", "dask"]

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*dask, *arguments, *common], cwd=folder, stderr=subprocess.DEVNULL)

    started = [start("scheduler", "--port", "0", "--no-show")]
    for n in range(2):
        started.append(start("worker", "--nthreads", "1", "--no-nanny", "--name", f"w{n}"))
    try:
        with Client(scheduler_file=str(address_file), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        yield address, [process.pid for process in started[1:]]
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.fixture
def project(bench, cluster):
    return replace(bench.project, scheduler=cluster[0])


def run(project, page: Page) -> dict:
    return execute_all([page], project, Quiet())[page.path]


def test_a_cluster_gives_what_this_machine_gives(bench, project) -> None:
    page, here = bench.run(
        "```python\nimport numpy as np\nprint(np.arange(3))\n1 / 3\n```\n\n```py\n1 / 0\n```\n"
    )
    there = run(project, page)
    for cell in [*here["cells"], *there["cells"]]:
        del cell["metadata"]["sybil_pages"]["seconds"]
    assert there["cells"] == here["cells"]
    reports = [problem.report(page.path) for problem in failures(page, there)]
    assert reports == [problem.report(page.path) for problem in failures(page, here)]
    assert reports


def test_a_cluster_holds_pages_to_their_limits(bench, project) -> None:
    page = bench.read("```python\n#| timeout: 0.5\nwhile True: pass\n```\n")
    (problem,) = failures(page, run(project, page))
    assert problem.report(page.path).startswith("page.md:1: ran longer than its limit of 0.5 s")


def test_what_a_cluster_ran_is_kept_like_what_ran_here(bench, project) -> None:
    page = bench.read("```python\n1 + 1\n```\n")
    assert not run(project, page)["metadata"]["sybil_pages"]["cached"]
    assert run(replace(project, scheduler=""), page)["metadata"]["sybil_pages"]["cached"]


def test_a_page_whose_worker_is_killed_runs_on_another_worker(bench, cluster, project) -> None:
    text = (
        "```python\nimport os, time\nopen('started', 'a').write('x')\ntime.sleep(4)\n6 * 7\n```\n"
    )
    page = bench.read(f"---\nsybil-pages:\n  writes: true\n---\n{text}\n```output\n42\n```\n")
    workers = [psutil.Process(pid) for pid in cluster[1]]
    killed = threading.Thread(target=kill_the_busy_one, args=(workers, bench.root / "started"))
    killed.start()
    executed = run(project, page)
    killed.join()
    assert failures(page, executed) == []
    assert (bench.root / "started").read_text() == "xx"
    assert sum(worker.is_running() for worker in workers) == 1


def kill_the_busy_one(workers: list[psutil.Process], started: Path) -> None:
    deadline = time.monotonic() + 60
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    busy = next(worker for worker in workers if worker.children())
    busy.kill()
    busy.wait(10)


def test_no_scheduler_is_a_clear_error(bench) -> None:
    nobody = replace(bench.project, scheduler="tcp://127.0.0.1:9")
    page = bench.read("```python\n1\n```\n")
    with pytest.raises(RuntimeError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        execute_all([page], nobody, Quiet())
