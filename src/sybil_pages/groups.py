"""A drawing whose groups say for their members what these have in common."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

SAID = (
    "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-linejoin",
    "stroke-linecap", "stroke-dasharray", "stroke-dashoffset", "font-size", "font-weight",
    "font-family", "font-style", "text-anchor", "clip-path",
)  # fmt: skip
"""What a group may say for all that stands in it."""

_OF_TEXT = {"font-size": "", "text-anchor": "start"}
_OF_LINES = {"stroke-width": "1", "stroke-linejoin": "round", "stroke-linecap": "butt"}


def gather(root: Element) -> None:
    """Say in as few places as possible how things are drawn."""
    for tags, values in ((("text",), _OF_TEXT), (("path", "use", "rect"), _OF_LINES)):
        for key, initial in values.items():
            _say_once(root, tags, key, initial)
    _group(root)


def _say_once(root: Element, tags: tuple[str, ...], key: str, initial: str) -> None:
    """Let the root say what most elements say, and only the others say theirs."""
    alike = [e for tag in tags for e in root.iter(tag) if tag == "text" or "stroke" in e.attrib]
    values = Counter(element.get(key, initial) for element in alike)
    if not values:
        return
    ((common, _),) = values.most_common(1)
    for element in alike:
        value = element.attrib.pop(key, initial)
        if value != common and value:
            element.set(key, value)
    if common and common != {"stroke-linejoin": "miter"}.get(key, initial):
        root.set(key, common)


def _group(parent: Element) -> None:
    """Put neighbours that say the same into groups that say it for them."""
    before, children, at = list(parent), [], 0
    while at < len(before):
        end, common = _run(before, at)
        child = before[at]
        if common:
            child = Element("g", common)
            child.extend(before[at:end])
            for grandchild in child:
                for key in common:
                    del grandchild.attrib[key]
        if child.tag == "g":
            _group(child)
        children.append(child)
        at = end
    parent[:] = children


def _run(elements: list[Element], first: int) -> tuple[int, dict[str, str]]:
    """Where a group that begins at an element should end, and what it says for them all."""
    best, end, said = 0, first + 1, dict[str, str]()
    common = _sayable(elements[first])
    for n in range(first + 1, len(elements)):
        theirs = _sayable(elements[n])
        common = {key: value for key, value in common.items() if theirs.get(key) == value}
        if not common:
            break
        saved = (n - first) * sum(len(key) + len(value) + 4 for key, value in common.items()) - 7
        if saved > best:
            best, end, said = saved, n + 1, common
    return end, said


def _sayable(element: Element) -> dict[str, str]:
    if element.tag not in ("path", "use", "text", "rect", "g"):
        return {}
    moved = "transform" in element.attrib
    return {
        key: value
        for key, value in element.attrib.items()
        if key in SAID and not (moved and key == "clip-path")
    }
