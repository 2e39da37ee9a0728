# --8<-- [start:detector]
"""Does my pipeline find something where there is nothing to be found?

Give it labels from tossed coins, and its accuracy on test data must be one
half. If it is not, something has leaked from the test data into the training.

Source: our own; a permutation test as in Good (2005), Permutation, Parametric
and Bootstrap Tests of Hypotheses, chapter 3, with coins in place of
permutations, since a permuted label tells something about the others.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Pipeline = Callable[[NDArray[Any], np.random.Generator], float]


class LeakCheck(NamedTuple):
    """How accurate was the pipeline with labels that mean nothing?

    Attributes:
        mean: Mean of the accuracies.
        low: Lower end of the interval of the mean.
        high: Upper end.
        accuracies: All of them, shape (runs,).
    """

    mean: float
    low: float
    high: float
    accuracies: NDArray[np.float64]

    @property
    def clean(self) -> bool:
        """Does the interval contain one half?"""
        return self.low <= 0.5 <= self.high


def leak_check(
    pipeline: Pipeline,
    units: int,
    *,
    runs: int = 20,
    confidence: float = 0.99,
    rng: np.random.Generator,
) -> LeakCheck:
    """How accurate is a pipeline when nothing can be known?

    The expected accuracy is exactly one half if no test label has any
    influence on what is trained or chosen. An interval without one half is a
    fault: above it the labels leak, below it they are avoided.

    Source: our own; the interval of Student (1908), The Probable Error of a
    Mean, Biometrika 6.

    Args:
        pipeline: All that you do from labels to accuracy, choices included:
            called with labels, shape (units,), 0 or 1, and a generator for
            its own random numbers; returns the share of right answers on
            test data.
        units: How many independent things have a label: patients, not their
            scans; recordings, not the windows cut from them.
        runs: How often to toss all coins anew, at least 2.
        confidence: In how many of all cases the interval of a faultless
            pipeline contains one half, between 0 and 1.
        rng: Source of the coins.

    Returns:
        The accuracies, their mean and its interval.

    Raises:
        ValueError: If units or runs is less than 2, or the confidence or an
            accuracy is not between 0 and 1.

    Examples:
        >>> def stubborn(labels, rng):  # says 1, whatever it is shown
        ...     return labels.mean()
        >>> leak_check(stubborn, 100, rng=np.random.default_rng(0)).clean
        True
    """
    if units < 2 or runs < 2 or not 0 < confidence < 1:
        raise ValueError(
            "give at least 2 units, at least 2 runs and a confidence between "
            f"0 and 1, got {units!r}, {runs!r} and {confidence!r}"
        )
    accuracies = np.array(
        [float(pipeline(rng.integers(0, 2, units), rng)) for _ in range(runs)]
    )
    if not ((accuracies >= 0) & (accuracies <= 1)).all():
        raise ValueError(
            "the pipeline must return an accuracy between 0 and 1, got "
            f"{accuracies.min():g} to {accuracies.max():g}"
        )
    mean = float(accuracies.mean())
    quantile = stats.t.ppf((1 + confidence) / 2, runs - 1)
    reach = float(quantile * stats.sem(accuracies))
    return LeakCheck(mean, mean - reach, mean + reach, accuracies)


# --8<-- [end:detector]
