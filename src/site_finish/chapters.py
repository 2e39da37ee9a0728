"""A chapter whose line in `nav` is gone is left out of the site, and links to it become text.

So a teacher drops a chapter with one line of `mkdocs.yml`. Its file may stay, and then the next
update from here still finds it. Who deletes it says so, because a link to a file that is not there
might as well be a slip of the pen: `site-finish: {dropped: [experiments/drums.md]}`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

HOME = "index.md"
_BEFORE_LINKS_ARE_CHECKED = 2  # MkDocs checks them at 0, as the last of all
_LINK = re.compile(
    r"<a\b[^>]*?\shref=\"(?P<address>[^\"#?]*)[^\"]*\"[^>]*>(?P<text>.*?)</a>", re.DOTALL
)


def named(nav: Any) -> Iterator[str]:
    """The pages that a `nav` names, in its order."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for below in nav.values():
            yield from named(below)
    elif isinstance(nav, list):
        for below in nav:
            yield from named(below)


def left_out(docs: Path, nav: Any, dropped: Collection[str] = ()) -> list[str]:
    """The pages that the site leaves out: what `nav` does not name; none without a `nav`.

    Args:
        docs: The pages' folder.
        nav: What stands under `nav` in `mkdocs.yml`, or None.
        dropped: Pages that are left out whether their files are there or not.

    Raises:
        ValueError: A page is dropped, and in `nav`.
    """
    kept = {HOME, *named(nav)}
    for name in sorted(kept.intersection(dropped)):
        raise ValueError(
            f"mkdocs.yml: {name} stands in nav and under site-finish: dropped; "
            "take it out of one of them"
        )
    there = (path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))
    found = {name for name in there if nav is not None and name not in kept}
    return sorted(found.union(dropped))


def patterns(pages: Collection[str]) -> list[str]:
    """Lines of a `.gitignore` that leave out just these pages."""
    return [re.sub(r"([\\\[\]*?!# ])", r"\\\1", f"/{name}") for name in sorted(pages)]


def said(pages: Collection[str]) -> str:
    """What the build says about the pages that are left out."""
    names = ", ".join(f"docs/{name}" for name in sorted(pages))
    return f"left out, as nav does not name them: {names}; links to them are shown as text"


class PlainLinks(Extension):
    """Shows links to some pages as text.

    Attributes:
        gone: These pages, from the pages' folder.
        page: The page that is rendered, from there too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gone: Collection[str] = ()
        self.page = HOME

    def extendMarkdown(self, md: Markdown) -> None:
        """Take part where links are still as the page writes them."""
        md.treeprocessors.register(_Plain(self), "site-left-out", _BEFORE_LINKS_ARE_CHECKED)

    def plain(self, html: str, address: str, site: str) -> str:
        """A whole page, whose template, notebook or raw HTML may link to what is left out too.

        Args:
            html: The page.
            address: Its address, from the site's root.
            site: The site's own address, or nothing.
        """
        gone = {shown for name in self.gone for shown in _addresses(name)}

        def text(link: re.Match[str]) -> str:
            asked = unquote(link["address"].removeprefix(site))
            if site and link["address"].startswith(site):
                asked = "/" + asked
            at = posixpath.normpath(posixpath.join("/", address, asked)).lstrip("/")
            away = at in gone or (" download" not in link[0] and self._is_source(asked))
            return f"<span>{link['text']}</span>" if away else link[0]

        return _LINK.sub(text, html) if gone else html

    def _is_source(self, asked: str) -> bool:
        """Is it a page that is left out, as a notebook names it, from its page's own folder?"""
        folders = {"", *map(posixpath.dirname, self.gone)}
        return asked.endswith(".md") and any(
            posixpath.normpath(posixpath.join(folder, asked)) in self.gone for folder in folders
        )

    def leads_nowhere(self, address: str) -> bool:
        """Does a link of the page lead to one that is left out?"""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path.endswith(".md"):
            return False
        folder = posixpath.dirname(self.page)
        return posixpath.normpath(posixpath.join(folder, unquote(parts.path))) in self.gone


def _addresses(name: str) -> tuple[str, str]:
    """Where a page stands in a site, with and without a folder of its own."""
    bare = name.removesuffix(".md").removesuffix("/index")
    return bare, f"{bare}.html"


class _Plain(Treeprocessor):
    """Makes a `span` of each link that leads nowhere."""

    def __init__(self, links: PlainLinks) -> None:
        super().__init__()
        self.links = links

    def run(self, root: Element) -> None:
        for element in root.iter("a"):
            if self.links.leads_nowhere(element.get("href", "")):
                element.tag = "span"
                element.attrib.clear()
