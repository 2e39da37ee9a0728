"""Shaking names what holds in one run and not in another, and nothing else."""

from collections.abc import Callable, Mapping

import pytest

from sybil_pages.commands.shake import CONDITIONS, differences, shake
from sybil_pages.execution import execute_all
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.workers import Quiet

Outcome = Callable[[Mapping[str, str]], str]
CLAIMED = "```py\nx\n```\n\n```output\n0.333\n```\n"
UNCLAIMED = "# A\n\n```py\nx\n```\n"


def shown(page: Page, text: str) -> ExecutedPage:
    """A page whose every block showed the same text."""
    cells = [
        {
            "id": f"block-{block.number}",
            "metadata": {
                "sybil_pages": {"value": text, "computed": [text for _ in block.statements]}
            },
            "outputs": [{"output_type": "stream", "text": text}],
        }
        for block in page.runs()
    ]
    return {"cells": cells, "metadata": {"sybil_pages": {}}}


def shaken(bench, text: str, outcome: Outcome, first: str) -> list[str]:
    """What is named where a page shows what `outcome` says under some conditions."""
    page = bench.read(text)
    found = shake(
        [page],
        {page.path: shown(page, first)},
        lambda conditions: {page.path: shown(page, outcome(conditions))},
        lambda line: None,
    )
    return [problem.report(path) for path, problems in found.items() for problem in problems]


def test_what_holds_everywhere_is_not_named(bench) -> None:
    assert shaken(bench, CLAIMED, lambda conditions: "0.3331", "0.3333") == []


BREAKS = {
    "OMP_NUM_THREADS=1": ("OMP_NUM_THREADS", "1"),
    "OMP_NUM_THREADS=2": ("TF_NUM_INTRAOP_THREADS", "2"),
    "TF_ENABLE_ONEDNN_OPTS=0": ("TF_ENABLE_ONEDNN_OPTS", "0"),
    "PYTHONHASHSEED=1": ("PYTHONHASHSEED", "1"),
    "an interpreter of its own": ("SYBIL_PAGES_START", "spawn"),
}


@pytest.mark.parametrize(("label", "setting"), BREAKS.items(), ids=BREAKS)
def test_a_claim_that_breaks_under_one_condition_is_named_with_it(
    bench, label: str, setting: tuple[str, str]
) -> None:
    name, value = setting
    said = shaken(bench, CLAIMED, lambda c: "0.34" if c.get(name) == value else "0.333", "0.333")
    assert len(said) == 1
    assert said[0].startswith(f"page.md:6: does not hold with {label}: claimed `0.333`, computed")
    assert "computed `0.34`" in said[0]


def test_a_claim_that_breaks_everywhere_is_named_for_each_condition(bench) -> None:
    said = shaken(bench, CLAIMED, lambda conditions: "0.34", "0.333")
    assert len(said) == 1 + len(CONDITIONS)
    assert "page.md:6: does not hold in a second run: claimed" in said[0]


def test_a_claim_that_fails_anyway_is_not_repeated(bench) -> None:
    assert shaken(bench, CLAIMED, lambda conditions: "0.4", "0.4") == []


def test_every_condition_is_tried_and_told(bench) -> None:
    page = bench.read(CLAIMED)
    tried: list[Mapping[str, str]] = []
    told: list[str] = []

    def run(conditions: Mapping[str, str]) -> Mapping[str, ExecutedPage]:
        tried.append(conditions)
        return {page.path: shown(page, "0.333")}

    shake([page], {page.path: shown(page, "0.333")}, run, told.append)
    assert tried == [{}, *CONDITIONS.values()]
    assert told == ["once more, as it is", *(f"once more, with {label}" for label in CONDITIONS)]


def test_an_output_that_nobody_claims_must_not_differ_between_two_runs(bench) -> None:
    said = shaken(bench, UNCLAIMED, lambda conditions: "1\n3\n", "1\n2\n")
    assert said == ["page.md:3: differs between two runs: its text, `2` and `3`"]


def test_an_output_that_nobody_claims_may_differ_under_other_conditions(bench) -> None:
    assert shaken(bench, UNCLAIMED, lambda c: "2" if c else "1", "1") == []


def test_an_inline_value_must_not_differ_between_two_runs(bench) -> None:
    said = shaken(bench, "It is `{python} x`.\n", lambda conditions: "2", "1")
    assert said == ["page.md:1: differs between two runs: its value, `1` and `2`"]


def test_a_claimed_output_may_differ_as_far_as_its_claim_admits(bench) -> None:
    assert shaken(bench, CLAIMED, lambda conditions: "0.3331", "0.3334") == []
    session = "```pycon\n>>> x\n0.333\n```\n"
    assert shaken(bench, session, lambda conditions: "0.3331", "0.3334") == []


PICTURES = {
    "image/svg+xml": "its figure",
    "image/png": "its image",
    "text/markdown": "its Markdown",
}


@pytest.mark.parametrize(("kind", "what"), PICTURES.items(), ids=PICTURES)
@pytest.mark.parametrize("text", [CLAIMED, UNCLAIMED], ids=["claimed", "unclaimed"])
def test_a_picture_must_not_differ_between_two_runs(bench, text: str, kind: str, what: str) -> None:
    page = bench.read(text)
    one, two = shown(page, "0.333"), shown(page, "0.333")
    for executed, drawing in ((one, "<svg>1"), (two, "<svg>2")):
        data = {"output_type": "display_data", "data": {kind: drawing, "text/plain": "x"}}
        executed["cells"][0]["outputs"].append(data)
    assert list(differences(page, one, one)) == []
    said = [problem.report(page.path) for problem in differences(page, one, two)]
    assert said == [f"page.md:{text[: text.index('```')].count(chr(10)) + 1}: "
                    f"differs between two runs: {what}"]  # fmt: skip


def test_pages_really_run_again_under_the_conditions(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTEROP_THREADS"):
        monkeypatch.delenv(name, raising=False)
    page = bench.read("""
        ```py
        import os
        print(os.environ.get("OMP_NUM_THREADS"))
        print(os.environ["PYTHONHASHSEED"])
        print(os.environ["TF_NUM_INTEROP_THREADS"])
        ```

        ```output
        1
        0
        1
        ```

        ```py
        import time
        time.time()
        ```
    """)

    def run(conditions: Mapping[str, str]) -> Mapping[str, ExecutedPage]:
        return execute_all([page], bench.project, Quiet(), fresh=True, conditions=conditions)

    found = shake([page], run({}), run, lambda line: None)
    said = [problem.report(page.path) for problem in found[page.path]]
    assert [text.partition(": claimed")[0] for text in said[:2]] == [
        "page.md:9: does not hold with OMP_NUM_THREADS=2",
        "page.md:10: does not hold with PYTHONHASHSEED=1",
    ]
    assert said[2].startswith("page.md:14: differs between two runs: its text, ")
    assert len(said) == 3
