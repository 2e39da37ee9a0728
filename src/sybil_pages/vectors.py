"""A drawing of matplotlib's in few bytes: the same picture, said shorter."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any
from xml.etree.ElementTree import Element

from .groups import SAID, gather
from .paths import Bounds, joined, path, rounded, short

_FONT = re.compile(
    r"(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>bold|\d{3})\s+)?(?P<size>[\d.]+)px\s+(?P<family>.+)"
)
_SUBPATH = re.compile(r"M(-?\d*\.?\d+) ?(-?\d*\.?\d+)([^M]*)")
_JOINED = 100  # filled shapes of one path


def plain(root: Any) -> None:
    """Turn matplotlib's tree into a plain one: no name spaces, no styles, no links, no idle ids."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for key in [key for key in element.attrib if key[0] == "{"]:
            element.set(key.rpartition("}")[2], element.attrib.pop(key))
        if element.tag == "a":
            element.tag = "g"
            element.attrib.clear()
        _plain_style(element)
        if element.tag == "defs":  # what uses a shape says the same of its lines
            for shape in (child for child in element if _tag(child) == "path"):
                shape.attrib.pop("style", None)
        element.tail = None
        if element.tag not in ("text", "tspan"):
            element.text = None
        element[:] = [child for child in element if _tag(child) not in ("metadata", "style")]
        if element.get("id", "").startswith("matplotlib.axis_"):
            _sort_axis(element)
    _drop_ids(root)
    _dissolve(root)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _plain_style(element: Element) -> None:
    """Turn a `style` attribute into presentation attributes."""
    for part in element.attrib.pop("style", "").split(";"):
        key, _, value = (piece.strip() for piece in part.partition(":"))
        if key == "font" and (match := _FONT.match(value)):
            element.set("font-size", match["size"])
            for name in ("weight", "style"):
                if match[name]:
                    element.set(f"font-{name}", match[name])
            if "mono" in match["family"].lower().split(",")[0]:
                element.set("font-family", "monospace")
        elif key and key != "font-family" and value != "start":
            element.set(key, value.removesuffix("px") if key == "font-size" else value)


def _sort_axis(axis: Element) -> None:
    """Bring the grid of an axis before its ticks, and these before its numbers: runs of a kind."""

    def rank(part: Element) -> int:
        tags = {_tag(element) for element in part.iter()}
        return 2 if "text" in tags else int("use" in tags)

    ticks = [child for child in axis if "tick_" in child.get("id", "")]
    rest = [child for child in axis if child not in ticks]
    axis[:] = sorted((part for tick in ticks for part in tick), key=rank) + rest


def references(element: Element) -> Iterator[tuple[str, str]]:
    """The attributes of an element that refer to ids, and these ids."""
    for key, value in element.attrib.items():
        if value.startswith("url(#"):
            yield key, value[5:-1]
        elif value.startswith("#") and key == "href":
            yield key, value[1:]


def _drop_ids(root: Element) -> None:
    """Keep only the ids that something refers to."""
    used = {name for element in root.iter() for _, name in references(element)}
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)


def _dissolve(parent: Element) -> None:
    """Remove what draws nothing; join the contents of groups that say the same, or nothing."""
    kept: list[Element] = []
    for child in parent:
        _dissolve(child)
        unpainted = child.get("fill") == "none" and child.get("stroke") in (None, "none")
        unseen = unpainted and child.tag == "path" and "marker-start" not in child.attrib
        unused = child.tag in ("path", "clipPath") and parent.tag == "defs"
        if "id" not in child.attrib and (unused or unseen):
            continue
        if child.tag == "g" and not child.attrib:
            kept += child
        elif len(child) or child.tag not in ("g", "defs"):
            before = kept[-1] if kept else parent
            alike = child.tag == before.tag == "g" and child.attrib == before.attrib
            if alike and set(child.attrib) <= set(SAID):
                before.extend(child)
            else:
                kept.append(child)
    parent[:] = kept


@dataclass
class _Shape:
    """What stands at many places: a mark, a tick.

    Attributes:
        d: Its path, about the origin.
        radius: Of a disc; 0 for another shape.
    """

    d: str
    radius: float


@dataclass
class _Parts:
    """What a drawing refers to: its clips, its shapes, and the marks made of these."""

    clips: dict[str, Bounds]
    shapes: dict[str, _Shape]
    marks: set[str] = field(default_factory=set)


def shorten(root: Element) -> None:
    """Say paths, places and styles in few bytes; nothing moves by what the eye can see."""
    parts = _Parts(
        {
            str(clip.get("id")): rectangle(clip[0])
            for clip in root.iter("clipPath")
            if len(clip) == 1 and clip[0].tag == "rect"
        },
        {
            str(child.get("id")): _shape(child)
            for defs in root.iter("defs")
            for child in defs
            if child.tag == "path"
        },
    )
    _round(root)
    _draw(root, parts)
    _drop_ids(root)
    _dissolve(root)
    root.attrib.pop("version", None)
    gather(root)


def rectangle(rect: Element) -> Bounds:
    """The bounds of a `<rect>`, or an `<image>`, that is not transformed."""
    x, y, width, height = (float(rect.get(key, 0)) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _shape(element: Element) -> _Shape:
    curves = element.get("d", "").count("C")
    d, (left, top, right, bottom) = path(element.get("d", ""), 2)
    element.set("d", d)
    disc = curves == 8 and abs(left + right) + abs(top + bottom) + abs(right - bottom) < 0.02
    return _Shape(d, right if disc else 0)


def _draw(parent: Element, parts: _Parts) -> None:
    """Shorten what a group draws, and join what can be one path."""
    children: list[Element] = []
    beside: list[Bounds] = []  # what the last of them joins
    for (tag, shape, _), run in groupby(parent, _kind):
        if shape in parts.shapes:
            children += _points(list(run), shape, parts)
            continue
        for child in run:
            _draw(child, parts)
            _round(child)
            if tag == "path" and "id" not in child.attrib:
                bounds = _shorten_path(child, parts.clips)
                if children and _joins(children[-1], child, beside, bounds):
                    beside.append(bounds)
                    children[-1].set("d", children[-1].get("d", "") + child.get("d", ""))
                    continue
                beside = [bounds]
            children.append(child)
    parent[:] = children


def _kind(element: Element) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What neighbours must share to be drawn as one: the same shape in the same style."""
    if element.tag != "use" or "transform" in element.attrib:
        return (element.tag, "", ())
    style = {key: v for key, v in element.attrib.items() if key not in ("x", "y", "href")}
    return ("use", element.get("href", "#")[1:], tuple(sorted(style.items())))


def _round(element: Element) -> None:
    digits = 1 if element.tag in ("use", "text", "tspan") else 2
    for key in ("x", "y", "width", "height", "viewBox"):
        if key in element.attrib:
            element.set(key, rounded(element.get(key, ""), digits))
    if "transform" in element.attrib:
        exact = 2 if element.tag == "text" else 4  # factors scale whole images
        value = rounded(element.get("transform", ""), exact)
        element.set("transform", value)
        if value.startswith(("rotate(0 ", "rotate(-0 ")):
            del element.attrib["transform"]


def _shorten_path(element: Element, clips: dict[str, Bounds]) -> Bounds:
    """Shorten a path, and drop a clip that cuts nothing off; what does it reach?"""
    d, lined = element.get("d", ""), "stroke" in element.attrib
    curved = len(d) < 2000 and ("C" in d or "Q" in d)
    d, bounds = path(d, 2 if curved else 1, closed=not lined)
    element.set("d", d)
    clip = clips.get(element.get("clip-path", "")[5:-1])
    if clip and "transform" not in element.attrib:
        reach = 0.75 * float(element.get("stroke-width", 1)) if lined else -0.1
        ends = (bounds[0] - reach, bounds[1] - reach, -bounds[2] - reach, -bounds[3] - reach)
        if all(map(operator.le, (clip[0], clip[1], -clip[2], -clip[3]), ends)):
            del element.attrib["clip-path"]
    return bounds


def _joins(before: Element, element: Element, reached: list[Bounds], bounds: Bounds) -> bool:
    """May two neighbours be one path? Both opaque and undashed; if filled, side by side."""
    if before.tag != "path" or {**before.attrib, "d": ""} != {**element.attrib, "d": ""}:
        return False
    if {"opacity", "stroke-opacity", "stroke-dasharray", "id"} & set(element.attrib):
        return False
    return element.get("fill") == "none" or (
        len(reached) < _JOINED and all(_apart(bounds, other) for other in reached)
    )


def _apart(one: Bounds, other: Bounds) -> bool:
    """Do two things at most touch?"""
    beside = one[2] <= other[0] + 0.05 or other[2] <= one[0] + 0.05
    return beside or one[3] <= other[1] + 0.05 or other[3] <= one[1] + 0.05


def _points(uses: list[Element], name: str, parts: _Parts) -> list[Element]:
    """The same shape at several places: dots, lines, or the vertices of one path."""
    shape = parts.shapes[name]
    places = [[round(10 * float(use.get(key, 0))) for key in ("x", "y")] for use in uses]
    style = {key: v for key, v in uses[0].attrib.items() if key not in ("x", "y", "href")}
    fill = style.get("fill", "currentColor")
    if shape.radius and fill == style.get("stroke", fill) != "none" and "fill-opacity" not in style:
        return _dots(places, style, shape.radius)
    if (drawn := _lines(places, style, shape.d)) is not None:
        return [drawn]
    if len(uses) > 8:
        return _vertices(places, style, name, parts)
    for use in uses:
        _round(use)
    return uses


def _dots(places: list[list[int]], style: dict[str, str], radius: float) -> list[Element]:
    """Discs of one colour: the round ends of lines that have no length."""
    width = 2 * radius + float(style.get("stroke-width", 1)) * ("stroke" in style)
    said = {
        "fill": "none",
        "stroke": style.get("fill", "currentColor"),
        "stroke-width": short(width, 2),
        "stroke-linecap": "round",
    } | {key: style[key] for key in ("clip-path",) if key in style}
    starts = [f"M{joined(place, 1)}h.01" for place in places]
    if "opacity" not in style:
        return [Element("path", {"d": "".join(starts), **said})]
    said["stroke-opacity"] = style["opacity"]  # each shows through the next
    return [Element("path", {"d": start, **said}) for start in starts]


def _lines(places: list[list[int]], style: dict[str, str], d: str) -> Element | None:
    """Small open shapes, such as ticks and crosses: all of them one path."""
    straight = not re.search("[cqz]|[hlv][^M]*[hlv]", d)
    if not straight or len(d) * len(places) > 400 or {"opacity", "stroke-opacity"} & set(style):
        return None
    drawn = ""
    for x, y in places:
        for left, top, rest in _SUBPATH.findall(d):
            start = [10 * x + round(100 * float(left)), 10 * y + round(100 * float(top))]
            drawn += f"M{joined(start, 2)}{rest}"
    return Element("path", {"d": drawn, **style, "fill": "none"})


def _vertices(
    places: list[list[int]], style: dict[str, str], name: str, parts: _Parts
) -> list[Element]:
    """Many marks of one shape: they stand on the vertices of one path that is not drawn."""
    said = {key: style.pop(key) for key in ("clip-path",) if key in style}
    mark = f"{name} {sorted(style.items())}"
    for key in ("marker-start", "marker-mid", "marker-end"):
        said[key] = f"url(#{mark})"
    (x, y), *_ = places
    drawn = [f"M{joined([x, y], 1)}"]
    for (left, top), (x, y) in pairwise(places):
        drawn.append(f"l{joined([x - left, y - top], 1)}")
    line = Element("path", {"d": "".join(drawn), "fill": "none", **said})
    if mark in parts.marks:
        return [line]
    parts.marks.add(mark)
    marker = Element("marker", {"id": mark, "overflow": "visible"})
    marker.set("markerUnits", "userSpaceOnUse")
    marker.append(Element("path", {"d": parts.shapes[name].d, **style}))
    return [marker, line]
