"""Every claim of every page in one table: what is claimed, what was computed, how far it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .claims import Claim, claims, reported
from .fences import front_matter
from .page import Block, ExecutedPage, Page, counted

_MARK = "sybilpagesledger"
_CLOSEST = 10  # claims that are named first
_LONG = 72  # characters of a cell
_HEAD = ("Code", "Claimed", "Computed", "Room left")


@dataclass(frozen=True)
class Entry:
    """A claim that holds.

    Attributes:
        anchor: The id of its block in its page.
        code: What it is about.
        claimed: What the page shows.
        computed: What ran; for a comparison, the numbers that it compared.
        room: As of `Claim.room`.
    """

    anchor: str
    code: str
    claimed: str
    computed: str
    room: float | None


@dataclass(frozen=True)
class Chapter:
    """The claims of a page."""

    title: str
    entries: list[Entry]


def chapter(page: Page, executed: ExecutedPage) -> Chapter:
    """The claims of an executed page that hold, in its order."""
    found = [
        _entry(block, claim)
        for block, cell in reported(page, executed)
        if "failure" not in cell["metadata"]["sybil_pages"]
        for claim in claims(block, cell)
        if claim.text and not claim.miss()
    ]
    return Chapter(title(page), found)


def title(page: Page) -> str:
    """A page's title: of its front matter, or its first heading; its path where it has none."""
    import yaml

    said = yaml.safe_load(front_matter(page.text).strip().strip("-")) or {}
    if isinstance(said, dict) and "title" in said:
        return str(said["title"])
    headings = (line[2:].strip() for line in page.lines if line.startswith("# "))
    return next(headings, page.path)


def _entry(block: Block, claim: Claim) -> Entry:
    code = claim.statement.source if claim.statement else block.code.rstrip().rpartition("\n")[2]
    sides = [" and ".join(f"{value:.4g}" for value in values) for values in claim.compared]
    computed = ", ".join(sides) or _short(claim.computed)
    return Entry(block.cell_id, _short(code), _short(claim.text), computed, claim.room())


def _short(text: str) -> str:
    """A text on one line: its first one, and how many there are."""
    first, *rest = text.strip().splitlines() or [""]
    first = first if len(first) <= _LONG else f"{first[: _LONG - 1]}…"
    return f"{first} … ({counted(len(rest) + 1, 'line')})" if rest else first


def markdown(chapters: Mapping[str, Chapter]) -> str:
    """The headings of the ledger, so that the site lists them, with a mark for each table."""
    parts = ["", "## Closest calls", "", f"{_MARK}00000", ""]
    for n, one in enumerate(chapters.values(), 1):
        parts += [f"## {one.title}", "", f"{_MARK}{n:05}", ""]
    return "\n".join(parts)


def fill(html: str, chapters: Mapping[str, Chapter], address: Callable[[str], str]) -> str:
    """Put the tables where the rendered page has marks.

    Args:
        html: The page as the site rendered it.
        chapters: The claims of each page, by the page's name.
        address: The address of a page, from the ledger.
    """
    tables = [_closest(chapters, address)]
    for name, one in chapters.items():
        rows = [_row(entry, address(name)) for entry in one.entries]
        exact = sum(entry.room is None for entry in one.entries)
        told = f"{counted(len(rows), 'claim')}, {exact} of them exact."
        tables.append(f"<p>{told}</p>{_table(rows, one.title)}")
    for n, table in enumerate(tables):
        html = html.replace(f"<p>{_MARK}{n:05}</p>", table)
    return html


def _closest(chapters: Mapping[str, Chapter], address: Callable[[str], str]) -> str:
    """The claims that are next to fail, nearest first."""
    found = [
        (entry.room, name, entry)
        for name, one in chapters.items()
        for entry in one.entries
        if entry.room is not None
    ]
    found.sort(key=lambda each: each[:2])
    rows = [
        _row(entry, address(name), f"{chapters[name].title}: ")
        for _, name, entry in found[:_CLOSEST]
    ]
    return _table(rows, "Closest calls")


def _row(entry: Entry, address: str, before: str = "") -> list[str]:
    link = f'<a href="{escape(address)}#{entry.anchor}"><code>{escape(entry.code)}</code></a>'
    room = "exact" if entry.room is None else f"{100 * entry.room:.0f} %"
    same = entry.room is None and entry.computed == entry.claimed
    computed = "the same" if same else f"<code>{escape(entry.computed)}</code>"
    return [escape(before) + link, f"<code>{escape(entry.claimed)}</code>", computed, room]


def _table(rows: Sequence[list[str]], label: str) -> str:
    if not rows:
        return "<p>None.</p>"
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in _HEAD)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="sp-scroll" tabindex="0" role="group" aria-label="{escape(label)}" '
        'data-search-exclude><table class="sp-table sp-ledger">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )
