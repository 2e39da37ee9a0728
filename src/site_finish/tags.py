"""The tags of a page, read and changed in place: all else keeps its bytes.

A page's code shows tags too, but escaped; only comments and raw text (`script`, `style` and their
like) hold a bare `<` that opens no tag, and these are passed over whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

_PART = re.compile(
    r"<!--.*?-->"
    r"|<(?P<raw>script|style|textarea|title)\b(?P<head>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"(?P<body>.*?</(?P=raw)\s*>)"
    r"|<(?P<name>[a-zA-Z][^\s/>]*)(?P<given>\s(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(?P<before>\s+(?P<name>[^\s=>\"'/]+)\s*=\s*)"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'>]+))"
)
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source")

Attributes = dict[str, str]
"""The attributes of a tag by name; one without a value has an empty one."""


def attributes(tag: str) -> Attributes:
    """Read the attributes of an opening tag, from what stands behind its name."""
    valued = {found["name"].lower(): _value(found) for found in _ATTRIBUTE.finditer(tag)}
    alone = re.findall(r"[^\s=>\"'/]+", _ATTRIBUTE.sub(" ", tag))
    return {**dict.fromkeys((name.lower() for name in alone), ""), **valued}


def changed(html: str, names: tuple[str, ...], change: Callable[[str], str]) -> str:
    """A page with other values of some attributes.

    Args:
        html: The page.
        names: The attributes, in lower case.
        change: The new value of an old one.
    """
    told = _told(names)

    def attribute(found: re.Match[str]) -> str:
        old = _value(found)
        if found["name"].lower() not in names or (new := change(old)) == old:
            return found[0]
        return f'{found["before"]}"{escape(new)}"'

    def part(found: re.Match[str]) -> str:
        if not told(found[0]):
            return found[0]  # most tags, and quickly
        if found["raw"]:
            head = _ATTRIBUTE.sub(attribute, found["head"])
            return f"<{found['raw']}{head}>{found['body']}"
        return (
            f"<{found['name']}{_ATTRIBUTE.sub(attribute, found['given'])}>"
            if found["name"]
            else found[0]
        )

    return _PART.sub(part, html)


def without(html: str, names: tuple[str, ...], unwanted: Callable[[str, Attributes], bool]) -> str:
    """A page without some elements, and what is in them.

    Args:
        html: The page.
        names: The attributes that tell, in lower case: elements without them stay.
        unwanted: Should an element of this name, with these attributes, go?
    """
    kept, at, told = [], 0, _told(names)
    for found in _PART.finditer(html):
        if found.start() < at or not told(found[0]):
            continue
        name = (found["name"] or found["raw"] or "").lower()
        if not name:
            continue
        if unwanted(name, attributes(found["given"] or found["head"] or "")):
            kept.append(html[at : found.start()])
            at = found.end() if found["raw"] else _end(html, name, found.end())
    return "".join([*kept, html[at:]])


def raw(html: str, name: str) -> list[tuple[Attributes, str]]:
    """The attributes and the text of each element whose text is no markup, such as `script`."""
    return [
        (attributes(found["head"]), found["body"][: found["body"].rindex("</")])
        for found in _PART.finditer(html)
        if (found["raw"] or "").lower() == name
    ]


def _told(names: tuple[str, ...]) -> Callable[[str], object]:
    return re.compile("|".join(map(re.escape, names)), re.IGNORECASE).search


def _end(html: str, name: str, at: int) -> int:
    """Where an element ends that was opened before a place."""
    depth = 0 if name in _VOID else 1
    edge = re.compile(rf"<(?P<close>/)?{re.escape(name)}(?=[\s/>])[^>]*>", re.IGNORECASE)
    for found in edge.finditer(html, at):
        if depth == 0:
            break
        depth += -1 if found["close"] else 1
        at = found.end()
    return at


def _value(found: re.Match[str]) -> str:
    return unescape(found["double"] or found["single"] or found["bare"] or "")
