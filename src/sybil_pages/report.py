"""What ran, what was verified, and in how many seconds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .page import ExecutedPage, Page, Problem


def line(page: Page, executed: ExecutedPage) -> str:
    """One line about an executed page."""
    records = [cell["metadata"]["sybil_pages"] for cell in executed["cells"]]
    blocks = [block for block in page.runs() if block.kind != "inline"]
    claims = sum(len(block.statements) + (block.claim is not None) for block in blocks)
    figures = sum(
        "image/svg+xml" in output.get("data", {})
        for cell in executed["cells"]
        for output in cell["outputs"]
    )
    seconds = sum(record.get("seconds", 0.0) for record in records)
    return (
        f"{page.path}: {len(blocks)} blocks ran in {seconds:.1f} s, "
        f"{claims} claims, {figures} figures"
    )


def heading(found: Sequence[str]) -> str:
    """The first line of a report of failures."""
    return "1 failure" if len(found) == 1 else f"{len(found)} failures"


def in_page(page: Page, problems: Sequence[Problem]) -> str:
    """The failures of a page, to stand at its top while it is served."""
    if not problems:
        return ""
    listed = "\n\n".join(escape(problem.report(page.path)) for problem in problems)
    return f'<div class="sp-failure" role="alert"><pre>{listed}</pre></div>'
