"""What a reader asks before reading: how long does it take, and what must I know first?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

WORDS_A_MINUTE = 200
LINES_A_MINUTE = 20
"""Lines of code: three seconds each, for one reads them slower than prose."""

_FENCE = re.compile(
    r"^[ \t]*(?P<mark>`{3,}|~{3,})[^\n]*\n(?P<code>.*?)^[ \t]*(?P=mark)[`~]*[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_NO_WORDS = re.compile(r"<!--.*?-->|<[^>]*>|\]\([^)]*\)|\bsybilpagesblock\d+\b", re.DOTALL)
_WORD = re.compile(r"\w[\w'’.,-]*")
_ENTRY = re.compile(
    r'<li>\s*(?:<p>)?<a href="(?P<href>[^"#]*)(?:#[^"]*)?"[^>]*>.*?</li>', re.DOTALL
)
_ITEM = re.compile(r"<li>.*?</li>\n?", re.DOTALL)
_LIST = re.compile(r'<div class="site-contents[^"]*">.*?</div>', re.DOTALL)


def minutes(markdown: str) -> int:
    """How many minutes a page takes, at least one.

    Args:
        markdown: The page without its front matter, its includes expanded.
    """
    lines = sum(
        1 for fence in _FENCE.finditer(markdown) for line in fence["code"].splitlines() if line
    )
    words = len(_WORD.findall(_NO_WORDS.sub(" ", _FENCE.sub("", markdown))))
    return max(1, round(words / WORDS_A_MINUTE + lines / LINES_A_MINUTE))


def facts(time: int, needs: Sequence[tuple[str, str]]) -> str:
    """The quiet line below a page's title, as HTML.

    Args:
        time: Minutes that the page takes.
        needs: Title and address of each page to be read before it.
    """
    parts = [f"<span>{time} min to read</span>"]
    if needs:
        links = [f'<a href="{escape(address)}">{escape(title)}</a>' for title, address in needs]
        parts.append(f"<span>Builds on {_listed(links)}</span>")
    return f'<p class="site-reading" data-search-exclude>{" ".join(parts)}</p>'


def _listed(links: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(links[:-1]), links[-1]]))


def headed(html: str, line: str) -> str:
    """A page with a line below its title."""
    return html.replace("</h1>", f"</h1>\n{line}", 1)


def timed(html: str, time_of: Callable[[str], int | None]) -> str:
    """A page in which each entry of a list of contents tells how long its page takes.

    An entry that leads nowhere, since its page is left out of the site, is left out too.

    Args:
        html: The page; its lists stand in `<div class="site-contents">`.
        time_of: The minutes of a page by its address, as the list has it; None where it is none.
    """

    def entry(match: re.Match[str]) -> str:
        time = time_of(match["href"])
        if time is None:
            return match[0]
        return match[0].removesuffix("</li>") + f'<span class="site-time">{time} min</span></li>'

    def contents(match: re.Match[str]) -> str:
        kept = _ITEM.sub(lambda item: item[0] if "<a href=" in item[0] else "", match[0])
        return _ENTRY.sub(entry, kept)

    return _LIST.sub(contents, html)
