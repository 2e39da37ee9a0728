"""Every fence that Python-Markdown renders is read, and what is wrong with one has its line."""

import pytest

from sybil_pages.fences import explained

SPELLINGS = {
    "plain": "```python\nx\n```",
    "short": "```py\nx\n```",
    "versioned": "```python3\nx\n```",
    "a space before the language": "``` python\nx\n```",
    "tildes": "~~~python\nx\n~~~",
    "a title": '```python title="a.py"\nx\n```',
    "highlighted lines": '```python hl_lines="1"\nx\n```',
    "line numbers": '```python linenums="1"\nx\n```',
    "two attributes": '```python title="x" hl_lines="1"\nx\n```',
    "braces": "```{.python .annotate}\nx\n```",
    "spaced braces": "```{ .python .annotate }\nx\n```",
    "language and braces": "```python { .annotate }\nx\n```",
    "four ticks": "````python\nx\n````",
    "an admonition": "!!! note\n\n    ```python\n    x\n    ```",
    "a folded admonition": '??? note "Title"\n\n    ```python\n    x\n    ```',
    "a tab": '=== "A"\n\n    ```python\n    x\n    ```',
    "a list": "* item\n\n    ```python\n    x\n    ```",
    "a quote": "> ```python\n> x\n> ```",
    "trailing blanks": "```python  \nx\n```  ",
    "CRLF": "```python\r\nx\r\n```\r\n",
    "front matter": "---\ntitle: x\n---\n\n```python\nx\n```",
    "a byte order mark": "\ufeff```python\nx\n```",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_a_python_fence_is_read_however_it_is_spelled(bench, text: str) -> None:
    page = bench.read(text)
    assert page.problems == []
    assert [(block.kind, block.code) for block in page.runs()] == [("python", "x")]


DISPLAY = {
    "no language": "```\nx\n```",
    "another language": "```yaml\nx: 1\n```",
    "a demonstration": "````markdown\n```python\nx\n```\n````",
    "an HTML comment": "<!--\n```python\nx\n```\n-->",
}


@pytest.mark.parametrize("text", DISPLAY.values(), ids=DISPLAY)
def test_a_fence_that_only_shows_is_counted_as_displayed(bench, text: str) -> None:
    page = bench.read(text)
    assert (page.problems, page.blocks, page.displayed) == ([], [], 1)


WRONG = {
    "a misspelled language": ("```pyhton\nx\n```", 1, "`pyhton` is no language: did you mean"),
    "a fence indented as code": ("text\n\n    ```py\n    x\n    ```", 3, "check its indent"),
    "the same below a heading": ("# A\n\n    ```py\n    x\n    ```", 3, "check its indent"),
    "the same behind a list": (
        "* a\n\ntext\n\n    ```yaml\n    x\n    ```",
        5,
        "check its indent",
    ),
    "another alias of Python": ("```py3\nx\n```", 1, "`py3` is not executed"),
    "IPython": ("```ipython\nx\n```", 1, "`ipython` is not executed"),
    "an unclosed fence": ("# A\n\n```python\nx\n", 3, "does not render as one"),
    "a fence beside its list marker": ("- ```python\n  x\n  ```", 1, "does not render as one"),
    "an unknown attribute": ('```python tilte="x"\nx\n```', 1, "unknown attribute"),
    "an unknown option": ("```python\n#| atl: x\nx\n```", 2, "`atl` is no option"),
    "an option without a value": ("```python\n#| alt:\nx\n```", 2, "has no value"),
    "a line that is no option": ("```python\n#| alt\nx\n```", 2, "not of the form"),
    "an option twice": ("```python\n#| echo: true\n#| echo: true\nx\n```", 3, "stands here twice"),
    "a wrong truth value": ("```python\n#| echo: no\nx\n```", 2, "`echo` is true or false"),
    "a wrong result": ("```python\n#| results: asis\nx\n```", 2, "show, fold or hide"),
    "a wrong number": ("```python\n#| timeout: soon\nx\n```", 2, "is a positive number"),
    "no reason": ("```python\n#| run: false\nx\n```", 1, "needs a `reason`"),
    "an output of nothing": ("text\n\n```output\n1\n```", 3, "right above it"),
    "an output below prose": ("```python\nx\n```\n\ntext\n\n```output\n1\n```", 7, "right above"),
    "two outputs": (
        "```python\nx\n```\n\n```output\n1\n```\n\n```output\n1\n```",
        9,
        "right above",
    ),
    "an output of a session": ("```pycon\n>>> 1\n1\n```\n```output\n1\n```", 5, "right above"),
    "a session without prompts": ("```pycon\nx\n```", 1, "without a `>>>` prompt"),
    "a broken inline expression": ("# A\n\nIt is `{python} 1 +\n1`.\n", 3, "on one line"),
    "an inline expression in a heading": ("# A `{python} 1`\n", 1, "a heading cannot hold"),
    "a missing include": ('# A\n\n--8<-- "none.py"\n', 3, "it is looked for in the project's root"),
}


@pytest.mark.parametrize(("text", "line", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_page_has_its_line(bench, text: str, line: int, message: str) -> None:
    problems = bench.read(text).problems
    assert [problem.line for problem in problems] == [line]
    assert message in problems[0].message


LANGUAGES = {
    "pyhton": "did you mean `python`?",
    "phyton": "did you mean `python`?",
    "pycno": "did you mean `pycon`?",
    "ouput": "did you mean `output`?",
    "Pyton": "did you mean `python`?",
    "frob": "`text` shows a fence without colours, `output` claims what the block above shows",
    "py3": "write `python`",
}


@pytest.mark.parametrize(("language", "advice"), LANGUAGES.items(), ids=LANGUAGES)
def test_an_unknown_language_is_told_the_way_out(bench, language: str, advice: str) -> None:
    (problem,) = bench.read(f"```{language}\nx\n```\n").problems
    assert advice in problem.message


def test_a_language_that_is_far_from_ours_is_not_likened_to_it(bench) -> None:
    (problem,) = bench.read("```frob\nx\n```\n").problems
    assert "did you mean" not in problem.message


def test_each_missing_include_is_reported_and_the_others_are_expanded(bench) -> None:
    bench.write("code.py", "a = 1\n")
    page = bench.read("""
        --8<-- "none.py"

        ```py
        --8<-- "code.py"
        --8<-- "code.py:part"
        b = 2
        ```
    """)
    assert [problem.line for problem in page.problems] == [1, 5]
    assert "`# --8<-- [start:NAME]`" in page.problems[1].message
    assert page.blocks[0].code == "a = 1\n\n\nb = 2"


CAUSES = {
    "a misspelled fence": "```pyhton\nx = 1\n```\n",
    "a misspelled session": "```pycno\n>>> x = 1\n```\n",
    "an alias of Python": "```py3\nimport a as x\n```\n",
    "a fence indented as code": "text\n\n    ```py\n    def x(): pass\n    ```\n\nt\n",
    "a missing include": '```py\n--8<-- "none.py"\n```\n',
}


@pytest.mark.parametrize("text", CAUSES.values(), ids=CAUSES)
def test_what_is_wrong_above_explains_the_names_that_blocks_miss(bench, text: str) -> None:
    page = bench.read(text + "\n```py\nx\n```\n")
    last = page.blocks[-1]
    assert explained(page, {"at": last.at, "message": "NameError", "missing": "x"})
    assert not explained(page, {"at": last.at, "message": "ValueError"})
    assert not explained(page, {"at": 1, "message": "NameError", "missing": "other"})


def test_a_misspelled_fence_explains_only_its_own_names_and_only_below_it(bench) -> None:
    page = bench.read("```py\nx\n```\n\n```pyhton\nx = 1\n```\n\n```py\ny\n```\n")
    assert not explained(page, {"at": 2, "missing": "x"})
    assert not explained(page, {"at": 10, "missing": "y"})


INDENTED = {
    "a list": "* a\n\n    ```py\n    x\n    ```",
    "a numbered list": "1. a\n\n    ```py\n    x\n    ```",
    "a list whose text runs on": "* a\nb\n\n    ```py\n    x\n    ```",
    "a list whose text is indented by less": "1. a\n   b\n\n    ```py\n    x\n    ```",
    "a definition": "A\n:   b\n\n    ```py\n    x\n    ```",
    "a footnote": "A[^1]\n\n[^1]: b\n\n    ```py\n    x\n    ```",
    "an admonition with text": "!!! note\n    text\n\n    ```py\n    x\n    ```",
    "a container that is not known here": "%%% note\n\n    ```py\n    x\n    ```",
}


@pytest.mark.parametrize("text", INDENTED.values(), ids=INDENTED)
def test_a_fence_may_be_indented_in(bench, text: str) -> None:
    page = bench.read(text)
    assert page.problems == []
    assert [block.code for block in page.blocks] == ["x"]


def test_options_are_read_and_are_not_code(bench) -> None:
    (block,) = bench.read("""
        ```python
        #| alt: The first finding: it grows.
        #| alt: The second.
        #| caption: One.
        #| echo: false
        #| results: fold
        #| timeout: 90
        #| tolerance: 0.05
        1 / 3
        ```
    """).blocks
    assert block.code == "1 / 3"
    assert block.options.alt == ("The first finding: it grows.", "The second.")
    assert block.options.caption == ("One.",)
    assert (block.options.echo, block.options.results) == (False, "fold")
    assert (block.options.timeout, block.options.tolerance) == (90.0, "0.05")


def test_a_solution_is_marked_by_a_word_alone_or_with_its_value(bench) -> None:
    texts = ("```py\n#| solution\nx\n```", "```py\n#| solution: true\nx\n```", "```py\nx\n```")
    blocks = [block for text in texts for block in bench.read(text).blocks]
    assert [block.options.solution for block in blocks] == [True, True, False]
    assert {block.code for block in blocks} == {"x"}


def test_a_session_is_cut_into_statements_with_their_claims(bench) -> None:
    (block,) = bench.read("""
        ```pycon
        >>> def f(x):
        ...     return x
        >>> f(1)
        1
        >>> print("a\\n\\nb")
        a

        b
        >>> text
        ... and the rest
        ```
    """).blocks
    assert [(s.source, s.at, s.claim, s.claim_at) for s in block.statements] == [
        ("def f(x):\n    return x", 2, "", 4),
        ("f(1)", 4, "1", 5),
        ('print("a\\n\\nb")', 6, "a\n\nb", 7),
        ("text", 10, "... and the rest", 11),
    ]


def test_included_lines_remember_where_they_stand(bench) -> None:
    bench.write("code.py", "a = 1\n# --8<-- [start:part]\nb = 2\n\nc = 3\n# --8<-- [end:part]\n")
    page = bench.read('# A\n\n!!! note\n\n    ```python\n    --8<-- "code.py:part"\n    ```\n')
    assert page.problems == []
    (block,) = page.blocks
    assert block.code == "b = 2\n\nc = 3"
    origin = page.origin(block.at + 2)
    assert (origin.line, origin.file, origin.file_line) == (6, "code.py", 5)


def test_an_escaped_include_is_text(bench) -> None:
    page = bench.read('```text\n;--8<-- "none.py"\n```\n')
    assert (page.problems, page.displayed) == ([], 1)
    assert page.lines[1] == '--8<-- "none.py"'


def test_inline_expressions_are_read_outside_of_fences(bench) -> None:
    page = bench.read(
        "A `{python} 1 + 1` and `` `{python} no` ``.\n\n```text\n`{python} no`\n```\n"
    )
    assert [(block.kind, block.code) for block in page.blocks] == [("inline", "1 + 1")]


@pytest.mark.parametrize("text", CAUSES.values(), ids=CAUSES)
def test_only_the_cause_is_reported(bench, text: str) -> None:
    reports = bench.check(text + "\n```py\ny = x\n```\n\n```py\ny\n```\n")
    assert len(reports) == 1
    assert "NameError" not in reports[0]


@pytest.mark.parametrize("info", ["{python}", "{python, echo=false}", " {pyhton}", "{code-cell}"])
def test_python_in_braces_as_other_tools_run_it_is_an_error(bench, info: str) -> None:
    page = bench.read(f"# A\n\n```{info}\n1 / 0\n```\n")
    (problem,) = page.problems
    assert problem.line == 3
    assert info.strip().split(",")[0].rstrip("}") in problem.message


@pytest.mark.parametrize(
    "info", ["{ .python }", '{ .yaml title="x" }', '{ title="x" }', "", "{note}"]
)
def test_attributes_in_braces_are_none(bench, info: str) -> None:
    assert bench.read(f"```{info}\n1\n```\n").problems == []
