"""Executed page → a notebook that a reader takes along."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from .page import Block, Page
from .read import substitute
from .weave import value

_ADMONITION = re.compile(
    r'[ \t]*(?:!!!|\?\?\?\+?|===[+!]*)[ \t]+(?P<kind>\w[\w -]*?)?[ \t]*(?:"(?P<title>.*)")?[ \t]*$'
)


def notebook(page: Page, executed: dict[str, Any]) -> str:
    """The page as a notebook with its outputs, as JSON text (nbformat 4.5)."""
    import nbformat

    cells: list[dict[str, Any]] = []
    by_id = {cell["id"]: cell for cell in executed["cells"]}
    at, count = 0, 0
    blocks = [block for block in page.blocks if block.kind != "inline"]
    for block in blocks:
        cells += _prose(page, by_id, at, block.first)
        at = block.claim_last if block.claim is not None else block.last
        cell = by_id.get(f"block-{block.number}")
        if cell is None:
            cells.append(_markdown(f"```python\n{block.code}\n```"))
            continue
        count += 1
        cells.append(_code(block, cell, count))
    cells += _prose(page, by_id, at, len(page.lines))
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
    book = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "cells": cells,
    }
    nbformat.validate(book)
    return str(nbformat.writes(nbformat.from_dict(book))) + "\n"


def _prose(page: Page, cells: dict[str, Any], first: int, last: int) -> list[dict[str, Any]]:
    lines = []
    for n in range(first, last):
        here = (block for block in page.blocks if block.kind == "inline" and block.first == n)
        values = (value(cells.get(f"block-{block.number}")) for block in here)
        shown = substitute(page.lines[n], values)
        if opened := _ADMONITION.match(shown):
            shown = f"**{opened['title'] or (opened['kind'] or '').capitalize()}**\n"
        lines.append(shown)
    text = textwrap.dedent("\n".join(re.sub(r"^(?: {4})+(?=\S)", "", line) for line in lines))
    return [_markdown(text.strip())] if text.strip() else []


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(block: Block, cell: dict[str, Any], count: int) -> dict[str, Any]:
    tags = ["raises-exception"] if block.options.raises else []
    outputs = [dict(output) for output in cell["outputs"]]
    return {
        "cell_type": "code",
        "metadata": {"tags": tags} if tags else {},
        "execution_count": count,
        "source": block.source,
        "outputs": outputs,
    }
