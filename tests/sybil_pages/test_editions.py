"""A notebook holds the page's prose, code and outputs, in its order."""

import json
from base64 import b64encode

from sybil_pages.editions import notebook, with_figures

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
    >>> x + 1
    3
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


def cells(bench) -> list[dict]:
    page, executed = bench.run(PAGE)
    return json.loads(notebook(page, executed))["cells"]


def text(cell: dict) -> str:
    return "".join(cell["source"])


def test_cells_follow_the_page(bench) -> None:
    assert [(cell["cell_type"], text(cell)) for cell in cells(bench)] == [
        ("markdown", "# A page"),
        ("code", "x = 2\nx"),
        (
            "markdown",
            "It is 2, see [there](../../relu/#a) and [home](../../).\n\n**Solution**\n\n\nRead on.",
        ),
        ("code", "x + 1"),
        ("code", "1 / 0"),
        ("markdown", "```python\ny\n```"),
    ]


def test_code_cells_carry_the_outputs_of_the_one_execution(bench) -> None:
    code = [cell for cell in cells(bench) if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3]
    assert code[0]["outputs"][0]["data"]["text/plain"] == ["2"]
    assert code[1]["outputs"][0]["text"] == ["3\n"]


def test_a_figure_keeps_its_text_alternative_and_its_caption(bench) -> None:
    page, executed = bench.run("""
        ```python
        #| alt: It grows.
        #| caption: The line.
        import matplotlib.pyplot as plt
        plt.plot([1, 2]);
        ```
    """)
    figure, caption = json.loads(notebook(page, executed))["cells"]
    (output,) = figure["outputs"]
    assert 'role="img" aria-label="It grows."' in "".join(output["data"]["image/svg+xml"])
    assert text(caption) == "*The line.*"


def test_a_rendered_figure_becomes_part_of_the_page() -> None:
    encoded = b64encode(b"<svg>x</svg>").decode()
    html = with_figures(f'<p><img alt="" src="data:image/svg+xml;base64,{encoded}"></p>')
    assert "<svg>x</svg></div></p>" in html
    assert "base64" not in html


def test_a_cell_that_raises_is_tagged_so_that_jupyter_runs_on(bench) -> None:
    code = [cell for cell in cells(bench) if cell["cell_type"] == "code"]
    assert code[2]["metadata"] == {"tags": ["raises-exception"]}
    assert code[2]["outputs"][0]["ename"] == "ZeroDivisionError"
