"""What a language model reads of the site: `llms.txt`, and all pages in one file.

Both are Markdown, as https://llmstxt.org asks: a title, what the site is, and lists of links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SHORT, FULL = "llms.txt", "llms-full.txt"
OPTIONAL = "Optional"
"""The section that may be left out where there is little room."""


@dataclass(frozen=True)
class Entry:
    """A page.

    Attributes:
        title: What it is called.
        address: Where its Markdown stands.
        note: What it is about, in a sentence; empty for nothing.
    """

    title: str
    address: str
    note: str = ""


def short(name: str, about: str, sections: Mapping[str, Sequence[Entry]]) -> str:
    """The list of pages.

    Args:
        name: The site's name.
        about: What it is.
        sections: Its pages by the part in which they stand; empty parts are left out.
    """
    text = _head(name, about)
    for title in sorted(sections, key=lambda title: title == OPTIONAL):  # that one last
        entries = sections[title]
        if entries:
            text += f"\n## {title}\n\n" + "".join(map(_line, entries))
    return text


def full(name: str, about: str, pages: Iterable[tuple[Entry, str]]) -> str:
    """All pages, each with its address and its whole Markdown."""
    text = _head(name, about)
    for entry, markdown in pages:
        text += f"\n---\n\nSource: {entry.address}\n\n{markdown.strip()}\n"
    return text


def _head(name: str, about: str) -> str:
    return f"# {name}\n\n> {' '.join(about.split())}\n"


def _line(entry: Entry) -> str:
    note = f": {' '.join(entry.note.split())}" if entry.note else ""
    return f"- [{entry.title}]({entry.address}){note}\n"
