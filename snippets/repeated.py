"""How sure can we be of the accuracy of a trained network?

One training is one draw: other first weights, another order, other examples
give another accuracy. So train several times, and say how far the mean of
the results may be off.

Source: Student (1908), The Probable Error of a Mean, Biometrika 6; why more
than one seed: Bouthillier et al. (2021), Accounting for Variance in Machine
Learning Benchmarks.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Array = NDArray[np.float64]


class Interval(NamedTuple):
    """Where does the true mean lie?

    Attributes:
        mean: Mean of the results.
        low: Lower end of the confidence interval.
        high: Upper end.
    """

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write the mean and half the width of the interval."""
        return f"{self.mean:.3f} ± {self.high - self.mean:.3f}"


def interval(results: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """How far may the mean of a few results be off?

    Source: Student (1908), the t interval: mean ± t s / sqrt(n), for results
    that scatter roughly like a normal distribution.

    Args:
        results: One number for each repetition, shape (repetitions,), such
            as accuracies, or differences between two networks that got the
            same data.
        confidence: Share of such intervals that hold the true mean, between
            0 and 1.

    Returns:
        The mean and both ends of its interval.

    Raises:
        ValueError: If there are fewer than two results, or confidence is not
            between 0 and 1.

    Examples:
        >>> print(interval([0.90, 0.92, 0.91, 0.89, 0.93]))
        0.910 ± 0.020
    """
    values = np.asarray(results, dtype=float)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            "results must be two or more numbers in a row, got shape "
            f"{values.shape}: one result says nothing about its spread"
        )
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence must be between 0 and 1, got {confidence!r}"
        )
    mean = float(values.mean())
    quantile = stats.t.ppf((1 + confidence) / 2, len(values) - 1)
    half = float(quantile * stats.sem(values))
    return Interval(mean, mean - half, mean + half)


def accuracies(
    build: Callable[[int], keras.Model],
    splits: Sequence[tuple[Any, Any, Any, Any]],
    *,
    epochs: int = 10,
    batch_size: int = 16,
) -> Array:
    """How good is a network, trained anew for each split of the data?

    The seed of the first split is 0, that of the next one 1, and so on; it
    decides the first weights, the order of the examples and what dropout
    drops. Two things make it fast where data are small. One compiled model
    serves for all, and gets fresh weights and a fresh optimizer each time.
    And all epochs are one long pass over the examples, shuffled anew for each
    epoch, since Keras needs some time to begin an epoch.

    Source: our own; the same as a new model for each split.

    Args:
        build: Makes a compiled model from a seed. Its output is one
            probability, or one for each class.
        splits: For each repetition x_train, y_train, x_test and y_test, with
            whole numbers from 0 up as classes. `[split] * 5` repeats the
            training alone.
        epochs: Passes over the training examples; needs memory for as many
            copies of them.
        batch_size: Examples between two changes of the weights.

    Returns:
        The share of right answers on each x_test, shape (splits,).

    Raises:
        ValueError: If there is no split, if examples and classes are not
            equally many, or if build has not compiled the model.

    Examples:
        >>> def build(seed):
        ...     model = keras.Sequential(
        ...         [keras.Input((2,)), keras.layers.Dense(1, "sigmoid")]
        ...     )
        ...     optimizer = keras.optimizers.Adam(0.1)
        ...     model.compile(optimizer, loss="binary_crossentropy")
        ...     return model
        >>> x, y = np.array([[3, 0], [0, 3]] * 40), np.array([1, 0] * 40)
        >>> accuracies(build, [(x, y, x, y)] * 2, epochs=20).tolist()
        [1.0, 1.0]
    """
    if not splits:
        raise ValueError("splits is empty: give at least one")
    model = _fresh(build, 0)
    shares = []
    for seed, (x_train, y_train, x_test, y_test) in enumerate(splits):
        _begin_anew(model, _fresh(build, seed))
        for x, y in ((x_train, y_train), (x_test, y_test)):
            if len(x) != len(y):
                raise ValueError(
                    f"split {seed} has {len(x)} examples and {len(y)} classes: "
                    "give one class for each example"
                )
        rng, count = np.random.default_rng(seed), len(y_train)
        # (epochs * samples,)
        order = np.concatenate([rng.permutation(count) for _ in range(epochs)])
        model.fit(
            np.asarray(x_train)[order],
            np.asarray(y_train)[order],
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
        )
        output = model.predict(np.asarray(x_test), batch_size=512, verbose=0)
        # (samples, 1) or (samples, classes) -> (samples,)
        answers = (
            output[:, 0] > 0.5
            if output.shape[1] == 1
            else output.argmax(axis=1)
        )
        shares.append(np.mean(answers == np.asarray(y_test)))
    return np.array(shares)


def _fresh(build: Callable[[int], keras.Model], seed: int) -> keras.Model:
    """Make a model whose optimizer, too, has its variables."""
    keras.utils.set_random_seed(seed)
    model = build(seed)
    if not model.compiled:
        raise ValueError(
            "build must return a compiled model: call model.compile in it"
        )
    model.optimizer.build(model.trainable_variables)
    return model


def _begin_anew(model: Any, fresh: Any) -> None:
    """Copy all that training changes: weights, dropout, optimizer."""
    for part, new in ((model, fresh), (model.optimizer, fresh.optimizer)):
        for variable, value in zip(part.variables, new.variables, strict=True):
            variable.assign(value)
