"""The table below a figure says in numbers what the figure shows, and no more digits than it."""

from collections.abc import Iterator
from html.parser import HTMLParser

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from snippets import drawing
from sybil_pages.figures import pictures
from sybil_pages.tables import MIME, html, tables


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    """Close what a test drew."""
    yield
    plt.close("all")


@pytest.fixture
def ax() -> Axes:
    return Figure().add_subplot()


def found(ax: Axes) -> list[dict]:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return tables(figure)


def test_lines_with_the_same_places_stand_side_by_side(ax: Axes) -> None:
    ax.plot([1, 2, 3], [0.5, 0.25, 0.125], label="training")
    ax.plot([1, 2, 3], [0.5, 0.4, 0.45], label="validation")
    ax.set(xlabel="epoch", ylabel="loss")
    assert found(ax) == [
        {
            "title": "loss by epoch",
            "columns": ["epoch", "training", "validation"],
            "rows": [["1", "0.500", "0.50"], ["2", "0.250", "0.40"], ["3", "0.125", "0.45"]],
        }
    ]


def test_lines_with_other_places_have_a_table_each(ax: Axes) -> None:
    ax.plot([1, 2], [3, 4], label="a")
    ax.plot([1, 2, 3], [5, 6, 7], label="b")
    assert [table["columns"] for table in found(ax)] == [["x", "a"], ["x", "b"]]


def test_guides_are_no_data(ax: Axes) -> None:
    ax.axhline(0.5)
    ax.axvline(2)
    assert found(ax) == []


def test_a_value_keeps_the_digits_that_the_axis_can_show(ax: Axes) -> None:
    """A four-hundredth of what the axis spans is the least of them."""
    ax.plot([0, 1], [np.pi, 100 * np.pi])
    (table,) = found(ax)
    assert table["rows"] == [["0", "3.1"], ["1", "314.2"]]
    ax.set_ylim(3, 4)
    (table,) = found(ax)
    assert table["rows"] == [["0", "3.142"], ["1", "314.159"]]


def test_a_value_that_is_zero_is_told_from_one_that_is_too_small_to_show(ax: Axes) -> None:
    ax.plot([0, 1, 2], [0, 0.0001, -1])
    (table,) = found(ax)
    assert [row[1] for row in table["rows"]] == ["0", "0.000", "−1.000"]


def test_a_logarithmic_axis_keeps_three_digits_of_each_value(ax: Axes) -> None:
    ax.loglog([1, 10, 100], [1, 1.23456e-5, 1.5e-10])
    (table,) = found(ax)
    assert [row[1] for row in table["rows"]] == ["1", "1.23e−5", "1.5e−10"]


def test_what_is_missing_is_a_dash(ax: Axes) -> None:
    ax.plot([0, 1], [np.nan, 1])
    (table,) = found(ax)
    assert table["rows"] == [["0", "–"], ["1", "1"]]


def test_a_long_curve_is_read_at_round_places_its_ends_and_its_extremes(ax: Axes) -> None:
    x = np.linspace(0, 10, 1001)
    y = np.where(np.arange(1001) == 333, 7.0, np.sin(x))
    ax.plot(x, y)
    (table,) = found(ax)
    places = [float(row[0]) for row in table["rows"]]
    assert len(places) <= 60
    assert places[0] == 0
    assert places[-1] == 10
    assert {0.5, 1.0, 9.5} <= set(places)
    assert ["3.33", "7.00"] in table["rows"]
    for place, value in table["rows"]:
        assert float(value.replace("−", "-")) == pytest.approx(
            y[round(100 * float(place))], abs=0.005
        )


def test_a_curve_that_is_no_function_keeps_its_order(ax: Axes) -> None:
    turn = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(turn), np.sin(turn))
    (table,) = found(ax)
    assert 30 <= len(table["rows"]) <= 60
    assert table["rows"][0][0] == "1.000"
    assert table["rows"][-1][0] == "1.000"


def test_bars_have_their_names(ax: Axes) -> None:
    ax.bar(["one", "two"], [1, 2.5])
    ax.set_ylabel("count")
    (table,) = found(ax)
    assert table["columns"] == ["name", "count"]
    assert table["rows"] == [["one", "1.0"], ["two", "2.5"]]


def test_grouped_bars_stand_side_by_side(ax: Axes) -> None:
    ax.bar(np.arange(2) - 0.2, [1, 2], 0.4, label="before")
    ax.bar(np.arange(2) + 0.2, [3, 4], 0.4, label="after")
    ax.set_xticks([0, 1], ["a", "b"])
    (table,) = found(ax)
    assert table["columns"] == ["name", "before", "after"]
    assert table["rows"] == [["a", "1", "3"], ["b", "2", "4"]]


@pytest.mark.parametrize("step", ["bars", "outline"])
def test_a_histogram_says_from_where_to_where(ax: Axes, step: str) -> None:
    ax.hist([0, 0.1, 0.9, 1], bins=4, histtype={"bars": "bar", "outline": "step"}[step])
    if step == "outline":
        ax.clear()
        ax.stairs([2, 0, 0, 2], [0, 0.25, 0.5, 0.75, 1], fill=True)
        ax.stairs([2, 0, 0, 2], [0, 0.25, 0.5, 0.75, 1])
    (table,) = found(ax)
    assert table["columns"] == ["from", "to", "count"]
    assert [row[2] for row in table["rows"]] == ["2", "0", "0", "2"]
    assert table["rows"][0][:2] == ["0", "0.25"]


def test_points_have_the_name_of_their_group(ax: Axes) -> None:
    ax.scatter([1, 2], [3, 4], label="a")
    ax.scatter([5], [6], label="b")
    (table,) = found(ax)
    assert table["columns"] == ["group", "x", "y"]
    assert table["rows"] == [["a", "1", "3"], ["a", "2", "4"], ["b", "5", "6"]]


def test_what_takes_more_than_sixty_rows_and_what_is_a_picture_has_no_table(ax: Axes) -> None:
    ax.scatter(*np.random.default_rng(0).normal(size=(2, 61)))
    shown = ax.imshow(np.eye(3))
    ax.get_figure(root=True).colorbar(shown)  # type: ignore[union-attr]
    assert found(ax) == []


def test_a_panel_takes_the_name_of_an_axis_from_the_panel_that_shares_it() -> None:
    figure = Figure()
    above, below = figure.subplots(2, 1, sharex=True)
    above.plot([1, 2], [3, 4])
    below.set_xlabel("epoch")
    (table,) = tables(figure)
    assert table["columns"][0] == "epoch"


# The drawings of the tutorial


def test_drawn_curves_keep_the_names_at_their_ends() -> None:
    (panel,) = drawing.panels()
    drawing.draw_curves(panel, [0, 1], {"sigmoid": [0.5, 0.7], "tanh": [0, 0.8]})
    (table,) = found(panel)
    assert table["columns"] == ["x", "sigmoid", "tanh"]


def test_drawn_bars_have_their_mean_and_each_value() -> None:
    (panel,) = drawing.panels()
    drawing.draw_bars(panel, {"Conv1D": [0.25, 0.75], "Dense,\nno pooling": 0.5})
    panel.set_xlabel("accuracy")
    (table,) = found(panel)
    assert table["title"] == "accuracy"
    assert table["columns"] == ["name", "mean", "each"]
    assert table["rows"] == [["Conv1D", "0.5", "0.25, 0.75"], ["Dense, no pooling", "0.5", "–"]]


# On the page


class Reader(HTMLParser):
    """Collects the cells of a table, and what they are."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[tuple[str, str | None, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a cell."""
        assert "style" not in dict(attrs)
        if tag in ("th", "td", "caption", "summary"):
            self.cells.append((tag, dict(attrs).get("scope"), ""))

    def handle_data(self, data: str) -> None:
        """Note what stands in it."""
        tag, scope, text = self.cells[-1]
        self.cells[-1] = (tag, scope, text + data)


def test_a_table_is_folded_and_names_its_rows_and_columns() -> None:
    reader = Reader()
    given = {"title": "a < b", "columns": ["name", "loss"], "rows": [["one & two", "−0.5"]]}
    reader.feed(html([given]))
    assert reader.cells == [
        ("summary", None, "Data of this figure"),
        ("caption", None, "a < b"),
        ("th", "col", "name"),
        ("th", "col", "loss"),
        ("th", "row", "one & two"),
        ("td", None, "−0.5"),
    ]
    assert html([given]).startswith("<details")


def test_no_table_is_no_text() -> None:
    assert html([]) == ""


def test_an_author_who_asks_for_a_table_of_a_photograph_is_told() -> None:
    plt.figure().add_subplot().plot([1, 2], [3, 4])
    (forms,) = pictures("plot", tabled=True)
    assert forms[MIME][0]["rows"] == [["1", "3"], ["2", "4"]]
    plt.figure().add_subplot().imshow(np.eye(3))
    with pytest.raises(ValueError, match="no lines, bars or points that a table could list"):
        pictures("image", tabled=True)
    assert plt.get_fignums() == []
