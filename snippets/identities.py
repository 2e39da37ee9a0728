"""Which other computations give what a convolutional layer gives?

Loops, a table, one large matrix, waves. All are for pictures of shape (batch,
height, width, channels), kernels of shape (height, width, channels, filters),
padding "valid" and strides of 1.

Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 9.1.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray


def loops(x: ArrayLike, kernel: ArrayLike) -> NDArray[Any]:
    """What does a convolution compute, one product at a time?

    Source: Goodfellow, Bengio and Courville (2016), equations 9.6 and 9.7.

    Args:
        x: Pictures, shape (batch, height, width, channels).
        kernel: Weights, shape (height, width, channels, filters).

    Returns:
        Feature maps, shape (batch, rows, columns, filters).

    Raises:
        ValueError: If the shapes do not fit each other.

    Examples:
        >>> picture = np.arange(6).reshape(1, 2, 3, 1)
        >>> loops(picture, np.array([-1, 1]).reshape(1, 2, 1, 1))[0, :, :, 0]
        array([[1, 1],
               [1, 1]])
    """
    x, kernel = _checked(x, kernel)
    rows, columns = _map_size(x.shape[1:3], kernel.shape[:2])
    maps = np.zeros(
        (len(x), rows, columns, kernel.shape[3]), np.result_type(x, kernel)
    )
    for n, row, column, f in np.ndindex(maps.shape):
        for i, j, c in np.ndindex(kernel.shape[:3]):
            pixel, weight = x[n, row + i, column + j, c], kernel[i, j, c, f]
            maps[n, row, column, f] += pixel * weight
    return maps


def im2col(x: ArrayLike, size: tuple[int, int]) -> NDArray[Any]:
    """Which table makes a convolution one matrix product?

    Each window becomes a row: `im2col(x, size) @ kernel.reshape(-1, filters)`
    are the feature maps.

    Source: Chellapilla, Puri and Simard (2006), High Performance
    Convolutional Neural Networks for Document Processing, section 2.

    Args:
        x: Pictures, shape (batch, height, width, channels).
        size: Height and width of the kernel, in pixels.

    Returns:
        The windows, shape (batch, rows, columns, numbers in a window), in the
        order of a kernel's weights: down, across, channel.

    Raises:
        ValueError: If x has another number of axes, or the window does not
            fit into it.

    Examples:
        >>> picture = np.arange(6).reshape(1, 2, 3, 1)
        >>> im2col(picture, (2, 2))[0, 0]
        array([[0, 1, 3, 4],
               [1, 2, 4, 5]])
    """
    x = np.asarray(x)
    if x.ndim != 4:
        raise ValueError(
            f"x of shape {x.shape} must have four axes: (batch, height, "
            "width, channels)"
        )
    rows, columns = _map_size(x.shape[1:3], size)
    # (batch, rows, columns, channels, height, width)
    windows = sliding_window_view(x, size, axis=(1, 2))
    # (batch, rows, columns, height, width, channels)
    windows = np.moveaxis(windows, 3, -1)
    # (batch, rows, columns, height * width * channels)
    return windows.reshape(len(x), rows, columns, -1)


def toeplitz_matrix(kernel: ArrayLike, size: tuple[int, int]) -> NDArray[Any]:
    """Which weights must a `Dense` layer have to be this convolution?

    Source: Goodfellow, Bengio and Courville (2016), section 9.1.

    Args:
        kernel: Weights, shape (height, width, channels, filters).
        size: Height and width of the pictures, in pixels.

    Returns:
        The matrix, shape (height * width * channels of the picture, rows *
        columns * filters of the map): a flat picture times the matrix is the
        flat map.

    Raises:
        ValueError: If the kernel has another number of axes or does not fit
            into the pictures.

    Examples:
        >>> kernel = np.array([1, 2]).reshape(1, 2, 1, 1)
        >>> toeplitz_matrix(kernel, (1, 4))
        array([[1, 0, 0],
               [2, 1, 0],
               [0, 2, 1],
               [0, 0, 2]])
    """
    kernel = _four_axes(kernel)
    height, width, channels, filters = kernel.shape
    rows, columns = _map_size(size, (height, width))
    matrix = np.zeros((*size, channels, rows, columns, filters), kernel.dtype)
    for row, column in np.ndindex(rows, columns):
        down = slice(row, row + height)
        across = slice(column, column + width)
        matrix[down, across, :, row, column] = kernel
    return matrix.reshape(-1, rows * columns * filters)


def fft_conv2d(x: ArrayLike, kernel: ArrayLike) -> NDArray[Any]:
    """How do Fourier transforms compute a convolution?

    Source: the convolution theorem; for networks Mathieu, Henaff and LeCun
    (2014), Fast Training of Convolutional Networks through FFTs.

    Args:
        x: Pictures, shape (batch, height, width, channels), real.
        kernel: Weights, shape (height, width, channels, filters), real.

    Returns:
        Feature maps, shape (batch, rows, columns, filters), always of a
        floating-point dtype.

    Raises:
        ValueError: If the shapes do not fit each other.

    Examples:
        >>> picture = np.arange(6.0).reshape(1, 2, 3, 1)
        >>> kernel = np.array([-1, 1]).reshape(1, 2, 1, 1)
        >>> fft_conv2d(picture, kernel)[0, :, :, 0].round(12)
        array([[1., 1.],
               [1., 1.]])
    """
    x, kernel = _checked(x, kernel)
    size = x.shape[1:3]
    rows, columns = _map_size(size, kernel.shape[:2])
    # (batch, height, width // 2 + 1, channels)
    picture = np.fft.rfft2(x, axes=(1, 2))
    # (height, width // 2 + 1, channels, filters): as large as the picture's
    weights = np.fft.rfft2(kernel, size, axes=(0, 1))
    # the conjugate stands for not turning the kernel
    product = np.einsum("nuvc,uvcf->nuvf", picture, weights.conj())
    # (batch, height, width, filters)
    around = np.fft.irfft2(product, size, axes=(1, 2))
    # (batch, rows, columns, filters): the rest has gone round the edge
    return around[:, :rows, :columns]


def compose(first: ArrayLike, second: ArrayLike) -> NDArray[Any]:
    """Which one kernel does what two kernels in a row do?

    Source: convolution is associative; the channels between the two are
    summed over, as in a product of matrices.

    Args:
        first: Kernel of the first layer, shape (height, width, channels,
            between).
        second: Kernel of the second layer, shape (height, width, between,
            filters).

    Returns:
        One kernel, shape (sum of heights - 1, sum of widths - 1, channels,
        filters).

    Raises:
        ValueError: If a kernel has another number of axes, or the second does
            not take the channels that the first one gives.

    Examples:
        >>> kernel = np.array([1, 1]).reshape(1, 2, 1, 1)
        >>> compose(kernel, kernel).ravel()
        array([1, 2, 1])
    """
    first, second = _four_axes(first), _four_axes(second)
    if first.shape[3] != second.shape[2]:
        raise ValueError(
            f"the first kernel gives {first.shape[3]} channels, and the second "
            f"takes {second.shape[2]}: these must be equal"
        )
    height, width = first.shape[:2]
    down, across = second.shape[:2]
    size = (height + down - 1, width + across - 1)
    channels, filters = first.shape[2], second.shape[3]
    dtype = np.result_type(first, second)
    composed = np.zeros((*size, channels, filters), dtype)
    for i, j in np.ndindex(down, across):
        part = first @ second[i, j]  # (height, width, channels, filters)
        composed[i : i + height, j : j + width] += part
    return composed


def _map_size(
    size: tuple[int, ...], window: tuple[int, ...]
) -> tuple[int, int]:
    rows, columns = (n - k + 1 for n, k in zip(size, window, strict=True))
    if min(rows, columns, *window) < 1:
        raise ValueError(
            f"a window of {window} does not fit into a picture of {size}"
        )
    return rows, columns


def _four_axes(kernel: ArrayLike) -> NDArray[Any]:
    kernel = np.asarray(kernel)
    if kernel.ndim != 4:
        raise ValueError(
            f"kernel of shape {kernel.shape} must have four axes: (height, "
            "width, channels, filters)"
        )
    return kernel


def _checked(
    x: ArrayLike, kernel: ArrayLike
) -> tuple[NDArray[Any], NDArray[Any]]:
    x, kernel = np.asarray(x), _four_axes(kernel)
    if x.ndim != 4 or x.shape[3] != kernel.shape[2]:
        raise ValueError(
            f"kernel of shape {kernel.shape} takes pictures of shape (batch, "
            f"height, width, {kernel.shape[2]}), got x of shape {x.shape}"
        )
    return x, kernel
