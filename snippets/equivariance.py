"""Does a layer follow when its input moves?

A layer is *equivariant* to shifts if its output moves along with its input,
and *invariant* if its output stays as it is.

Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 9.2;
Azulay and Weiss (2019), Why do deep convolutional networks generalize so
poorly to small image transformations?, section 3.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def shifted(x: ArrayLike, shift: int) -> NDArray[Any]:
    """How does one move what stands on an empty ground?

    Source: our own.

    Args:
        x: Sequences or pictures, shape (batch, steps or height, ...).
        shift: Positions along the second axis: down in a picture, up if
            below 0.

    Returns:
        The same, moved, in the shape of x.

    Raises:
        ValueError: If something that is not 0 would leave.

    Examples:
        >>> shifted([[0, 1, 2, 0, 0]], 2)
        array([[0, 0, 0, 1, 2]])
    """
    x = np.asarray(x)
    around = x[:, max(x.shape[1] - shift, 0) :] if shift > 0 else x[:, :-shift]
    if np.any(around):
        raise ValueError(
            f"shift={shift} moves numbers other than 0 out of the input: "
            "leave more zeros around them"
        )
    return np.roll(x, shift, axis=1)


def shift_error(
    layer: Callable[[Any], Any], x: ArrayLike, shift: int, *, strides: int = 1
) -> float:
    """How far is a layer from following a shift of its input?

    Source: Azulay and Weiss (2019), section 3: with strides, only some shifts
    of the input are shifts of the output.

    Args:
        layer: Takes an array like x; gives maps, shape (batch, positions,
            ...), which should move, or features, shape (batch, features),
            which should stay as they are.
        x: Sequences or pictures on an empty ground, shape (batch, steps or
            height, ...).
        shift: How far the input moves along its second axis.
        strides: How far the input moves while the output moves by 1.

    Returns:
        The size of the difference, relative to the output; 0 if the layer
        follows exactly. Where strides do not divide the shift, the better
        one of the two nearest shifts of the output counts.

    Raises:
        ValueError: If strides are not positive, if something that is not 0
            would leave the input, or if the output is 0 everywhere.

    Examples:
        >>> x = np.array([0, 0, 3, 1, 0, 0, 0, 0]).reshape(1, 8, 1)
        >>> shift_error(lambda x: x[:, ::2], x, 2, strides=2)
        0.0
        >>> round(shift_error(lambda x: x[:, ::2], x, 1, strides=2), 3)
        0.667
    """
    if strides < 1:
        raise ValueError(f"strides must be at least 1, got {strides}")
    still = np.asarray(layer(np.asarray(x)), dtype=float)
    moved = np.asarray(layer(shifted(x, shift)), dtype=float)
    size = np.linalg.norm(still)
    if size == 0:
        raise ValueError(
            "the layer gives 0 everywhere: give it another input or weights"
        )
    near = {0} if still.ndim == 2 else {shift // strides, -(-shift // strides)}
    return min(
        float(np.linalg.norm(moved - np.roll(still, step, axis=1)) / size)
        for step in near
    )
