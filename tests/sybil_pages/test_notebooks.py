"""A notebook runs anywhere from top to bottom, and says which of the page's claims hold there."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from sybil_pages.notebooks import notebook, students_notebook
from tests.site.run_notebooks import run, said

PAGE = """
# Lengths

```python
#| echo: false
import warnings

from tools.lengths import mean
```

```pycon
>>> lengths = [12.0, 14.0, 19.5]
>>> mean(lengths)
15.17
>>> print(len(lengths)); lengths[0]
3
12.0
```

```python
print("mean")
{"mean": mean(lengths)}
```

```output
mean
{'mean': 15.17}
```

```python
lengths.append(1);
```

```pycon
>>> len(lengths)
4
```

```python
lengths.clear()
```

```pycon
>>> len(lengths)
0
```

```python
#| raises: ZeroDivisionError
mean(lengths)
```

```output
ZeroDivisionError: division by zero
```

```pycon
>>> lengths[0]
Traceback (most recent call last):
IndexError: list index out of range
```

```python
#| warns: UserWarning
print("before")
warnings.warn("mind the gap", stacklevel=1)
```

```output
before
UserWarning: mind the gap
```

**1. Add.** Which two numbers have the sum 5 and the product 6?

??? success "Solution"
    Two and three.

    ```python
    #| solution
    two, three = 2, 3
    ```

    ```pycon
    #| solution
    >>> two + three, two * three
    (5, 6)
    >>> sorted([two, three])
    [2, 3]
    ```

**2. Fail.** Write `root(x)`, which refuses numbers below zero.

??? success "Solution"
    ```python
    #| solution
    #| raises: ValueError
    def root(x):
        if x < 0:
            raise ValueError("below zero")
        return x**0.5


    root(-1)
    ```

    ```output
    ValueError: below zero
    ```

Later, the page uses them.

```python
sums = two + three
```

```pycon
>>> sums
5
```
"""
MODULE = "def mean(numbers):\n    '''Their \\\\ mean.'''\n    return sum(numbers) / len(numbers)\n"


@pytest.fixture
def books(bench) -> tuple[str, str]:
    """The page's notebook and its student edition."""
    bench.write("tools/lengths.py", MODULE)
    bench.write("tools/__init__.py", '"""Tools."""\n')
    cells, found = bench.cells(PAGE)
    return notebook(cells, found), students_notebook(cells, found)


def report(book: Any) -> str:
    return said(book.cells[-1])


def read(text: str) -> Any:
    return nbformat.reads(text, as_version=4)


def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def test_a_notebook_is_valid_and_always_the_same(bench, books: tuple[str, str]) -> None:
    for text in books:
        nbformat.validate(read(text))
    cells, found = bench.cells(PAGE)
    assert (notebook(cells, found), students_notebook(cells, found)) == books


def test_all_claims_hold_where_nothing_is_but_the_notebook(
    books: tuple[str, str], tmp_path: Path
) -> None:
    folder = empty(tmp_path)
    done = run(read(books[0]), folder)
    assert report(done) == "12 of 12 claims hold here.\n"
    assert (folder / "tools" / "lengths.py").read_text("utf-8") == MODULE
    printed = [said(cell) for cell in done.cells[2:-1] if cell.cell_type == "code"]
    assert "The page has" not in "".join(printed)


def test_the_first_cells_leave_one_name(books: tuple[str, str], tmp_path: Path) -> None:
    book = read(books[0])
    names = nbformat.v4.new_code_cell("print([n for n in dir() if n[0] != '_'])")
    book.cells[2:] = [names]
    assert (
        said(run(book, empty(tmp_path)).cells[-1])
        == str(["In", "Out", "exit", "get_ipython", "open", "page_claims", "quit"]) + "\n"
    )


def test_a_wrong_module_in_the_folder_stays_and_breaks_claims_by_name(
    books: tuple[str, str], tmp_path: Path
) -> None:
    folder = empty(tmp_path)
    (folder / "tools").mkdir()
    (folder / "tools" / "__init__.py").write_text("")
    (folder / "tools" / "lengths.py").write_text(MODULE.replace("len(numbers)", "2"))
    book = read(books[0])
    for cell in book.cells:  # it does not even raise
        cell.metadata.tags = ["raises-exception"]
    done = run(book, folder)
    assert "tools/lengths.py is here already, and differs" in said(done.cells[0])
    assert report(done) == (
        "9 of 12 claims hold here.\nNot as on the page:\n"
        '    mean(lengths)\n    {"mean": mean(lengths)}\n    mean(lengths)\n'
    )
    told = next(said(cell) for cell in done.cells if cell.source.endswith("\nmean(lengths)"))
    assert told == (
        "The page has\n    15.17\nand this run gave\n    22.75\n"
        "(15.17 misses 22.75 by 7.58; half a unit of its last digit is 0.005)\n"
    )


def test_a_changed_cell_is_not_counted(books: tuple[str, str], tmp_path: Path) -> None:
    book = read(books[0])
    changed = next(cell for cell in book.cells if cell.source.startswith("lengths = ["))
    changed.source += " * 2"
    assert report(run(book, empty(tmp_path))) == (
        "11 of 12 claims hold here.\nNot run here, or changed:\n    mean(lengths)\n"
    )


def test_a_cell_that_raises_is_tagged_so_that_jupyter_runs_on(books: tuple[str, str]) -> None:
    tagged = [cell.source for cell in read(books[0]).cells if cell.metadata.get("tags")]
    assert tagged[2:4] == ["mean(lengths)", "lengths[0]"]


def test_hidden_code_stands_in_the_notebook_and_is_folded(books: tuple[str, str]) -> None:
    cell = next(cell for cell in read(books[0]).cells if "import warnings" in cell.source[:20])
    assert cell.metadata == {"jupyter": {"source_hidden": True}}


def test_a_figure_keeps_its_text_alternative_and_reads_on_any_ground(bench) -> None:
    cells, found = bench.cells("""
        ```python
        #| alt: It grows.
        import matplotlib.pyplot as plt
        plt.plot([1, 2]);
        ```
    """)

    def drawn(text: str) -> str:
        (output,) = json.loads(text)["cells"][-1]["outputs"]
        return "".join(output["data"]["image/svg+xml"])

    own, themed = drawn(notebook(cells, found)), drawn(notebook(cells, found, themed=True))
    assert 'role="img" aria-label="It grows."' in own
    assert 'role="img" aria-label="It grows."' in themed
    assert ('fill="#ffffff"' in own, "currentColor" in own) == (True, False)
    assert "currentColor" in themed


def test_unanswered_exercises_raise_nothing_and_are_named(
    books: tuple[str, str], tmp_path: Path
) -> None:
    book = read(books[1])
    again = nbformat.v4.new_code_cell(book.cells[1].source)
    book.cells.insert(2, again)  # who runs the claims twice hears everything once
    done = run(book, empty(tmp_path))
    assert report(done) == (
        "8 of 9 claims hold here.\nWaiting for an exercise:\n    sums\n"
        "Exercises: not answered yet: 1, 2.\n"
    )
    exercises = [cell for cell in done.cells if "exercise" in cell.metadata.get("tags", [])]
    assert [said(cell) for cell in exercises] == [
        *["Exercise 1: not answered yet.\n"] * 3,
        "Exercise 2: not answered yet.\n",
    ]
    assert all(output.output_type == "stream" for cell in exercises for output in cell.outputs)


def answered(book: Any, *answers: str) -> Any:
    """A student's notebook with something in place of the dots."""
    left = iter(answers)
    for cell in book.cells:
        if "exercise" in cell.metadata.get("tags", []) and "\n..." in cell.source:
            cell.source = cell.source.replace("\n...", f"\n{next(left)}", 1)
    assert not list(left)
    return book


ROOT = "def root(x):\n    if x < 0:\n        raise ValueError(f'no {x}')\n    return x**0.5"


def test_right_answers_are_right(books: tuple[str, str], tmp_path: Path) -> None:
    done = run(answered(read(books[1]), "two, three = 3, 2", ROOT), empty(tmp_path))
    assert report(done) == "9 of 9 claims hold here.\nExercises: right: 1, 2.\n"
    told = [said(cell) for cell in done.cells if "exercise" in cell.metadata.get("tags", [])]
    assert told == [
        "",
        "Exercise 1, part 2: right.\n",
        "Exercise 1, part 3: right.\n",
        "Exercise 2: right.\n",
    ]


def test_a_wrong_answer_is_told_kindly(books: tuple[str, str], tmp_path: Path) -> None:
    done = run(answered(read(books[1]), "two, three = 4, 1", "..."), empty(tmp_path))
    exercises = [cell for cell in done.cells if "exercise" in cell.metadata.get("tags", [])]
    assert said(exercises[1]) == (
        "Exercise 1, part 2: not yet. The page has\n    (5, 6)\nand you have\n    (5, 4)\n"
    )
    assert "Exercises: not yet right: 1; not answered yet: 2." in report(done)
