"""Is anything on both sides of the split, and how good does mere luck look?

Split by what your examples were made from: patients, not their scans;
photographs, not the crops cut from them.

Source: Kaufman, Rosset, Perlich and Stitelman (2012), Leakage in Data Mining:
Formulation, Detection, and Avoidance, section 4 (keep apart what is related).
"""

from collections.abc import Sequence
from math import isclose

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Indices = NDArray[np.intp]


def split_by_group(
    groups: ArrayLike,
    *,
    shares: Sequence[float] = (0.6, 0.2, 0.2),
    rng: np.random.Generator,
) -> list[Indices]:
    """Which examples go where, if each group stays together?

    Source: our own; for two parts `sklearn.model_selection.GroupShuffleSplit`
    does the same.

    Args:
        groups: What each example was made from, a name or a number, shape
            (examples,).
        shares: Share of the groups in each part, more than 0, together 1;
            None given: training, validation and test.
        rng: Decides which group goes where.

    Returns:
        For each part the indices of its examples, in increasing order.

    Raises:
        ValueError: If groups is not a row, the shares are not positive or do
            not add up to 1, or a part would get no group.

    Examples:
        >>> eyes = ["Ada", "Ada", "Ben", "Ben", "Cy", "Cy"]
        >>> rng = np.random.default_rng(0)
        >>> split_by_group(eyes, shares=(2 / 3, 1 / 3), rng=rng)
        [array([2, 3, 4, 5]), array([0, 1])]
    """
    names, group = np.unique(_row(groups), return_inverse=True)
    if min(shares, default=0) <= 0 or not isclose(sum(shares), 1):
        raise ValueError(
            f"shares={tuple(shares)}: give positive numbers that add up to 1"
        )
    ends = np.rint(np.cumsum(shares) * len(names)).astype(int)  # (parts,)
    if np.diff(ends, prepend=0).min() < 1:
        raise ValueError(
            f"{len(names)} groups are too few for shares={tuple(shares)}: "
            "each part needs one at least"
        )
    place = rng.permutation(len(names))[group]  # (examples,)
    part = np.searchsorted(ends, place, side="right")  # (examples,)
    parts = [np.flatnonzero(part == number) for number in range(len(shares))]
    check_apart(groups, *parts)
    return parts


def check_apart(groups: ArrayLike, *parts: ArrayLike) -> None:
    """Is a group on both sides? Then stop here.

    Source: our own.

    Args:
        groups: What each example was made from, shape (examples,).
        parts: Indices of the examples of each part, shape (some,).

    Raises:
        ValueError: If a group is in more than one part.

    Examples:
        >>> check_apart(["Ada", "Ada", "Ben", "Ben"], [0, 1], [2, 3])
        >>> check_apart(["Ada", "Ada", "Ben", "Ben"], [0, 2], [1, 3])
        Traceback (most recent call last):
            ...
        ValueError: 2 groups are in more than one part, such as 'Ada': ...
    """
    row = _row(groups)
    inside = [np.unique(row[np.asarray(part, dtype=int)]) for part in parts]
    names, count = np.unique(np.concatenate(inside), return_counts=True)
    shared = names[count > 1].tolist()
    if shared:
        raise ValueError(
            f"{len(shared)} groups are in more than one part, such as "
            f"{shared[0]!r}: split by groups, not by examples"
        )


def best_of_luck(tries: int, examples: int, accuracy: float = 0.5) -> float:
    """How good does the best of several equally good models look?

    The expected largest of so many accuracies, each measured on test data of
    its own. Models that resemble each other, on the same data, gain less.

    Source: the largest of independent binomial counts; David and Nagaraja
    (2003), Order Statistics, section 3.1.

    Args:
        tries: Models, epochs or settings that are compared, at least 1.
        examples: Test examples, at least 1.
        accuracy: What each of the models is worth, in [0, 1].

    Returns:
        The expected accuracy of the one that looks best.

    Raises:
        ValueError: If a count is less than 1, or accuracy not in [0, 1].

    Examples:
        >>> best_of_luck(1, 100)
        0.5
        >>> round(best_of_luck(100, 100), 3)
        0.625
    """
    if tries < 1 or examples < 1 or not 0 <= accuracy <= 1:
        raise ValueError(
            "give at least 1 try, at least 1 example and an accuracy in "
            f"[0, 1], got {tries!r}, {examples!r} and {accuracy!r}"
        )
    fewer = stats.binom.cdf(np.arange(examples), examples, accuracy)
    return float(np.mean(1 - fewer**tries))  # the mean of P(best > k) over k


def _row(groups: ArrayLike) -> NDArray[np.generic]:
    row = np.asarray(groups)
    if row.ndim != 1:
        raise ValueError(
            f"groups of shape {row.shape}: give one name for each example"
        )
    return row
