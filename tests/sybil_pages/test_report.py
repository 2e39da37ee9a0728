"""Each fence is counted once, and what is said of a page is what its execution found."""

import io
import json
import re
from pathlib import Path
from textwrap import dedent

import pytest

from sybil_pages import report
from sybil_pages.census import Census, census
from sybil_pages.claims import failures
from sybil_pages.commands import summary
from sybil_pages.commands.check import Checked
from sybil_pages.page import ExecutedPage, Page, not_executed
from sybil_pages.project import Project, above
from sybil_pages.read import read, read_file

FOLDER = Path(__file__).parents[2] / "docs"
DOCS = sorted(FOLDER.rglob("*.md"))
PAGE = """\
# A

```python
x = 1 / 3
x
```

```output
0.333
```

It is `{python} round(x, 2)`.

```pycon
>>> x > 0
True
>>> y = 2
>>> y
2
```

```python
#| run: false
#| reason: it needs a GPU
x
```

```yaml
a: 1
```

````markdown
```python
x
```
````
"""


def as_claimed(page: Page, **about: object) -> ExecutedPage:
    """A page as if it had been executed and had shown exactly what it claims."""
    cells = []
    for block in page.runs():
        text = block.claim or "".join(statement.claim for statement in block.statements)
        record = {"computed": [statement.claim for statement in block.statements]}
        outputs = [{"output_type": "stream", "text": text}] if text else []
        name = f"block-{block.number}"
        cells.append({"id": name, "metadata": {"sybil_pages": record}, "outputs": outputs})
    return {"cells": cells, "metadata": {"sybil_pages": about}}


def fences_of(text: str) -> list[str]:
    """The languages of the fences of a page, by a scan that knows of nothing but fences."""
    found, closing = [], ""
    for line in text.splitlines():
        mark = re.match(r"[> ]*(`{3,}|~{3,})\s*(\S*)", line)
        if mark and not closing:
            closing = mark[1]
            found.append(mark[2].strip("{.}"))
        elif mark and mark[1].startswith(closing) and not mark[2]:
            closing = ""
    return found


def test_the_tutorial_has_many_fences_to_count() -> None:
    assert sum(len(fences_of(path.read_text("utf-8"))) for path in DOCS) > 100


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_fence_of_the_tutorial_is_counted_once(path: Path) -> None:
    page = read_file(path, above(path))
    fences = fences_of(path.read_text("utf-8"))
    found = census(page, as_claimed(page))
    assert found.fences == len(fences)
    assert found.failed == 0
    assert census(page, not_executed(page)).fences == len(fences)
    sessions = sum(block.kind == "pycon" for block in page.runs())
    assert found.verified == fences.count("output") + sessions


SYNTHETIC = {
    "all kinds": PAGE,
    "nothing": "# A\n\nText.\n",
    "tildes and braces": "~~~py\nx\n~~~\n\n``` { .python }\nx\n```\n\n```\nx\n```\n",
    "containers": "!!! note\n\n    ```py\n    x\n    ```\n\n> ```py\n> x\n> ```\n\n"
    "* a\n\n    ```yaml\n    x\n    ```\n",
    "a comment": "<!--\n```python\nx\n```\n-->\n\n```py\nx\n```\n",
    "mistakes": "```pyhton\nx\n```\n\n```output\n1\n```\n\n```py3\nx\n```\n",
    "a fence indented as code": "text\n\n    ```py\n    x\n    ```\n",
    "an output of what is not run": "```py\n#| run: false\n#| reason: r\nx\n```\n\n"
    "```output\n1\n```\n",
    "a page that is not run": "---\nsybil-pages: {run: false, reason: r}\n---\n" + PAGE,
    "a broken page that is not run": "---\nsybil-pages: {run: false, reason: r}\n---\n"
    "```pyhton\nx\n```\n\n```py\nx\n```\n\n```output\n1\n```\n",
}


@pytest.mark.parametrize("text", SYNTHETIC.values(), ids=SYNTHETIC)
def test_every_fence_is_counted_once(bench, text: str) -> None:
    page = bench.read(text)
    assert census(page, as_claimed(page)).fences == len(fences_of(text))
    assert census(page, not_executed(page)).fences == len(fences_of(text))


def test_fences_are_verified_executed_or_displayed(bench) -> None:
    page, executed = bench.run(PAGE)
    found = census(page, executed)
    assert (found.verified, found.executed, found.displayed, found.failed) == (2, 1, 3, 0)
    assert (found.blocks, found.claims, found.values, found.figures) == (2, 3, 1, 0)
    assert found.shown == [(22, "it needs a GPU")]


FAILED = {  # verified, executed, displayed, failed; blocks that ran, claims that hold
    "an exception": ("```py\n1 / 0\n```\n\n```output\n1\n```\n", (0, 0, 0, 2), (1, 0)),
    "a missed claim": ("```py\n1\n```\n\n```output\n2\n```\n", (0, 1, 0, 1), (1, 0)),
    "one of two claims": ("```pycon\n>>> 1\n1\n>>> 2\n3\n```\n", (0, 0, 0, 1), (1, 1)),
    "a death": (
        "```py\nimport os\nos._exit(1)\n```\n\n```py\n1\n```\n",
        (0, 0, 0, 2),
        (1, 0),
    ),
}


@pytest.mark.parametrize(("text", "fences", "ran"), FAILED.values(), ids=FAILED)
def test_what_fails_is_neither_verified_nor_executed(
    bench, text: str, fences: tuple[int, ...], ran: tuple[int, int]
) -> None:
    found = census(*bench.run(text))
    assert (found.verified, found.executed, found.displayed, found.failed) == fences
    assert (found.blocks, found.claims) == ran


def foot(page: Page, **about: object) -> str:
    """The foot of a page, as text."""
    html = report.foot(page, as_claimed(page, **about))
    return re.sub(r"<.*?>", "", html).strip()


KERAS = {"keras": "3.15.1", "tensorflow": "2.21.0", "jax": "0.9.0", "numpy": "2.4.6"}
WITH = {
    "keras": ({"backend": "tensorflow", "versions": KERAS}, "Keras 3.15.1 on TensorFlow 2.21, CPU"),
    "another backend": ({"backend": "jax", "versions": KERAS}, "Keras 3.15.1 on JAX 0.9, CPU"),
    "another distribution": (
        {"backend": "tensorflow", "versions": {"keras": "3.16.0", "tensorflow-cpu": "2.21.1"}},
        "Keras 3.16 on TensorFlow 2.21.1, CPU",
    ),
    "a framework alone": ({"versions": {"torch": "2.9.0", "numpy": "2.4.6"}}, "PyTorch 2.9, CPU"),
    "numpy": ({"versions": {"numpy": "2.4.6"}}, "NumPy 2.4.6"),
}


@pytest.mark.parametrize(("about", "said"), WITH.values(), ids=WITH)
def test_the_foot_says_with_what_the_page_computed(bench, about: dict, said: str) -> None:
    assert foot(bench.read("```py\n1\n```\n"), device="CPU", **about) == f"1 block ran; {said}"


FEET = {
    "nothing": ("# A\n\nText.\n", ""),
    "display alone": ("```yaml\na: 1\n```\n", ""),
    "one block": ("```py\n1\n```\n", "1 block ran"),
    "two": ("```py\n1\n```\n\n```py\n1\n```\n", "2 blocks ran"),
    "all kinds": (
        PAGE,
        "2 blocks ran, 3 outputs verified, 1 value in the text computed, 1 shown, not run",
    ),
    "one output": ("```py\n1\n```\n\n```output\n1\n```\n", "1 block ran, 1 output verified"),
    "values alone": ("`{python} 1` `{python} 2`\n", "2 values in the text computed"),
    "not run": (
        "---\nsybil-pages: {run: false, reason: it needs a GPU}\n---\n```py\nx\n```\n",
        "1 block shown, not run (it needs a GPU)",
    ),
    "adopted": (
        "---\nsybil-pages: {run: false, reason: 'not yet: NameError'}\n---\n```py\nx\n```\n",
        "1 block shown, not run",
    ),
}


@pytest.mark.parametrize(("text", "said"), FEET.values(), ids=FEET)
def test_the_foot_counts_what_ran_in_the_right_number(bench, text: str, said: str) -> None:
    assert foot(bench.read(text)) == said


def test_the_foot_is_the_same_at_every_build(bench) -> None:
    page = bench.read(PAGE)
    one = report.foot(page, as_claimed(page, seconds=1.0, peak_memory=10, cached=False))
    assert one == report.foot(page, as_claimed(page, seconds=2.0, peak_memory=20, cached=True))


def test_a_page_that_still_runs_has_no_foot(bench) -> None:
    page = bench.read(PAGE)
    executed = not_executed(page)
    assert report.foot(page, executed) != ""
    executed["metadata"]["sybil_pages"]["running"] = True
    assert report.foot(page, executed) == ""


def test_the_foot_of_a_served_page_counts_what_failed(bench) -> None:
    page, executed = bench.run("```py\n1\n```\n\n```output\n2\n```\n")
    assert "1 block ran, 1 failed" in report.foot(page, executed)


def test_the_foot_is_escaped_and_not_searched(bench) -> None:
    front = "---\nsybil-pages: {run: false, reason: a <b>}\n---\n```py\nx\n```\n"
    html = report.foot(bench.read(front), not_executed(bench.read(front)))
    assert "a &lt;b&gt;" in html
    assert "data-search-exclude" in html


def test_a_line_tells_what_ran_in_the_right_number(bench) -> None:
    page = bench.read("```py\n1\n```\n\n```output\n1\n```\n")
    said = report.line(page, as_claimed(page, seconds=12.34))
    assert said == "page.md: 1 block ran in 12.3 s, 1 claim verified, 0 figures"
    assert report.line(page, not_executed(page)).startswith("page.md: not run: ")


def test_totals_sum_the_pages() -> None:
    pages = [Census(blocks=3, claims=1, executed=3, verified=1), Census(blocks=1, executed=1)]
    assert report.totals(pages, 0) == "2 pages: 4 blocks ran, 1 claim verified; no failures"
    assert report.totals(pages, 1, 2) == (
        "2 pages (2 from the cache): 4 blocks ran, 1 claim verified; 1 failure"
    )
    assert report.totals([Census()], 0) == "1 page: nothing to run; no failures"


def named(path: str, text: str) -> Page:
    return read(path, dedent(text), Project(Path(), Path()))


def test_adopted_blocks_are_counted_down() -> None:
    block = "```py\n#| run: false\n#| reason: {}\nx\n```\n\n"
    one = named("docs/a.md", block.format("not yet: NameError: x") * 2 + block.format("a GPU"))
    front = "---\nsybil-pages: {run: false, reason: 'not yet: it fails'}\n---\n"
    two = named("docs/b.md", front + "```py\nx\n```\n" * 3)
    broken = named("docs/c.md", front + "```pyhton\nx\n```\n")
    fine = named("docs/d.md", "```py\nx\n```\n")
    pages = [(page.path, page, census(page, not_executed(page))) for page in (one, two, broken)]
    assert report.not_yet(pages) == (
        "6 blocks are not yet verified: docs/a.md 2, docs/b.md 3, docs/c.md 1"
    )
    assert report.not_yet(pages[2:]) == "1 block is not yet verified: docs/c.md 1"
    assert report.not_yet([("d", fine, census(fine, as_claimed(fine)))]) == ""


@pytest.fixture
def entries(bench) -> list[summary.Entry]:
    """Two pages, one of which fails."""
    found = []
    for name, text in {"a|b.md": PAGE, "bad.md": "```py\n1\n```\n\n```output\n2\n```\n"}.items():
        page, executed = bench.run(text)
        page.path = name
        reason = "never executed here"
        found.append(Checked(page, executed, failures(page, executed), reason, name))
    return [summary.entry(one) for one in found]


def test_the_json_adds_up(entries: list[summary.Entry]) -> None:
    report = json.loads(json.dumps(summary.whole(entries)))
    one, two = report["pages"]
    assert one["fences"] == one["verified"] + one["executed"] + one["displayed"] + one["failed"]
    assert one["fences"] == len(fences_of(PAGE))
    assert one["shown"] == [{"line": 22, "reason": "it needs a GPU"}]
    assert one["seconds"] > 0
    assert one["peak_memory"] > 2**20
    assert (one["cached"], one["reason"]) == (False, "never executed here")
    assert [failure["line"] for failure in two["failures"]] == [6]
    totals = report["totals"]
    assert (totals["pages"], totals["failures"], totals["cached"]) == (2, 1, 0)
    assert totals["fences"] == one["fences"] + two["fences"]
    assert totals["claims"] == one["claims"] + two["claims"] == 3


@pytest.mark.parametrize("width", [70, 200])
def test_the_table_cuts_no_word_at_a_terminal(
    entries: list[summary.Entry], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    summary.table(entries, stream)
    text = re.sub(r"\x1b\[[\d;]*m", "", stream.getvalue())
    assert max(map(len, text.splitlines())) <= width
    words = text.split()
    for word in ("page", "blocks", "verified", "memory", "a|b.md", "bad.md", "executed"):
        assert word in words


def test_the_table_has_a_line_a_page_where_nobody_reads_it(
    entries: list[summary.Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = io.StringIO()
    entries[0]["reason"] = "long " * 50
    summary.table(entries, stream)
    rows = stream.getvalue().splitlines()
    assert [row.split()[0] for row in rows if ".md" in row] == ["a|b.md", "bad.md"]
    assert rows[2].count("long") == 50


def test_the_job_summary_is_a_table_and_the_failures(entries: list[summary.Entry]) -> None:
    text = summary.markdown(entries, "2 pages", ["bad.md:6: claimed `2`\n```", "two"])
    lines = text.splitlines()
    assert lines[0] == "### 2 pages"
    rows = [line for line in lines if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", row) for row in rows]
    assert {len(cell) for cell in cells} == {9}
    assert [cell.strip() for cell in cells[2]][1:4] == ["a\\|b.md", "2", "3"]
    assert cells[2][7].strip() == "never executed here"
    assert text.endswith("````text\nbad.md:6: claimed `2`\n```\n````\n\n```text\ntwo\n```\n")
