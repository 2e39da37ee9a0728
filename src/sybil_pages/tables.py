"""The numbers behind a figure: figure → tables, and tables → HTML.

What is drawn is read back from the axes: lines, bars, histograms and points, with the names that
they have there. Numbers keep the digits that the axis can show.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

MIME = "application/vnd.sybil-pages.table+json"
"""How the tables of a figure are called among the forms in which it can be shown."""

Table = dict[str, Any]
"""`title`, `columns` (names) and `rows` (texts), so that it is JSON as it is."""
Array = NDArray[np.float64]
Series = dict[str, Array]

_ROWS = 60  # that a table may have
_SAMPLED = 40  # rows of a curve with more points than that, its ends and extremes aside
_SHOWN = 400  # places that an axis can tell apart
_NUMBER = re.compile(r"−?[\d.]+(?:e−?\d+)?")


def tables(figure: Figure) -> list[Table]:
    """What the axes of a figure show, in numbers.

    Args:
        figure: A figure whose scales are final.

    Returns:
        The tables, in the order of the axes: one for all lines that share their places, one for the
        bars, one for each histogram, one for the points. Photographs and maps have none, nor has
        what would take more than 60 rows.
    """
    found: list[Table] = []
    for ax in figure.axes:
        if getattr(ax, "_colorbar", None) is None:  # a scale of colours is no data
            found += [*_lines(ax), *_bars(ax), *_steps(ax), *_clouds(ax)]
    return [table for table in found if 0 < len(table["rows"]) <= _ROWS]


def html(found: Iterable[Table]) -> str:
    """Tables, folded, as they stand below a figure; nothing where there are none."""
    inside = "".join(map(_html, found))
    if not inside:
        return ""
    return (
        '<details class="sp-data" data-search-exclude>'
        f"<summary>Data of this figure</summary>{inside}</details>"
    )


def _html(table: Table) -> str:
    title = escape(table["title"])
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table["columns"])
    rows = "".join(
        f'<tr><th scope="row"{_kind(first)}>{escape(first)}</th>'
        + "".join(f"<td{_kind(text)}>{escape(text)}</td>" for text in rest)
        + "</tr>"
        for first, *rest in table["rows"]
    )
    return (
        f'<div class="sp-scroll" tabindex="0" role="group" aria-label="{title}">'
        f'<table class="sp-table"><caption>{title}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _kind(text: str) -> str:
    return "" if _NUMBER.fullmatch(text) or text == "–" else ' class="sp-words"'


def _lines(ax: Axes) -> Iterator[Table]:
    """Lines in the units of the axes; those that share their places stand side by side."""
    left = [
        (
            str(line.get_label()),
            _data(line.get_xdata(orig=False)),
            _data(line.get_ydata(orig=False)),
        )
        for line in ax.lines
        if all(line.get_transform().contains_branch_seperately(ax.transData))
        and len(line.get_path()) > 1
    ]
    if _barred(ax):  # what has no name there belongs to the bars
        left = [line for line in left if not line[0].startswith("_")]
    while left:
        x = left[0][1]
        alike = [line for line in left if np.array_equal(x, line[1], equal_nan=True)]
        left = [line for line in left if not np.array_equal(x, line[1], equal_nan=True)]
        rows = _few(x, [y for _, _, y in alike], ax.xaxis)
        columns = [_texts(y[rows], ax.yaxis) for _, _, y in alike]
        names = _named([label for label, _, _ in alike], _label(ax.yaxis) or "y")
        columns.insert(0, _texts(x[rows], ax.xaxis))
        yield _table(ax.xaxis, ax.yaxis, [_label(ax.xaxis) or "x", *names], columns)


def _barred(ax: Axes) -> list[Any]:
    """The bars of an axes, as matplotlib keeps them: one set a call."""
    sets: list[Any] = ax.containers
    return [some for some in sets if hasattr(some, "datavalues") and len(some.patches)]


def _bars(ax: Axes) -> Iterator[Table]:
    """Bars by name, or by place; those that touch are a histogram."""
    sets = _barred(ax)
    if not sets:
        return
    across = sets[0].orientation == "horizontal"
    places, heights = (ax.yaxis, ax.xaxis) if across else (ax.xaxis, ax.yaxis)
    spans = [np.array([_span(patch, across) for patch in some.patches]) for some in sets]
    starts, ends = spans[0].T
    if len(sets) == 1 and len(starts) > 2 and np.allclose(starts[1:], ends[:-1]):
        yield _histogram(places, heights, starts, ends, sets[0].datavalues)
        return
    series: dict[str, dict[str, float]] = {}
    for some, span in zip(sets, spans, strict=True):
        name = _name(some) or _label(heights) or "value"
        middles = _texts(span.mean(axis=1), places, near=0.5)
        series.setdefault(name, {}).update(zip(middles, some.datavalues, strict=True))
    rows = list(dict.fromkeys(row for found in series.values() for row in found))
    table = {
        name: _texts(_data([found.get(row, np.nan) for row in rows]), heights)
        for name, found in series.items()
    }
    each = _each(ax, places, heights)
    if any(row in each for row in rows):
        table["each"] = [each.get(row, "–") for row in rows]
    names = [_label(places) or "name", *table]
    yield _table(places, heights, names, [rows, *table.values()])


def _span(patch: Any, across: bool) -> tuple[float, float]:
    """Where a bar begins and ends along its axis."""
    if across:
        return patch.get_y(), patch.get_y() + patch.get_height()
    return patch.get_x(), patch.get_x() + patch.get_width()


def _each(ax: Axes, places: Axis, heights: Axis) -> dict[str, str]:
    """The single points that are drawn on a bar, by its name."""
    found = {}
    for line in ax.lines:
        x, y = _data(line.get_xdata(orig=False)), _data(line.get_ydata(orig=False))
        place, points = (x, y) if places is ax.xaxis else (y, x)
        if line.get_linestyle() == "None" and len(place) and np.all(place == place[0]):
            found[_texts(place[:1], places, near=0.5)[0]] = ", ".join(_texts(points, heights))
    return found


def _steps(ax: Axes) -> Iterator[Table]:
    """Histograms that are one outline; an outline and its filling are one."""
    seen: list[Table] = []
    for patch in ax.patches:
        if type(patch).__name__ == "StepPatch":
            values, edges, _ = patch.get_data()  # type: ignore[attr-defined]
            across = patch.orientation == "horizontal"  # type: ignore[attr-defined]
            places, heights = (ax.yaxis, ax.xaxis) if across else (ax.xaxis, ax.yaxis)
            table = _histogram(places, heights, edges[:-1], edges[1:], values)
            if table not in seen:
                seen.append(table)
                yield table


def _histogram(places: Axis, heights: Axis, starts: Any, ends: Any, values: Any) -> Table:
    columns = [_texts(_data(starts), places), _texts(_data(ends), places)]
    columns.append(_texts(_data(values), heights))
    return _table(places, heights, ["from", "to", _label(heights) or "count"], columns)


def _clouds(ax: Axes) -> Iterator[Table]:
    """Points, with the name of their group where they have one."""
    names: list[str] = []
    places: list[Array] = [np.empty((0, 2))]
    for some in ax.collections:
        if type(some).__name__ == "PathCollection":
            places.append(_data(some.get_offsets()))
            names += [_name(some) or "–"] * len(places[-1])
    x, y = np.concatenate(places).T
    heads = [_label(ax.xaxis) or "x", _label(ax.yaxis) or "y"]
    columns = [_texts(x, ax.xaxis), _texts(y, ax.yaxis)]
    if set(names) - {"–"}:
        heads, columns = ["group", *heads], [names, *columns]
    yield _table(ax.xaxis, ax.yaxis, heads, columns)


def _name(artist: Any) -> str:
    """The name that an author gave, and not matplotlib's own."""
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else label


def _named(labels: Sequence[str], alone: str) -> list[str]:
    """The names of lines; `alone` is what a single one without a name is called."""
    if len(labels) == 1 and labels[0].startswith("_"):
        return [alone]
    return [f"line {n}" if label[0:1] in "_" else label for n, label in enumerate(labels, 1)]


def _label(axis: Axis) -> str:
    """What an axis is called, here or where other axes share it."""
    side = axis.axis_name  # type: ignore[attr-defined]
    shared = getattr(axis.axes, f"get_shared_{side}_axes")().get_siblings(axis.axes)
    labels = [getattr(one, f"get_{side}label")() for one in [axis.axes, *shared]]
    return _one_line(next(filter(None, labels), ""))


def _table(places: Axis, heights: Axis, names: list[str], columns: list[list[str]]) -> Table:
    ax = places.axes
    titles = [ax.get_title(loc=where) for where in ("left", "center", "right")]
    title = next(filter(None, titles), " by ".join(filter(None, map(_label, (heights, places)))))
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {
        "title": _one_line(title) or "Values",
        "columns": list(map(_one_line, names)),
        "rows": rows,
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _data(values: Any) -> Array:
    """Numbers without masks or units."""
    return np.ma.filled(np.ma.asarray(values, float), np.nan)


def _few(x: Array, series: Sequence[Array], axis: Axis) -> Any:
    """The rows to show: all, or those at round places, the ends, and each line's extremes."""
    if len(x) <= _ROWS:
        return np.arange(len(x))
    with np.errstate(all="ignore"):
        places = axis.get_transform().transform(x)
    if not np.all(np.diff(places) > 0):  # no function of x: by the order in which it is drawn
        return np.unique(np.linspace(0, len(x) - 1, _SAMPLED).astype(int))
    wanted = np.linspace(places[0], places[-1], _SAMPLED)
    if axis.get_scale() == "linear":
        from matplotlib.ticker import MaxNLocator

        rounded = MaxNLocator(_SAMPLED, steps=[1, 2, 5, 10]).tick_values(x[0], x[-1])
        wanted = np.array([place for place in rounded if x[0] <= place <= x[-1]])
    nearest = np.abs(places - wanted[:, None]).argmin(axis=1)
    extremes = [f(y) for y in series if np.isfinite(y).any() for f in (np.nanargmin, np.nanargmax)]
    return np.unique([0, *nearest, *extremes, len(x) - 1])


def _texts(values: Array, axis: Axis, near: float = 1e-9) -> list[str]:
    """Values as an axis names them, or with the digits that it can show.

    Args:
        values: Places on the axis.
        axis: The axis.
        near: How far a place may be from one that has a name.
    """
    if names := _names(axis):
        places = np.array(list(names))
        closest = np.abs(places - values[:, None]).argmin(axis=1)
        if np.all(np.abs(places[closest] - values) <= near):
            return [names[place] for place in places[closest]]
    if axis.get_scale() == "log":
        return [_significant(float(value)) for value in values]
    low, high = axis.get_view_interval()
    most = math.ceil(-math.log10(abs(high - low) / _SHOWN)) if high != low else 0
    some = values[np.isfinite(values)]
    decimals = 0
    while decimals < most and not np.allclose(some, np.round(some, decimals), 1e-12, 1e-12):
        decimals += 1
    return [_fixed(float(value), decimals) for value in values]


def _names(axis: Axis) -> dict[float, str]:
    """The names that an author gave to places on an axis, by these places."""
    named = ("FixedLocator", "FuncFormatter"), ("StrCategoryLocator", "StrCategoryFormatter")
    locator, formatter = axis.get_major_locator(), axis.get_major_formatter()
    if (type(locator).__name__, type(formatter).__name__) not in named:
        return {}
    places = [float(place) for place in axis.get_majorticklocs()]
    return dict(zip(places, map(_one_line, formatter.format_ticks(places)), strict=True))


def _fixed(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"  # and not what is only too small to show
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _significant(value: float) -> str:
    if not math.isfinite(value):
        return _fixed(value, 0)
    digits, _, power = f"{value:.3g}".partition("e")
    return f"{digits}e{int(power)}".replace("-", "−") if power else digits.replace("-", "−")
