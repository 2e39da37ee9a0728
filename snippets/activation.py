"""Which curve does an activation function draw?

An activation function bends the output of a layer, number by number;
without one, a stack of layers is no more than one linear layer.

Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 6.3;
arguments and defaults as in `keras.activations`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfc, expit


def relu(
    x: ArrayLike,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> NDArray[Any]:
    """What does ReLU, the rectified linear unit, do to a number?

    Source: Nair and Hinton (2010), Rectified Linear Units Improve Restricted
    Boltzmann Machines; f(x) = max(0, x).

    Args:
        x: Real numbers, any shape.
        negative_slope: Slope at and below the threshold; 0 gives zeros.
        max_value: The largest output, at least 0. None means no limit.
        threshold: Where the line begins; 0 when left out.

    Returns:
        x above the threshold, negative_slope * (x - threshold) elsewhere,
        the same shape.

    Raises:
        ValueError: If x does not hold real numbers, or max_value is
            negative.

    Examples:
        >>> relu([-2, 0, 3])
        array([0, 0, 3])
        >>> relu([-2.0, 0.0, 9.0], negative_slope=0.5, max_value=6)
        array([-1.,  0.,  6.])
    """
    x = _real(x)
    if max_value is not None and not max_value >= 0:
        raise ValueError(f"max_value must be at least 0, got {max_value!r}")
    above = np.where(x > threshold, x, 0) if threshold else np.maximum(x, 0)
    if max_value is not None:
        above = np.clip(above, 0, max_value)
    if negative_slope:
        below = np.maximum(float(threshold) - x, 0)
        above = above - negative_slope * below
    return np.asarray(above)


def leaky_relu(x: ArrayLike, negative_slope: float = 0.2) -> NDArray[Any]:
    """How does leaky ReLU keep a slope for negative numbers?

    Source: Maas, Hannun and Ng (2013), Rectifier Nonlinearities Improve
    Neural Network Acoustic Models, section 2.

    Args:
        x: Real numbers, any shape.
        negative_slope: Slope below 0; 0.2 when left out, as in Keras.

    Returns:
        x where it is positive, negative_slope * x elsewhere, the same shape.

    Raises:
        ValueError: If x does not hold real numbers.

    Examples:
        >>> leaky_relu([-10.0, 0.0, 3.0])
        array([-2.,  0.,  3.])
    """
    x = _real(x)
    return np.where(x > 0, x, negative_slope * x)


def elu(x: ArrayLike, alpha: float = 1.0) -> NDArray[Any]:
    """How does ELU bend smoothly towards a lowest value?

    Source: Clevert, Unterthiner and Hochreiter (2015), Fast and Accurate
    Deep Network Learning by Exponential Linear Units, section 3.

    Args:
        x: Real numbers, any shape.
        alpha: The limit for large negative numbers is -alpha; 1 when left
            out.

    Returns:
        x where it is positive, alpha * (exp(x) - 1) elsewhere, the same
        shape.

    Raises:
        ValueError: If x does not hold real numbers.

    Examples:
        >>> elu([-1000.0, 0.0, 3.0])
        array([-1.,  0.,  3.])
    """
    x = _floats(x)
    # expm1 sees no positive number, so that it cannot overflow
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def gelu(x: ArrayLike, approximate: bool = False) -> NDArray[Any]:
    """How does GELU weigh a number by the normal distribution?

    Source: Hendrycks and Gimpel (2016), Gaussian Error Linear Units (GELUs),
    section 2: x times the probability that a standard normal number is below
    x, and its approximation with tanh.

    Args:
        x: Real numbers, any shape.
        approximate: Use the approximation? No when left out.

    Returns:
        x * P(X <= x), the same shape.

    Raises:
        ValueError: If x does not hold real numbers.

    Examples:
        >>> gelu([-1000.0, 0.0, 1000.0]) + 0.0
        array([   0.,    0., 1000.])
        >>> gelu([-1.0, 1.0]).round(3)
        array([-0.159,  0.841])
    """
    x = _floats(x)
    with np.errstate(over="ignore", invalid="ignore"):
        if approximate:
            inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
            below = (1 + np.tanh(inner)) / 2
        else:
            # erfc keeps the digits that 1 + erf loses far below 0
            below = (erfc(-x / math.sqrt(2)) / 2).astype(x.dtype)
        return np.asarray(x * below)  # -inf * 0 is nan, as in Keras


def silu(x: ArrayLike) -> NDArray[Any]:
    """How does SiLU, also called swish, weigh a number by its sigmoid?

    Source: Hendrycks and Gimpel (2016), Gaussian Error Linear Units (GELUs),
    section 2; Elfwing, Uchibe and Doya (2018), Sigmoid-Weighted Linear Units.

    Args:
        x: Real numbers, any shape.

    Returns:
        x * sigmoid(x), the same shape.

    Raises:
        ValueError: If x does not hold real numbers.

    Examples:
        >>> silu([-1.0, 0.0, 1.0]).round(3)
        array([-0.269,  0.   ,  0.731])
    """
    x = _floats(x)
    with np.errstate(invalid="ignore"):  # -inf * 0 is nan, as in Keras
        return np.asarray(x * sigmoid(x))


def sigmoid(x: ArrayLike) -> NDArray[Any]:
    """How does the logistic sigmoid squeeze any number into [0, 1]?

    Source: Goodfellow, Bengio and Courville (2016), equation 3.30.

    Args:
        x: Real numbers, any shape.

    Returns:
        1 / (1 + exp(-x)), the same shape.

    Raises:
        ValueError: If x does not hold real numbers.

    Examples:
        >>> sigmoid([-1000.0, 0.0, 1000.0])
        array([0. , 0.5, 1. ])
    """
    x = _floats(x)
    return np.asarray(expit(x).astype(x.dtype))


def tanh(x: ArrayLike) -> NDArray[Any]:
    """How does the hyperbolic tangent squeeze any number into [-1, 1]?

    Source: Goodfellow, Bengio and Courville (2016), section 6.3.2; equal to
    2 * sigmoid(2 * x) - 1.

    Args:
        x: Real numbers, any shape.

    Returns:
        The hyperbolic tangent of x, the same shape.

    Raises:
        ValueError: If x does not hold real numbers.

    Examples:
        >>> tanh([-1000.0, 0.0, 1.0]).round(3)
        array([-1.   ,  0.   ,  0.762])
    """
    return np.asarray(np.tanh(_floats(x)))


def softmax(x: ArrayLike, axis: int | tuple[int, ...] = -1) -> NDArray[Any]:
    """How does softmax turn scores into probabilities?

    Source: Goodfellow, Bengio and Courville (2016), equations 4.1 and 6.29.

    Args:
        x: Scores, at least one axis.
        axis: The axis, or axes, along which the result sums to 1; the last
            when left out.

    Returns:
        exp(x) divided by its sum along the axis, the same shape.

    Raises:
        ValueError: If x does not hold real numbers, or has no such axis.

    Examples:
        >>> softmax([0.0, 0.0, 0.0, -1000.0]).round(2)
        array([0.33, 0.33, 0.33, 0.  ])
    """
    x = _floats(x)
    axes = (axis,) if isinstance(axis, int | np.integer) else axis
    if not isinstance(axes, tuple) or not all(
        isinstance(n, int | np.integer) and -x.ndim <= n < x.ndim for n in axes
    ):
        raise ValueError(f"x of shape {x.shape} has no axis {axis!r}")
    with np.errstate(invalid="ignore"):  # inf - inf is nan, as in Keras
        # the largest exponent is 0: exp cannot overflow
        exps = np.exp(x - x.max(axis=axes, keepdims=True))
        return np.asarray(exps / exps.sum(axis=axes, keepdims=True))


def _real(x: ArrayLike) -> NDArray[Any]:
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise ValueError(f"x must hold real numbers, got dtype {x.dtype}")
    return x


def _floats(x: ArrayLike) -> NDArray[Any]:
    x = _real(x)
    return x if x.dtype.kind == "f" else x.astype(float)
