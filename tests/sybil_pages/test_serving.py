"""While a site is served, pages run on from build to build, and nothing runs twice."""

import time
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace

import pytest

from sybil_pages import serving
from sybil_pages.claims import failures, shown_text
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.serving import Served, used
from sybil_pages.workers import Quiet

SLOW = "```python\nimport time\ntime.sleep({})\n{}\n```\n"


class Heard(Quiet):
    """A watcher that remembers why pages had to run."""

    def __init__(self) -> None:
        self.ran_for: list[str] = []

    def runs(self, page: Page, reason: str) -> None:
        """Remember why."""
        self.ran_for.append(reason)


@pytest.fixture
def served(bench) -> Iterator[Served]:
    served = Served(bench.project)
    yield served
    served.close()


def shown(executed: ExecutedPage) -> str:
    return "".join(shown_text(cell) for cell in executed["cells"])


def finish(served: Served) -> None:
    wait([future for _, future in served._running.values()], timeout=60)


def test_the_first_build_waits_for_no_page_and_later_ones_have_it(bench, served) -> None:
    page = bench.read(SLOW.format(0.2, 42))
    first = served.executed([page], Heard())[page.path]
    assert first["cells"] == []
    assert first["metadata"]["sybil_pages"]["running"]
    finish(served)
    heard = Heard()
    assert shown(served.executed([page], heard)[page.path]) == "42\n"
    assert heard.ran_for == []


def told(served: Served, before: int, seconds: float = 5) -> bool:
    """Does the server hear of something new within this time?"""
    deadline = time.monotonic() + seconds
    while served.marker.stat().st_mtime_ns == before and time.monotonic() < deadline:
        time.sleep(0.01)
    return served.marker.stat().st_mtime_ns > before


def test_the_server_hears_when_a_page_is_done(bench, served) -> None:
    page = bench.read(SLOW.format(0.2, 42))
    before = served.marker.stat().st_mtime_ns
    served.executed([page], Heard())
    served.built()
    assert served.marker.stat().st_mtime_ns == before
    finish(served)
    assert told(served, before)


def test_the_server_hears_again_until_it_builds(bench, served, monkeypatch) -> None:
    monkeypatch.setattr(serving, "_AGAIN", 0.05)
    page = bench.read(SLOW.format(0, 42))
    served.executed([page], Heard())
    finish(served)  # while the site is built for the first time, and nobody listens
    before = served.marker.stat().st_mtime_ns
    served.built()
    assert told(served, before)
    assert told(served, served.marker.stat().st_mtime_ns)
    served.executed([page], Heard())
    served.built()
    assert not told(served, served.marker.stat().st_mtime_ns, 0.3)


def test_while_pages_run_the_site_stands_between_two_builds(bench, served, monkeypatch) -> None:
    monkeypatch.setattr(serving, "_REST", 1e6)
    quick, slow = (
        bench.read(SLOW.format(0, 1), "quick.md"),
        bench.read(SLOW.format(2, 2), "slow.md"),
    )
    served.executed([slow, quick], Heard())
    served.built()
    before = served.marker.stat().st_mtime_ns
    wait([served._running[quick.path][1]], timeout=60)
    assert not told(served, before, 0.3)  # it would be built now, and soon again
    finish(served)
    assert told(served, before)  # nothing runs any more


def test_an_edit_shows_its_result_in_the_build_that_it_starts(bench, served) -> None:
    served.executed([bench.read(SLOW.format(0, 1))], Heard())
    finish(served)
    edited = bench.read(SLOW.format(0.2, 2))
    assert shown(served.executed([edited], Heard())[edited.path]) == "2\n"


def test_an_edit_ends_the_run_of_the_old_code(bench, served) -> None:
    served.executed([bench.read(SLOW.format(60, 1))], Heard())
    edited = bench.read(SLOW.format(0, 2))
    started = time.monotonic()
    assert shown(served.executed([edited], Heard())[edited.path]) == "2\n"
    assert time.monotonic() - started < 30


def test_an_edit_of_prose_leaves_a_page_running(bench, served) -> None:
    page = bench.read(SLOW.format(1, 1))
    served.executed([page], Heard())
    heard = Heard()
    more = bench.read("More words.\n\n" + SLOW.format(1, 1))
    assert served.executed([more], heard)[page.path]["metadata"]["sybil_pages"]["running"]
    assert heard.ran_for == []


def test_a_build_waits_only_a_while_for_an_edited_page(bench, served, monkeypatch) -> None:
    monkeypatch.setattr(serving, "_PATIENCE", 0.2)
    served.executed([bench.read(SLOW.format(0, 1))], Heard())
    finish(served)
    edited = bench.read(SLOW.format(3, 2))
    assert served.executed([edited], Heard())[edited.path]["metadata"]["sybil_pages"]["running"]


def test_a_page_that_fails_runs_again_only_when_something_changed(bench, served) -> None:
    bench.write("tools.py", "answer = (\n")
    page = bench.read("```python\nimport tools\ntools.answer\n```\n")
    served.executed([page], Heard())
    finish(served)
    heard = Heard()
    (problem,) = failures(page, served.executed([page], heard)[page.path])
    assert "SyntaxError" in problem.message
    assert heard.ran_for == []
    bench.write("tools.py", "answer = 42\n")
    mended = served.executed([page], heard)[page.path]
    assert heard.ran_for == ["tools.py changed"]
    assert shown(mended) == "42\n"


def test_the_server_watches_what_pages_include_and_read(bench) -> None:
    project = replace(bench.project, docs=bench.root / "docs")
    included, data = bench.write("mod.py", "x = 1\n"), bench.write("data.txt", "1")
    bench.write("docs/own.txt", "1")
    page = bench.read(
        "```python\n--8<-- \"mod.py\"\nopen('data.txt').read(), open('docs/own.txt').read();\n```\n"
    )
    executed = bench.pool.submit(page, project=project).result()
    assert set(used([page], [executed], project)) == {included, data}
