"""Claim: a drawing shows the array's own numbers, in colours that read in both themes."""

import io
from collections.abc import Iterator
from itertools import combinations

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from snippets import drawing
from snippets.drawing.palette import TINT, decimals_of, number, separate
from snippets.reach import cone
from tests.contrast import colour, contrast, over

IMAGE = np.array(
    [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
)
KERNEL = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])

# What the site's style sheet puts in place of each colour on a dark page.
DARK = {
    "blue": "#5bb8f0",
    "orange": "#ff9c57",
    "green": "#60e2a8",
    "purple": "#d56cbf",
    "gold": "#e0cf62",
    "grey": "#a3a9b3",
    "black": "#e4e7ed",
}
PAGES = {"light": "#fcfcfa", "dark": "#14171f"}


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    """Close what a test drew."""
    yield
    plt.close("all")


def texts(ax: Axes) -> list[str]:
    """Return the texts of an axes, empty ones left out."""
    return [text.get_text() for text in ax.texts if text.get_text()]


def boxes(ax: Axes, width: float) -> list[tuple[float, float, float, float]]:
    """Return (row, column, rows, columns) of the outlines of a line width."""
    return [
        (box.get_y(), box.get_x(), box.get_height(), box.get_width())
        for box in ax.patches
        if isinstance(box, Rectangle) and box.get_linewidth() == width
    ]


def everything() -> list[Figure]:
    """Draw each kind of drawing once."""
    rng = np.random.default_rng(0)
    ax = drawing.sheet()
    drawing.draw_cells(ax, np.pad(IMAGE, 1), pad=(1, 1), dropped=1, title="image")
    drawing.draw_link(drawing.draw_window(ax, (1, 1), (3, 3)), (2, 4), (2, 8))
    drawing.draw_position(drawing.sheet(), IMAGE, KERNEL - 0.5, (1, 1))
    drawing.draw_conv1d(drawing.sheet(), [1, 2, 3], [1, 1], [3, 5], 0, title="valid")
    drawing.draw_confusion(drawing.sheet(0.7), [[8, 1], [0, 9]], ["no", "yes"])
    for ax in drawing.panels(1, 2):
        drawing.draw_curves(ax, [0, 1], {name: [0, 1] for name in "abcdef"})
    drawing.draw_histogram(drawing.panels()[0], rng.normal(size=99), title="before")
    drawing.draw_bars(drawing.panels()[0], {"a": [0.1, 0.3], "b": 0.5}, guide=(0.5, "chance"))
    drawing.draw_map(drawing.panels()[0], rng.normal(size=(4, 5)), key="response")
    drawing.draw_grid(rng.normal(size=(5, 3, 3)), columns=3, rows=["1", "2"], key="weight")
    tensors = [("input", (None, 8, 8, 1)), ("Conv2D", (6, 6, 4)), ("Dense", (None, 10))]
    drawing.draw_reach(cone((50, 1), [{"layer": "Conv1D", "filters": 1, "kernel_size": 3}]))
    drawing.draw_network(tensors, activations=[np.ones((8, 8, 1)), None, np.ones(10)])
    return [plt.figure(n) for n in plt.get_fignums()]


# What cells show


def test_cells_show_the_numbers_of_the_array_in_its_order() -> None:
    ax = drawing.draw_cells(drawing.sheet(), [[1, -2], [0.5, 0]])
    assert texts(ax) == ["1.0", "−2.0", "0.5", "0.0"]


def test_whole_numbers_are_written_without_decimals() -> None:
    assert texts(drawing.draw_cells(drawing.sheet(), [3.0, -1.0])) == ["3", "−1"]


def test_a_number_that_rounds_to_zero_has_no_sign() -> None:
    assert number(-0.001, 2) == "0.00"


def test_numbers_get_no_more_decimals_than_they_need() -> None:
    assert [decimals_of(np.array(x)) for x in ([1.0], [0.5], [0.25], [1 / 3])] == [0, 1, 2, 2]


def test_a_cell_stands_at_its_row_and_column() -> None:
    ax = drawing.draw_cells(drawing.sheet(), [[1, 2, 3]], at=(4, 5), step=2)
    assert [box[:2] for box in boxes(ax, 0.8)] == [(4, 5), (4, 7), (4, 9)]


def test_the_tint_is_proportional_to_the_magnitude() -> None:
    ax = drawing.draw_cells(drawing.sheet(), [0, 1, -2], limit=4)
    alphas = [patch.get_facecolor()[3] for patch in ax.patches]
    assert alphas == pytest.approx([0, TINT / 4, TINT / 2])


def test_padding_is_dashed_and_untinted() -> None:
    ax = drawing.draw_cells(drawing.sheet(), np.pad([1, 1], 1), pad=(1, 1))
    dashed = [patch.get_linestyle() != "solid" for patch in ax.patches]
    assert [d and p.get_facecolor()[3] == 0 for d, p in zip(dashed, ax.patches, strict=True)] == [
        True,
        False,
        False,
        True,
    ]


def test_a_dropped_cell_is_crossed_out_and_keeps_its_number() -> None:
    ax = drawing.draw_cells(drawing.sheet(), [1, 2, 3], dropped=1)
    assert texts(ax) == ["1", "2", "3"]
    strokes = [np.asarray(line.get_xdata()) for line in ax.lines]
    assert len(strokes) == 4
    assert all(x.min() >= 2 and x.max() <= 3 for x in strokes)


def test_the_window_is_where_it_was_put() -> None:
    ax = drawing.draw_window(drawing.draw_cells(drawing.sheet(), IMAGE), (1, 2), (3, 3))
    assert boxes(ax, 2.4) == [(1, 2, 3, 3)]


def test_a_sheet_keeps_its_scale_while_it_grows() -> None:
    ax = drawing.sheet(cell=0.5)
    drawing.draw_cells(ax, IMAGE, title="image")
    drawing.draw_cells(ax, KERNEL, at=(1, 7))
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    figure = ax.figure
    assert isinstance(figure, Figure)
    assert figure.get_size_inches() == pytest.approx([(right - left) / 2, (bottom - top) / 2])
    assert right >= 10


# What a kernel does


@pytest.mark.parametrize(("position", "total"), [((0, 0), "= 4"), ((0, 1), "= 3"), ((2, 0), "= 2")])
def test_a_position_shows_its_sum(position: tuple[int, int], total: str) -> None:
    ax = drawing.draw_position(drawing.sheet(0.32), IMAGE, KERNEL, position)
    assert texts(ax)[-1] == total
    assert boxes(ax, 2.4) == [(*position, 3, 3)]


def test_a_position_shows_its_nine_factors_and_nine_products() -> None:
    ax = drawing.draw_position(drawing.sheet(0.32), IMAGE, KERNEL, (0, 0))
    factors = [text for text in texts(ax) if text.startswith("×")]
    assert factors == [f"×{weight}" for weight in KERNEL.ravel()]
    assert texts(ax)[-2] == "1+0+1+0+1+0+0+0+1"


def test_products_that_do_not_fit_stand_in_a_line_for_each_kernel_row() -> None:
    ax = drawing.draw_position(drawing.sheet(), np.full((3, 3), 10), -KERNEL, (0, 0))
    assert texts(ax)[-4:] == ["−10+0−10", "+0−10+0", "−10+0−10", "= −50"]


@pytest.mark.parametrize("position", [(3, 0), (0, -1)])
def test_a_kernel_that_leaves_the_image_is_refused(position: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"position=.*leaves the \(5, 5\) image"):
        drawing.draw_position(drawing.sheet(), IMAGE, KERNEL, position)


def test_a_dilated_causal_step_outlines_its_taps_and_its_output() -> None:
    ax = drawing.sheet()
    drawing.draw_conv1d(ax, [1, 2, 3], [1, -1], [-1, -2, -2], 2, pad=(2, 0), dilation_rate=2)
    assert boxes(ax, 2.4) == [(0, 2, 1, 1), (0, 4, 1, 1), (pytest.approx(3.2), 4, 1, 1)]


def test_a_stride_crosses_out_what_no_window_reaches() -> None:
    ax = drawing.draw_conv1d(drawing.sheet(), [1, 2, 3, 4], [1, 1, 1], [6], 0, strides=2)
    crossed = {int(np.floor(np.mean(line.get_xdata()))) for line in ax.lines}
    assert crossed == {3}


def test_an_output_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3,\), but these arguments give \(2,\)"):
        drawing.draw_conv1d(drawing.sheet(), [1, 2, 3], [1, 1], [3, 5, 3], 0)


def test_a_position_beyond_the_output_is_refused() -> None:
    with pytest.raises(ValueError, match="position=2: the output has positions 0 to 1"):
        drawing.draw_conv1d(drawing.sheet(), [1, 2, 3], [1, 1], [3, 5], 2)


# Maps


def test_a_signed_map_is_clear_at_zero_and_full_at_its_limit() -> None:
    ax = drawing.draw_map(drawing.panels()[0], [[-4, 0, 2, 9]], limit=4)
    image = ax.images[0]
    rgba = image.cmap(image.norm(np.array([-4.0, 0.0, 2.0, 9.0])))
    assert rgba[:, 3] == pytest.approx([1, 0, 0.5, 1], abs=0.01)  # 511 steps
    assert [to_hex(row[:3]) for row in rgba[[0, 2]]] == [
        drawing.COLOURS[c] for c in ("blue", "orange")
    ]


def test_a_clipped_scale_says_so() -> None:
    drawing.draw_map(drawing.panels()[0], [[-9.0, 5.0]], limit=5, key="response")
    scale = plt.gcf().axes[-1]
    assert [label.get_text() for label in scale.get_xticklabels()] == ["≤ −5", "0", "5"]


def test_an_unsigned_map_refuses_negative_values() -> None:
    with pytest.raises(ValueError, match=r"colour='blue' is for values from 0 up.*-1"):
        drawing.draw_map(drawing.panels()[0], [[-1.0, 2.0]], colour="blue")


def test_a_grid_has_one_scale_for_all_maps() -> None:
    figure = drawing.draw_grid(np.arange(12).reshape(3, 2, 2), columns=2)
    assert [ax.images[0].get_clim() for ax in figure.axes] == [(-11, 11)] * 3


def test_a_photograph_in_bytes_and_one_in_fractions_look_the_same() -> None:
    one, other = drawing.panels(1, 2)
    drawing.draw_image(one, np.array([[0, 255]]))
    drawing.draw_image(other, np.array([[0.0, 1.0]]))
    assert np.array_equal(one.images[0].get_array(), other.images[0].get_array())


# Networks


def test_a_network_names_each_tensor_and_its_shape_without_the_batch() -> None:
    figure = drawing.draw_network([("input", (None, 28, 28, 1)), ("Dense", (10,))])
    assert texts(figure.axes[0]) == ["input", "28×28×1", "Dense", "10"]


def test_tensors_of_a_network_are_drawn_to_scale() -> None:
    figure = drawing.draw_network([("input", (28, 28, 1)), ("MaxPooling2D", (14, 14, 1))])
    large, small = boxes(figure.axes[0], 1.0)
    assert large[2:] == pytest.approx((2 * small[2], 2 * small[3]))


def test_a_long_network_wraps_and_stays_within_its_width() -> None:
    figure = drawing.draw_network([("GlobalAveragePooling1D", (8,))] * 9, width=5.6)
    assert figure.get_figwidth() <= 5.7  # room for the lines' own thickness
    assert "GlobalAverage" in texts(figure.axes[0])


def test_an_activation_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="without the batch axis"):
        drawing.draw_network([("Dense", (10,))], activations=[np.ones((1, 10))])


def test_activations_come_one_for_each_tensor() -> None:
    with pytest.raises(ValueError, match="1 activations for 2 tensors"):
        drawing.draw_network([("a", (1,)), ("b", (1,))], activations=[None])


# Curves and numbers


def test_names_of_curves_with_equal_ends_do_not_overlap() -> None:
    ax = drawing.panels(height=3)[0]
    drawing.draw_curves(ax, [0, 1], {"one": [0, 1], "two": [0.5, 1], "three": [1, 1]})
    plt.gcf().draw_without_rendering()
    extents = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for a, b in combinations(extents, 2))


def test_names_move_as_little_as_they_can() -> None:
    assert separate([0, 100, 101], 11) == pytest.approx([0, 95, 106])


def test_curves_differ_in_their_dashes_too() -> None:
    ax = drawing.draw_curves(drawing.panels()[0], [0, 1], {n: [0, 1] for n in "abcdef"})
    styles = {(line.get_color(), str(line._unscaled_dash_pattern)) for line in ax.lines}
    assert len({dash for _, dash in styles}) == len({colour for colour, _ in styles}) == 6


def test_bars_state_each_mean_and_show_each_value() -> None:
    ax = drawing.draw_bars(drawing.panels()[0], {"a": [0.25, 0.75], "b": 0.5}, decimals=2)
    assert texts(ax) == ["0.50", "0.50"]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [list(dot.get_xdata()) for dot in dots] == [[0.25, 0.75]]


def test_long_names_stand_above_their_bars_and_leave_these_the_whole_width() -> None:
    groups = {"same network,\nbut with no pooling at all": [0.2, 0.4], "short": 0.5}
    narrow = drawing.draw_bars(drawing.panels(width=3.4)[0], groups, guide=(0.5, "chance"))
    narrow.set(xlim=(0, 0.6))
    plt.gcf().draw_without_rendering()
    assert "same network, but with no pooling at all" in texts(narrow)
    assert narrow.get_window_extent().width > 0.85 * plt.gcf().bbox.width
    extents = [text.get_window_extent() for text in narrow.texts]
    bars = [bar.get_window_extent() for bar in narrow.patches]
    assert not any(a.overlaps(b) for a, b in combinations(extents + bars, 2))
    wide = drawing.draw_bars(drawing.panels(width=6.8)[0], groups)
    assert "short" not in texts(wide)


@pytest.mark.parametrize("limits", [(0.4, 1), (0.001, 1)])
def test_bars_refuse_an_axis_on_which_their_lengths_mislead(limits: tuple[float, float]) -> None:
    ax = drawing.draw_bars(drawing.panels()[0], {"a": 0.5, "b": 0.6})
    with pytest.raises(ValueError, match=r"xlim=.*: begin the axis at 0"):
        ax.set(xlim=limits)


@pytest.mark.parametrize("limits", [(0, 1.2), (-0.1, 1)])
def test_bars_take_any_axis_that_holds_zero(limits: tuple[float, float]) -> None:
    ax = drawing.draw_bars(drawing.panels()[0], {"a": 0.5, "b": 0.6})
    ax.set(xlim=limits)
    assert ax.get_xlim() == limits


def test_curves_keep_their_names_for_a_legend_or_a_table() -> None:
    ax = drawing.draw_curves(drawing.panels()[0], [0, 1], {"one": [0, 1], "two": [1, 0]})
    assert [line.get_label() for line in ax.lines] == ["one", "two"]


def test_a_histogram_counts_every_value() -> None:
    ax = drawing.draw_histogram(drawing.panels()[0], np.arange(30), bins=5)
    assert ax.patches[0].get_data().values.sum() == 30


def test_a_confusion_matrix_outlines_the_mistakes_only() -> None:
    ax = drawing.draw_confusion(drawing.sheet(0.7), [[8, 1], [0, 9]], ["no", "yes"])
    assert texts(ax)[:4] == ["8", "1", "0", "9"]
    assert boxes(ax, 1.8) == [pytest.approx((0.07, 1.07, 0.86, 0.86))]


# Colours and type


@pytest.mark.parametrize("name", DARK)
def test_each_colour_can_be_read_as_text_on_its_page(name: str) -> None:
    assert contrast(colour(drawing.COLOURS[name]), colour(PAGES["light"])) >= 4.5
    assert contrast(colour(DARK[name]), colour(PAGES["dark"])) >= 4.5


@pytest.mark.parametrize("name", sorted(drawing.COLOURS.keys() - {"black"}))
def test_text_reads_on_the_strongest_tint_in_both_themes(name: str) -> None:
    light = over(colour(drawing.COLOURS[name]), TINT, colour(PAGES["light"]))
    dark = over(colour(DARK[name]), TINT, colour(PAGES["dark"]))
    assert contrast(colour(drawing.COLOURS["black"]), light) >= 4.5
    assert contrast(colour(DARK["black"]), dark) >= 4.5


def test_every_colour_is_in_the_palette_and_no_text_under_nine_points() -> None:
    palette = set(drawing.COLOURS.values())
    for figure in everything():
        figure.draw_without_rendering()
        for text in figure.findobj(plt.Text):
            assert isinstance(text, plt.Text)
            assert text.get_fontsize() >= 9 or not text.get_text()
            assert to_hex(text.get_color()) in palette
        for ax in figure.axes:
            for patch in [p for p in ax.patches if isinstance(p, Rectangle)]:
                assert to_hex(patch.get_facecolor()) in palette or patch.get_facecolor()[3] == 0
                assert to_hex(patch.get_edgecolor()) in palette
            assert {to_hex(line.get_color()) for line in ax.lines} <= palette


def test_the_same_call_draws_the_same_picture() -> None:
    pictures = []
    for _ in range(2):
        drawing.draw_position(drawing.sheet(0.32), IMAGE, KERNEL, (0, 0))
        pixels = io.BytesIO()
        plt.savefig(pixels, format="png")
        pictures.append(pixels.getvalue())
    assert pictures[0] == pictures[1]


# What is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: drawing.sheet(0), "cell=0: give a positive length"),
        (lambda: drawing.draw_cells(drawing.sheet(), np.ones((1, 5, 5, 1))), r"x\[0, :, :, 0\]"),
        (lambda: drawing.draw_cells(drawing.sheet(), []), "no row and no grid"),
        (lambda: drawing.draw_cells(drawing.sheet(), [1], colour="red"), "'red' is not in"),
        (lambda: drawing.draw_cells(drawing.sheet(), [1], limit=0), "limit=0: give a positive"),
        (lambda: drawing.write(drawing.sheet(), "a", (0, 0), size=6), "size=6: give 9 points"),
        (lambda: drawing.draw_image(drawing.panels()[0], np.ones((2, 2, 1))), "2, 2, 1"),
        (lambda: drawing.draw_image(drawing.panels()[0], [[-1.0]]), "draw_map draws signed"),
        (lambda: drawing.draw_map(drawing.panels()[0], [1.0]), "a map has two axes"),
        (lambda: drawing.draw_grid(np.ones((3, 3))), "give .maps, rows, columns."),
        (lambda: drawing.draw_network([("a", (1, 2, 3, 4))]), "'a' has shape"),
        (lambda: drawing.draw_curves(drawing.panels()[0], [0], {}), "0 curves: draw 1 to 6"),
        (lambda: drawing.draw_curves(drawing.panels()[0], [0], {"a": [0, 1]}), "'a' has shape"),
        (lambda: drawing.draw_histogram(drawing.panels()[0], []), "at least one value"),
        (lambda: drawing.draw_bars(drawing.panels()[0], {"a": [-1.0]}), "'a' needs values"),
        (lambda: drawing.draw_confusion(drawing.sheet(), [[1]], ["a", "b"]), "for 2 names"),
    ],
)
def test_bad_input_is_refused_with_the_remedy(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=message):
        call()
