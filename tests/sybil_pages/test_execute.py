"""A page runs top to bottom in a process of its own, and each failure is reported by its line."""

from pathlib import Path

import pytest

from sybil_pages.claims import shown_text
from sybil_pages.conditions import ONE_THREAD
from sybil_pages.workers import environment


def outputs(bench, text: str) -> list[str]:
    _, executed = bench.run(text)
    return [shown_text(cell) for cell in executed["cells"]]


def test_a_block_shows_its_prints_then_its_value(bench) -> None:
    assert outputs(bench, "```python\nprint('a')\n1 + 1\n```") == ["a\n2\n"]


def test_blocks_share_one_namespace_in_order(bench) -> None:
    assert outputs(bench, "```py\nx = 2\n```\n\n```py\nx * 3\n```") == ["", "6\n"]


def test_a_semicolon_hides_the_value(bench) -> None:
    assert outputs(bench, "```py\n1 + 1;\n```\n\n```py\n(2)  ;  # why\n```") == ["", ""]


def test_a_value_is_shown_as_a_notebook_shows_it(bench) -> None:
    text = "```py\n{key: list(range(20)) for key in 'ab'}\n```"
    line = "[" + ", ".join(map(str, range(20))) + "]"
    assert outputs(bench, text) == [f"{{'a': {line},\n 'b': {line}}}\n"]


def test_what_matplotlib_returns_is_not_shown(bench) -> None:
    text = """
        ```python
        #| alt: It grows.
        import matplotlib.pyplot as plt
        plt.plot([1, 2])
        ```
    """
    assert outputs(bench, text) == [""]


def test_a_value_with_a_memory_address_is_not_shown(bench) -> None:
    assert outputs(bench, "```py\nobject()\n```") == [""]


def test_output_is_captured_whoever_writes_it(bench) -> None:
    text = """
        ```python
        import os, subprocess, sys
        print("print")
        os.write(1, b"descriptor\\n");
        subprocess.run([sys.executable, "-c", "print('child')"], check=True);
        ```
    """
    assert outputs(bench, text) == ["print\ndescriptor\nchild\n"]


def test_code_lives_in_a_real_main_module(bench) -> None:
    text = """
        ```python
        import inspect, pickle
        def double(x):
            return 2 * x
        class Pair:
            left = 1
        ```

        ```pycon
        >>> __name__
        '__main__'
        >>> pickle.loads(pickle.dumps(double))(2)
        4
        >>> print(inspect.getsource(double).splitlines()[0])
        def double(x):
        >>> print(inspect.getsource(Pair).splitlines()[0])
        class Pair:
        ```
    """
    assert bench.check(text) == []


def test_modules_of_the_project_are_importable(bench) -> None:
    bench.write("tools/shapes.py", "SIDES = 3\n")
    assert outputs(bench, "```py\nfrom tools.shapes import SIDES\nSIDES\n```") == ["3\n"]


def test_a_page_runs_in_the_root_with_a_known_environment(bench, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    text = """
        ```pycon
        >>> import os, time
        >>> "SECRET_TOKEN" in os.environ
        False
        >>> os.environ["PYTHONHASHSEED"], os.environ["COLUMNS"], time.tzname[0]
        ('0', '80', 'UTC')
        ```

        ```python
        os.getcwd()
        ```
    """
    _, executed = bench.run(text)
    assert bench.check(text) == []
    assert shown_text(executed["cells"][-1]) == f"{str(bench.root)!r}\n"


REPORTED = {
    "an exception": (
        "```py\nx = 1\nx / 0\n```",
        3,
        "ZeroDivisionError: division by zero\n    x / 0",
    ),
    "an exception in a function": (
        "```py\ndef f():\n    return 1 / 0\n```\n\n```py\nf()\n```",
        3,
        "division by zero",
    ),
    "a syntax error": ("```py\nx = 1\nx = = 2\n```", 3, "SyntaxError"),
    "a magic": ("```py\n%timeit x\n```", 2, "no %magic"),
    "a shell command": ("```py\n!ls\n```", 2, "no !command"),
    "a top-level await": ("```py\nawait x\n```", 2, "asyncio.run"),
    "sys.exit": ("```py\nimport sys\nsys.exit(0)\n```", 3, "must not end the interpreter"),
    "input": ("```py\ninput()\n```", 2, "standard input is closed"),
    "a wrong value": (
        "```py\n3 / 7\n```\n\n```output\n0.42\n```",
        6,
        "claimed `0.42`, computed `0.42857142857142855` (0.42 misses 0.42857142857142855 by ",
    ),
    "a wrong line of a session": ("```pycon\n>>> 1\n1\n>>> 2\n3\n```", 5, "claimed `3`, computed"),
    "an unclaimed output of a session": (
        "```pycon\n>>> 1\n```",
        2,
        "claimed `nothing more`, computed `1`",
    ),
    "an exception in a session": ("```pycon\n>>> 1 / 0\n1\n```", 2, "ZeroDivisionError"),
    "an exception that does not come": (
        "```py\n#| raises: ValueError\n1\n```",
        1,
        "raised nothing",
    ),
    "another exception": ("```py\n#| raises: ValueError\n1 / 0\n```", 3, "it raised ZeroDivision"),
    "a warning of the page": (
        "```py\nimport warnings\nwarnings.warn('old')\n```",
        3,
        "UserWarning: old (say `#| warns: UserWarning` where it is meant)",
    ),
    "a warning that does not come": ("```py\n#| warns: UserWarning\n1\n```", 1, "must give"),
    "an inline expression": ("# A\n\nIt is `{python} nothing`.\n", 3, "NameError"),
    "a figure without alt": (
        "```py\nimport matplotlib.pyplot as plt\nplt.plot([1]);\n```",
        1,
        "draws 1 figure and has 0 alts",
    ),
    "an alt without figure": ("```py\n#| alt: x\n1\n```", 1, "draws 0 figures and has 1 alt"),
}


@pytest.mark.parametrize(("text", "line", "message"), REPORTED.values(), ids=REPORTED)
def test_a_failure_is_reported_by_its_line(bench, text: str, line: int, message: str) -> None:
    (report,) = bench.check(text)
    assert report.startswith(f"page.md:{line}: ")
    assert message in report


def test_a_failure_in_included_code_names_both_lines(bench) -> None:
    bench.write("code.py", "a = 1\nb = a / 0\n")
    (report,) = bench.check('# A\n\n```py\n--8<-- "code.py"\n```')
    assert report.startswith("page.md:4: code.py:2: ZeroDivisionError")


def test_all_failures_of_a_page_are_reported_in_one_run(bench) -> None:
    reports = bench.check("```py\n1 / 0\n```\n\n```py\nint('x')\n```\n\n```pycon\n>>> 1\n2\n```")
    assert [report.split(": ")[0] for report in reports] == ["page.md:2", "page.md:6", "page.md:11"]


def test_what_only_follows_from_another_failure_is_left_out(bench) -> None:
    reports = bench.check("```py\nx = 1 / 0\n```\n\n```py\nx + 1\n```")
    assert [report.split(": ")[0] for report in reports] == ["page.md:2"]


def test_blocks_behind_the_end_of_the_process_are_not_reported_again(bench) -> None:
    reports = bench.check("```py\nimport os\nos._exit(0)\n```\n\n```pycon\n>>> 1\n2\n```")
    assert reports == ["page.md:1: the interpreter died here (exit code 0)"]


MET = {
    "an exception": ("#| raises: ZeroDivisionError\n1 / 0", "ZeroDivisionError: division by zero"),
    "its base class": ("#| raises: ArithmeticError\n1 / 0", "ZeroDivisionError: division by zero"),
    "a warning": (
        "#| warns: UserWarning\nimport warnings\nwarnings.warn('old')\nprint(1)",
        "1\nUserWarning: old",
    ),
}


@pytest.mark.parametrize(("code", "claim"), MET.values(), ids=MET)
def test_a_mistake_that_is_meant_is_claimed_like_any_output(bench, code: str, claim: str) -> None:
    assert bench.check(f"```py\n{code}\n```\n\n```output\n{claim}\n```") == []


def test_a_warning_from_inside_a_library_is_no_failure(bench) -> None:
    bench.write("library.py", "import warnings\ndef f():\n    warnings.warn('inside')\n")
    page, executed = bench.run("```py\nimport library\nlibrary.f()\n```")
    (cell,) = executed["cells"]
    assert cell["metadata"]["sybil_pages"]["warnings"] == ["UserWarning: inside"]
    assert bench.check(page.text) == []


def test_an_error_shows_its_whole_message_without_notes_and_colours(bench) -> None:
    text = """
        ```py
        #| raises: ValueError
        error = ValueError("\\x1b[1mfirst\\x1b[0m\\nsecond")
        error.add_note("a note")
        raise error
        ```

        ```output
        ValueError: first
        second
        ```
    """
    assert bench.check(text) == []


def test_a_claimed_traceback_needs_its_first_and_last_lines(bench) -> None:
    session = """
        ```pycon
        >>> int("x")
        Traceback (most recent call last):
          File "anything", line 1
        ValueError: invalid literal for int() with base 10: 'x'
        ```
    """
    assert bench.check(session) == []
    (report,) = bench.check(session.replace("base 10", "base 11"))
    assert report.startswith("page.md:5: claimed `ValueError: invalid literal")


def test_a_block_that_is_not_run_is_not_run(bench) -> None:
    page, executed = bench.run("```py\n#| run: false\n#| reason: it needs a GPU\n1 / 0\n```")
    assert (page.problems, len(page.blocks), executed["cells"]) == ([], 1, [])


def test_an_executed_page_is_a_valid_notebook(bench) -> None:
    import nbformat

    _, executed = bench.run(
        "```py\nprint(1)\n2\n```\n\n```py\n#| raises: ValueError\nint('x')\n```"
    )
    nbformat.validate(executed)
    assert [cell["cell_type"] for cell in executed["cells"]] == ["code", "code"]


def test_a_session_shows_what_an_interpreter_shows(bench) -> None:
    text = """
        ```pycon
        >>> for letter in "ab":
        ...     letter
        'a'
        'b'
        >>> 1; 2
        1
        2
        >>> None
        >>> _
        2
        ```
    """
    assert bench.check(text) == []


def test_a_page_computes_with_one_thread_unless_the_environment_says_otherwise(
    bench, monkeypatch
) -> None:
    for name in ONE_THREAD:
        monkeypatch.delenv(name, raising=False)
    assert environment(bench.root)["OMP_NUM_THREADS"] == "1"
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert environment(bench.root)["OMP_NUM_THREADS"] == "3"


def test_a_page_knows_the_fonts_that_its_user_has_listed_before(
    bench, tmp_path: Path, monkeypatch
) -> None:
    listed = tmp_path / "home" / "matplotlib" / "fontlist-v1.json"
    listed.parent.mkdir(parents=True)
    listed.write_text("[1]")
    monkeypatch.setenv("XDG_CACHE_HOME", str(listed.parents[1]))
    fonts = Path(environment(bench.root)["MPLCONFIGDIR"])
    assert (fonts / listed.name).read_text() == "[1]"
    (fonts / listed.name).write_text("[2]")
    environment(bench.root)
    assert (fonts / listed.name).read_text() == "[2]"
