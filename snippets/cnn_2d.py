"""How do we classify pictures with a 2D convolutional network in Keras?

The twin of the network for sequences: each layer in its 2D version.

Source: LeCun, Bottou, Bengio and Haffner (1998), Gradient-Based Learning
Applied to Document Recognition, section II, for the idea; the layers follow
Kitchell (2018), Convolutional Neural Networks; digits of Alpaydin and Kaynak
(1998), as bundled with scikit-learn.
"""

from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray


def digits() -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Which real pictures come without a download?

    Source: `sklearn.datasets.load_digits`; Alpaydin and Kaynak (1998),
    Optical Recognition of Handwritten Digits.

    Returns:
        x: 1797 handwritten digits, shape (1797, 8, 8, 1), values in [0, 1].
        y: Their classes, 0 to 9, shape (1797,).

    Examples:
        >>> x, y = digits()
        >>> x.shape, y[:5].tolist()
        ((1797, 8, 8, 1), [0, 1, 2, 3, 4])
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    # (1797, 8, 8) -> (1797, 8, 8, 1)
    x = data.images[..., np.newaxis] / 16
    return x.astype(np.float32), data.target


def build(
    input_shape: tuple[int, int, int] = (8, 8, 1),
    *,
    classes: int = 10,
    seed: int = 0,
) -> keras.Sequential:
    """Which layers tell what a picture shows?

    Source: Kitchell (2018), the 1D example with layers for pictures.

    Args:
        input_shape: Height, width and channels of one picture.
        classes: How many answers there are, at least 2.
        seed: Decides the weights to begin with.

    Returns:
        The compiled model; its output is the probability of each class,
        shape (batch, classes).

    Raises:
        ValueError: If input_shape is not (height, width, channels), or
            classes is less than 2.

    Examples:
        >>> build().output_shape
        (None, 10)
        >>> build().count_params()
        21498
    """
    if len(input_shape) != 3:
        raise ValueError(
            "input_shape must be (height, width, channels), got "
            f"{input_shape!r}"
        )
    if classes < 2:
        raise ValueError(f"classes must be at least 2, got {classes!r}")
    keras.utils.set_random_seed(seed)
    same = {"padding": "same", "activation": "relu"}
    model = keras.Sequential()
    # (batch, height, width, channels), by default (batch, 8, 8, 1)
    model.add(keras.Input(shape=input_shape))
    # (batch, 8, 8, 16)
    model.add(layers.Conv2D(16, 3, **same))
    # (batch, 8, 8, 16)
    model.add(layers.Conv2D(16, 3, **same))
    # (batch, 4, 4, 16)
    model.add(layers.MaxPooling2D(2))
    # (batch, 4, 4, 32)
    model.add(layers.Conv2D(32, 3, **same))
    # (batch, 4, 4, 32)
    model.add(layers.Conv2D(32, 3, **same))
    # (batch, 512): an average would forget where in the picture a stroke is
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.5))
    # (batch, classes)
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile(
        loss="sparse_categorical_crossentropy",
        optimizer="adam",
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
        x: Pictures, shape (samples, height, width, channels), values in
            [0, 1].
        y: Classes, shape (samples,), 0 to classes - 1.
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
        >>> x, y = np.zeros((4, 8, 8, 1)), np.array([0, 1, 2, 3])
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
    """How good is the model on pictures that it has never seen?

    Source: `keras.Model.evaluate`.

    Args:
        model: A compiled model.
        x: Pictures kept out of training, shape (samples, height, width,
            channels), values in [0, 1].
        y: Their classes, shape (samples,), 0 to classes - 1.

    Returns:
        The loss, and the accuracy: the share of right answers, in [0, 1].

    Raises:
        ValueError: If x and y are not equally long.

    Examples:
        >>> x, y = np.zeros((4, 8, 8, 1)), np.array([0, 1, 2, 3])
        >>> sorted(evaluate(build(), x, y))
        ['accuracy', 'loss']
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


if __name__ == "__main__":
    import time

    x, y = digits()
    order = np.random.default_rng(0).permutation(len(x))
    x, y = x[order], y[order]
    model = build()
    begin = time.perf_counter()
    train(model, x[:1200], y[:1200], verbose=2)
    seconds = time.perf_counter() - begin
    scores = evaluate(model, x[1200:], y[1200:])
    print(f"input shape   {x.shape[1:]}")
    print(f"epochs        10, {seconds:.1f} s")
    print(f"test accuracy {scores['accuracy']:.3f}")
    print(f"backend       {keras.backend.backend()} on {device(model)}")
