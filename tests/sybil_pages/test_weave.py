"""Outputs stand where their block stands, and never pass through Markdown."""

import re
from html import unescape

import pytest
from markdown import markdown

from sybil_pages.claims import failures
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


def test_a_session_is_copied_without_prompts_and_outputs(bench) -> None:
    html = woven(bench, "```pycon\n>>> def f(x):\n...     return x < '&'\n>>> f('%')\nFalse\n```\n")
    (copied,) = re.findall(r'<div id="block-0" data-copy="([^"]*)" class="highlight">', html)
    assert unescape(copied) == "def f(x):\n    return x < '&'\nf('%')"


def test_other_code_is_copied_as_it_is_shown(bench) -> None:
    assert "data-copy" not in woven(bench, "```py\n1\n```\n\n```bash\nls\n```\n")


def test_a_shell_session_is_copied_as_its_commands(bench) -> None:
    page, executed = bench.run("```console\n$ echo '<b>' > a\nout $ put\n$ ls\na\n```\n")
    extensions = [*EXTENSIONS, "pymdownx.highlight"]
    configs = {"pymdownx.highlight": {"pygments_lang_class": True}}
    html = markdown(weave(page), extensions=extensions, extension_configs=configs)
    (copied,) = re.findall(r'data-copy="([^"]*)"', fill(page, executed, html)[0])
    assert unescape(copied) == "echo '<b>' > a\nls"


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


def filled(bench, text: str) -> tuple[str, list[str]]:
    """A page with its failures in place, and what could not be placed."""
    page, executed = bench.run(text)
    html = markdown(weave(page), extensions=EXTENSIONS)
    html, unplaced = fill(page, executed, html, failures(page, executed))
    return html, [problem.report(page.path) for problem in unplaced]


def test_an_output_stands_in_raw_html(bench) -> None:
    text = "<details>\n<summary>More</summary>\n\n```py\nprint('in' + 'side')\n```\n\n</details>\n"
    html = woven(bench, text)
    assert "sybilpages" not in html
    assert html.index("print") < html.index("inside") < html.index("</details>")


UNPLACED = {
    "a container that the site does not know": "%%% note\n\n    ```py\n    1\n    ```\n",
    "a second one in it": "%%% n\n\n    ```yaml\n    1\n    ```\n\n    ```py\n    1\n    ```\n",
}


@pytest.mark.parametrize("text", UNPLACED.values(), ids=UNPLACED)
def test_a_fence_that_the_site_does_not_render_as_one_is_a_problem(bench, text: str) -> None:
    line = text[: text.index("```py")].count("\n") + 1
    wrong = "Python-Markdown does not render this fence as a fence here; check its indent"
    html, unplaced = filled(bench, text + "\n```py\n'be' + 'hind'\n```\n")
    assert unplaced == [f"page.md:{line}: {wrong}"]
    assert "sybilpages" not in html
    assert "behind" in html
    assert wrong in html


def test_a_page_whose_claims_hold_shows_no_failure(bench) -> None:
    html, _ = filled(bench, "```py\n1 / 3\n```\n\n```output\n0.333\n```\n")
    assert "sp-fail" not in html


def test_a_failure_stands_below_its_block_with_its_code_as_indented(bench) -> None:
    html, _ = filled(bench, "A\n\n```py\nif True:\n    1 / 0\n```\n\nB\n")
    place = html.index('<div class="sp-failure" id="sp-failure-1">')
    assert html.index('class="highlight"') < place < html.index("<p>B</p>")
    assert "page.md:5" in html[place:]
    assert "ZeroDivisionError: division by zero" in html[place:]


def test_a_missed_claim_shows_claimed_and_computed_and_by_how_much(bench) -> None:
    html, _ = filled(bench, "```py\n2 / 3\n```\n\n```output\n0.66\n```\n")
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    assert rows[:2] == [
        ("claimed", "<code>0.66</code>"),
        ("computed", "<code>0.6666666666666666</code>"),
    ]
    assert rows[2][0] == "off by"
    assert float(rows[2][1].split(";")[0]) == pytest.approx(2 / 3 - 0.66, rel=0.01)
    assert "<code>sybil-pages accept page.md</code>" in html


def test_a_missed_claim_shows_all_that_was_computed(bench) -> None:
    html, _ = filled(bench, "```py\nprint('a\\nb')\n```\n\n```output\na\nc\n```\n")
    assert "<code>a\nb</code></pre>" in html
    assert "<code>a\nc</code></pre>" not in html


def test_each_missed_claim_of_a_session_has_a_place(bench) -> None:
    html, _ = filled(bench, "```pycon\n>>> 1\n2\n>>> 3\n4\n```\n")
    assert re.findall(r'<div class="sp-failure" id="(.*?)">', html) == [
        "sp-failure-1",
        "sp-failure-2",
    ]


def test_the_top_lists_each_failure_on_a_line_that_leads_to_it(bench) -> None:
    text = "# A\n\n```py\nint('x')\n```\n\n```pycon\n>>> 1\n2\n```\n\n`{python} 1 / 0`\n"
    html, _ = filled(bench, text)
    top = html[: html.index("<h1>")]
    assert "3 failures" in top
    links = re.findall(r'<a href="#(.*?)">(.*?)</a>', top)
    assert links == [
        ("sp-failure-1", "page.md:4"),
        ("sp-failure-2", "page.md:9"),
        ("sp-failure-3", "page.md:12"),
    ]
    for anchor, _ in links:
        assert html.count(f'id="{anchor}"') == 1
    assert "<pre" not in top


def test_a_problem_of_no_block_stands_at_the_top_in_full(bench) -> None:
    html, _ = filled(bench, '# A\n\n--8<-- "none.py"\n\n```pyhton\n1\n```\n')
    assert "<a " not in html
    assert html.index("could not be found") < html.index("did you mean") < html.index("<h1>")
    assert "<code>python</code>" in html


def test_a_wrong_option_stands_at_its_block(bench) -> None:
    html, _ = filled(bench, "```py\n#| atl: x\n1\n```\n")
    place = html.index('<div class="sp-failure" id="sp-failure-1">')
    assert "<code>atl</code> is no option" in html[place:]


def test_a_failed_inline_expression_says_so_in_its_sentence(bench) -> None:
    html, _ = filled(bench, "It is `{python} 1 / 0`.\n")
    place = '<p>It is <span class="sp-failed" id="sp-failure-1">ZeroDivisionError: division by zero'
    assert f"{place}</span>.</p>" in html


def test_what_follows_from_a_failure_is_not_listed_again(bench) -> None:
    text = "```py\nx = 1 / 0\n```\n\n```py\nx\n```\n"
    html, _ = filled(bench, text)
    assert "1 failure<" in html
    assert "Follows from a failure above: NameError: name &#x27;x&#x27; is not defined" in html


def test_a_failure_is_escaped(bench) -> None:
    html, _ = filled(bench, "```py\nraise ValueError('<b>')\n```\n\n```py\n'<i>'\n```\n"
                            "\n```output\n<u>\n```\n")  # fmt: skip
    assert not {"<b>", "<i>", "<u>"} & set(re.findall(r"<\w+>", html))


def test_a_claim_of_a_block_that_is_not_run_is_shown_as_not_verified(bench) -> None:
    text = "```py\n#| run: false\n#| reason: it needs a GPU\n1\n```\n\n```output\n1234\n```\n"
    html = woven(bench, text)
    assert html.index("Output, not verified") < html.index("1234") < html.index("Not run here")


def test_the_reason_of_an_adopted_block_is_not_for_readers(bench) -> None:
    html = woven(bench, "```py\n#| run: false\n#| reason: not yet: NameError: x\nx\n```\n")
    assert '<p class="sp-note">Not verified yet</p>' in html
    assert "NameError" not in html


def test_an_escaped_include_stays_escaped(bench) -> None:
    page = bench.read('```text\n;--8<-- "x"\n```\n')
    assert weave(page) == '```text\n;--8<-- "x"\n```\n'
