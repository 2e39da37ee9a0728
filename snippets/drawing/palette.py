"""Which colours, sizes of type and forms of numbers do all drawings share?

Source: our own; the contrast of 3:1 is WCAG 2.2, 1.4.11, and the isotonic
regression is Barlow et al., *Statistical Inference under Order Restrictions*
(1972), min-max formula.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

Array = NDArray[np.float64]

COLOURS = {
    "blue": "#0067a3",
    "orange": "#c44e00",
    "green": "#00664a",
    "purple": "#94237a",
    "gold": "#664600",
    "grey": "#667085",
    "black": "#000000",
}
SERIES = ("blue", "orange", "green", "purple", "gold", "grey")
DASHES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)), (0, (1, 3)))

TINT = 0.4  # text on a cell stays at 4.5:1 up to this opacity, in both themes
TEXT = 10.0  # points
SMALL = 9.0


def rgba(colour: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """Look a colour up by its name.

    Args:
        colour: Name of a colour.
        alpha: Opacity, in 0 to 1.

    Raises:
        ValueError: If the palette has no such name.
    """
    if colour not in COLOURS:
        raise ValueError(
            f"colour={colour!r} is not in the palette: choose one of "
            + ", ".join(COLOURS)
        )
    return to_rgba(COLOURS[colour], alpha)


def magnitude(values: Array, limit: float | None = None) -> float:
    """Return the magnitude that has the full colour.

    Args:
        values: Any shape.
        limit: The magnitude; None: the largest in `values`.

    Raises:
        ValueError: If the limit is not positive.
    """
    if limit is not None and limit <= 0:
        raise ValueError(f"limit={limit}: give a positive magnitude")
    return float(limit or np.abs(values).max() or 1)


def decimals_of(values: Array, most: int = 2) -> int:
    """Return how many decimals it takes to write all values exactly.

    Args:
        values: Any shape.
        most: Never more than this.
    """
    for decimals in range(most):
        if np.allclose(values, np.round(values, decimals), rtol=0, atol=1e-9):
            return decimals
    return most


def number(value: float, decimals: int) -> str:
    """Write a number with a true minus sign, and no negative zero.

    Args:
        value: The number.
        decimals: Digits after the point.
    """
    text = f"{value:.{decimals}f}"
    negative = text.startswith("-") and float(text) != 0
    return ("−" if negative else "") + text.lstrip("-")


def inches(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Measure how wide a text is, in inches.

    Args:
        text: The text.
        size: Size of the type, in points.
        bold: Whether in bold type.
    """
    if not text.strip():
        return 0.0
    font = FontProperties(weight="bold" if bold else "normal")
    return float(TextPath((0, 0), text, size, prop=font).get_extents().x1) / 72


def figure_of(ax: Axes) -> Figure:
    """Return the figure that holds an axes.

    Args:
        ax: Any axes of an open figure.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def separate(places: Sequence[float], gap: float) -> Array:
    """Move places as little as possible until they are a gap apart.

    Args:
        places: Where the labels want to be, in points.
        gap: Least distance between two of them, in points.
    """
    order = np.argsort(places, kind="stable")
    steps = gap * np.arange(len(places))
    free = np.asarray(places)[order] - steps
    count = range(len(free))
    moved = [
        max(
            min(free[j : k + 1].mean() for k in count[i:])
            for j in count[: i + 1]
        )
        for i in count
    ]
    result = np.empty(len(free))
    result[order] = moved + steps
    return result
