"""What does a convolutional layer compute?

At each position a window of the input is multiplied by the kernel, number by
number, and the products are summed, over all channels. Nothing is flipped:
mathematicians call this cross-correlation.

Source: Goodfellow, Bengio and Courville (2016), Deep Learning, equations 9.6
(sliding), 9.7 (channels) and 9.8 (strides); padding as in Keras.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray


def conv1d(
    x: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    dilation_rate: int | Sequence[int] = 1,
    groups: int = 1,
) -> NDArray[Any]:
    """What does `keras.layers.Conv1D` compute?

    Source: Goodfellow, Bengio and Courville (2016), equation 9.6; causal
    padding: van den Oord and others (2016), WaveNet, section 2.1.

    Args:
        x: Sequences, shape (batch, steps, channels).
        kernel: Weights, shape (size, channels // groups, filters).
        bias: One number a filter, shape (filters,). None adds nothing.
        strides: Steps from one window to the next, at least 1.
        padding: "valid" (none), "same" (zeros at both ends, one more at the
            end where the number is odd) or "causal" (zeros before the start,
            so that no output sees later input), in any case.
        dilation_rate: Steps between neighbouring weights, at least 1.
        groups: Parts into which channels and filters are split; a filter
            sees the channels of its own part.

    Returns:
        Feature maps, shape (batch, new steps, filters), in NumPy's common
        dtype of what went in.

    Raises:
        ValueError: If a shape does not fit, an argument is out of its range,
            or the input is too short for one window.

    Examples:
        The difference between neighbours:

        >>> steps = np.array([1, 1, 5, 5, 2]).reshape(1, 5, 1)
        >>> kernel = np.array([-1, 1]).reshape(2, 1, 1)
        >>> conv1d(steps, kernel)[0, :, 0]
        array([ 0,  4,  0, -3])
    """
    settings = (strides, padding, dilation_rate, groups)
    return _convolve(1, x, kernel, bias, *settings)


def conv2d(
    x: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    dilation_rate: int | Sequence[int] = 1,
    groups: int = 1,
) -> NDArray[Any]:
    """What does `keras.layers.Conv2D` compute?

    Source: Goodfellow, Bengio and Courville (2016), equations 9.6 to 9.8.

    Args:
        x: Images, shape (batch, height, width, channels).
        kernel: Weights, shape (height, width, channels // groups, filters).
        bias: One number a filter, shape (filters,). None adds nothing.
        strides: Pixels from one window to the next, at least 1: one number
            or a pair (down, across).
        padding: "valid" (none) or "same" (zeros around the image, one more
            at the bottom and right where the number is odd), in any case.
        dilation_rate: Pixels between neighbouring weights, at least 1: one
            number or a pair (down, across).
        groups: Parts into which channels and filters are split; a filter
            sees the channels of its own part.

    Returns:
        Feature maps, shape (batch, new height, new width, filters), in
        NumPy's common dtype of what went in.

    Raises:
        ValueError: If a shape does not fit, an argument is out of its range,
            or the input is too small for one window.

    Examples:
        A kernel of ones adds up each 2 by 2 window:

        >>> image = np.arange(9).reshape(1, 3, 3, 1)
        >>> conv2d(image, np.ones((2, 2, 1, 1), dtype=int))[0, :, :, 0]
        array([[ 8, 12],
               [20, 24]])
    """
    settings = (strides, padding, dilation_rate, groups)
    return _convolve(2, x, kernel, bias, *settings)


def _convolve(
    rank: int,
    x: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None,
    strides: int | Sequence[int],
    padding: str,
    dilation_rate: int | Sequence[int],
    groups: int,
) -> NDArray[Any]:
    x, kernel = np.asarray(x), np.asarray(kernel)
    _check_arrays(rank, x, kernel, bias, groups)
    steps = _per_axis(rank, "strides", strides)
    rates = _per_axis(rank, "dilation_rate", dilation_rate)
    *size, depth, filters = kernel.shape
    spans = tuple(
        rate * (n - 1) + 1 for n, rate in zip(size, rates, strict=True)
    )
    x = _pad(x, spans, steps, padding)

    # (batch, *positions, channels, *spans)
    windows = sliding_window_view(x, spans, axis=tuple(range(1, rank + 1)))
    every = [slice(None, None, n) for n in (1, *steps, 1, *rates)]
    # (batch, *new size, channels, *size)
    windows = windows[tuple(every)]
    # (batch, *new size, groups, depth, *size)
    windows = windows.reshape(*windows.shape[: rank + 1], groups, depth, *size)
    # (*size, depth, groups, filters // groups)
    kernel = kernel.reshape(*size, depth, groups, filters // groups)
    # n image, x y position, g group, c channel, i j weight, f filter
    sums = {1: "nxgci,icgf->nxgf", 2: "nxygcij,ijcgf->nxygf"}[rank]
    maps: NDArray[Any] = np.einsum(sums, windows, kernel, optimize=True)
    # (batch, *new size, filters)
    maps = maps.reshape(*maps.shape[:-2], filters)
    if bias is not None:
        maps = maps + np.asarray(bias)
    return maps


def _check_arrays(
    rank: int,
    x: NDArray[Any],
    kernel: NDArray[Any],
    bias: ArrayLike | None,
    groups: int,
) -> None:
    axes = {1: "steps", 2: "height, width"}[rank]
    if x.ndim != rank + 2:
        raise ValueError(
            f"x must have shape (batch, {axes}, channels), got shape {x.shape}"
        )
    if kernel.ndim != rank + 2 or 0 in kernel.shape:
        size = {1: "size", 2: "height, width"}[rank]
        raise ValueError(
            f"kernel must have shape ({size}, channels // groups, filters), "
            f"none of them 0, got shape {kernel.shape}"
        )
    if np.result_type(x, kernel).kind not in "iufc":
        raise ValueError(
            "x and kernel must hold numbers, got dtypes "
            f"{x.dtype} and {kernel.dtype}"
        )
    channels, (depth, filters) = x.shape[-1], kernel.shape[-2:]
    if not isinstance(groups, int | np.integer) or groups < 1:
        raise ValueError(f"groups must be a positive integer, got {groups!r}")
    if channels % groups or filters % groups:
        raise ValueError(
            f"groups={groups} must divide the number of channels, {channels}, "
            f"and of filters, {filters}"
        )
    if depth != channels // groups:
        raise ValueError(
            f"kernel of shape {kernel.shape} takes {depth} channels a group, "
            f"but x of shape {x.shape} has {channels // groups}"
        )
    if bias is not None and np.shape(bias) != (filters,):
        raise ValueError(
            f"bias must have shape ({filters},), one number a filter, got "
            f"shape {np.shape(bias)}"
        )


def _per_axis(
    rank: int, name: str, value: int | Sequence[int]
) -> tuple[int, ...]:
    each = (value,) * rank if isinstance(value, int | np.integer) else value
    if (
        not isinstance(each, tuple | list)
        or len(each) != rank
        or not all(isinstance(n, int | np.integer) and n > 0 for n in each)
    ):
        kind = {1: "", 2: " or a pair of them"}[rank]
        raise ValueError(
            f"{name} must be a positive integer{kind}, got {value!r}"
        )
    return tuple(int(n) for n in each)


def _pad(
    x: NDArray[Any],
    spans: tuple[int, ...],
    steps: tuple[int, ...],
    padding: str,
) -> NDArray[Any]:
    allowed = ("valid", "same", "causal")[: 3 if x.ndim == 3 else 2]
    mode = padding.lower() if isinstance(padding, str) else padding
    if mode not in allowed:
        raise ValueError(f"padding must be one of {allowed}, got {padding!r}")
    widths = [(0, 0)]
    for size, span, step in zip(x.shape[1:-1], spans, steps, strict=True):
        # "same" wants ceil(size / step) windows, at 0, step, 2 step, ...
        last = (-(-size // step) - 1) * step
        missing = max(last + span - size, 0) if mode == "same" else 0
        before = span - 1 if mode == "causal" else missing // 2
        after = missing - missing // 2
        if before + size + after < span:
            raise ValueError(
                f"x of shape {x.shape} is too small: a window spans {span}, "
                f"but an axis has {size} (padding={mode!r})"
            )
        widths.append((before, after))
    return np.pad(x, [*widths, (0, 0)])
