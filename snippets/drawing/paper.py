"""How does one draw an array as squares with its numbers in them?

Source: our own.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from .palette import (
    COLOURS,
    SMALL,
    TEXT,
    TINT,
    decimals_of,
    figure_of,
    inches,
    magnitude,
    number,
    rgba,
)

Place = tuple[float, float]


def sheet(cell: float = 0.4) -> Axes:
    """Open a figure of squared paper, which grows with what is drawn on it.

    Args:
        cell: Side of a cell, in inches.

    Raises:
        ValueError: If the side is not positive.
    """
    if cell <= 0:
        raise ValueError(f"cell={cell}: give a positive length in inches")
    ax = plt.figure(figsize=(cell, cell)).add_axes((0, 0, 1, 1), label="sheet")
    make_room(ax, (0, 0), (0, 0))
    return ax


def draw_cells(
    ax: Axes,
    values: ArrayLike,
    *,
    at: Place = (0, 0),
    colour: str = "blue",
    title: str = "",
    pad: tuple[int, int] = (0, 0),
    dropped: int = 0,
    step: int = 1,
    limit: float | None = None,
    decimals: int = 2,
) -> Axes:
    """Draw an array as cells with their numbers, tinted by magnitude.

    Args:
        ax: A sheet, or any other axes.
        values: A row, shape (columns,), or a grid, shape (rows, columns).
        at: Place of the top left corner, (row, column), in cells.
        colour: Name of a colour.
        title: Stands above, in that colour; empty means none.
        pad: How many first and last cells of each axis of `values` are
            padding: dashed, not tinted.
        dropped: How many last cells of each axis nothing uses: crossed out.
        step: Distance between cells, more than 1 for a dilated kernel.
        limit: Magnitude of the strongest tint; None: the largest in `values`.
        decimals: Most digits after the point.

    Raises:
        ValueError: If `values` is neither a row nor a grid or has no cell, if
            `colour` is not in the palette, or if `limit` is not positive.
    """
    data = np.asarray(values, dtype=float)
    if data.ndim not in (1, 2) or data.size == 0:
        raise ValueError(
            f"values of shape {data.shape} are no row and no grid: "
            "choose one image and one channel, such as x[0, :, :, 0]"
        )
    grid = np.atleast_2d(data)
    shares = np.minimum(1, np.abs(grid) / magnitude(grid, limit))
    padded, lost = _edges(data.shape, pad, dropped)
    decimals = decimals_of(grid, decimals)
    texts = [number(float(value), decimals) for value in grid.flat]
    size = TEXT if max(map(len, texts)) < 5 else SMALL
    make_room(ax, at, (np.array(grid.shape) - 1) * step + 1)
    for (row, column), text in zip(np.ndindex(grid.shape), texts, strict=True):
        place = (at[0] + step * row, at[1] + step * column)
        dashed, out = bool(padded[row, column]), bool(lost[row, column])
        share = 0.0 if dashed or out else float(shares[row, column])
        ink = "grey" if dashed else colour
        draw_cell(
            ax, place, text, colour=ink, share=share, dashed=dashed, size=size
        )
        if out:
            _cross_out(ax, place)
    if title:
        write_title(ax, title, at, colour=colour)
    return ax


def draw_window(
    ax: Axes,
    at: Place,
    size: tuple[int, int] = (1, 1),
    *,
    colour: str = "orange",
) -> Axes:
    """Outline the cells that a window covers.

    Args:
        ax: The sheet.
        at: Place of the window's top left corner, (row, column), in cells.
        size: Rows and columns that it covers.
        colour: Name of a colour.
    """
    make_room(ax, at, size)
    box = Rectangle((at[1], at[0]), size[1], size[0], fill=False)
    box.set(edgecolor=rgba(colour), linewidth=2.4, zorder=4)
    ax.add_patch(box)
    return ax


def draw_link(
    ax: Axes,
    start: Place,
    end: Place,
    *,
    colour: str = "grey",
    head: bool = True,
) -> Axes:
    """Draw a thin arrow between two places of a sheet.

    Args:
        ax: The sheet.
        start: Where it begins, (row, column), in cells.
        end: Where it points.
        colour: Name of a colour.
        head: Whether it has a head.
    """
    style = "-|>,head_width=0.16,head_length=0.32" if head else "-"
    ax.annotate(
        "",
        xy=(end[1], end[0]),
        xytext=(start[1], start[0]),
        arrowprops={
            "arrowstyle": style,
            "color": rgba(colour),
            "linewidth": 0.9,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    return ax


def write(
    ax: Axes,
    text: str,
    at: Place,
    *,
    colour: str = "black",
    size: float = TEXT,
    bold: bool = False,
    align: str = "center",
) -> Axes:
    """Write a text on a sheet.

    Args:
        ax: The sheet.
        text: What to write, on one line.
        at: Its place, (row, column), in cells: the middle of a line's height.
        colour: Name of a colour.
        size: Size of the type, in points, at least 9.
        bold: Whether in bold type.
        align: Which part of the text is at that column: "left", "center" or
            "right".

    Raises:
        ValueError: If the type is too small to read.
    """
    if size < SMALL:
        raise ValueError(f"size={size}: give 9 points or more, to be readable")
    ax.text(
        at[1],
        at[0],
        text,
        color=rgba(colour),
        fontsize=size,
        fontweight="bold" if bold else "normal",
        horizontalalignment=align,
        verticalalignment="center_baseline",
        zorder=5,
    )
    width = inches(text, size, bold) / cell_inches(ax)
    height = line_cells(ax, size)
    left = at[1] - width * {"left": 0, "center": 0.5, "right": 1}[align]
    make_room(ax, (at[0] - height / 2, left), (height, width))
    return ax


def write_title(
    ax: Axes, title: str, at: Place, *, colour: str = "black"
) -> None:
    """Write a title above the cells at a place.

    Args:
        ax: The sheet.
        title: The title.
        at: Place of the top left corner of the cells.
        colour: Name of a colour.
    """
    above = (at[0] - 0.7 * line_cells(ax, TEXT), at[1])
    write(ax, title, above, colour=colour, bold=True, align="left")


def draw_cell(
    ax: Axes,
    at: Place,
    text: str,
    *,
    colour: str,
    share: float = 0.0,
    dashed: bool = False,
    size: float = TEXT,
) -> None:
    """Draw one cell and its number.

    Args:
        ax: The sheet.
        at: Place of its top left corner.
        text: The number; empty means none.
        colour: Name of a colour.
        share: Its magnitude's share of the largest one, in 0 to 1.
        dashed: Whether it is padding.
        size: Size of the type, in points.
    """
    inset = 0.07 if dashed else 0
    side = 1 - 2 * inset
    box = Rectangle((at[1] + inset, at[0] + inset), side, side)
    box.set(facecolor=rgba(colour, TINT * share), edgecolor=rgba(colour))
    box.set(linewidth=0.8, linestyle=(0, (3, 2)) if dashed else "-")
    ax.add_patch(box)
    if text:
        ink = "grey" if dashed else "black"
        write(ax, text, (at[0] + 0.5, at[1] + 0.5), colour=ink, size=size)


def cell_inches(ax: Axes) -> float:
    """Return the width of a cell, in inches.

    Args:
        ax: The sheet.
    """
    left, right = ax.get_xlim()
    width = ax.get_position().width * figure_of(ax).get_figwidth()
    return float(width / (right - left))


def line_cells(ax: Axes, size: float) -> float:
    """Return the height of a line of text, in cells.

    Args:
        ax: The sheet.
        size: Size of the type, in points.
    """
    return 1.3 * size / 72 / cell_inches(ax)


def make_room(ax: Axes, at: Place, size: ArrayLike) -> None:
    """Extend a sheet, at the same scale, so that it holds some cells.

    Args:
        ax: The sheet, or another axes, which is cleared of its scales.
        at: Place of the top left corner of the cells.
        size: Their rows and columns.
    """
    if ax.axison:
        ax.axis("off")
        ax.set(xlim=(0, 1), ylim=(1, 0), aspect="equal")
    cell, (rows, columns) = cell_inches(ax), np.asarray(size, dtype=float)
    edge = 0.025 / cell  # so that the outermost lines are not cut in half
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    left, right = min(left, at[1] - edge), max(right, at[1] + columns + edge)
    top, bottom = min(top, at[0] - edge), max(bottom, at[0] + rows + edge)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    if ax.get_label() == "sheet":
        figure_of(ax).set_size_inches(
            cell * (right - left), cell * (bottom - top)
        )


def _edges(
    shape: tuple[int, ...], pad: tuple[int, int], dropped: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which cells are padding and which are dropped."""
    padded = np.ones(shape, dtype=bool)
    padded[tuple(slice(pad[0], n - pad[1]) for n in shape)] = False
    lost = np.ones(shape, dtype=bool)
    lost[tuple(slice(0, n - dropped) for n in shape)] = False
    return np.atleast_2d(padded), np.atleast_2d(lost)


def _cross_out(ax: Axes, at: Place) -> None:
    """Cross a cell out from its corners, without striking its number."""
    for x, y in ((0, 0), (0, 1), (1, 0), (1, 1)):
        columns = [at[1] + x, at[1] + (0.3 if x == 0 else 0.7)]
        rows = [at[0] + y, at[0] + (0.3 if y == 0 else 0.7)]
        ax.plot(columns, rows, color=COLOURS["grey"], linewidth=0.9)
