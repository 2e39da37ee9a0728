"""Where the links of a page lead from another place: a notebook, or its Markdown on the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote

_ELSEWHERE = re.compile(r"[A-Za-z][\w+.-]*:|//|/")
_TARGET = re.compile(r"(?P<before>\]\(<?)(?P<target>[^)\s>]+)")
_DEFINED = re.compile(r"^(?P<before>\s*\[[^\]^][^\]]*\]:\s+<?)(?P<target>[^\s>]+)")
_HTML = re.compile(r"""(?P<before><[^>]*\b(?:href|src)=["'])(?P<target>[^"']+)""")
_FENCE = re.compile(r"[> \t]*(`{3,}|~{3,})")
_SPAN = re.compile(r"((?<!`)(`+)(?!`).+?(?<!`)\2(?!`))")


@dataclass(frozen=True)
class Addresses:
    """Turns the links of a page into links from where it is read.

    Attributes:
        page: The page's path, from the folder of the pages: links are meant from there.
        here: The address of the file that will hold the links, from the site's root.
        find: The address of a page or a file, from the site's root, by its path from the folder of
            the pages; None where there is no such.
        root: The site's own address; empty where nobody knows it, and links are relative.
    """

    page: str
    here: str
    find: Callable[[str], str | None]
    root: str = ""

    def of(self, target: str) -> str:
        """The link that stands for a page's link; one that leads elsewhere stays as it is."""
        if _ELSEWHERE.match(target):
            return target
        path, mark, anchor = target.partition("#")
        folder = posixpath.dirname(self.page)
        name = posixpath.normpath(posixpath.join(folder, unquote(path))) if path else self.page
        found = self.find(name)
        return target if found is None else self.link(found) + mark + anchor

    def link(self, address: str) -> str:
        """The link to an address of the site."""
        if self.root:
            return f"{self.root.rstrip('/')}/{address}"
        if not address or address.endswith("/"):
            return relative(address or ".", self.here).rstrip("/") + "/"
        return relative(address, self.here)

    def relinked(self, line: str) -> str:
        """A line of prose with its links, those in code aside."""
        parts = _SPAN.split(line)  # text, span, its backticks, text, …
        for n in range(0, len(parts), 3):
            for links in (_TARGET, _HTML, _DEFINED) if n == 0 else (_TARGET, _HTML):
                parts[n] = links.sub(lambda m: m["before"] + self.of(m["target"]), parts[n])
        return "".join(text for n, text in enumerate(parts) if n % 3 != 2)

    def everywhere(self, text: str) -> str:
        """A whole Markdown text with its links, those in code aside."""
        lines, inside = text.split("\n"), fenced(text.split("\n"))
        return "\n".join(
            line if code else self.relinked(line) for line, code in zip(lines, inside, strict=True)
        )


def relative(address: str, here: str) -> str:
    """The way from one file of a site to another."""
    return posixpath.relpath(address, posixpath.dirname(here) or ".")


def escaped(address: str) -> str:
    """An address as a part of another one."""
    return quote(address, safe="")


def fenced(lines: list[str]) -> list[bool]:
    """For each line: does it belong to a fence?"""
    inside, opened = [], ""
    for line in lines:
        mark = _FENCE.match(line)
        inside.append(bool(opened or mark))
        if not mark:
            continue
        if not opened:
            opened = mark[1]
        elif mark[1].startswith(opened) and not line[mark.end() :].strip():
            opened = ""
    return inside
