"""What does one output of a stack of layers see, and what counts for nothing?

Source: our own; after figure 1 of Araujo, Norris and Sim (2019), Computing
Receptive Fields of Convolutional Neural Networks.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from .palette import SMALL, Array, figure_of, inches, rgba
from .paper import Place, cell_inches, make_room, sheet, write

Mask = NDArray[np.bool_]
Line = tuple[Place, Place]

# In inches: height of a strip, from one strip to the next, side of a map, and
# from one map to the next, across and down.
STRIP, STEP, SIDE, ACROSS, DOWN = 0.19, 0.28, 1.75, 2.05, 2.3
FEW = 64, 32  # cells drawn one by one, along an axis of a strip and of a map


class Level(Protocol):
    """What `cone` of `snippets.reach` says of the input and of each layer."""

    @property
    def layer(self) -> int:
        """Number of the layer, 0 for the input."""

    @property
    def name(self) -> str:
        """Its class."""

    @property
    def first(self) -> tuple[float, ...]:
        """Input position below the middle of its first output, an axis."""

    @property
    def cell(self) -> tuple[int, ...]:
        """Input positions from one output to the next, an axis."""

    @property
    def seen(self) -> Mask:
        """What the chosen output depends on."""

    @property
    def reaching(self) -> Mask:
        """What the end of the stack depends on."""


def draw_reach(levels: Sequence[Level], *, width: float = 6.0) -> Figure:
    """Draw the input and the layers above each other, as they look at it.

    What the chosen output sees is orange, in each layer and in the input;
    what never reaches the end of the stack is crossed out.

    Args:
        levels: `cone(...)` of `snippets.reach`: the input first. With one
            axis they become strips, with two maps.
        width: Width of the drawing, in inches.

    Raises:
        ValueError: If there are no levels, or they have three axes.
    """
    rank = levels[0].seen.ndim if levels else 0
    if rank not in (1, 2):
        raise ValueError("levels: give the input and its layers, in 1D or 2D")
    return (_draw_strips if rank == 1 else _draw_maps)(levels, width)


def _draw_strips(levels: Sequence[Level], width: float) -> Figure:
    """Draw levels of one axis below each other."""
    [low], [high] = _bounds(levels)
    left = max(inches(_name(level), SMALL, True) for level in levels) + 0.12
    ax = sheet((width - left - 0.5) / (high - low))
    unit = 1 / cell_inches(ax)  # cells in an inch
    for index, level in enumerate(levels):
        down = unit * (STEP * index + np.array([0, STRIP]))
        middle = float(down.mean())
        _draw_level(ax, [down, *_edges(level)], level)
        _write_name(ax, level, (middle, low - left * unit))
        _write_size(ax, level, (middle, high + 0.1 * unit))
    return figure_of(ax)


def _draw_maps(levels: Sequence[Level], width: float) -> Figure:
    """Draw levels of two axes beside each other, in rows."""
    low, high = _bounds(levels)
    side = max(high - low)
    ax = sheet(SIDE / side)
    unit = side / SIDE
    columns = max(1, int((width + ACROSS - SIDE) / ACROSS))
    for index, level in enumerate(levels):
        row, column = divmod(index, columns)
        corner = unit * np.array([DOWN * row, ACROSS * column])
        pairs = zip(_edges(level), corner - low, strict=True)
        _draw_level(ax, [edges + shift for edges, shift in pairs], level)
        _write_name(ax, level, (corner[0] - 0.12 * unit, corner[1]))
        below = corner[0] + high[0] - low[0] + 0.12 * unit
        _write_size(ax, level, (below, corner[1]))
    return figure_of(ax)


def _bounds(levels: Sequence[Level]) -> tuple[Array, Array]:
    """Return where the first cell of all begins, and the last ends."""
    edges = [_edges(level) for level in levels]
    low = np.min([[axis[0] for axis in each] for each in edges], axis=0)
    high = np.max([[axis[-1] for axis in each] for each in edges], axis=0)
    return low, high


def _edges(level: Level) -> list[Array]:
    """Return where a level's cells begin, and where the last one ends."""
    return [
        first + 0.5 + cell * (np.arange(size + 1) - 0.5)
        for first, cell, size in zip(
            level.first, level.cell, level.seen.shape, strict=True
        )
    ]


def _name(level: Level) -> str:
    return f"{level.layer} {level.name}" if level.layer else level.name


def _colour(level: Level) -> str:
    """Return a level's colour: the input, feature maps, or a vector."""
    if level.layer == 0:
        return "blue"
    return "green" if level.seen.size > 1 else "purple"


def _write_name(ax: Axes, level: Level, at: Place) -> None:
    text, colour = _name(level), _colour(level)
    write(ax, text, at, colour=colour, size=SMALL, bold=True, align="left")


def _write_size(ax: Axes, level: Level, at: Place) -> None:
    text = " × ".join(map(str, level.seen.shape))
    write(ax, text, at, size=SMALL, align="left")


def _draw_level(ax: Axes, sides: list[Array], level: Level) -> None:
    """Draw a level: its cells, which are lit, and which never count."""
    rank, colour = level.seen.ndim, _colour(level)
    reaching = np.atleast_2d(level.reaching)
    _fill(ax, sides, reaching, rgba(colour, 0.14))
    _fill(ax, sides, np.atleast_2d(level.seen), rgba("orange", 0.8))
    down, across = sides
    few = max(level.seen.shape) <= FEW[rank - 1]
    if not few:
        down, across = down[[0, -1]], across[[0, -1]]
    lines = [((across[0], y), (across[-1], y)) for y in down]
    lines += [((x, down[0]), (x, down[-1])) for x in across]
    _draw_lines(ax, lines, colour, 0.6 if rank == 1 else 0.35)
    if few:
        lost = np.argwhere(~reaching)
        cells = [(*across[c : c + 2], *down[r : r + 2]) for r, c in lost]
        crosses = [((a, y), (b, z)) for a, b, y, z in cells]
        crosses += [((a, z), (b, y)) for a, b, y, z in cells]
        _draw_lines(ax, crosses, "grey", 0.6)


def _fill(
    ax: Axes,
    sides: list[Array],
    mask: Mask,
    ink: tuple[float, float, float, float],
) -> None:
    """Fill the marked cells."""
    down, across = sides
    for top, bottom in _runs(mask, 0):
        for left, right in _runs(mask, 1):
            place = across[left], down[top]
            size = across[right] - across[left], down[bottom] - down[top]
            box = Rectangle(
                place, *size, facecolor=ink, edgecolor=ink, linewidth=0
            )
            ax.add_patch(box)


def _draw_lines(
    ax: Axes, lines: Sequence[Line], colour: str, width: float
) -> None:
    """Draw lines as one path, which keeps the figure small."""
    if not lines:
        return
    corners = np.reshape(lines, (-1, 2))
    path = Path(corners, [Path.MOVETO, Path.LINETO] * len(lines))
    ax.add_patch(
        PathPatch(path, fill=False, edgecolor=rgba(colour), linewidth=width)
    )
    corner, size = corners.min(axis=0), np.ptp(corners, axis=0)
    make_room(ax, (corner[1], corner[0]), size[::-1])


def _runs(mask: Mask, axis: int) -> list[tuple[int, int]]:
    """Return where along an axis marks begin, and where they end."""
    marks = np.any(mask, axis=1 - axis)
    changes = np.flatnonzero(np.diff(marks, prepend=False, append=False))
    return [(int(a), int(b)) for a, b in changes.reshape(-1, 2)]
