"""What does a kernel do at one position of its way over the input?

Source: our own; V. Dumoulin and F. Visin, "A guide to convolution arithmetic
for deep learning" (2016), draw the same for pictures.
"""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .palette import SMALL, TEXT, Array, decimals_of, inches, magnitude, number
from .paper import (
    Place,
    cell_inches,
    draw_cell,
    draw_cells,
    draw_link,
    draw_window,
    line_cells,
    make_room,
    write,
    write_title,
)


def draw_position(
    ax: Axes,
    image: ArrayLike,
    kernel: ArrayLike,
    position: tuple[int, int],
    *,
    at: Place = (0, 0),
) -> Axes:
    """Draw one position of a kernel on an image, its products and their sum.

    Args:
        ax: The sheet.
        image: Pixels, shape (rows, columns).
        kernel: Weights, shape (rows, columns), no larger than the image.
        position: Row and column of the image under the kernel's first weight.
        at: Place of the image's top left corner, in cells.

    Raises:
        ValueError: If the kernel does not lie within the image.
    """
    pixels, weights = np.asarray(image, float), np.asarray(kernel, float)
    (top, left), (rows, columns) = position, weights.shape
    window = pixels[max(top, 0) : top + rows, max(left, 0) : left + columns]
    if window.shape != weights.shape:
        raise ValueError(
            f"position={position}: a {weights.shape} kernel leaves the "
            f"{pixels.shape} image there"
        )
    make_room(ax, at, pixels.shape)
    largest, decimals = magnitude(pixels), decimals_of(pixels)
    size = SMALL if decimals else TEXT
    for (row, column), pixel in np.ndenumerate(pixels):
        place = (at[0] + row, at[1] + column)
        text = number(float(pixel), decimals)
        if 0 <= row - top < rows and 0 <= column - left < columns:
            weight = float(weights[row - top, column - left])
            _draw_product(ax, place, text, weight, weights, size)
        else:
            share = float(abs(pixel) / largest)
            draw_cell(ax, place, text, colour="blue", share=share, size=size)
    draw_window(ax, (at[0] + top, at[1] + left), (rows, columns))
    below = (at[0] + len(pixels), at[1])
    _write_sum(ax, window * weights, below, pixels.shape[1])
    return ax


def draw_conv1d(
    ax: Axes,
    x: ArrayLike,
    kernel: ArrayLike,
    output: ArrayLike,
    position: int,
    *,
    strides: int = 1,
    pad: tuple[int, int] = (0, 0),
    dilation_rate: int = 1,
    at: Place = (0, 0),
    title: str = "",
) -> Axes:
    """Draw one step of a 1D convolution: input, kernel below it, output.

    Args:
        ax: The sheet.
        x: Input, shape (steps,), without padding.
        kernel: Weights, shape (size,).
        output: What the convolution gave, shape (positions,).
        position: Index of the output whose window is shown.
        strides: Cells between two windows.
        pad: Zeros before and after the input.
        dilation_rate: Cells from one weight to the next.
        at: Place of the first cell, padding included, (row, column).
        title: Stands above; empty means none.

    Raises:
        ValueError: If the output has another length than these arguments
            give, or no such position.
    """
    values, weights = np.pad(np.asarray(x, float), pad), np.asarray(kernel)
    results = np.asarray(output, float)
    span = dilation_rate * (len(weights) - 1) + 1
    count = (len(values) - span) // strides + 1
    _check(results, position, count)
    top, left = at[0] + bool(title), at[1]
    unused = len(values) - span - strides * (count - 1)
    draw_cells(ax, values, at=(top, left), pad=pad, dropped=unused)
    first = left + strides * position
    place = (top + 1.4, first)
    draw_cells(ax, weights, at=place, colour="orange", step=dilation_rate)
    # Padded, an output stands below the input of the same index; unpadded,
    # below the middle of its window.
    start = left + (pad[0] if pad[0] else (span - 1) / 2)
    place = (top + 3.2, start)
    draw_cells(ax, results, at=place, colour="green", step=strides)
    target = start + strides * position
    if dilation_rate == 1:
        draw_window(ax, (top, first), (1, len(weights)))
    for tap in first + dilation_rate * np.arange(len(weights)):
        if dilation_rate > 1:
            draw_window(ax, (top, tap))
        start_link = (top + 2.45, tap + 0.5)
        draw_link(ax, start_link, (top + 3.15, target + 0.5), head=False)
    for tap in first + dilation_rate * np.arange(len(weights) - 1):
        ends = (top + 1.9, tap + 1), (top + 1.9, tap + dilation_rate)
        draw_link(ax, *ends, colour="orange", head=False)
    draw_window(ax, (top + 3.2, target))
    rows = (("input", "blue", 0.5), ("kernel", "orange", 1.9))
    for name, colour, row in (*rows, ("output", "green", 3.7)):
        place = (top + row, left - 0.35)
        write(ax, name, place, colour=colour, bold=True, align="right")
    if title:
        write_title(ax, title, (top, left))
    return ax


def _check(results: Array, position: int, count: int) -> None:
    """Refuse an output which the arguments do not give."""
    if results.shape != (count,):
        raise ValueError(
            f"output has shape {results.shape}, but these arguments give "
            f"({count},): check strides, pad and dilation_rate"
        )
    if not 0 <= position < count:
        raise ValueError(
            f"position={position}: the output has positions 0 to {count - 1}"
        )


def _draw_product(
    ax: Axes,
    at: Place,
    pixel: str,
    weight: float,
    weights: Array,
    size: float,
) -> None:
    """Draw a cell with a pixel and the weight that multiplies it."""
    share = 0.75 * abs(weight) / magnitude(weights)
    draw_cell(ax, at, "", colour="orange", share=share)
    write(ax, pixel, (at[0] + 0.3, at[1] + 0.14), align="left", size=size)
    factor = "×" + number(weight, decimals_of(weights))
    place = (at[0] + 0.72, at[1] + 0.9)
    write(ax, factor, place, align="right", size=SMALL)


def _write_sum(ax: Axes, products: Array, at: Place, width: float) -> None:
    """Write products and their sum, on one line if they fit."""
    decimals = decimals_of(products)
    signed = [
        [("−" if p < 0 else "+") + number(abs(p), decimals) for p in row]
        for row in products
    ]
    lines = ["".join(row) for row in signed]
    lines[0] = lines[0].removeprefix("+")
    if inches("".join(lines), SMALL) / cell_inches(ax) <= width:
        lines = ["".join(lines)]
    line, middle = line_cells(ax, SMALL), at[1] + width / 2
    for k, text in enumerate(lines):
        write(ax, text, (at[0] + line * (k + 0.85), middle), size=SMALL)
    below = (at[0] + line * (len(lines) + 1.1), middle)
    text = "= " + number(float(products.sum()), decimals)
    write(ax, text, below, colour="green", size=TEXT + 1, bold=True)
