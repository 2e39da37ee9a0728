# --8<-- [start:network]
"""How do we classify sequences with a 1D convolutional network in Keras?

Source: the sequence classifier of the Keras 2 documentation (2018, guide to
the Sequential model), as taught by Kitchell (2018), Convolutional Neural
Networks; written for Keras 3.
"""

from typing import Any

import keras
from keras import layers
from numpy.typing import NDArray


def build(
    input_shape: tuple[int, int] = (64, 100),
    *,
    kernel_size: int = 3,
    pool: bool = True,
    seed: int = 0,
) -> keras.Sequential:
    """Which layers answer a yes-or-no question about a sequence?

    Source: Kitchell (2018), 1D Convolution example.

    Args:
        input_shape: Steps and channels of one sequence.
        kernel_size: Steps that each filter sees, at least 1.
        pool: Shorten the sequence to a third after two convolutions?
        seed: Decides the weights to begin with.

    Returns:
        The compiled model; its output is the probability of class 1, shape
        (batch, 1).

    Raises:
        ValueError: If input_shape is not (steps, channels), or too short for
            four convolutions.

    Examples:
        >>> build().output_shape
        (None, 1)
        >>> build().count_params()
        105729
    """
    if len(input_shape) != 2:
        raise ValueError(
            f"input_shape must be (steps, channels), got {input_shape!r}"
        )
    keras.utils.set_random_seed(seed)
    model = keras.Sequential()
    # (batch, steps, channels), by default (batch, 64, 100)
    model.add(keras.Input(shape=input_shape))
    # (batch, 62, 64)
    model.add(layers.Conv1D(64, kernel_size, activation="relu"))
    # (batch, 60, 64)
    model.add(layers.Conv1D(64, kernel_size, activation="relu"))
    if pool:
        # (batch, 20, 64)
        model.add(layers.MaxPooling1D(3))
    # (batch, 18, 128)
    model.add(layers.Conv1D(128, kernel_size, activation="relu"))
    # (batch, 16, 128)
    model.add(layers.Conv1D(128, kernel_size, activation="relu"))
    # (batch, 128)
    model.add(layers.GlobalAveragePooling1D())
    model.add(layers.Dropout(0.5))
    # (batch, 1)
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(
        loss="binary_crossentropy",
        optimizer="rmsprop",
        metrics=["accuracy"],
    )
    return model


def train(
    model: keras.Model,
    x: NDArray[Any],
    y: NDArray[Any],
    *,
    epochs: int = 10,
    batch_size: int = 16,
    validation_data: tuple[NDArray[Any], NDArray[Any]] | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, list[float]]:
    """How does the model learn from examples?

    Source: `keras.Model.fit`.

    Args:
        model: A compiled model; its weights change.
        x: Sequences, shape (samples, steps, channels), values near 1.
        y: Classes, shape (samples,), 0 or 1.
        epochs: Passes over all examples.
        batch_size: Examples between two changes of the weights.
        validation_data: Further x and y, on which each epoch is measured.
            None measures on the training examples alone.
        seed: Decides the order of the examples and what dropout drops.
        verbose: Prints nothing for 0, a bar for 1, a line an epoch for 2.

    Returns:
        Of each epoch the loss and accuracy, with validation_data also
        val_loss and val_accuracy.

    Raises:
        ValueError: If x and y are not equally long.

    Examples:
        >>> import numpy as np
        >>> x, y = np.zeros((4, 64, 100)), np.array([0, 1, 0, 1])
        >>> sorted(train(build(), x, y, epochs=1))
        ['accuracy', 'loss']
    """
    _check_lengths(x, y)
    keras.utils.set_random_seed(seed)
    history = model.fit(
        x,
        y,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=validation_data,
        verbose=verbose,
    )
    return dict(history.history)


def evaluate(
    model: keras.Model, x: NDArray[Any], y: NDArray[Any]
) -> dict[str, float]:
    """How good is the model on examples that it has never seen?

    Source: `keras.Model.evaluate`.

    Args:
        model: A compiled model.
        x: Sequences kept out of training, shape (samples, steps, channels).
        y: Their classes, shape (samples,), 0 or 1.

    Returns:
        The loss, and the accuracy: the share of right answers, in [0, 1].

    Raises:
        ValueError: If x and y are not equally long.

    Examples:
        >>> import numpy as np
        >>> x, y = np.zeros((4, 64, 100)), np.array([0, 1, 0, 1])
        >>> evaluate(build(), x, y)["accuracy"]
        0.5
    """
    _check_lengths(x, y)
    scores = model.evaluate(x, y, batch_size=16, verbose=0, return_dict=True)
    return {name: float(score) for name, score in scores.items()}


def device(model: keras.Model) -> str:
    """Does the model run on a CPU or on a GPU?

    Source: the place of the model's first weights, as TensorFlow, JAX and
    PyTorch tell it.

    Args:
        model: A model with weights.

    Returns:
        "cpu", "gpu", or the backend's own words for anything else.

    Examples:
        >>> device(build()) in ("cpu", "gpu")
        True
    """
    place = str(model.weights[0].value.device).lower()
    if "gpu" in place or "cuda" in place:
        return "gpu"
    return "cpu" if "cpu" in place else place


def _check_lengths(x: NDArray[Any], y: NDArray[Any]) -> None:
    if len(x) != len(y):
        raise ValueError(
            f"x and y must be equally long, got {len(x)} examples and "
            f"{len(y)} classes"
        )


# --8<-- [end:network]
if __name__ == "__main__":
    import sys
    import time
    from pathlib import Path

    import numpy as np

    # `python snippets/cnn_1d.py` looks for imports in snippets/ alone
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from snippets import chirps

    x, y = chirps.make_chirps(1000, rng=np.random.default_rng(0))
    model = build()
    begin = time.perf_counter()
    train(model, x[:700], y[:700], verbose=2)
    seconds = time.perf_counter() - begin
    scores = evaluate(model, x[700:], y[700:])
    print(f"input shape   {x.shape[1:]}")
    print(f"epochs        10, {seconds:.1f} s")
    print(f"test accuracy {scores['accuracy']:.3f}")
    print(f"backend       {keras.backend.backend()} on {device(model)}")
