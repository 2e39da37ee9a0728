"""Which tensors flow through a network, and how large are they?

Source: our own.
"""

import re
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from .maps import fade
from .palette import COLOURS, SMALL, Array, figure_of, inches, magnitude, rgba
from .paper import Place, draw_link, make_room, sheet, write

# In inches: side of the largest picture, distance of two channels, width of a
# vector, height of one of its cells, and height of a row of the drawing.
SIDE, SHIFT, BAR, CELL, ROW = 0.85, 0.035, 0.13, 0.075, 1.72


def draw_network(
    tensors: Sequence[tuple[str, Sequence[int | None]]],
    *,
    activations: Sequence[ArrayLike | None] = (),
    width: float = 5.6,
) -> Figure:
    """Draw a network as its tensors, to scale, in rows.

    Args:
        tensors: Each layer's name and output shape: (height, width,
            channels), (steps, channels) or (units,), with or without None
            for the batch in front.
        activations: What each layer gave for one example, in the shape of
            its tensor, drawn inside it (of many channels the one that varies
            most); None: nothing inside.
        width: Width of a row, in inches.

    Raises:
        ValueError: If a shape has another number of axes, or if there are
            activations, but not one for each tensor.
    """
    if activations and len(activations) != len(tensors):
        raise ValueError(
            f"{len(activations)} activations for {len(tensors)} tensors: "
            "give one each, or None"
        )
    shapes = [_sizes(name, shape) for name, shape in tensors]
    names = [_fold(name) for name, _ in tensors]
    words = [word for name in names for word in name]
    slot = max([1.1, *(inches(word, SMALL, True) for word in words)]) + 0.2
    count = -(-len(shapes) // max(1, int(width / slot)))
    columns = -(-len(shapes) // count)
    ax = sheet(cell=1)
    make_room(ax, (0, 0), (0, slot * columns))
    for index, shape in enumerate(shapes):
        row, column = divmod(index, columns)
        place = (ROW * row + 0.55, slot * (column + 0.5))
        colour = _role(index, shape)
        inside = activations[index] if activations else None
        reach = _draw_tensor(ax, place, shape, shapes, colour, inside)
        _draw_flow(
            ax, place, slot / 2, reach, index > 0, index + 1 < len(shapes)
        )
        _label(ax, (place[0] + 0.68, place[1]), names[index], shape, colour)
    return figure_of(ax)


def _sizes(name: str, shape: Sequence[int | None]) -> tuple[int, ...]:
    """Return a tensor's shape without its batch axis."""
    sizes = tuple(size for size in shape if size is not None)
    if not 1 <= len(sizes) <= 3:
        raise ValueError(
            f"{name!r} has shape {tuple(shape)}: draw (height, width, "
            "channels), (steps, channels) or (units,)"
        )
    return sizes


def _fold(name: str) -> list[str]:
    """Break a long name between two of its words, nearest to its middle."""
    breaks = [m.end() for m in re.finditer(r"[a-z](?=[A-Z])|_", name)]
    if inches(name, SMALL, True) < 1.15 or not breaks:
        return [name]
    cut = min(breaks, key=lambda k: abs(k - len(name) / 2))
    return [name[:cut], name[cut:]]


def _role(index: int, shape: tuple[int, ...]) -> str:
    """Return a tensor's colour: the input, a vector, or feature maps."""
    if index == 0:
        return "blue"
    return "purple" if len(shape) == 1 else "green"


def _label(
    ax: Axes,
    at: Place,
    name: Sequence[str],
    shape: tuple[int, ...],
    colour: str,
) -> None:
    """Write a tensor's name and its shape below it."""
    for k, word in enumerate(name):
        place = (at[0] + 0.16 * k, at[1])
        write(ax, word, place, colour=colour, size=SMALL, bold=True)
    place = (at[0] + 0.16 * len(name) + 0.01, at[1])
    write(ax, "×".join(map(str, shape)), place, size=SMALL)


def _draw_flow(
    ax: Axes, at: Place, half: float, reach: float, before: bool, after: bool
) -> None:
    """Draw the arrow into a tensor and the line out of it."""
    gap = reach + 0.06
    if before:
        draw_link(ax, (at[0], at[1] - half), (at[0], at[1] - gap))
    if after:
        start, end = (at[0], at[1] + gap), (at[0], at[1] + half)
        draw_link(ax, start, end, head=False)


def _draw_tensor(
    ax: Axes,
    at: Place,
    shape: tuple[int, ...],
    shapes: Sequence[tuple[int, ...]],
    colour: str,
    inside: ArrayLike | None,
) -> float:
    """Draw a tensor about its middle; return half of its width."""
    height, width = _face(shape, shapes)
    sheets = min(shape[2], 9) if len(shape) == 3 else 1
    depth = SHIFT * (sheets - 1)
    top, left = at[0] - (height - depth) / 2, at[1] - (width + depth) / 2
    for k in range(1, sheets):
        x, y = left + k * SHIFT, top - k * SHIFT
        right, bottom = x + width, y + height
        columns = [x, x, right, right, right - SHIFT]
        rows = [y + SHIFT, y, y, bottom, bottom]
        ax.plot(columns, rows, color=COLOURS[colour], linewidth=0.8)
    face = Rectangle((left, top), width, height, zorder=3)
    face.set(facecolor=rgba(colour, 0.2 if inside is None else 0))
    face.set(edgecolor=rgba(colour), linewidth=1.0)
    ax.add_patch(face)
    if inside is not None:
        box = (left, left + width, top + height, top)
        _fill(ax, np.asarray(inside, dtype=float), shape, box, colour)
    for k in range(1, shape[0] if len(shape) == 1 and shape[0] <= 12 else 1):
        y = top + height * k / shape[0]
        columns = [left, left + width]
        ax.plot(columns, [y, y], color=COLOURS[colour], linewidth=0.6)
    return (width + depth) / 2


def _face(
    shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]
) -> tuple[float, float]:
    """Return the height and width of a tensor's front, in inches."""
    if len(shape) == 1:
        return min(CELL * shape[0], 0.95), BAR
    alike = [other for other in shapes if len(other) == len(shape)]
    scale = SIDE / max(max(other[:2]) for other in alike)
    sides = shape[:2] if len(shape) == 3 else shape[1::-1]  # time runs right
    return max(0.1, scale * sides[0]), max(0.1, scale * sides[1])


def _fill(
    ax: Axes,
    values: Array,
    shape: tuple[int, ...],
    box: tuple[float, float, float, float],
    colour: str,
) -> None:
    """Draw what a layer gave inside its tensor."""
    if values.shape != shape:
        raise ValueError(
            f"an activation of shape {values.shape} for a tensor of shape "
            f"{shape}: give one example, without the batch axis"
        )
    if len(shape) == 3:
        picture = values[..., values.std(axis=(0, 1)).argmax()]
    else:  # the first channel at the bottom, the first unit at the top
        picture = values.T[::-1] if len(shape) == 2 else values[:, None]
    signed, limit = picture.min() < 0, magnitude(picture)
    ax.imshow(
        picture,
        cmap=fade("" if signed else colour),
        vmin=-limit if signed else 0,
        vmax=limit,
        extent=box,
        interpolation="none",
        zorder=2,
    )
