"""What does training send back through a convolution?

The slopes of the loss in each weight and each pixel, by hand; and by brute
force, to check them. Both are for padding "valid" and strides of 1.

Source: LeCun and others (1989), Backpropagation Applied to Handwritten Zip
Code Recognition; Goodfellow, Bengio and Courville (2016), Deep Learning,
equations 9.11 to 9.13.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def gradients(
    x: ArrayLike, kernel: ArrayLike, upstream: ArrayLike
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """How does the loss change with each pixel, weight and bias?

    Source: Goodfellow, Bengio and Courville (2016), equations 9.11 to 9.13.

    Args:
        x: Pictures, shape (batch, height, width, channels).
        kernel: Weights, shape (height, width, channels, filters).
        upstream: Slopes of the loss in each number of the feature maps, shape
            (batch, rows, columns, filters).

    Returns:
        The slopes of the loss in each number of x, of the kernel and of the
        bias, in the shapes of these.

    Raises:
        ValueError: If the shapes do not fit each other.

    Examples:
        One filter of one weight, 3, and a loss that is the sum of the map:

        >>> x = np.array([1, 2]).reshape(1, 1, 2, 1)
        >>> of_x, of_kernel, of_bias = gradients(x, [[[[3]]]], np.ones_like(x))
        >>> of_x.ravel(), of_kernel.ravel(), of_bias
        (array([3, 3]), array([3]), array([2]))
    """
    x, kernel, upstream = map(np.asarray, (x, kernel, upstream))
    rows, columns = _check(x, kernel, upstream)
    of_x = np.zeros(x.shape, np.result_type(kernel, upstream))
    of_kernel = np.zeros(kernel.shape, np.result_type(x, upstream))
    for i, j in np.ndindex(kernel.shape[:2]):
        down, across = slice(i, i + rows), slice(j, j + columns)
        # what this weight has seen, times what came of it
        seen = x[:, down, across]  # (batch, rows, columns, channels)
        of_kernel[i, j] = np.tensordot(seen, upstream, ([0, 1, 2], [0, 1, 2]))
        # each pixel gets back what it gave, through the same weight
        of_x[:, down, across] += upstream @ kernel[i, j].T
    return of_x, of_kernel, upstream.sum(axis=(0, 1, 2))


def slopes(
    loss: Callable[[NDArray[Any]], float], x: ArrayLike, step: float = 1e-5
) -> NDArray[Any]:
    """What is a gradient, if one only has the function?

    Each number is moved up and down by a step, and the two losses compared.

    Source: Press and others (2007), Numerical Recipes, section 5.7.

    Args:
        loss: Takes an array like x and gives one number.
        x: Where the slopes are wanted, any shape.
        step: How far each number is moved, above 0. The default suits float64
            and numbers near 1.

    Returns:
        The slope of the loss in each number, in the shape of x, float64.

    Raises:
        ValueError: If the step is not above 0.

    Examples:
        >>> slopes(lambda x: (x**2).sum(), [1.0, 2.0]).round(6)
        array([2., 4.])
    """
    if step <= 0:
        raise ValueError(f"step must be above 0, such as 1e-5, got {step}")
    x = np.array(x, dtype=float)
    found = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        moved = x.copy()
        moved[place] = x[place] + step
        above = loss(moved)
        moved[place] = x[place] - step
        found[place] = (above - loss(moved)) / (2 * step)
    return found


def _check(
    x: NDArray[Any], kernel: NDArray[Any], upstream: NDArray[Any]
) -> tuple[int, int]:
    """The rows and columns of the feature maps, if all fits."""
    if x.ndim != 4 or kernel.ndim != 4 or x.shape[3] != kernel.shape[2]:
        raise ValueError(
            f"kernel of shape {kernel.shape} must be (height, width, channels, "
            "filters), and x be (batch, height, width, channels) with as many "
            f"channels, got x of shape {x.shape}"
        )
    rows, columns = (
        n - k + 1 for n, k in zip(x.shape[1:3], kernel.shape[:2], strict=True)
    )
    maps = (len(x), rows, columns, kernel.shape[3])
    if upstream.shape != maps:
        raise ValueError(
            f"upstream of shape {upstream.shape} must have the shape of the "
            f"feature maps, {maps}"
        )
    return rows, columns
