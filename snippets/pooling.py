"""What does a pooling layer compute?

It slides a window over each channel by itself and keeps one number of each:
the largest, the mean, or the sum. It has nothing to learn.

Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 9.3;
padding as in Keras.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray


def max_pool1d(
    x: ArrayLike,
    pool_size: int | Sequence[int] = 2,
    *,
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
) -> NDArray[Any]:
    """What does `keras.layers.MaxPooling1D` compute?

    Source: Zhou and Chellappa (1988), as cited by Goodfellow, Bengio and
    Courville (2016), section 9.3.

    Args:
        x: Sequences, shape (batch, steps, channels).
        pool_size: Steps in a window, at least 1.
        strides: Steps from one window to the next. None means pool_size.
        padding: "valid" (whole windows only: a remainder is dropped) or
            "same" (windows may reach over the ends, and look only at what
            is there), in any case.

    Returns:
        The largest number of each window, shape (batch, new steps,
        channels). A window with nan gives nan, as in NumPy.

    Raises:
        ValueError: If x has another number of axes, an argument is out of
            its range, or x is too short for one window.

    Examples:
        >>> x = np.array([1, 3, 2, 0, 7]).reshape(1, 5, 1)
        >>> max_pool1d(x)[0, :, 0]
        array([3, 2])
        >>> max_pool1d(x, padding="same")[0, :, 0]
        array([3, 2, 7])
    """
    return _max_pool(1, x, pool_size, strides, padding)


def average_pool1d(
    x: ArrayLike,
    pool_size: int | Sequence[int] = 2,
    *,
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
) -> NDArray[Any]:
    """What does `keras.layers.AveragePooling1D` compute?

    Source: LeCun and others (1990), Handwritten Digit Recognition with a
    Back-Propagation Network.

    Args:
        x: Sequences, shape (batch, steps, channels).
        pool_size: Steps in a window, at least 1.
        strides: Steps from one window to the next. None means pool_size.
        padding: "valid" (whole windows only: a remainder is dropped) or
            "same" (windows may reach over the ends, and average only what
            is there), in any case.

    Returns:
        The mean of each window, shape (batch, new steps, channels); float64
        for integers.

    Raises:
        ValueError: If x has another number of axes, an argument is out of
            its range, or x is too short for one window.

    Examples:
        >>> x = np.array([1, 3, 2, 0, 7]).reshape(1, 5, 1)
        >>> average_pool1d(x, padding="same")[0, :, 0]
        array([2., 1., 7.])
    """
    return _average_pool(1, x, pool_size, strides, padding)


def sum_pool1d(
    x: ArrayLike,
    pool_size: int | Sequence[int] = 2,
    *,
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
) -> NDArray[Any]:
    """What would a sum pooling layer compute, which Keras does not have?

    Source: average pooling times the number of cells in a window.

    Args:
        x: Sequences, shape (batch, steps, channels).
        pool_size: Steps in a window, at least 1.
        strides: Steps from one window to the next. None means pool_size.
        padding: "valid" (whole windows only: a remainder is dropped) or
            "same" (windows may reach over the ends, and add up only what is
            there), in any case.

    Returns:
        The sum of each window, shape (batch, new steps, channels), in the
        dtype of `numpy.sum`.

    Raises:
        ValueError: If x has another number of axes, an argument is out of
            its range, or x is too short for one window.

    Examples:
        >>> x = np.array([1, 3, 2, 0, 7]).reshape(1, 5, 1)
        >>> sum_pool1d(x, padding="same")[0, :, 0]
        array([4, 2, 7])
    """
    return _sum_pool(1, x, pool_size, strides, padding)


def max_pool2d(
    x: ArrayLike,
    pool_size: int | Sequence[int] = 2,
    *,
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
) -> NDArray[Any]:
    """What does `keras.layers.MaxPooling2D` compute?

    Source: Zhou and Chellappa (1988), as cited by Goodfellow, Bengio and
    Courville (2016), section 9.3.

    Args:
        x: Images, shape (batch, height, width, channels).
        pool_size: Pixels in a window, at least 1: one number or a pair
            (down, across).
        strides: Pixels from one window to the next, likewise. None means
            pool_size.
        padding: "valid" (whole windows only: a remainder is dropped) or
            "same" (windows may reach over the edges, and look only at what
            is there), in any case.

    Returns:
        The largest number of each window, shape (batch, new height, new
        width, channels). A window with nan gives nan, as in NumPy.

    Raises:
        ValueError: If x has another number of axes, an argument is out of
            its range, or x is too small for one window.

    Examples:
        >>> x = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0]])
        >>> max_pool2d(x[None, :, :, None])[0, :, :, 0]
        array([[6, 8]])
    """
    return _max_pool(2, x, pool_size, strides, padding)


def average_pool2d(
    x: ArrayLike,
    pool_size: int | Sequence[int] = 2,
    *,
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
) -> NDArray[Any]:
    """What does `keras.layers.AveragePooling2D` compute?

    Source: LeCun and others (1990), Handwritten Digit Recognition with a
    Back-Propagation Network.

    Args:
        x: Images, shape (batch, height, width, channels).
        pool_size: Pixels in a window, at least 1: one number or a pair
            (down, across).
        strides: Pixels from one window to the next, likewise. None means
            pool_size.
        padding: "valid" (whole windows only: a remainder is dropped) or
            "same" (windows may reach over the edges, and average only what
            is there), in any case.

    Returns:
        The mean of each window, shape (batch, new height, new width,
        channels); float64 for integers.

    Raises:
        ValueError: If x has another number of axes, an argument is out of
            its range, or x is too small for one window.

    Examples:
        >>> x = np.array([[1, 1, 2, 4], [5, 5, 6, 8], [3, 2, 1, 0]])
        >>> average_pool2d(x[None, :, :, None])[0, :, :, 0]
        array([[3., 5.]])
    """
    return _average_pool(2, x, pool_size, strides, padding)


def sum_pool2d(
    x: ArrayLike,
    pool_size: int | Sequence[int] = 2,
    *,
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
) -> NDArray[Any]:
    """What would a sum pooling layer compute, which Keras does not have?

    Source: average pooling times the number of cells in a window.

    Args:
        x: Images, shape (batch, height, width, channels).
        pool_size: Pixels in a window, at least 1: one number or a pair
            (down, across).
        strides: Pixels from one window to the next, likewise. None means
            pool_size.
        padding: "valid" (whole windows only: a remainder is dropped) or
            "same" (windows may reach over the edges, and add up only what is
            there), in any case.

    Returns:
        The sum of each window, shape (batch, new height, new width,
        channels), in the dtype of `numpy.sum`.

    Raises:
        ValueError: If x has another number of axes, an argument is out of
            its range, or x is too small for one window.

    Examples:
        >>> x = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0]])
        >>> sum_pool2d(x[None, :, :, None])[0, :, :, 0]
        array([[13, 21]])
    """
    return _sum_pool(2, x, pool_size, strides, padding)


def global_max_pool1d(x: ArrayLike, *, keepdims: bool = False) -> NDArray[Any]:
    """What does `keras.layers.GlobalMaxPooling1D` compute?

    Source: Oquab and others (2015), Is Object Localization for Free?,
    section 3.

    Args:
        x: Sequences, shape (batch, steps, channels), at least one step.
        keepdims: Keep the pooled axis, with size 1? No when left out.

    Returns:
        The largest number of each channel, shape (batch, channels) or
        (batch, 1, channels).

    Raises:
        ValueError: If x has another number of axes, or no step.

    Examples:
        >>> global_max_pool1d([[[1, 8], [3, 0], [2, 4]]])
        array([[3, 8]])
    """
    x = _checked(1, x, nonempty=True)
    y = np.asarray(x.max(axis=1))
    return np.expand_dims(y, 1) if keepdims else y


def global_average_pool1d(
    x: ArrayLike, *, keepdims: bool = False
) -> NDArray[Any]:
    """What does `keras.layers.GlobalAveragePooling1D` compute?

    Source: Lin, Chen and Yan (2013), Network In Network, section 3.2.

    Args:
        x: Sequences, shape (batch, steps, channels), at least one step.
        keepdims: Keep the pooled axis, with size 1? No when left out.

    Returns:
        The mean of each channel, shape (batch, channels) or (batch, 1,
        channels); float64 for integers.

    Raises:
        ValueError: If x has another number of axes, or no step.

    Examples:
        >>> global_average_pool1d([[[1, 8], [3, 0], [2, 4]]])
        array([[2., 4.]])
    """
    x = _checked(1, x, nonempty=True)
    y = np.asarray(x.mean(axis=1))
    return np.expand_dims(y, 1) if keepdims else y


def global_max_pool2d(x: ArrayLike, *, keepdims: bool = False) -> NDArray[Any]:
    """What does `keras.layers.GlobalMaxPooling2D` compute?

    Source: Oquab and others (2015), Is Object Localization for Free?,
    section 3.

    Args:
        x: Images, shape (batch, height, width, channels), at least one
            pixel.
        keepdims: Keep the pooled axes, with size 1? No when left out.

    Returns:
        The largest number of each channel, shape (batch, channels) or
        (batch, 1, 1, channels).

    Raises:
        ValueError: If x has another number of axes, or no pixel.

    Examples:
        >>> global_max_pool2d(np.arange(8).reshape(1, 2, 2, 2))
        array([[6, 7]])
    """
    x = _checked(2, x, nonempty=True)
    y = np.asarray(x.max(axis=(1, 2)))
    return np.expand_dims(y, (1, 2)) if keepdims else y


def global_average_pool2d(
    x: ArrayLike, *, keepdims: bool = False
) -> NDArray[Any]:
    """What does `keras.layers.GlobalAveragePooling2D` compute?

    Source: Lin, Chen and Yan (2013), Network In Network, section 3.2.

    Args:
        x: Images, shape (batch, height, width, channels), at least one
            pixel.
        keepdims: Keep the pooled axes, with size 1? No when left out.

    Returns:
        The mean of each channel, shape (batch, channels) or (batch, 1, 1,
        channels); float64 for integers.

    Raises:
        ValueError: If x has another number of axes, or no pixel.

    Examples:
        >>> global_average_pool2d(np.arange(8).reshape(1, 2, 2, 2))
        array([[3., 4.]])
    """
    x = _checked(2, x, nonempty=True)
    y = np.asarray(x.mean(axis=(1, 2)))
    return np.expand_dims(y, (1, 2)) if keepdims else y


def _max_pool(
    rank: int,
    x: ArrayLike,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: str,
) -> NDArray[Any]:
    x = _checked(rank, x)
    # A window that reaches over an edge also holds the cell at that edge: a
    # copy of it never changes the largest, whatever the dtype.
    windows = _windows(x, pool_size, strides, padding, mode="edge")
    # (batch, *new size, channels)
    return np.asarray(windows.max(axis=tuple(range(-rank, 0))))


def _average_pool(
    rank: int,
    x: ArrayLike,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: str,
) -> NDArray[Any]:
    x = _checked(rank, x)
    x = x if x.dtype.kind == "f" else x.astype(float)
    total = _sum_pool(rank, x, pool_size, strides, padding)
    # how many cells each window really has: fewer where it reaches over
    cells = np.ones((1, *x.shape[1:-1], 1), x.dtype)
    count = _sum_pool(rank, cells, pool_size, strides, padding)
    mean: NDArray[Any] = total / count
    return mean


def _sum_pool(
    rank: int,
    x: ArrayLike,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: str,
) -> NDArray[Any]:
    x = _checked(rank, x)
    windows = _windows(x, pool_size, strides, padding, mode="constant")
    # (batch, *new size, channels)
    return np.asarray(windows.sum(axis=tuple(range(-rank, 0))))


def _windows(
    x: NDArray[Any],
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: str,
    mode: Any,
) -> NDArray[Any]:
    rank = x.ndim - 2
    spans = _per_axis(rank, "pool_size", pool_size)
    steps = spans if strides is None else _per_axis(rank, "strides", strides)
    if not isinstance(padding, str) or padding.lower() not in (
        "valid",
        "same",
    ):
        raise ValueError(f"padding must be 'valid' or 'same', got {padding!r}")
    widths = [(0, 0)]
    for size, span, step in zip(x.shape[1:-1], spans, steps, strict=True):
        # "same" wants ceil(size / step) windows, at 0, step, 2 step, ...
        last = (-(-size // step) - 1) * step
        same = padding.lower() == "same"
        missing = max(last + span - size, 0) if same else 0
        if size == 0 or size + missing < span:
            raise ValueError(
                f"x of shape {x.shape} is too small: a window spans {span}, "
                f"but an axis has {size} (padding={padding!r})"
            )
        widths.append((missing // 2, missing - missing // 2))
    x = np.pad(x, [*widths, (0, 0)], mode=mode)
    # (batch, *positions, channels, *spans)
    windows = sliding_window_view(x, spans, axis=tuple(range(1, rank + 1)))
    # (batch, *new size, channels, *spans)
    return windows[tuple(slice(None, None, step) for step in (1, *steps))]


def _checked(
    rank: int, x: ArrayLike, *, nonempty: bool = False
) -> NDArray[Any]:
    x = np.asarray(x)
    axes = {1: "steps", 2: "height, width"}[rank]
    if x.ndim != rank + 2:
        raise ValueError(
            f"x must have shape (batch, {axes}, channels), got shape {x.shape}"
        )
    if nonempty and 0 in x.shape[1:-1]:
        raise ValueError(
            f"x must have at least one cell to pool, got shape {x.shape}"
        )
    if x.dtype.kind not in "biuf":
        raise ValueError(f"x must hold real numbers, got dtype {x.dtype}")
    return x


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
