"""How does one draw curves, histograms and comparisons without a legend?

Source: our own.
"""

from collections.abc import Iterable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from numpy.typing import ArrayLike

from .palette import (
    COLOURS,
    DASHES,
    SERIES,
    SMALL,
    TEXT,
    Array,
    figure_of,
    inches,
    number,
    rgba,
    separate,
)

LONG = 0.4  # of the figure's width: longer names stand above their bars


def panels(
    rows: int = 1,
    columns: int = 1,
    *,
    width: float = 6.8,
    height: float = 2.4,
    sharex: bool = False,
    sharey: bool = False,
) -> list[Axes]:
    """Open a figure with plain axes, listed row by row.

    Args:
        rows: Number of rows.
        columns: Number of columns.
        width: Width of the whole figure, in inches.
        height: Height of the whole figure, in inches.
        sharex: Whether all panels have one horizontal scale.
        sharey: Whether all panels have one vertical scale.
    """
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(width, height),
        sharex=sharex,
        sharey=sharey,
        squeeze=False,
    )
    figure.set_layout_engine("constrained", h_pad=0.06, w_pad=0.06)
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(length=3, labelsize=SMALL)
    return list(axes.flat)


def draw_curves(
    ax: Axes,
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    labels: bool = True,
) -> Axes:
    """Draw curves, each named at its end in its own colour and dashes.

    Args:
        ax: Any axes; set limits of your own before.
        x: Positions, shape (points,).
        curves: Values by name, each of shape (points,); at most 6.
        labels: Whether to name the curves.

    Raises:
        ValueError: If there are no curves or more than 6, or one has another
            shape than `x`.
    """
    if not 0 < len(curves) <= len(SERIES):
        raise ValueError(
            f"{len(curves)} curves: draw 1 to {len(SERIES)} on one axes"
        )
    places = np.asarray(x, dtype=float)
    for (name, y), colour, dash in zip(
        curves.items(), SERIES, DASHES, strict=False
    ):
        values = np.asarray(y, dtype=float)
        if values.shape != places.shape:
            raise ValueError(
                f"curve {name!r} has shape {values.shape} and x has "
                f"{places.shape}: give one value for each x"
            )
        ink = COLOURS[colour]
        ax.plot(places, values, color=ink, ls=dash, lw=1.8, label=name)
    if ax.get_autoscalex_on():
        ax.margins(x=0)  # so that the names stand right of the frame
    if labels:
        ends = [float(np.asarray(y)[-1]) for y in curves.values()]
        _name_ends(ax, float(places[-1]), ends, list(curves))
    return ax


def draw_histogram(
    ax: Axes,
    values: ArrayLike,
    *,
    bins: int = 40,
    colour: str = "blue",
    title: str = "",
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Draw how often values occur.

    Args:
        ax: Any axes.
        values: Any shape.
        bins: Number of intervals of equal width.
        colour: Name of a colour.
        title: Stands above; empty means none.
        limits: Least and largest value counted; None: those of `values`.

    Raises:
        ValueError: If there are no values.
    """
    data = np.ravel(np.asarray(values, dtype=float))
    if data.size == 0:
        raise ValueError("values of size 0: give at least one value to count")
    counts, edges = np.histogram(data, bins, limits)
    ax.stairs(counts, edges, fill=True, color=rgba(colour, 0.25), lw=0)
    ax.stairs(counts, edges, color=rgba(colour), lw=1.2)
    ax.set_title(title, loc="left", fontsize=TEXT)
    ax.set_ylim(bottom=0)
    return ax


def draw_bars(
    ax: Axes,
    groups: Mapping[str, ArrayLike],
    *,
    guide: tuple[float, str] | None = None,
    decimals: int = 3,
) -> Axes:
    """Compare groups: a bar to the mean, a dot for each value, their range.

    Names that are long for the figure stand above their bars, so that it fits
    a phone.

    Args:
        ax: Any axes.
        groups: Values by name, one or several each, from 0 up; drawn from
            top to bottom.
        guide: A value to compare with, and its name; None: no guide.
        decimals: Digits of the mean after the point.

    Raises:
        ValueError: If a group has no value or a negative one; later, if the
            axis is made to begin above 0, where bars would mislead.
    """
    above = _are_long(ax, groups)
    half, top = (0.2, -0.8) if above else (0.28, -0.6)
    several = any(np.size(group) > 1 for group in groups.values())
    for row, (name, group) in enumerate(groups.items()):
        values = np.ravel(np.asarray(group, dtype=float))
        if values.size == 0 or values.min() < 0:
            raise ValueError(f"group {name!r} needs values from 0 up: {values}")
        bar = _draw_bar(ax, row, values, 2 * half, decimals)
        bar.set_label("mean" if several else "")
    if guide:
        spans = [(row - 0.23, row + 0.23) for row in range(len(groups))]
        for span in spans if above else [(top, len(groups))]:
            ax.plot([guide[0]] * 2, span, color=COLOURS["grey"], ls="--", lw=1)
        _note(ax, guide[1], (guide[0], top), (4, 7), colour="grey")
    ax.set_yticks(range(len(groups)), list(groups), fontsize=TEXT)
    ax.set_ylim(len(groups) - 0.4, top)
    ax.tick_params(axis="y", length=0, labelleft=not above)
    for row, name in enumerate(groups if above else ()):
        place = (0.012, row - half)
        _note(ax, " ".join(name.split()), place, (0, 9), beside=True)
    ax.callbacks.connect("xlim_changed", _keep_zero)
    return ax


def _are_long(ax: Axes, names: Iterable[str]) -> bool:
    """Tell whether names need more room beside their bars than there is."""
    widest = max(inches(line) for name in names for line in name.split("\n"))
    return widest > LONG * figure_of(ax).get_figwidth()


def _draw_bar(
    ax: Axes, row: int, values: Array, height: float, decimals: int
) -> BarContainer:
    """Draw one bar to the mean, and each value where there are several."""
    mean, ink = float(values.mean()), rgba("blue")
    face = rgba("blue", 0.2)
    bar = ax.barh(row, mean, height, facecolor=face, edgecolor=ink, lw=0.9)
    if len(values) > 1:
        ax.plot([values.min(), values.max()], [row] * 2, color=ink, lw=1.2)
        ax.plot(values, [row] * len(values), "o", color=ink, ms=3.5)
    end = (max(mean, float(values.max())), row)
    _note(ax, number(mean, decimals), end, (6, 0))
    return bar


def _keep_zero(ax: Axes) -> None:
    """Refuse a scale on which lengths do not compare as the values do."""
    left, right = ax.get_xlim()
    if left > 0:
        raise ValueError(
            f"xlim=({left:g}, {right:g}): a bar shows its value by its length: "
            "begin the axis at 0"
        )


def _note(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float],
    *,
    colour: str = "black",
    beside: bool = False,
) -> None:
    """Write at a point of the data, or beside an axis, shifted by points."""
    ax.annotate(
        text,
        at,
        shift,
        xycoords=ax.get_yaxis_transform() if beside else "data",
        textcoords="offset points",
        va="center_baseline",
        color=COLOURS[colour],
        fontsize=TEXT,
        annotation_clip=False,
    )


def _name_ends(
    ax: Axes, x: float, ends: Sequence[float], names: Sequence[str]
) -> None:
    """Write each curve's name at its end, none over another."""
    ax.get_ylim()  # brings the scale up to date, which plotting leaves stale
    points = 72 / figure_of(ax).dpi
    places = [ax.transData.transform((x, y))[1] * points for y in ends]
    moves = separate(places, 1.4 * TEXT) - places
    for name, y, move, colour in zip(names, ends, moves, SERIES, strict=False):
        _note(ax, name, (x, y), (7, float(move)), colour=colour)
