"""The matplotlib backend of pages, and figure → SVG that follows the site's theme.

Figures wait until their block has ended; `plt.show()` therefore has nothing to do, and never warns.
Importing this module imports matplotlib: a page that draws nothing never does.
"""

from __future__ import annotations

import hashlib
import io
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Set
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection, QuadMesh, TriMesh
from matplotlib.colors import to_hex, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import colours, rasters, tables, vectors

FigureCanvas = FigureCanvasAgg  # matplotlib finds a backend's canvas by this name

_DPI = 144  # of rasters in a figure, one and a half dots a CSS pixel
_POINTS = 10_000  # points up to which a line or a cloud is drawn, and not a raster
_PIXELS = 1_000_000  # values up to which an array is shown value by value

_waiting: list[Figure] = []
_names: Counter[str] = Counter()  # of blocks that drew: two of them may have the same code


def show(*args: object, **kwargs: object) -> None:
    """Do nothing: the figures of a block are shown after it."""


def wait_for(value: object) -> bool:
    """Keep a displayed figure for the end of its block; False for any other value."""
    if not isinstance(value, Figure):
        return False
    _waiting.append(value)
    return True


def pictures(code: str, *, tabled: bool = False) -> list[dict[str, Any]]:
    """Turn the figures that are open, or were displayed, into SVG, and close them.

    Args:
        code: The code that drew them; its hash makes their ids.
        tabled: Are their numbers wanted too?

    Returns:
        The forms of each figure, in the order in which they were made: its SVG element, and the
        tables of its data.

    Raises:
        ValueError: If tables are wanted, and no figure has data that a table could list.
    """
    pyplot = sys.modules.get("matplotlib.pyplot")
    opened = [pyplot.figure(n) for n in pyplot.get_fignums()] if pyplot else []
    every = opened + [figure for figure in _waiting if figure not in opened]
    _waiting.clear()
    salt = _salt(code) if every else ""
    found: list[dict[str, Any]] = []
    for n, figure in enumerate(dict.fromkeys(every)):
        found.append({"image/svg+xml": svg(figure, f"f{salt}-{n}")})
        if tabled and (data := tables.tables(figure)):
            found[-1][tables.MIME] = data
    if pyplot:
        pyplot.close("all")
    if tabled and not any(tables.MIME in forms for forms in found):
        raise ValueError(
            "`table: true`: there are no lines, bars or points that a table could list"
        )
    return found


def _salt(code: str) -> str:
    """What tells the ids of one block from those of all others of its page."""
    salt = hashlib.sha256(code.encode()).hexdigest()[:8]
    _names[salt] += 1
    return salt if _names[salt] == 1 else _salt(f"{code}\n{_names[salt]}")


def svg(figure: Figure, name: str) -> str:
    """Draw a figure as one SVG element: the same bytes every time, right in both themes.

    Args:
        figure: A matplotlib figure.
        name: What its ids begin with.

    Returns:
        An `<svg>` whose text and axes have the page's colour, whose data colours are variables.
    """
    buffer = io.StringIO()
    large = _lighten(figure)
    # Around a raster, matplotlib looks for the edges of a figure by drawing it all once more.
    edges: Any = figure.get_tightbbox().padded(0.1) if large else "tight"
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": name, "agg.path.chunksize": 20_000}
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(
            buffer, format="svg", transparent=True, bbox_inches=edges, metadata=nothing, dpi=_DPI
        )
    return themed(buffer.getvalue(), name, _plain_colours(large))


def _lighten(figure: Figure) -> list[Any]:
    """Show large data as pixels, in few bytes, and small data as it is; what data is large?"""
    every = list(_all_axes(figure.axes))
    for image in (image for axes in every for image in axes.images):
        few = np.prod(image.get_size()) <= _PIXELS  # else resampled to the pixels of the figure
        if few and image.get_interpolation() in ("auto", "antialiased", "nearest"):
            image.set_interpolation("none")  # the array's own pixels: small, and sharp at any size
    points = {
        artist: _points(artist)
        for axes in every
        for artist in (*axes.lines, *axes.collections, *axes.patches)
    }
    crowd = sum(number for number in points.values() if number <= _POINTS) > 5 * _POINTS
    large = [artist for artist, number in points.items() if number > _POINTS or crowd]
    for artist in large:
        artist.set_rasterized(True)
    return large


def _all_axes(some: list[Any]) -> Iterator[Axes]:
    """Axes, and the axes that are inset in them."""
    for axes in some:
        yield axes
        yield from _all_axes(axes.child_axes)


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


def _plain_colours(artists: list[Any]) -> Set[str]:
    """The colours that artists are drawn in, if all of them follow the theme; else none."""
    found: set[str] = set()
    for artist in artists:
        if isinstance(artist, Collection):
            if artist.get_array() is not None:
                return frozenset()
            given = [artist.get_facecolor(), artist.get_edgecolor()]
        elif isinstance(artist, Line2D):
            marks = [artist.get_markerfacecolor(), artist.get_markeredgecolor()]
            given = [artist.get_color(), *(marks if artist.get_marker() != "None" else ())]
        else:
            given = [artist.get_facecolor(), artist.get_edgecolor()]
        found |= {to_hex(one) for some in given for one in to_rgba_array(some) if one[3] > 0}
    return found if found <= {*colours.KNOWN, "#000000", "#ffffff"} else frozenset()


def themed(drawing: str, name: str, drawn: Set[str] = frozenset()) -> str:
    """Rewrite matplotlib's SVG: no styles, variables for colours, few bytes, ids of our own.

    Args:
        drawing: What matplotlib wrote.
        name: What the ids begin with.
        drawn: The colours of what it drew as pixels, if it drew in plain colours only.
    """
    root = ElementTree.fromstring(drawing)
    vectors.plain(root)
    rasters.replace(root, drawn)
    colours.follow(root)
    vectors.shorten(root)
    width, height = (float(root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    root.set("width", f"{width * 96 / 72:.0f}")
    root.set("height", f"{height * 96 / 72:.0f}")
    root.set("fill", "currentColor")
    root.set("xmlns", "http://www.w3.org/2000/svg")
    _number(root, name)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def _number(root: ElementTree.Element, name: str) -> None:
    """Give all ids new names, in the order in which they stand."""
    found = [old for element in root.iter() if (old := element.get("id")) is not None]
    ids = {old: f"{name}-{n}" for n, old in enumerate(found)}
    for element in root.iter():
        for key, old in list(vectors.references(element)):
            element.set(key, f"#{ids[old]}" if key == "href" else f"url(#{ids[old]})")
        if "id" in element.attrib:
            element.set("id", ids[element.attrib["id"]])
        if "href" in element.attrib:  # over which Material's instant navigation stumbles in SVG
            element.set("xlink:href", element.attrib.pop("href"))
            root.set("xmlns:xlink", "http://www.w3.org/1999/xlink")
