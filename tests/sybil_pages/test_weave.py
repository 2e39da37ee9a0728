"""Outputs stand where their block stands, and never pass through Markdown."""

import re

import pytest
from markdown import markdown

from sybil_pages.weave import fill, weave

EXTENSIONS = ["admonition", "attr_list", "pymdownx.superfences", "pymdownx.tabbed"]


def woven(bench, text: str) -> str:
    page, executed = bench.run(text)
    html, problems = fill(page, executed, markdown(weave(page), extensions=EXTENSIONS))
    assert problems == []
    return html


def test_the_code_stays_and_its_options_go(bench) -> None:
    page, _ = bench.run('```python title="a.py"\n#| results: hide\nx = 1\n```\n')
    assert weave(page) == '```python title="a.py"\nx = 1\n```\n\nsybilpagesblock00000\n\n'


def test_an_output_stands_below_its_block(bench) -> None:
    html = woven(bench, "```py\nprint('<b>')\n```\n\nText.\n")
    output = html.index("&lt;b&gt;</code>")
    assert html.index("print") < output < html.index("<p>Text.</p>")
    assert "<b>" not in html


def test_the_page_shows_the_claim_and_not_the_computed_text(bench) -> None:
    html = woven(bench, "```py\n1 / 3\n```\n\n```output\n0.333\n```\n")
    assert "<code>0.333</code>" in html
    assert html.count("0.333") == 1


def test_a_session_is_shown_as_it_is_written(bench) -> None:
    html = woven(bench, "```pycon\n>>> 1 / 3\n0.333\n```\n")
    assert "sp-output" not in html
    assert "0.3333" not in html


def test_hidden_code_leaves_its_output(bench) -> None:
    html = woven(bench, "```py\n#| echo: false\nprint('seen')\n```\n")
    assert "print" not in html
    assert "seen" in html


def test_folded_and_hidden_results(bench) -> None:
    html = woven(
        bench,
        "```py\n#| results: fold\nprint('folded')\n```\n\n"
        "```py\n#| results: hide\nprint('hid' + 'den')\n```\n",
    )
    assert '<details class="sp-output sp-fold"><summary>Output</summary>' in html
    assert "hidden" not in html


def test_an_expected_error_is_marked_as_one(bench) -> None:
    html = woven(bench, "```py\n#| raises: ZeroDivisionError\n1 / 0\n```\n")
    assert '<div class="sp-output sp-error">' in html
    assert "ZeroDivisionError: division by zero" in html


def test_a_block_that_is_not_run_says_why(bench) -> None:
    html = woven(bench, "```py\n#| run: false\n#| reason: it needs a GPU\nx\n```\n")
    assert '<p class="sp-note">Not run here: it needs a GPU</p>' in html


def test_an_inline_expression_becomes_its_value(bench) -> None:
    html = woven(bench, "```py\nx = 2 / 3\n```\n\nIt is `{python} f'{x:.2f}'`, `{python} 1 < 2`.\n")
    assert "<p>It is 0.67, True.</p>" in html


def test_a_value_is_escaped(bench) -> None:
    assert "&lt;b&gt;" in woven(bench, "`{python} '<b>'`\n")


def test_markdown_values_are_rendered(bench) -> None:
    text = (
        "```py\nclass Table:\n    def _repr_markdown_(self):\n"
        "        return '|a|b|\\n|-|-|\\n|1|2|'\n```\n\n```py\nTable()\n```\n"
    )
    assert "<td>1</td>" in woven(bench, text)


CONTAINERS = {
    "an admonition": "!!! note\n\n    {}",
    "a tab": '=== "A"\n\n    {}',
    "a list": "* item\n\n    {}",
    "a nested list": "* item\n\n    * item\n\n        {}",
    "a quote": "> {}",
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_an_output_stays_inside_what_its_block_stands_in(bench, container: str) -> None:
    indent = re.match(r"[^{]*$", container.partition("{}")[0].split("\n")[-1])[0]
    prefix = indent if indent.strip() != "*" else "    "
    block = f"\n{prefix}".join(["```py", "print('in' + 'side')", "```"])
    html = woven(bench, container.format(block) + "\n\nbehind\n")
    assert html.index("inside") < html.index("<p>behind</p>")
    before = html[html.index("inside") : html.index("<p>behind</p>")]
    assert before.count("</div>") + before.count("</li>") + before.count("</blockquote>") >= 2


def test_a_fence_that_is_rendered_as_indented_code_is_a_problem(bench) -> None:
    page, executed = bench.run("text\n\n    ```py\n    1\n    ```\n")
    _, problems = fill(page, executed, markdown(weave(page), extensions=EXTENSIONS))
    assert [problem.report("page.md") for problem in problems] == [
        "page.md:3: Python-Markdown does not render this fence as a fence here; check its indent"
    ]


def test_a_failure_stands_in_place(bench) -> None:
    html = woven(bench, "```py\n1 / 0\n```\n")
    assert '<div class="sp-failure"><pre>ZeroDivisionError: division by zero</pre></div>' in html


def test_an_escaped_include_stays_escaped(bench) -> None:
    page = bench.read('```text\n;--8<-- "x"\n```\n')
    assert weave(page) == '```text\n;--8<-- "x"\n```\n'
