"""Executed page + Markdown → the page with outputs.

Outputs never pass through Markdown: the woven Markdown holds placeholders, and what they stand for
enters after the page is rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from .claims import plain, shown_text
from .page import Block, ExecutedPage, Page, Problem
from .read import substitute

_SNIPPET = re.compile(r"^([ \t]*)(;*-{1,}8<-{1,})", re.MULTILINE)


def weave(page: Page) -> str:
    """The page's Markdown with a placeholder for each block's outputs.

    Includes are expanded; options, `output` fences and hidden code are gone.
    """
    lines: list[str | None] = list(page.lines)
    after: dict[int, list[str]] = {}
    for block in page.blocks:
        if block.kind == "inline":
            continue
        stop = block.at - 1
        if not block.options.echo:
            lines[block.first : block.last] = [None] * (block.last - block.first)
        else:
            lines[block.first + 1 : stop] = [None] * (stop - block.first - 1)
        end = block.last
        if block.claim is not None:
            lines[end : block.claim_last] = [None] * (block.claim_last - end)
            end = block.claim_last
        after[end - 1] = ["", _placeholder(block), ""]
        after[end - 1] = [(block.prefix + line).rstrip() for line in after[end - 1]]
    for first in {block.first for block in page.blocks if block.kind == "inline"}:
        line = lines[first]
        if line is not None:
            lines[first] = _inline(page, first, line)
    out: list[str] = []
    for n, line in enumerate(lines):
        out += [] if line is None else [line]
        out += after.get(n, [])
    return _SNIPPET.sub(r"\1;\2", "\n".join(out))  # what is left of `--8<--` was escaped


def _placeholder(block: Block) -> str:
    return f"sybilpagesblock{block.number:05}"


def _inline(page: Page, first: int, line: str) -> str:
    here = (block for block in page.blocks if block.kind == "inline" and block.first == first)
    return substitute(line, map(_placeholder, here))


def fill(page: Page, executed: ExecutedPage, html: str) -> tuple[str, list[Problem]]:
    """Put outputs where the rendered page has placeholders.

    Args:
        page: The page as read.
        executed: The page as executed.
        html: The woven Markdown as the site rendered it.

    Returns:
        The page's HTML, and a problem for each fence that was not rendered as a fence.
    """
    problems = []
    cells = {cell["id"]: cell for cell in executed["cells"]}
    for block in page.blocks:
        cell = cells.get(f"block-{block.number}")
        token = _placeholder(block)
        if block.kind == "inline":
            html = html.replace(token, escape(value(cell)))
            continue
        paragraph = re.search(rf"<p>\s*{token}\s*</p>", html)
        if html.count(token) != 1 or paragraph is None:
            wrong = "Python-Markdown does not render this fence as a fence here; check its indent"
            problems.append(page.problem(block.first + 1, wrong))
            html = html.replace(token, "")
        else:
            html = html.replace(paragraph[0], "".join(_outputs(block, cell)))
    return html, problems


def value(cell: dict[str, Any] | None) -> str:
    """What an inline expression computed."""
    record = cell["metadata"]["sybil_pages"] if cell else {}
    return str(record.get("value", "…"))


def _outputs(block: Block, cell: dict[str, Any] | None) -> Iterator[str]:
    """The HTML of what a block shows."""
    if cell is None:
        if block.options.reason:
            yield f'<p class="sp-note">Not run here: {escape(block.options.reason)}</p>'
        return
    if failure := cell["metadata"]["sybil_pages"].get("failure"):
        yield f'<div class="sp-failure"><pre>{escape(failure["message"])}</pre></div>'
        return
    if block.options.results != "hide":
        yield from _text(block, cell)
        pictures = [o for o in cell["outputs"] if "image/svg+xml" in o.get("data", {})]
        for n, output in enumerate(pictures):
            yield _figure(block, n, output["data"]["image/svg+xml"])


def _text(block: Block, cell: dict[str, Any]) -> Iterator[str]:
    """Text outputs: as claimed where they are claimed, else as computed."""
    if block.kind == "pycon":
        return
    raised = any(output["output_type"] == "error" for output in cell["outputs"])
    text = block.claim if block.claim is not None else shown_text(cell)
    if text.strip():
        yield _pane(text.rstrip("\n"), fold=block.options.results == "fold", error=raised)
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "image/png" in data and "image/svg+xml" not in data:
            source = f"data:image/png;base64,{data['image/png'].strip()}"
            alt = escape(" ".join(block.options.alt) or plain(output))
            yield f'<div class="sp-image"><img src="{source}" alt="{alt}"></div>'
        elif "text/markdown" in data and "image/svg+xml" not in data:
            yield f'<div class="sp-markdown">{_markdown(data["text/markdown"])}</div>'


def _pane(text: str, *, fold: bool, error: bool) -> str:
    label, kind = ("Error", " sp-error") if error else ("Output", "")
    body = f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
    if fold:
        return (
            f'<details class="sp-output sp-fold{kind}"><summary>{label}</summary>{body}</details>'
        )
    return f'<div class="sp-output{kind}"><div class="sp-label">{label}</div>{body}</div>'


def labelled(block: Block, n: int, svg: str) -> str:
    """The block's figure number `n` with the text alternative that the block gives it."""
    alt = escape(block.options.alt[n]) if n < len(block.options.alt) else ""
    return svg.replace("<svg ", f'<svg class="sp-svg" role="img" aria-label="{alt}" ', 1)


def scrolling(drawing: str) -> str:
    """A figure that scrolls sideways where the screen is narrower than it can be read at."""
    return f'<div class="sp-scroll" tabindex="0" role="group" aria-label="Figure">{drawing}</div>'


def _figure(block: Block, n: int, svg: str) -> str:
    caption = ""
    if n < len(block.options.caption):
        caption = f"<figcaption>{_markdown(block.options.caption[n])}</figcaption>"
    drawing = scrolling(labelled(block, n, svg))
    return f'<figure class="sp-figure">{drawing}{caption}</figure>'


def _markdown(text: str) -> str:
    from markdown import markdown

    html = markdown(text, extensions=["tables"])
    only = html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>")
    return html[3:-4] if only else html
