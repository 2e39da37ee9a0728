"""A server runs a page again exactly when its code, options or project's modules changed."""

import pytest

from sybil_pages.cache import Memory

PAGE = "# A\n\n```py\nx = 1 / 3\nx\n```\n\n```output\n0.333\n```\n"
UNCHANGED = {
    "nothing": PAGE,
    "prose above": PAGE.replace("# A", "# A\n\nMore words.\n"),
    "a claim": PAGE.replace("0.333", "0.33"),
}
CHANGED = {
    "code": PAGE.replace("1 / 3", "2 / 3"),
    "an option": PAGE.replace("x = 1", "#| results: fold\nx = 1"),
    "an inline expression": PAGE + "\n`{python} x`\n",
}


def remembered(bench, text: str, later: str) -> bool:
    memory = Memory()
    page, executed = bench.run(text)
    memory.keep([page], {page.path: executed}, bench.project)
    return bool(memory.executed([bench.read(later)], bench.project))


@pytest.mark.parametrize("later", UNCHANGED.values(), ids=UNCHANGED)
def test_a_page_is_remembered_after_a_change_of(bench, later: str) -> None:
    assert remembered(bench, PAGE, later)


@pytest.mark.parametrize("later", CHANGED.values(), ids=CHANGED)
def test_a_page_runs_again_after_a_change_of(bench, later: str) -> None:
    assert not remembered(bench, PAGE, later)


def test_a_page_runs_again_after_a_module_changed(bench) -> None:
    bench.write("tools.py", "SIDES = 3\n")
    memory = Memory()
    page, executed = bench.run("```py\nfrom tools import SIDES\n```\n")
    memory.keep([page], {page.path: executed}, bench.project)
    bench.write("tools.py", "SIDES = 4\n")
    assert memory.executed([page], bench.project) == {}


def test_a_failed_page_is_never_remembered(bench) -> None:
    assert not remembered(bench, "```py\n1 / 0\n```\n", "```py\n1 / 0\n```\n")
