"""A page becomes cells that a reader can run one by one: prose, and code with its claim."""

from sybil_pages.cells import Cell

PAGE = """
---
title: x
---

# A page

```python
x = 2
x
```

```output
2
```

It is `{python} x`, see [there](relu.md#a) and [home](index.md).

??? question "Solution"

    Read on.

    ```pycon
    >>> y = x + 1
    >>> y
    3
    >>> print(y); y  # twice
    3
    3
    >>> z = 1
    ```

```python
#| raises: ZeroDivisionError
1 / 0
```

```python
#| run: false
#| reason: it needs a GPU
y
```
"""


def code(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.block]


def test_cells_follow_the_page(bench) -> None:
    cells, _ = bench.cells(PAGE, relu="relu/", index="")
    assert [(bool(cell.block), cell.source) for cell in cells] == [
        (False, "# A page"),
        (True, "x = 2\nx"),
        (
            False,
            "It is 2, see [there](../relu/#a) and [home](../).\n\n> **Solution**\n>\n> Read on.",
        ),
        (True, "y = x + 1\ny"),
        (True, "print(y); y  # twice"),
        (True, "z = 1"),
        (True, "1 / 0"),
        (False, "```python\ny\n```\n\n*Not run here: it needs a GPU*"),
    ]


def test_a_session_is_cut_behind_each_claim_and_keeps_its_outputs(bench) -> None:
    cells, _ = bench.cells(PAGE)
    one, two, three = (cell for cell in code(cells) if cell.prompt)
    assert (one.claim, two.claim, three.claim) == ("3", "3\n3", None)
    assert one.outputs == ({"output_type": "stream", "name": "stdout", "text": "3\n"},)
    assert two.outputs[0]["text"] == "3\n3\n"
    assert three.outputs == ()


def test_a_claimed_traceback_is_claimed_without_its_frames(bench) -> None:
    cells, _ = bench.cells("""
        ```pycon
        >>> 1 / 0
        Traceback (most recent call last):
          File "x", line 1, in <module>
        ZeroDivisionError: division by zero
        ```
    """)
    (cell,) = cells
    assert cell.raises
    assert cell.claim == (
        "Traceback (most recent call last):\n    ...\nZeroDivisionError: division by zero"
    )


def test_a_cell_has_no_form_that_only_the_site_can_show(bench) -> None:
    cells, _ = bench.cells("""
        ```python
        #| alt: It grows.
        #| caption: The line, as [there](relu.md).
        #| table: true
        import matplotlib.pyplot as plt
        plt.plot([1, 2]);
        ```
    """, relu="relu/")  # fmt: skip
    figure, caption = cells
    assert [list(output["data"]) for output in figure.outputs] == [["image/svg+xml"]]
    assert caption.source == "*The line, as [there](../relu/).*"


def test_a_message_that_names_calls_keeps_neither_their_paths_nor_their_lines(bench) -> None:
    """TensorFlow's errors name files of this machine, and lines of the page, which move."""
    cells, _ = bench.cells("""
        ```python
        #| raises: ValueError
        frames = 'File "/a/b.py", line 2, in f\\n\\n  File "page.md", line 3, in <module>\\n'
        raise ValueError(f"Graph error:\\n  {frames}    f(1)\\n\\nReceived 10")
        ```
    """)
    (output,) = code(cells)[0].outputs
    assert output["evalue"] == "Graph error:\n  ...\nReceived 10"
    assert output["traceback"] == ["ValueError: Graph error:\n  ...\nReceived 10"]


def test_what_a_claim_leaves_out_of_a_message_is_left_out(bench) -> None:
    """It may be another one in each run, such as the numbers of a batch."""
    cells, _ = bench.cells("""
        ```python
        #| raises: ValueError
        raise ValueError("no label 10 in 3 1 2")
        ```

        ```output
        ValueError: no label 10 in ...
        ```
    """)
    (output,) = code(cells)[0].outputs
    assert output["evalue"] == "no label 10 in ..."
    assert output["traceback"] == ["ValueError: no label 10 in ..."]
