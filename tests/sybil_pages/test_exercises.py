"""Of a solution what is claimed stays for the student, and what leads to it becomes `...`."""

import pytest

from sybil_pages.cells import Cell
from sybil_pages.exercises import Task, student

PAGE = """
**1. Add.** What is the sum?

??? success "Solution"
    It is three.

{block}

    And so on.

**2. Next.**
"""


def tasks(bench, *blocks: str) -> list[Task | Cell]:
    indented = "\n\n".join(
        "\n".join(f"    {line}".rstrip() for line in block.split("\n")) for block in blocks
    )
    cells, _ = bench.cells("```python\nx = 1\n```\n" + PAGE.format(block=indented))
    return student(cells)[1:]


def sources(bench, *blocks: str) -> list[str]:
    return [item.cell.source for item in tasks(bench, *blocks) if isinstance(item, Task)]


@pytest.mark.parametrize(
    ("block", "source"),
    [
        (
            "```pycon\n#| solution\n>>> y = x + 2  # so\n>>> y, x\n(3, 1)\n```",
            "# Exercise 1: in place of the dots, define `y`.\n...\n\ny, x",
        ),
        (
            "```pycon\n#| solution\n>>> x + 2\n3\n```",
            "# Exercise 1: write your answer in place of the dots.\n...",
        ),
        (
            "```python\n#| solution\ny = x\nprint(y, x)\nz = y\ny + z\n```"
            "\n\n```output\n1 1\n2\n```",
            "# Exercise 1: in place of the dots, define `y` and `z`.\n...\n\nprint(y, x)\ny + z",
        ),
        (
            "```python\n#| solution\ny = []\nfor n in range(2):\n    y.append(n)\n    print(y)\n```"
            "\n\n```output\n[0]\n[0, 1]\n```",
            "# Exercise 1: write your answer in place of the dots.\n...",
        ),
        (
            "```python\n#| solution\n#| raises: ValueError\ndef f(x):\n    raise ValueError(x)\n"
            "f(1)\n```\n\n```output\nValueError: 1\n```",
            "# Exercise 1: in place of the dots, define `f`.\n...\n\nf(1)",
        ),
    ],
)
def test_a_check_stays_if_it_reads_what_the_student_defines(bench, block: str, source: str) -> None:
    assert sources(bench, block) == [source]


def test_several_blocks_of_a_solution_are_parts_of_one_exercise(bench) -> None:
    function = "```python\n#| solution\ndef twice(x):\n    return 2 * x\n```"
    idle = "```python\n#| solution\nprint(0)\n```"
    checks = "```pycon\n#| solution\n>>> twice(x)\n2\n>>> twice(2)\n4\n```"
    found = [item for item in tasks(bench, function, idle, checks) if isinstance(item, Task)]
    assert [(task.cell.source, task.open) for task in found] == [
        ("# Exercise 1, part 1: in place of the dots, define `twice`.\n...", True),
        ("# Exercise 1, part 2: this line checks what you wrote above.\ntwice(x)", False),
        ("# Exercise 1, part 3: this line checks what you wrote above.\ntwice(2)", False),
    ]


def test_the_text_of_the_fold_goes_and_the_question_stays(bench) -> None:
    items = tasks(bench, "```pycon\n#| solution\n>>> x + 2\n3\n```")
    texts = [item.source for item in items if isinstance(item, Cell)]
    assert texts == ["**1. Add.** What is the sum?", "**2. Next.**"]


def test_a_solution_that_is_only_shown_goes_and_so_does_its_caption(bench) -> None:
    drawn = (
        "```python\n#| solution\n#| alt: It grows.\n#| caption: The answer.\n"
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n```"
    )
    shown = "```python\n#| solution\n#| run: false\n#| reason: slow\nsecret\n```"
    texts = [item.source for item in tasks(bench, drawn, shown) if isinstance(item, Cell)]
    assert texts == ["**1. Add.** What is the sum?", "**2. Next.**"]


def test_other_folds_and_blocks_that_are_no_solution_stay(bench) -> None:
    items = tasks(
        bench,
        "```python\ngiven = 1\n```",
        "```pycon\n#| solution\n>>> y = given\n>>> y\n1\n```",
    )
    assert [item.source for item in items if isinstance(item, Cell)][1] == "given = 1"


def test_a_student_gets_no_outputs(bench) -> None:
    items = tasks(bench, "```pycon\n#| solution\n>>> x + 2\n3\n```")
    (task,) = (item for item in items if isinstance(item, Task))
    assert (task.cell.outputs, task.cell.claim) == ((), "3")
