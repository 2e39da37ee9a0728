"""Cells → a notebook (nbformat 4.5), complete or for students, that runs wherever Jupyter runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count as count_from
from typing import Any

from .cells import Cell
from .companions import Companions, claims_cell, set_up_cell
from .exercises import Task, student
from .weave import labelled, standalone

SET_UP = "set-up"
"""The tag of the cells that a rendered notebook need not show."""
_ABOUT = {
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
_RAN = 0  # what stands for a cell's number until all are there


def notebook(cells: Sequence[Cell], found: Companions, *, themed: bool = False) -> str:
    """A page's notebook with its outputs, as JSON text.

    Args:
        cells: The page.
        found: What it needs.
        themed: Do its figures follow the theme of a page that shows them?
    """
    return _written([_code_or_text(cell, themed) for cell in cells], cells, found)


def students_notebook(cells: Sequence[Cell], found: Companions) -> str:
    """A page's notebook whose solutions are left to the reader, as JSON text."""
    items = student(cells)
    made = [_task(one) if isinstance(one, Task) else _code_or_text(one, False) for one in items]
    return _written(made, items, found)


def _written(made: list[dict[str, Any]], items: Sequence[Cell | Task], found: Companions) -> str:
    """The JSON of cells with what comes before and behind them."""
    claiming = [item for item in items if _claims(item)]
    before = [_ours(set_up_cell(found))]
    behind = []
    if claiming:
        before.append(_ours(claims_cell(claiming, found)))
        behind.append(_code("page_claims.report()", metadata={"tags": [SET_UP]}))
    cells = [*before, *made, *behind]
    counts = count_from(1)
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
        if cell.get("execution_count") == _RAN:
            cell["execution_count"] = next(counts)
    lines = ",\n".join(json.dumps(cell, ensure_ascii=False) for cell in cells)
    return f'{{"cells": [\n{lines}\n],\n{json.dumps(_ABOUT)[1:]}\n'


def _claims(item: Cell | Task) -> bool:
    if isinstance(item, Task):
        return True
    return item.block is not None and (item.claim is not None or bool(item.block.options.raises))


def _code_or_text(cell: Cell, themed: bool) -> dict[str, Any]:
    if cell.block is None:
        return {"cell_type": "markdown", "metadata": {}, "source": _lines(cell.source)}
    pictures = count_from(0)
    outputs = []
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            svg = labelled(cell.block, next(pictures), data["image/svg+xml"])
            output = {**output, "data": {"image/svg+xml": svg if themed else standalone(svg)}}
        outputs.append(_spelled(output))
    metadata: dict[str, Any] = {"tags": ["raises-exception"]} if cell.raises else {}
    if not cell.block.options.echo:
        metadata["jupyter"] = {"source_hidden": True}
    return _code(cell.source, outputs, metadata) | {"execution_count": _RAN}


def _task(task: Task) -> dict[str, Any]:
    metadata = {"tags": ["exercise", *(["raises-exception"] if task.cell.raises else [])]}
    return _code(task.cell.source, [], metadata)


def _ours(source: str) -> dict[str, Any]:
    hidden = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": [SET_UP]}
    return _code(source, [], hidden)


def _code(
    source: str, outputs: Sequence[dict[str, Any]] = (), metadata: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata or {},
        "outputs": list(outputs),
        "source": _lines(source),
    }


def _spelled(output: dict[str, Any]) -> dict[str, Any]:
    """An output with its texts as lists of lines, as notebooks are written."""
    if "text" in output:
        return {**output, "text": _lines(output["text"])}
    if "data" in output:
        return {**output, "data": {k: _lines(v) for k, v in output["data"].items()}}
    return output


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
