"""Which class did a network take for which?

Source: our own.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from .palette import TEXT, rgba
from .paper import draw_cell, line_cells, make_room, write


def draw_confusion(ax: Axes, counts: ArrayLike, names: Sequence[str]) -> Axes:
    """Draw which class was taken for which, with mistakes outlined.

    Args:
        ax: A sheet, with cells wide enough for the names.
        counts: Shape (classes, classes), rows true, columns predicted.
        names: The classes' names.

    Raises:
        ValueError: If `counts` has not one row and one column for each name.
    """
    data = np.asarray(counts)
    if data.shape != (len(names), len(names)):
        raise ValueError(
            f"counts of shape {data.shape} for {len(names)} names: give one "
            "row and one column each"
        )
    make_room(ax, (0, 0), data.shape)
    for (row, column), count in np.ndenumerate(data):
        share, text = float(count / max(1, data.max())), f"{count:.0f}"
        draw_cell(ax, (row, column), "", colour="blue", share=share)
        ink, middle = "black" if count else "grey", (row + 0.5, column + 0.5)
        write(ax, text, middle, colour=ink, bold=row == column)
        if count and row != column:
            box = Rectangle((column + 0.07, row + 0.07), 0.86, 0.86, fill=False)
            ax.add_patch(box)
            box.set(edgecolor=rgba("orange"), linewidth=1.8, zorder=4)
    line = line_cells(ax, TEXT)
    for k, name in enumerate(names):
        write(ax, name, (k + 0.5, -0.25 * line), align="right")
        write(ax, name, (-0.65 * line, k + 0.5))
    write(ax, "predicted", (-1.75 * line, 0), bold=True, align="left")
    write(ax, "true", (-0.65 * line, -0.25 * line), bold=True, align="right")
    return ax
