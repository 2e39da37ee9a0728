"""The matplotlib backend of pages, and figure → SVG that follows the site's theme.

Figures wait until their block has ended; `plt.show()` therefore has nothing to do, and never warns.
Importing this module imports matplotlib: a page that draws nothing never does.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
import warnings
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection, QuadMesh, TriMesh
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

FigureCanvas = FigureCanvasAgg  # matplotlib finds a backend's canvas by this name
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"

# The light value of each data colour, which figures use, and its variable and dark twin.
COLOURS = {
    "#0067a3": ("--sp-blue", "#5bb8f0"),
    "#c44e00": ("--sp-orange", "#ff9c57"),
    "#00795a": ("--sp-green", "#3fd6a0"),
    "#9c4488": ("--sp-purple", "#e79ad0"),
    "#826300": ("--sp-gold", "#e8c547"),
    "#667085": ("--sp-grey", "#98a2b3"),
}
# matplotlib's own first colours, so that a page that sets none follows the theme too.
_DEFAULTS = dict(
    zip(("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#bcbd22", "#7f7f7f"), COLOURS, strict=True)
)
_FONT = re.compile(
    r"(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>bold|\d{3})\s+)?(?P<size>[\d.]+)px\s+(?P<family>.+)"
)
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")

_DPI = 144  # of rasters in a figure, one and a half dots a CSS pixel
_SMOOTH = 100  # pixels from which a raster is a photograph, and not cells to tell apart
_POINTS = 10_000  # points up to which a line or a cloud is drawn, and not a raster
_PIXELS = 1_000_000  # values up to which an array is shown value by value
_LOSSLESS = 8_000  # bytes up to which a raster keeps every pixel's value

_waiting: list[Figure] = []


def show(*args: object, **kwargs: object) -> None:
    """Do nothing: the figures of a block are shown after it."""


def wait_for(value: object) -> bool:
    """Keep a displayed figure for the end of its block; False for any other value."""
    if not isinstance(value, Figure):
        return False
    _waiting.append(value)
    return True


def drawn(code: str) -> list[str]:
    """Turn the figures that are open, or were displayed, into SVG, and close them.

    Args:
        code: The code that drew them; its hash makes their ids.

    Returns:
        One SVG element a figure, in the order in which they were made.
    """
    pyplot = sys.modules.get("matplotlib.pyplot")
    opened = [pyplot.figure(n) for n in pyplot.get_fignums()] if pyplot else []
    every = opened + [figure for figure in _waiting if figure not in opened]
    _waiting.clear()
    salt = hashlib.sha256(code.encode()).hexdigest()[:8]
    svgs = [svg(figure, f"f{salt}-{n}") for n, figure in enumerate(dict.fromkeys(every))]
    if pyplot:
        pyplot.close("all")
    return svgs


def svg(figure: Figure, name: str) -> str:
    """Draw a figure as one SVG element: the same bytes every time, right in both themes.

    Args:
        figure: A matplotlib figure.
        name: What its ids begin with.

    Returns:
        An `<svg>` whose text and axes have the page's colour, whose data colours are variables.
    """
    buffer = io.StringIO()
    # Around a raster, matplotlib looks for the edges of a figure by drawing it all once more.
    edges: Any = figure.get_tightbbox().padded(0.1) if _lighten(figure) else "tight"
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": name, "agg.path.chunksize": 20_000}
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(
            buffer, format="svg", transparent=True, bbox_inches=edges, metadata=nothing, dpi=_DPI
        )
    return themed(buffer.getvalue(), name)


def _lighten(figure: Figure) -> bool:
    """Show large data as pixels, in few bytes, and small data as it is; is there large data?"""
    for image in figure.findobj(AxesImage):
        few = np.prod(image.get_size()) <= _PIXELS  # else resampled to the pixels of the figure
        if few and image.get_interpolation() in ("auto", "antialiased", "nearest"):
            image.set_interpolation("none")  # the array's own pixels: small, and sharp at any size
    points = {
        artist: _points(artist)
        for axes in figure.findobj(Axes)
        for artist in (*axes.lines, *axes.collections, *axes.patches)
    }
    crowd = sum(number for number in points.values() if number <= _POINTS) > 5 * _POINTS
    large = [artist for artist, number in points.items() if number > _POINTS or crowd]
    for artist in large:
        artist.set_rasterized(True)
    return bool(large)


def _points(artist: Any) -> int:
    """How many points or cells an artist would write."""
    if isinstance(artist, QuadMesh):
        return np.size(artist.get_coordinates()) // 2
    if isinstance(artist, Collection):
        paths = () if isinstance(artist, TriMesh) else artist.get_paths()
        return sum(len(path) for path in paths) + np.size(artist.get_offsets()) // 2
    path = artist.get_path()
    if len(path) <= _POINTS or not isinstance(artist, Line2D) or artist.get_marker() != "None":
        return len(path)
    return len(path.cleaned(artist.get_transform(), remove_nans=True, simplify=True))


def themed(drawing: str, name: str) -> str:
    """Rewrite matplotlib's SVG: no styles, variables for colours, short numbers, ids of our own."""
    root = ElementTree.fromstring(drawing)
    used = set(re.findall(r"(?:#|url\(#)([\w-]+)", drawing))
    ids: dict[str, str] = {}
    for element in root.iter():
        for unwanted in [e for e in element if e.tag.rpartition("}")[2] in ("metadata", "style")]:
            element.remove(unwanted)
        _plain_style(element)
        if (old := element.attrib.pop("id", None)) in used:
            ids[str(old)] = f"{name}-{len(ids)}"
            element.set("id", ids[str(old)])
    for element in root.iter():
        _rewrite(element, ids)
    _prune(root)
    width, height = (float(root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    for key in ("version",):
        root.attrib.pop(key, None)
    root.set("width", f"{width * 96 / 72:.0f}")
    root.set("height", f"{height * 96 / 72:.0f}")
    root.set("fill", "currentColor")
    ElementTree.register_namespace("", SVG[1:-1])
    # Material's instant navigation stumbles over a plain `href` in SVG.
    ElementTree.register_namespace("xlink", XLINK[1:-1])
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", text.replace("ns0:", ""))


def standalone(drawing: str, *, paper: str = "#ffffff", ink: str = "#000000") -> str:
    """A figure for where no page gives it colours: on paper of its own, in its light values."""
    plain = re.sub(r"var\(--[\w-]+, (#[0-9a-f]+)\)", r"\1", drawing).replace("currentColor", ink)
    sheet = f'<rect width="100%" height="100%" fill="{paper}" />'
    named = plain.replace("<svg ", '<svg font-family="sans-serif" ', 1)
    return re.sub(r"(<svg [^>]*>)", rf"\1{sheet}", named, count=1)


def _plain_style(element: Any) -> None:
    """Turn a `style` attribute into presentation attributes."""
    for part in element.attrib.pop("style", "").split(";"):
        key, _, value = (piece.strip() for piece in part.partition(":"))
        if key == "font" and (match := _FONT.match(value)):
            element.set("font-size", match["size"])
            if match["weight"]:
                element.set("font-weight", match["weight"])
            if match["style"]:
                element.set("font-style", match["style"])
            if "mono" in match["family"].lower().split(",")[0]:
                element.set("font-family", "monospace")
        elif key and key != "font-family":
            element.set(key, value.removesuffix("px") if key == "font-size" else value)


def _rewrite(element: Any, ids: dict[str, str]) -> None:
    """Give one element its new ids, colours and numbers."""
    if element.tag == SVG + "image" and float(element.get("width")) > _SMOOTH:
        element.attrib.pop("image-rendering", None)
    for key, value in list(element.attrib.items()):
        if value.startswith("#") and value[1:] in ids:
            value = "#" + ids[value[1:]]
        elif value.startswith("url(#"):
            value = f"url(#{ids[value[5:-1]]})"
        elif value.startswith("data:image/png;base64,"):
            value = _webp(value)
        elif key in ("fill", "stroke"):
            value = _colour(value.lower(), text=element.tag == SVG + "text")
        elif key in ("d", "points", "x", "y", "width", "height", "viewBox"):
            value = " ".join(_NUMBER.sub(lambda number: _short(number[0], 2), value).split())
        elif key == "transform":  # its factors scale whole images
            value = _NUMBER.sub(lambda number: _short(number[0], 4), value)
        if value.startswith("rotate(-0 "):
            del element.attrib[key]
        else:
            element.set(key, value)


def _webp(source: str) -> str:
    """A PNG data address as WebP, lossy only where the lossless one is large: a photograph."""
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))
    small = io.BytesIO()
    image.save(small, "WEBP", lossless=True, method=4)
    if small.tell() > _LOSSLESS:
        small = io.BytesIO()
        image.save(small, "WEBP", quality=80, method=4)
    return "data:image/webp;base64," + base64.b64encode(small.getvalue()).decode()


def _prune(parent: Any) -> None:
    """Remove what draws nothing: unpainted paths, groups without attributes or content."""
    for child in list(parent):
        _prune(child)
        at = list(parent).index(child)
        unpainted = child.get("fill") == "none" and child.get("stroke") in (None, "none")
        if unpainted and child.tag == SVG + "path" and "id" not in child.attrib:
            parent.remove(child)
        elif (child.tag == SVG + "g" and not child.attrib) or _is_empty(child):
            parent.remove(child)
            for n, grandchild in enumerate(child):
                parent.insert(at + n, grandchild)


def _is_empty(element: Any) -> bool:
    return element.tag in (SVG + "g", SVG + "defs") and not len(element)


def _short(number: str, digits: int) -> str:
    short = f"{float(number):.{digits}f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _colour(value: str, *, text: bool) -> str:
    if value in ("#000000", "black"):
        return "currentColor"
    light = _DEFAULTS.get(value, value)
    if light in COLOURS:
        return f"var({COLOURS[light][0]}, {light})"
    return value
