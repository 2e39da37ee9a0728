"""How two colours differ to the eye: WCAG's contrast, and what colour-blind readers see."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Colour = NDArray[np.float64]
"""Red, green and blue, each in 0 to 1."""

# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes (2009), the severest form of each.
SEEN = {
    "all three cones": np.eye(3),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue cones": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def colour(text: str) -> Colour:
    """Read `#rrggbb`."""
    return np.array([int(text[n : n + 2], 16) / 255 for n in (1, 3, 5)])


def linear(one: Colour) -> Colour:
    """How much light a colour is."""
    return np.where(one <= 0.04045, one / 12.92, ((one + 0.055) / 1.055) ** 2.4)


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast ratio of two colours."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def over(one: Colour, opacity: float, ground: Colour) -> Colour:
    """Return what a transparent colour looks like on a ground."""
    return opacity * one + (1 - opacity) * ground


def oklab(light: Colour) -> Colour:
    """Return where light stands in B. Ottosson's space (2020), even to the eye."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    axes = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return axes @ np.cbrt(np.clip(cones @ light, 0, None))


def least_difference(colours: Sequence[str], eye: ArrayLike) -> float:
    """Return how far the two most alike of some colours are, in hundredths; 2 can just be told."""
    seen = [oklab(np.clip(np.asarray(eye) @ linear(colour(c)), 0, 1)) for c in colours]
    pairs = [(a, b) for n, a in enumerate(seen) for b in seen[:n]]
    return min(100 * float(np.linalg.norm(a - b)) for a, b in pairs)
