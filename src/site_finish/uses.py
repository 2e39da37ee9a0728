"""Which pages use which snippet: they include its code, or import it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mkdocs.utils.meta import get_data

_PROMPT = r"^[ \t]*(?:>>> |\.\.\. )?"
_MARK = re.compile(r'^[ \t]*-+8<-+(?:[ \t]+["\'](?P<path>[^"\']+)["\'])?[ \t]*$')
_FROM = re.compile(
    _PROMPT + r"from[ \t]+(?P<root>\w+)(?:\.(?P<name>\w+)[\w.]*)?[ \t]+import[ \t]+"
    r"(?P<names>\([^)]*\)|[^\n#]*)",
    re.MULTILINE,
)
_IMPORT = re.compile(_PROMPT + r"import[ \t]+(?P<root>\w+)\.(?P<name>\w+)", re.MULTILINE)
_HEADING = re.compile(r"^# +(?P<title>.+?)(?: *\{[^}]*\})? *$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A page of the site as the reader finds it.

    Attributes:
        uri: Its file, from the folder of pages.
        title: What the navigation calls it.
        section: The part of the navigation in which it stands; empty for none.
        shows: The snippets whose code it shows.
        imports: The snippets that it imports.
    """

    uri: str
    title: str
    section: str
    shows: frozenset[str]
    imports: frozenset[str]


def chapters(nav: Sequence[Any] | None, pages: Mapping[str, str], folder: str) -> list[Chapter]:
    """All pages, those of the navigation first and in its order.

    Args:
        nav: The site's navigation, as its configuration says it; None for none.
        pages: The text of each page, by its file from the folder of pages.
        folder: The name of the folder of snippets.
    """
    listed = [entry for entry in _entries(nav or [], "") if entry[0] in pages]
    found = {uri for uri, _, _ in listed}
    listed += [(uri, "", "") for uri in pages if uri not in found]
    made = []
    for uri, title, section in listed:
        text, front = get_data(pages[uri])
        heading = _HEADING.search(text)
        title = title or str(front.get("title") or (heading["title"] if heading else uri))
        made.append(Chapter(uri, title, section, _included(text, folder), _imported(text, folder)))
    return made


def _entries(nav: Iterable[Any], section: str) -> Iterator[tuple[str, str, str]]:
    """File, title and section of each entry."""
    for item in nav:
        if isinstance(item, str):
            yield item, "", section
            continue
        for title, below in item.items():
            if isinstance(below, str):
                yield below, title, section
            else:
                yield from _entries(below or [], section or title)


def _included(text: str, folder: str) -> frozenset[str]:
    names, block = set(), False
    for line in text.splitlines():
        mark = _MARK.match(line)
        if mark and not mark["path"]:
            block = not block  # a list of paths begins or ends
            continue
        path = (mark["path"] if mark else line.strip() if block else "").removeprefix("./")
        if path.startswith(f"{folder}/"):
            names.add(re.split(r"[/.:]", path.removeprefix(f"{folder}/"))[0])
    return frozenset(names)


def _imported(text: str, folder: str) -> frozenset[str]:
    names = {found["name"] for found in _IMPORT.finditer(text) if found["root"] == folder}
    for found in _FROM.finditer(text):
        if found["root"] != folder:
            continue
        listed = [found["name"]] if found["name"] else re.split(r"[,()]", found["names"])
        names.update(one.split()[0] for one in listed if one.split())
    return frozenset(names)
