"""How does one draw photographs, feature maps and kernels as pixels?

Source: our own.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .charts import panels
from .palette import (
    COLOURS,
    SMALL,
    TEXT,
    decimals_of,
    figure_of,
    magnitude,
    number,
    rgba,
)


def draw_image(ax: Axes, image: ArrayLike, *, title: str = "") -> Axes:
    """Draw a photograph.

    Args:
        ax: Any axes.
        image: Grey, shape (height, width), or colour, (height, width, 3), in
            0 to 1 or in 0 to 255.
        title: Stands above; empty means none.

    Raises:
        ValueError: If the shape is another, or a value is below 0 or above
            255.
    """
    data = np.asarray(image, dtype=float)
    if data.ndim not in (2, 3) or data.shape[2:] not in ((), (3,)):
        raise ValueError(
            f"an image of shape {data.shape}: give (height, width) or "
            "(height, width, 3)"
        )
    if data.min() < 0 or data.max() > 255:
        raise ValueError(
            f"values from {data.min():g} to {data.max():g} are no photograph: "
            "draw_map draws signed values"
        )
    data = data / 255 if data.max() > 1 else data
    ax.imshow(data, cmap="gray", vmin=0, vmax=1, interpolation="none")
    _frame(ax, title)
    return ax


def draw_map(
    ax: Axes,
    values: ArrayLike,
    *,
    limit: float | None = None,
    colour: str = "",
    title: str = "",
    key: str = "",
    extent: tuple[float, float, float, float] | None = None,
) -> Axes:
    """Draw an array as pixels: the larger a magnitude, the more opaque.

    Args:
        ax: Any axes.
        values: Shape (rows, columns).
        limit: Magnitude of the full colour; None: the largest in `values`.
            Panels to be compared need the same.
        colour: Empty means signed, blue below 0 and orange above; a colour's
            name means values from 0 up in that colour.
        title: Stands above; empty means none.
        key: What the values are, with their unit: draws a scale below; empty
            means none.
        extent: Left, right, bottom and top in the units of the axes, which
            are then shown, with the first row at the bottom; None: no axes.

    Raises:
        ValueError: If `values` is not a grid, if the colour is unknown or
            its values are negative, or if `limit` is not positive.
    """
    data = np.asarray(values, dtype=float)
    if data.ndim != 2:
        raise ValueError(
            f"values of shape {data.shape}: a map has two axes, such as "
            "maps[0, :, :, 0]"
        )
    if colour and data.min() < 0:
        raise ValueError(
            f"colour={colour!r} is for values from 0 up, and the least is "
            f"{data.min():g}: leave colour out"
        )
    top = magnitude(data, limit)
    ax.imshow(
        data,
        cmap=fade(colour),
        vmin=0 if colour else -top,
        vmax=top,
        interpolation="none",
        extent=extent,
        origin="lower" if extent else "upper",
        aspect="auto" if extent else "equal",
    )
    if extent:
        ax.set_title(title, loc="left", fontsize=TEXT)
    else:
        _frame(ax, title)
    if key:
        draw_key([ax], key)
    return ax


def draw_key(axes: Sequence[Axes], label: str) -> None:
    """Draw one scale below maps which share their limit.

    Args:
        axes: The axes of the maps.
        label: What the values are, with their unit.
    """
    image = axes[0].images[0]
    lowest, highest = image.get_clim()
    drawn = [np.asarray(ax.images[0].get_array(), float) for ax in axes]
    ticks = np.unique([lowest, 0.0, highest])
    decimals = decimals_of(ticks)
    names = [number(float(t), decimals) if t else "0" for t in ticks]
    if max(values.max() for values in drawn) > highest:
        names[-1] = "≥ " + names[-1]
    if min(values.min() for values in drawn) < lowest:
        names[0] = "≤ " + names[0]
    bar = figure_of(axes[0]).colorbar(
        image,
        ax=list(axes),
        location="bottom",
        shrink=0.5 if len(axes) > 1 else 0.8,
        aspect=32,
        pad=0.03,
    )
    bar.set_ticks(list(ticks), labels=names)
    bar.outline.set(edgecolor=COLOURS["grey"], linewidth=0.6)
    bar.ax.tick_params(length=2, width=0.6, labelsize=SMALL)
    bar.set_label(label, fontsize=SMALL)


def draw_grid(
    maps: ArrayLike,
    *,
    columns: int = 8,
    rows: Sequence[str] = (),
    titles: Sequence[str] = (),
    limit: float | None = None,
    colour: str = "",
    key: str = "",
    size: float = 0.7,
) -> Figure:
    """Draw many maps as small multiples with one scale.

    Args:
        maps: Shape (maps, rows, columns).
        columns: How many stand in a row.
        rows: A label for each row of maps; empty means none.
        titles: A title for each map; empty means none.
        limit: Magnitude of the full colour; None: the largest in all maps.
        colour: As in `draw_map`.
        key: As in `draw_map`, once for all.
        size: Width of a map, in inches.

    Raises:
        ValueError: If `maps` has another number of axes than 3.
    """
    data = np.asarray(maps, dtype=float)
    if data.ndim != 3:
        raise ValueError(
            f"maps of shape {data.shape}: give (maps, rows, columns); "
            "np.moveaxis(kernel[:, :, 0], -1, 0) for a Conv2D kernel"
        )
    columns = min(columns, len(data))
    count = -(-len(data) // columns)
    tall = size * float(np.clip(data.shape[1] / data.shape[2], 0.4, 2.5))
    height = count * (tall + (0.28 if titles else 0.1)) + (0.6 if key else 0)
    width = columns * (size + 0.1) + (0.7 if rows else 0)
    axes = panels(count, columns, width=min(width, 6.8), height=height)
    top = magnitude(data, limit)
    for index, ax in enumerate(axes):
        if index >= len(data):
            ax.remove()
            continue
        title = titles[index] if titles else ""
        draw_map(ax, data[index], limit=top, colour=colour, title=title)
        ax.set_aspect("auto")
    for ax, row in zip(axes[::columns], rows, strict=False):
        ax.set_ylabel(row, rotation=0, ha="right", va="center", fontsize=TEXT)
    if key:
        draw_key(axes[: len(data)], key)
    return figure_of(axes[0])


def fade(colour: str = "") -> ListedColormap:
    """Make a colour map in which magnitude is opacity.

    Args:
        colour: Name of the colour of the largest value; empty means blue for
            the least, clear for the middle, orange for the largest.
    """
    rgba(colour or "orange")
    ramp = np.linspace(0 if colour else -1, 1, 511)
    low, high = (to_rgb(COLOURS[c]) for c in ("blue", colour or "orange"))
    rgb = np.where(ramp[:, None] < 0, low, high)
    return ListedColormap(np.column_stack([rgb, np.abs(ramp)]))


def _frame(ax: Axes, title: str) -> None:
    """Leave a thin frame of an axes, and its title."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=COLOURS["grey"], linewidth=0.6)
    ax.set_title(title, loc="left", fontsize=TEXT)
