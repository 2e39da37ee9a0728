"""Executed page + Markdown → the page with outputs.

Outputs never pass through Markdown: the woven Markdown holds placeholders, and what they stand for
enters after the page is rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from .census import NOT_YET
from .claims import plain, shown_text
from .copying import of_session, with_consoles
from .fences import INDENTED
from .in_place import Failures
from .page import Block, ExecutedPage, Page, Problem, cells_of
from .read import substitute
from .widgets import MIME, markup

PLACEHOLDER = re.compile(r"(sybilpagesblock\d{5,})")
"""What stands where a block shows its outputs, or an inline expression its value."""
_CODE = re.compile(r'<div class="(?:language-[\w-]+ )?highlight')
_INCLUDE = re.compile(r"""^([ \t]*)(;*-+8<-+(?:[ \t]+(?:".+"|'.+'))?)$""", re.MULTILINE)


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
        if not block.options.echo or block.widget:
            lines[block.first : block.last] = [None] * (block.last - block.first)
        else:
            lines[block.first + 1 : stop] = [None] * (stop - block.first - 1)
        end = block.last
        if block.claim is not None:
            lines[end : block.claim_last] = [None] * (block.claim_last - end)
            end = block.claim_last
        after[end - 1] = ["", placeholder(block), ""]
        after[end - 1] = [(block.prefix + line).rstrip() for line in after[end - 1]]
    for first in {block.first for block in page.blocks if block.kind == "inline"}:
        line = lines[first]
        if line is not None:
            lines[first] = _inline(page, first, line)
    out: list[str] = []
    for n, line in enumerate(lines):
        out += [] if line is None else [line]
        out += after.get(n, [])
    return escaped("\n".join(out))  # what is left of `--8<--` was escaped


def escaped(text: str) -> str:
    """A text whose lines are no includes: those that look so were escaped, or printed."""
    return _INCLUDE.sub(r"\1;\2", text)


def placeholder(block: Block) -> str:
    """What stands for what a block shows."""
    return f"sybilpagesblock{block.number:05}"


def _inline(page: Page, first: int, line: str) -> str:
    here = (block for block in page.blocks if block.kind == "inline" and block.first == first)
    return substitute(line, map(placeholder, here))


def fill(
    page: Page, executed: ExecutedPage, html: str, problems: Sequence[Problem] = ()
) -> tuple[str, list[Problem]]:
    """Put outputs where the rendered page has placeholders.

    Args:
        page: The page as read.
        executed: The page as executed.
        html: The woven Markdown as the site rendered it.
        problems: What is wrong with the page, to be shown in it: each at its block's place, and
            listed at the top.

    Returns:
        The page's HTML, and a problem for each fence that was not rendered as a fence.
    """
    failures = Failures(page, executed, problems)
    cells = cells_of(executed)
    blocks = {placeholder(block): block for block in page.blocks}
    parts = PLACEHOLDER.split(html)  # text, placeholder, text, …
    unplaced = {t: block for t, block in blocks.items() if block.kind != "inline"}
    in_code = False
    for n in range(1, len(parts), 2):
        before, token, after = parts[n - 1 : n + 2]
        opened, closed = before.rfind("<pre"), before.rfind("</pre>")
        in_code = opened > closed or (in_code and closed < 0)
        if token not in blocks:
            continue
        block, parts[n] = blocks[token], ""
        cell = cells.get(block.cell_id)
        if block.kind == "inline":
            parts[n] = failures.inside(block) or escape(value(cell))
        elif not in_code and (alone := _alone(before, after)) and unplaced.pop(token, None):
            parts[n - 1], parts[n + 1] = _named(alone[0], block), alone[1]
            parts[n] = "".join(_outputs(block, cell, failures.at(block)))
    found = [page.problem(block.first + 1, INDENTED) for block in unplaced.values()]
    failures.problems += found
    return failures.top() + with_consoles("".join(parts)), found


def _alone(before: str, after: str) -> tuple[str, str] | None:
    """What surrounds a placeholder that is a paragraph, or a line of raw HTML; else None."""
    left, right = before.rstrip(), after.lstrip()
    if left.endswith("<p>") and right.startswith("</p>"):
        return left.removesuffix("<p>"), right.removeprefix("</p>")
    line = f"{before.rpartition(chr(10))[2]}{after.partition(chr(10))[0]}"
    return None if line.strip() else (before, after)


def _named(before: str, block: Block) -> str:
    """The HTML before a block's outputs with the block's id: at its code, where it is shown."""
    code = before.rfind("<div class=") if before.rstrip().endswith("</div>") else -1
    if block.options.echo and not block.widget and _CODE.match(before, code):
        named = f'<div id="{block.cell_id}"{of_session(block)}'
        return f"{before[:code]}{named}{before[code + 4 :]}"
    return f'{before}<span id="{block.cell_id}"></span>'


def value(cell: dict[str, Any] | None) -> str:
    """What an inline expression computed."""
    record = cell["metadata"]["sybil_pages"] if cell else {}
    return str(record.get("value", "…"))


def _outputs(block: Block, cell: dict[str, Any] | None, failures: str) -> Iterator[str]:
    """The HTML of what a block shows, and of what failed in it."""
    if cell is None:
        yield from _not_run(block)
        return
    failure = cell["metadata"]["sybil_pages"].get("failure")
    if failure and not failures:
        yield f'<p class="sp-note">Follows from a failure above: {escape(failure["message"])}</p>'
    yield failures
    if failure:
        return
    if block.options.results != "hide":
        yield from _text(block, cell, wrong=bool(failures) and block.claim is not None)
        shown = [output.get("data", {}) for output in cell["outputs"]]
        moving = next((data[MIME] for data in shown if MIME in data), None)
        pictures = [data for data in shown if "image/svg+xml" in data]
        for n, data in enumerate(pictures):
            yield _figure(block, n, data["image/svg+xml"], moving) + _numbers(block, data)


def _not_run(block: Block) -> Iterator[str]:
    """What stands below a block that nothing ran: what its author says that it shows, and why."""
    if block.claim:
        yield _pane(block.claim, "Output, not verified")
    if reason := block.options.reason:
        why = "Not verified yet" if reason.startswith(NOT_YET) else f"Not run here: {reason}"
        yield f'<p class="sp-note">{escape(why)}</p>'


def _text(block: Block, cell: dict[str, Any], *, wrong: bool) -> Iterator[str]:
    """Text outputs: as claimed where they are claimed, else, or if that is wrong, as computed."""
    if block.kind == "pycon":
        return
    raised = any(output["output_type"] == "error" for output in cell["outputs"])
    text = block.claim if block.claim is not None and not wrong else shown_text(cell)
    if text.strip():
        label = "Computed" if wrong else "Error" if raised else "Output"
        yield _pane(text.rstrip("\n"), label, fold=block.options.results == "fold", error=raised)
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "image/png" in data and "image/svg+xml" not in data:
            source = f"data:image/png;base64,{data['image/png'].strip()}"
            alt = escape(" ".join(block.options.alt) or plain(output))
            yield f'<div class="sp-image"><img src="{source}" alt="{alt}"></div>'
        elif "text/markdown" in data and "image/svg+xml" not in data:
            yield f'<div class="sp-markdown">{_markdown(data["text/markdown"])}</div>'


def _pane(text: str, label: str, *, fold: bool = False, error: bool = False) -> str:
    kind = " sp-error" if error else ""
    body = f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
    if fold:
        return (
            f'<details class="sp-output sp-fold{kind}"><summary>{label}</summary>{body}</details>'
        )
    return f'<div class="sp-output{kind}"><div class="sp-label">{label}</div>{body}</div>'


def labelled(block: Block, n: int, svg: str) -> str:
    """The block's figure number `n` with the text alternative that the block gives it."""
    alt = escape(block.options.alt[n]) if n < len(block.options.alt) else ""
    label = f'role="img" aria-label="{alt}" data-search-exclude=""'  # ticks are nothing to find
    return svg.replace("<svg ", f'<svg class="sp-svg" {label} ', 1)


def standalone(drawing: str, *, paper: str = "#ffffff", ink: str = "#000000") -> str:
    """A figure for where no page gives it colours: on paper of its own, in its light values."""
    plain = re.sub(r"var\(--[\w-]+, (#[0-9a-f]+)\)", r"\1", drawing).replace("currentColor", ink)
    sheet = f'<rect width="100%" height="100%" fill="{paper}" />'
    named = plain.replace("<svg ", '<svg font-family="sans-serif" ', 1)
    return re.sub(r"(<svg [^>]*>)", rf"\1{sheet}", named, count=1)


def scrolling(drawing: str) -> str:
    """A figure that scrolls sideways where the screen is narrower than it can be read at."""
    return f'<div class="sp-scroll" tabindex="0" role="group" aria-label="Figure">{drawing}</div>'


def _figure(block: Block, n: int, svg: str, moving: dict[str, Any] | None) -> str:
    """A figure with its caption; where a widget moves it, around what it stands in for."""
    caption = ""
    if n < len(block.options.caption):
        caption = f"<figcaption>{_markdown(block.options.caption[n])}</figcaption>"
    drawing = scrolling(labelled(block, n, svg))
    if moving:
        label = block.options.alt[n] if n < len(block.options.alt) else moving["name"]
        drawing = markup(moving["name"], moving["values"], label, drawing)
        return f'<figure class="sp-figure sp-widget">{drawing}{caption}</figure>'
    return f'<figure class="sp-figure">{drawing}{caption}</figure>'


def _numbers(block: Block, data: dict[str, Any]) -> str:
    """The data of a figure, where its block asks for them."""
    if not block.options.table:
        return ""
    from . import tables  # with NumPy, which a site without tables need not import

    return tables.html(data.get(tables.MIME, ()))


def _markdown(text: str) -> str:
    from markdown import markdown

    html = markdown(text, extensions=["tables"])
    only = html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>")
    return html[3:-4] if only else html
