"""pytest collects one item a block, without a conftest; items report what the page's run found."""

import pytest

SITE = "site_name: x\nplugins: [sybil-pages]\n"
PAGE = """\
# A

```python title="a.py"
print("ran once")
x = 1
```

```output
ran once
```

Inline `{python} x`.

```pycon
>>> x + 1
2
```

```yaml
x: 1
```
"""
SNIPPET = '''
def third(x):
    """Divide by three.

    >>> third(1)
    0.33

    >>> third("a")
    Traceback (most recent call last):
    TypeError: unsupported operand type(s) for /: 'str' and 'int'
    """
    return x / 3
'''


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makefile(".yml", mkdocs=SITE)
    pytester.mkdir("docs")
    pytester.mkdir("snippets")
    (pytester.path / "docs" / "a.md").write_text(PAGE, "utf-8")
    (pytester.path / "snippets" / "__init__.py").touch()
    (pytester.path / "snippets" / "thirds.py").write_text(SNIPPET, "utf-8")
    pytester.makefile(".md", README="# R\n\n```py\n1 + 1\n```\n\n```output\n2\n```\n")
    return pytester


def test_pages_readme_and_docstrings_are_collected(project: pytest.Pytester) -> None:
    project.runpytest_subprocess().assert_outcomes(passed=6)


def test_a_project_without_the_plugin_is_left_alone(project: pytest.Pytester) -> None:
    project.makefile(".yml", mkdocs="site_name: x\n")
    assert project.runpytest_subprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_single_item_runs_alone(project: pytest.Pytester) -> None:
    project.runpytest_subprocess("docs/a.md::line:14,column:1").assert_outcomes(passed=1)


def test_a_wrong_claim_fails_its_item_and_names_the_line(project: pytest.Pytester) -> None:
    page = project.path / "docs" / "a.md"
    page.write_text(page.read_text("utf-8").replace("\n2\n", "\n3\n"), "utf-8")
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["docs/a.md:16: claimed `3`, computed `2` ('3' is not '2')"])


def test_a_wrong_docstring_fails(project: pytest.Pytester) -> None:
    snippet = project.path / "snippets" / "thirds.py"
    snippet.write_text(SNIPPET.replace("0.33", "0.34"), "utf-8")
    project.runpytest_subprocess().assert_outcomes(passed=5, failed=1)


def test_a_problem_of_the_page_is_an_item_that_fails(project: pytest.Pytester) -> None:
    (project.path / "docs" / "b.md").write_text("# B\n\n```pyhton\nx\n```\n", "utf-8")
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=6, failed=1)
    result.stdout.fnmatch_lines(["docs/b.md:3: `pyhton` is no language*"])


def test_a_crash_fails_the_items_of_its_page_alone(project: pytest.Pytester) -> None:
    crash = "```py\nimport os\nos._exit(1)\n```\n\n```py\nx = 1\n```\n"
    (project.path / "docs" / "b.md").write_text(crash, "utf-8")
    project.runpytest_subprocess().assert_outcomes(passed=6, failed=2)


def test_nothing_is_executed_where_items_are_only_listed(project: pytest.Pytester) -> None:
    (project.path / "docs" / "a.md").write_text("```py\nopen('ran', 'w')\n```\n", "utf-8")
    project.runpytest_subprocess("--collect-only")
    assert not (project.path / "ran").exists()
