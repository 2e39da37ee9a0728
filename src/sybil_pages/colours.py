"""Which colours of a figure follow the page's theme, and which stay as they were drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

from .paths import Bounds
from .vectors import rectangle

COLOURS = {
    "#0067a3": ("--sp-blue", "#5bb8f0"),
    "#c44e00": ("--sp-orange", "#ff9c57"),
    "#00664a": ("--sp-green", "#60e2a8"),
    "#94237a": ("--sp-purple", "#d56cbf"),
    "#664600": ("--sp-gold", "#e0cf62"),
    "#667085": ("--sp-grey", "#a3a9b3"),
    "#a3122f": ("--sp-red", "#f2604d"),
    "#43281c": ("--sp-brown", "#b58876"),
    "#d42a6f": ("--sp-pink", "#ffb4dc"),
    "#00495e": ("--sp-cyan", "#4696a6"),
}
"""The light value of each data colour, which figures use, its variable, and its dark twin."""

_NAMES = (
    {light: variable for light, (variable, _) in COLOURS.items()},
    {  # matplotlib's cycle, C0 to C9, so that a page that sets no colour follows the theme too
        "#1f77b4": "--sp-blue",
        "#ff7f0e": "--sp-orange",
        "#2ca02c": "--sp-green",
        "#d62728": "--sp-red",
        "#9467bd": "--sp-purple",
        "#8c564b": "--sp-brown",
        "#e377c2": "--sp-pink",
        "#7f7f7f": "--sp-grey",
        "#bcbd22": "--sp-gold",
        "#17becf": "--sp-cyan",
    },
    {  # b, g, r, c, m and y, of which half are too light or too dark for one of the themes
        "#0000ff": "--sp-blue",
        "#008000": "--sp-green",
        "#ff0000": "--sp-red",
        "#00bfbf": "--sp-cyan",
        "#bf00bf": "--sp-purple",
        "#bfbf00": "--sp-gold",
        "#ffa500": "--sp-orange",
        "#800080": "--sp-purple",
        "#a52a2a": "--sp-brown",
        "#ffc0cb": "--sp-pink",
    },
)
KNOWN = tuple(colour for names in _NAMES for colour in names)
"""The colours that follow the theme as variables, as a page writes them."""
CLEAR = "clear"
"""What is said of an image, until it is painted, through which one sees what it stands on."""
Place = tuple[float, float]

_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_LIGHT = {variable: light for light, (variable, _) in COLOURS.items()}
_START = re.compile(r"M (-?[\d.]+) (-?[\d.]+)")
_MOVED = re.compile(r"translate\((-?[\d.]+)[ ,]+(-?[\d.]+)\)")
_CORNERS = 400  # of a filled shape up to which a text is looked for on it


def variables(present: set[str]) -> dict[str, str]:
    """How the data colours of a figure are painted: a variable and, without one, its light value.

    Two colours of one figure stay two: a variable stands for the first that has a claim to it.
    """
    paints: dict[str, str] = {}
    taken: set[str] = set()
    for names in _NAMES:
        for colour, variable in names.items():
            if colour in present and variable not in taken:
                taken.add(variable)
                paints[colour] = f"var({variable}, {_LIGHT[variable]})"
    return paints


def paint(colour: str, known: dict[str, str], *, text: bool = False) -> str:
    """How a colour is painted so that it follows the theme, if it does.

    Black is ink, white is paper, and a grey is ink thinned with paper; a text is never so thin that
    it cannot be read. What is neither a data colour nor grey stays as it is.
    """
    if colour in known:
        return known[colour]
    if not _COLOUR.fullmatch(colour) or not colour[1:3] == colour[3:5] == colour[5:7]:
        return colour
    ink = round(10 * (1 - int(colour[1:3], 16) / 255))
    if text and 0 < ink < 8:
        return f"var(--sp-grey, {_LIGHT['--sp-grey']})"
    if ink == 10:
        return "currentColor"
    return f"var(--sp-ink-{ink}, {colour})" if ink else f"var(--sp-paper, {colour})"


@dataclass
class _Ground:
    """Something opaque, on which what comes later may stand.

    Attributes:
        corners: Where it lies.
        fill: What paints it: a variable, a colour that is the same in both themes, or nothing that
            is worth a name; `picture` for a photograph.
    """

    corners: list[Place]
    fill: str

    def holds(self, place: Place) -> bool:
        """Does a place lie inside?"""
        inside, (x, y) = False, place
        for (left, top), (right, bottom) in pairwise([*self.corners, self.corners[0]]):
            if (top > y) != (bottom > y):
                inside ^= x < left + (right - left) * (y - top) / (bottom - top)
        return inside


def follow(root: Element) -> None:
    """Let a drawing follow the theme, but for its photographs and what is drawn on them."""
    said = {element.get(key, "") for element in root.iter() for key in ("fill", "stroke")}
    _follow(root, variables(said), [], None)


def _follow(
    parent: Element, known: dict[str, str], grounds: list[_Ground], held: _Ground | None
) -> None:
    for element in parent:
        if element.tag in ("mask", "clipPath"):
            continue
        if element.tag == "defs":
            _follow(element, known, [], None)  # what uses it stands elsewhere
            continue
        ground = held or _ground_of(element, grounds)
        fill = element.get("fill")
        _paint(element, known, ground.fill if ground else "")
        if element.tag == "image" or (element.tag == "path" and fill != "none"):
            grounds += _as_ground(element)
        else:
            moved = element.tag in ("text", "tspan") or "transform" in element.attrib
            _follow(element, known, grounds, ground if moved else None)


def _paint(element: Element, known: dict[str, str], on: str) -> None:
    """Give one element the paints of what it stands on."""
    text = element.tag in ("text", "tspan")
    if on == "picture" or (on.startswith("#") and text):
        if element.tag in ("text", "path", "use"):
            element.attrib.setdefault("fill", "#000000")
        return
    for key in ("fill", "stroke"):
        if key in element.attrib:
            element.set(key, paint(element.get(key, ""), known, text=text))
    if on and text and element.get("fill", "currentColor") == "currentColor":
        element.set("fill", "var(--sp-paper, #ffffff)")


def _ground_of(element: Element, grounds: list[_Ground]) -> _Ground | None:
    """What an element stands on: a text on what was filled last, all else on photographs only."""
    if element.tag not in ("text", "path", "use", "g") or not grounds:
        return None
    if moved := _MOVED.match(element.get("transform", "")):
        place = float(moved[1]), float(moved[2])
    elif start := _START.match(element.get("d", "")):
        place = float(start[1]), float(start[2])
    elif element.tag == "g":
        return None
    else:
        place = float(element.get("x", 0)), float(element.get("y", 0))
    text = element.tag == "text"
    place = place[0], place[1] - 0.35 * float(element.get("font-size", 0))  # its middle
    for ground in reversed(grounds):
        if (text or ground.fill == "picture") and ground.holds(place):
            return ground
    return None


def _as_ground(element: Element) -> list[_Ground]:
    """An opaque photograph, or a shape that is filled opaquely, as something to stand on."""
    if {"opacity", "fill-opacity", CLEAR} & set(element.attrib):
        element.attrib.pop(CLEAR, None)
        return []
    if element.tag == "image":
        left, top, right, bottom = frame(element)
        edge = 0.5  # what begins at the edge, as axes do, is not on it
        left, top, right, bottom = left + edge, top + edge, right - edge, bottom - edge
        return [_Ground([(left, top), (right, top), (right, bottom), (left, bottom)], "picture")]
    numbers = element.get("d", "").split()
    if len(numbers) > _CORNERS:
        return []
    places = [float(number) for number in numbers if number not in "MLQCzZ"]
    fill = element.get("fill", "currentColor")
    data = fill.removeprefix("var(").partition(",")[0] in _LIGHT or _COLOUR.fullmatch(fill)
    return [_Ground(list(zip(places[::2], places[1::2], strict=False)), fill if data else "")]


def frame(image: Element) -> Bounds:
    """Where an `<image>` lies, in the two ways in which matplotlib places it."""
    left, top, right, bottom = rectangle(image)
    transform = image.get("transform", "")
    numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", transform)]
    if transform.startswith("matrix"):
        across, _, _, down, x, y = numbers
        xs, ys = (x + across * left, x + across * right), (y + down * top, y + down * bottom)
    elif numbers:  # scale(1 -1) translate(0 -height)
        xs, ys = (left, right), (-(top + numbers[-1]), -(bottom + numbers[-1]))
    else:
        xs, ys = (left, right), (top, bottom)
    return min(xs), min(ys), max(xs), max(ys)
