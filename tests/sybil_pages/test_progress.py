"""While pages run, a terminal shows one line, gone at the end; a log gets lines to keep."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sybil_pages.execution import execute_all
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.progress import Showing, Telling, watching

BLOCKS = "```py\n1\n```\n\n`{python} 1`\n\n```py\n2\n```\n"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True

    def screen(self) -> str:
        """What stands on the screen at the end, after what was erased."""
        rows, at = [""], 0
        for part in re.split(r"(\x1b\[[?\d;]*[A-Za-z]|\r|\n)", self.getvalue()):
            if part == "\n":
                at += 1
                rows += [""] if at == len(rows) else []
            elif part == "\x1b[1A":
                at -= 1
            elif part == "\x1b[2K":
                rows[at] = ""
            elif not part.startswith(("\x1b", "\r")):
                rows[at] += part
        return "\n".join(rows).strip()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    return Terminal()


def executed(**about: object) -> ExecutedPage:
    return {"cells": [], "metadata": {"sybil_pages": about}}


def test_a_log_says_why_a_page_runs_and_what_it_did(bench) -> None:
    log = io.StringIO()
    text = "```py\n1 / 3\n```\n\n```output\n0.333\n```\n\n```py\nx = 1\n```\n"
    with watching(log) as watcher:
        execute_all([bench.read(text)], bench.project, watcher)
    first, second = log.getvalue().splitlines()
    assert first == "page.md: runs: never executed here"
    assert re.fullmatch(r"page\.md: 2 blocks ran in \d+\.\d s, 1 claim verified, 0 figures", second)


def test_a_log_says_nothing_of_a_page_that_is_valid(bench) -> None:
    log = io.StringIO()
    for stream in (io.StringIO(), log):
        with watching(stream) as watcher:
            execute_all([bench.read("```py\n1\n```\n")], bench.project, watcher)
    assert log.getvalue() == ""


def test_lines_go_wherever_they_are_asked_to(bench) -> None:
    said: list[str] = []
    Telling(said.append).runs(bench.read(BLOCKS), "numbers.txt changed")
    assert said == ["page.md: runs: numbers.txt changed"]


def test_the_line_names_pages_done_and_what_runs(bench) -> None:
    now = 0.0
    showing = Showing(lambda: now)
    one, two = bench.read(BLOCKS), bench.read(BLOCKS)
    two.path = "two.md"
    for page in (one, two):
        showing.runs(page, "never executed here")
    assert showing.line() == "0 of 2 pages ran"
    showing.begins(one, one.blocks[0])
    now = 7.0
    assert showing.line() == "0 of 2 pages ran · page.md: block 1 of 2, 7 s"
    showing.begins(one, one.blocks[1])
    assert "block 1 of 2, 7 s" in showing.line()
    showing.begins(one, one.blocks[2])
    assert "block 2 of 2, 7 s" in showing.line()
    showing.ran(one, executed())
    showing.begins(two, two.blocks[0])
    assert showing.line() == "1 of 2 pages ran · two.md: block 1 of 2, 0 s"


def test_a_terminal_is_left_clean(bench, terminal: Terminal) -> None:
    page = bench.read(BLOCKS)
    with watching(terminal) as watcher:
        watcher.runs(page, "never executed here")
        watcher.begins(page, page.blocks[0])
        watcher.ran(page, executed())
    assert "1 of 1 page ran" in terminal.getvalue()
    assert terminal.screen() == ""
    assert terminal.getvalue().rindex("\x1b[?25h") > terminal.getvalue().rindex("\x1b[?25l")


def test_a_terminal_is_left_clean_after_ctrl_c(bench, terminal: Terminal) -> None:
    page = bench.read(BLOCKS)

    def interrupted() -> None:
        with watching(terminal) as watcher:
            watcher.runs(page, "never executed here")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert terminal.screen() == ""
    assert terminal.getvalue().rindex("\x1b[?25h") > terminal.getvalue().rindex("\x1b[?25l")


def test_a_terminal_that_can_draw_nothing_gets_plain_lines(
    bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with watching(terminal) as watcher:
        watcher.runs(bench.read(BLOCKS), "never executed here")
    assert terminal.getvalue() == "page.md: runs: never executed here\n"


def through(watcher: Showing | Telling, page: Page) -> None:
    """The whole life of a page."""
    watcher.runs(page, "never executed here")
    for block in page.runs():
        watcher.begins(page, block)
    watcher.ran(page, executed())


@pytest.mark.parametrize("kind", [Showing, lambda: Telling(lambda line: None)])
def test_many_threads_tell_at_once(bench, kind: Callable[[], Showing | Telling]) -> None:
    pages = [bench.read(BLOCKS) for _ in range(200)]
    for n, page in enumerate(pages):
        page.path = f"{n}.md"
    watcher = kind()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda page: through(watcher, page), pages))
    assert len(watcher.reasons) == 200
    if isinstance(watcher, Showing):
        assert watcher.line() == "200 of 200 pages ran"
