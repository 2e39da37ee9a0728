"""Executed page → a notebook that a reader takes along."""

from __future__ import annotations

import re
import textwrap
from base64 import b64decode
from html import escape
from itertools import count as count_from
from typing import Any

from .page import Block, ExecutedPage, Page, cells_of
from .read import substitute
from .weave import labelled, scrolling, value
from .widgets import MIME

_LINK = re.compile(r"\]\((?!\w+:)([\w/-]+)\.md(#[^)\s]*)?\)")
_ENCODED = re.compile(r'<img[^>]*src="data:image/svg\+xml;base64,([A-Za-z0-9+/=\s]+)"[^>]*>')

_ADMONITION = re.compile(
    r'[ \t]*(?:!!!|\?\?\?\+?|===[+!]*)[ \t]+(?P<kind>\w[\w -]*?)?[ \t]*(?:"(?P<title>.*)")?[ \t]*$'
)


def notebook(page: Page, executed: ExecutedPage) -> str:
    """The page as a notebook with its outputs, as JSON text (nbformat 4.5)."""
    import nbformat

    cells: list[dict[str, Any]] = []
    by_id = cells_of(executed)
    at, count = 0, 0
    blocks = [block for block in page.blocks if block.kind != "inline"]
    for block in blocks:
        cells += _prose(page, by_id, at, block.first)
        at = block.claim_last if block.claim is not None else block.last
        cell = by_id.get(block.cell_id)
        if cell is None:
            cells.append(_markdown(f"```python\n{block.code}\n```"))
            continue
        count += 1
        cells.append(_code(block, cell, count))
        cells += [_markdown(f"*{caption}*") for caption in block.options.caption]
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


def with_figures(html: str) -> str:
    """A rendered notebook whose figures are part of the page, so that they follow its theme."""
    return _ENCODED.sub(lambda match: scrolling(b64decode(match[1]).decode()), html)


def links(download: str, read: str) -> str:
    """The line below a page's title that leads to its notebook.

    Args:
        download: The address of the notebook file, from the page.
        read: The address of the page that renders it; empty where there is none.
    """
    line = f'<a href="{escape(download)}" download>Download this page as a notebook</a>'
    if read:
        line += f', or <a href="{escape(read)}">read it as one</a>'
    return f'<p class="sp-note sp-editions">{line}.</p>'


def _prose(page: Page, cells: dict[str, Any], first: int, last: int) -> list[dict[str, Any]]:
    lines = []
    for n in range(first, last):
        here = (block for block in page.blocks if block.kind == "inline" and block.first == n)
        values = (value(cells.get(block.cell_id)) for block in here)
        shown = substitute(page.lines[n], values)
        shown = _LINK.sub(lambda match: f"](../../{_folder(match[1])}{match[2] or ''})", shown)
        if opened := _ADMONITION.match(shown):
            shown = f"**{opened['title'] or (opened['kind'] or '').capitalize()}**\n"
        lines.append(shown)
    text = textwrap.dedent("\n".join(re.sub(r"^(?: {4})+(?=\S)", "", line) for line in lines))
    return [_markdown(text.strip())] if text.strip() else []


def _folder(name: str) -> str:
    """The address of a page from the site's root, as MkDocs gives it."""
    return "" if name == "index" else f"{name}/"


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(block: Block, cell: dict[str, Any], count: int) -> dict[str, Any]:
    tags = ["raises-exception"] if block.options.raises else []
    outputs, pictures = [], count_from(0)
    for output in cell["outputs"]:
        data = output.get("data", {})
        if MIME in data:
            continue  # the figure stands for it
        if "image/svg+xml" in data:
            svg = labelled(block, next(pictures), data["image/svg+xml"])
            output = {**output, "data": {"image/svg+xml": svg}}
        outputs.append(output)
    return {
        "cell_type": "code",
        "metadata": {"tags": tags} if tags else {},
        "execution_count": count,
        "source": block.entries[-1].source if block.entries else block.source,
        "outputs": outputs,
    }
