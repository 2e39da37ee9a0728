"""A script runs alone in an empty folder, and prints what the page claims beside its comment."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sybil_pages.companions import literal, requires_python
from sybil_pages.scripts import script
from tests.sybil_pages.test_notebooks import MODULE, PAGE

REQUIRES = ">=3.11"


@pytest.fixture
def text(bench) -> str:
    bench.write("tools/lengths.py", MODULE)
    bench.write("tools/__init__.py", "")
    return script(*bench.cells(PAGE), REQUIRES)


def body(bench, page: str) -> str:
    """The script of a page, without its head."""
    return script(*bench.cells(page), REQUIRES).partition("# %%\n")[2]


def test_a_script_prints_what_the_page_claims(text: str, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "page.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "elsewhere/page.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "mind the gap" in done.stderr
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            *["15.166666666666666", "3", "12.0", "mean", "{'mean': 15.166666666666666}"],
            *["4", "0", "ZeroDivisionError: division by zero"],
            *["IndexError: list index out of range", "before", "(5, 6)", "[2, 3]"],
            *["ValueError: below zero", "5"],
        ],
    )


def test_its_head_names_python_and_the_packages_that_are_imported(bench) -> None:
    page = "```python\nimport json\n\nimport numpy as np\nfrom PIL import Image\n```\n"
    made = script(*bench.cells(page), REQUIRES)
    header = re.match(r"# /// script\n((?:#(?:| .*)\n)+?)# ///\n", made)
    assert header
    said = tomllib.loads("".join(line[2:] + "\n" for line in header[1].splitlines()))
    assert said["requires-python"] == REQUIRES
    names = [package.partition("==")[0] for package in said["dependencies"]]
    assert names == ["numpy", "pillow"]
    assert all(re.fullmatch(r"[\w-]+==\d[\w.]*", package) for package in said["dependencies"])


def test_claims_stand_as_comments_below_the_code(bench) -> None:
    page = "```pycon\n>>> x = 'a\\nb'\n>>> x, 1  # both\n('a\\nb', 1)\n>>> print(x)\na\nb\n```"
    assert body(bench, page) == (
        "x = 'a\\nb'\ndisplay((x, 1))  # both\n# → ('a\\nb', 1)\n\n# %%\nprint(x)\n# → a\n#   b\n"
    )


def test_a_meant_error_keeps_strings_as_they_are(bench) -> None:
    page = '```python\n#| raises: ValueError\nint("""\nx\n  y""")\n```'
    assert body(bench, page) == (
        'try:\n    int("""\nx\n  y""")\nexcept Exception as error:  # meant\n'
        '    print(f"{type(error).__name__}: {error}")\n'
    )


def test_what_does_not_parse_stays_a_comment(bench) -> None:
    made = body(bench, "```python\n#| raises: SyntaxError\nx = = 1\n```")
    assert made.startswith("# x = = 1\n")
    ast.parse(made)


def test_imports_from_the_future_come_first(bench) -> None:
    page = "```python\nx = 1\n```\n```python\nfrom __future__ import annotations\ny: Later = 1\n```"
    made = script(*bench.cells(page), REQUIRES)
    ast.parse(made)
    compile(made, "page.py", "exec")
    assert made.count("__future__") == 1


def test_prose_stands_in_markdown_cells(bench) -> None:
    made = script(*bench.cells("# Title\n\nText.\n\n```python\nx = 1\n```\n"), REQUIRES)
    assert made.endswith("# %% [markdown]\n# # Title\n#\n# Text.\n\n# %%\nx = 1\n")


def test_python_is_asked_for_as_the_project_does(bench) -> None:
    here = f">={sys.version_info.major}.{sys.version_info.minor}"
    assert requires_python(bench.project) == here
    bench.write("pyproject.toml", '[project]\nrequires-python = ">=3.12,<3.14"\n')
    assert requires_python(bench.project) == ">=3.12,<3.14"


@pytest.mark.parametrize(
    "text", ["a", "a\n'''b\n", "ends in '", "ends in \\", "a\\n\nb\n", '"""doc"""\n', "a\r\nb", ""]
)
def test_a_text_as_source_means_the_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


def test_a_readable_text_stays_readable() -> None:
    assert literal('"""A \\d."""\nx = 1\n') == "r'''\"\"\"A \\d.\"\"\"\nx = 1\n'''"
