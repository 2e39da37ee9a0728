"""Where the links of a built site lead: to a file of the site, and to an anchor in it."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_ADDRESSES = ("href", "xlink:href", "src", "poster", "action", "formaction", "data")
_SOCIAL = ("og:image", "og:url", "twitter:image")
_PAINT = re.compile(r"url\(#([^)]+)\)")
_CSS = re.compile(r"""url\(\s*["']?([^"')]+)""")


class Link(NamedTuple):
    """An address, and where it stands.

    Attributes:
        file: The file, from the site's folder.
        line: Its line there, from 1.
        address: What is linked, as it is written.
    """

    file: str
    line: int
    address: str


class Checked(NamedTuple):
    """What was found in a folder.

    Attributes:
        files: How many HTML files were read.
        links: How many addresses lead to the folder's own files.
        anchors: How many of these name an anchor.
        broken: Those that lead nowhere, as `file:line: what is wrong`.
    """

    files: int
    links: int
    anchors: int
    broken: list[str]


class _File(HTMLParser):
    """Collects a file's anchors and addresses."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.anchors: set[str] = set()
        self.links: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element names, and what it asks for."""
        given = {key: value or "" for key, value in attrs}
        self.anchors.update(given[key] for key in ("id", "name") if key in given)
        for key, value in given.items():
            if key in _ADDRESSES:
                self._note(value)
            for name in _PAINT.findall(value):
                self._note(f"#{name}")
        for candidate in re.split(r",\s+", given.get("srcset", "")):
            if candidate.strip():
                self._note(candidate.split()[0])
        if given.get("property", given.get("name")) in _SOCIAL:
            self._note(given.get("content", ""))

    def _note(self, address: str) -> None:
        self.links.append(Link(self.name, self.getpos()[0], address.strip()))


def _read(folder: Path) -> dict[str, _File]:
    """All HTML files of a folder, by name."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        found[name] = _File(name)
        found[name].feed(path.read_text("utf-8"))
        found[name].close()
    return found


def _asked_by_others(folder: Path) -> Iterator[Link]:
    """What style sheets, the search index and the map of the site ask for."""
    for path in sorted(folder.rglob("*.css")):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            for address in _CSS.findall(text):
                yield Link(path.relative_to(folder).as_posix(), line, address)
    for path in folder.glob("search/search_index.json"):
        for entry in json.loads(path.read_text("utf-8"))["docs"]:
            yield Link("index.html", 1, entry["location"])  # from the root, as the theme reads it
    for path in folder.glob("sitemap.xml"):
        for address in re.findall(r"<loc>([^<]+)</loc>", path.read_text("utf-8")):
            yield Link("sitemap.xml", 1, address)


def check_links(
    folder: Path, *, served: bool = True, base: str = "/", site_url: str = ""
) -> Checked:
    """Follow every internal link of a folder's HTML files.

    Args:
        folder: A built site.
        served: Does a server answer for a folder with its `index.html`? From `file://`, nobody
            does, and an address that starts with `/` leads out of the site.
        base: Where on its server the site stands; begins and ends with `/`.
        site_url: The address of the site, when it knows one; what begins with it is internal.

    Returns:
        How much there was to follow, and what leads nowhere.
    """
    files = _read(folder)
    links = anchors = 0
    broken = []
    in_pages = (link for file in files.values() for link in file.links)
    for link in [*in_pages, *_asked_by_others(folder)]:
        inside = _inside(link.address, base if served else "", site_url)
        if inside is None:
            continue
        links += 1
        address, anchor = inside
        anchors += bool(anchor)
        target = _target(folder, link.file, address, served)
        if target is None:
            broken.append(f"{link.file}:{link.line}: `{link.address}` leads to no file")
        elif anchor and target in files and anchor not in files[target].anchors:
            where = f"{link.file}:{link.line}"
            broken.append(f"{where}: `{link.address}`: {target} has no anchor `{anchor}`")
    return Checked(len(files), links, anchors, broken)


def _inside(address: str, base: str, site_url: str) -> tuple[str, str] | None:
    """An internal address without its query, and its anchor; None for another host's.

    An address from the site's root begins with `/`, whatever the base.
    """
    if site_url and address.startswith(site_url):
        address = base + address.removeprefix(site_url)
    parts = urlsplit(address)
    if parts.scheme not in ("", "file") or parts.netloc:
        return None
    path = unquote(parts.path)
    if base and path.startswith(base):
        path = "/" + path.removeprefix(base)
    elif path.startswith("/"):
        path = "/../" + path  # out of the site
    return path, unquote(parts.fragment).partition(":~:")[0]


def _target(folder: Path, file: str, address: str, served: bool) -> str | None:
    """The file that answers, from the site's folder; None if there is none."""
    if not address:
        return file
    if address.startswith("/"):
        name = posixpath.normpath(address[1:])
    else:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(file), address))
    if name.startswith(".."):
        return None
    path = folder / name
    if path.is_dir() and served:
        path = path / "index.html"
    return path.relative_to(folder).as_posix() if path.is_file() else None
