"""Which part of a picture made the network answer so?

Grad-CAM asks the slopes of a score, occlusion hides one square after another.
Both give a map, large where the picture counts. `share_inside` scores a map
where one knows what should count.

Source: Selvaraju and others (2017), Grad-CAM; Zeiler and Fergus (2014),
Visualizing and Understanding Convolutional Networks; Wang and others (2020),
Score-CAM, section 4.3.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def score_model(model: keras.Model, layer: str) -> keras.Model:
    """How does one look at the maps of a layer and at the scores at once?

    A score is what the last layer has before its softmax or sigmoid. Behind
    them the slopes of a sure answer are 0, however it came about.

    Source: Selvaraju and others (2017), section 3: "before the softmax".

    Args:
        model: A functional model, or a Sequential that knows its input; its
            last layer is Dense, Activation or Softmax.
        layer: Name of the layer to look at.

    Returns:
        A model with the same weights and two outputs: the maps of the layer
        and the scores, shape (batch, classes).

    Raises:
        ValueError: If the model does not know its input, has no layer of that
            name, or ends in another kind of layer.

    Examples:
        >>> image = keras.Input((6, 6, 1))
        >>> maps = layers.Conv2D(2, 3, name="conv")(image)
        >>> answer = layers.Dense(3, "softmax")(layers.Flatten()(maps))
        >>> both = score_model(keras.Model(image, answer), "conv")
        >>> [output.shape for output in both.outputs]
        [(None, 4, 4, 2), (None, 3)]
    """
    if not model.built:  # layers without tensors that connect them
        raise ValueError(
            f"model {model.name!r} does not know its input: begin it with "
            "keras.Input(shape)"
        )
    last = model.layers[-1]
    if isinstance(last, layers.Dense):
        linear = layers.Dense(last.units, use_bias=last.use_bias)
        # (batch, features) -> (batch, classes)
        scores = linear(last.input)
        linear.set_weights(last.get_weights())
    elif isinstance(last, (layers.Activation, layers.Softmax)):
        scores = last.input
    else:
        raise ValueError(
            f"the last layer is {type(last).__name__}: end the model in Dense, "
            "Activation or Softmax"
        )
    return keras.Model(model.inputs, [model.get_layer(layer).output, scores])


def grad_cam(
    model: keras.Model, x: ArrayLike, layer: str, classes: ArrayLike
) -> Array:
    """Where do the maps speak for a class?

    The weight of a map is the mean slope of the score in its numbers. The
    weighted sum of the maps is kept where it is positive.

    Source: Selvaraju and others (2017), equations 1 and 2. Needs Keras on
    TensorFlow, whose tape knows slopes.

    Args:
        model: As for `score_model`.
        x: Pictures, shape (batch, height, width, channels).
        layer: Name of a layer that gives maps, such as the last convolution.
        classes: For each picture the class that is asked about, (batch,).

    Returns:
        For each picture a map, shape (batch, rows, columns) as in the layer,
        values from 0 up.

    Raises:
        ValueError: As `score_model`; if there is not one class for each
            picture; or if the layer does not give maps.

    Examples:
        One filter copies the picture, and the score adds up its numbers:

        >>> image = keras.Input((2, 2, 1))
        >>> ones = {"kernel_initializer": "ones"}
        >>> maps = layers.Conv2D(1, 1, name="conv", **ones)(image)
        >>> score = layers.Dense(1, **ones)(layers.Flatten()(maps))
        >>> model = keras.Model(image, score)
        >>> grad_cam(model, [[[[3], [0]], [[-1], [2]]]], "conv", [0])
        array([[[3., 0.],
                [0., 2.]]])
    """
    import tensorflow as tf

    pictures, chosen = _pairs(x, classes)
    both = score_model(model, layer)
    if len(both.outputs[0].shape) != 4:
        raise ValueError(
            f"layer {layer!r} gives {both.outputs[0].shape}: choose one that "
            "gives maps, (batch, rows, columns, filters)"
        )
    start = tf.convert_to_tensor(pictures, dtype=model.inputs[0].dtype)
    with tf.GradientTape() as tape:
        tape.watch(start)
        maps, scores = both(start)
        # (batch, classes) -> (batch,)
        asked = tf.gather(scores, chosen, batch_dims=1)
    slopes = np.asarray(tape.gradient(asked, maps), float)
    # (batch, rows, columns, filters) -> (batch, 1, 1, filters)
    weights = slopes.mean(axis=(1, 2), keepdims=True)
    # -> (batch, rows, columns)
    total = (weights * np.asarray(maps, float)).sum(axis=-1)
    heat: Array = np.maximum(total, 0)
    return heat


def occlusion(
    answer: Callable[[NDArray[Any]], Any],
    x: ArrayLike,
    classes: ArrayLike,
    *,
    size: int = 4,
    stride: int = 2,
    fill: float = 0.0,
) -> Array:
    """How much does the answer lose when a part of the picture is hidden?

    Source: Zeiler and Fergus (2014), section 4.2.

    Args:
        answer: Gives scores or probabilities, shape (batch, classes), of
            pictures; a model will do.
        x: Pictures, shape (batch, height, width, channels).
        classes: For each picture the class that is asked about, (batch,).
        size: Height and width of the square that hides, in pixels.
        stride: Pixels from one square to the next; squares must reach all
            edges.
        fill: What stands in the square, as in an empty part of x.

    Returns:
        For each pixel what the answer loses, mean of all squares that hide
        it, shape (batch, height, width). Negative where hiding helps.

    Raises:
        ValueError: If there is not one class for each picture, or if squares
            of this size and stride leave pixels out.

    Examples:
        A "network" that adds up the upper row:

        >>> x = np.array([[5, 1], [7, 2]]).reshape(1, 2, 2, 1)
        >>> def answer(x):
        ...     return x[:, 0].sum(axis=1)
        >>> occlusion(answer, x, [0], size=1, stride=1)
        array([[[5., 1.],
                [0., 0.]]])
    """
    pictures, chosen = _pairs(x, classes)
    height, width = pictures.shape[1:3]
    fits = 0 < stride <= size <= min(height, width)
    if not fits or any((side - size) % stride for side in (height, width)):
        raise ValueError(
            f"size={size}, stride={stride} leave pixels of {height} x {width} "
            "out: take a stride up to size that divides height - size and "
            "width - size"
        )

    def asked(shown: NDArray[Any]) -> Array:
        scores = keras.ops.convert_to_numpy(answer(shown))
        # (batch, classes) -> (batch,)
        return np.asarray(scores[np.arange(len(shown)), chosen], float)

    whole = asked(pictures)
    lost, times = np.zeros(pictures.shape[:3]), np.zeros((height, width))
    for top in range(0, height - size + 1, stride):
        for left in range(0, width - size + 1, stride):
            square = (slice(top, top + size), slice(left, left + size))
            hidden = pictures.copy()
            hidden[:, *square] = fill
            lost[:, *square] += (whole - asked(hidden))[:, None, None]
            times[square] += 1
    return lost / times


def enlarge(maps: ArrayLike, shape: tuple[int, int]) -> Array:
    """How does a small map come to lie over its picture?

    Source: Selvaraju and others (2017), section 3; bilinear, as there.

    Args:
        maps: Shape (batch, rows, columns).
        shape: Height and width of the pictures.

    Returns:
        The maps, shape (batch, height, width).

    Examples:
        >>> enlarge([[[0, 4]]], (1, 4))
        array([[[0., 1., 3., 4.]]])
    """
    # (batch, rows, columns) -> (batch, rows, columns, 1), as images are
    small = np.asarray(maps, "float32")[..., np.newaxis]
    large = keras.ops.image.resize(
        small, shape, interpolation="bilinear", data_format="channels_last"
    )
    return np.asarray(keras.ops.convert_to_numpy(large)[..., 0], float)


def share_inside(maps: ArrayLike, inside: ArrayLike) -> Array:
    """What share of a map lies where it should?

    A map that knows nothing has the share of the area: compare with
    `inside.mean()`.

    Source: Wang and others (2020), section 4.3, there for boxes around
    objects. Negative numbers count as 0.

    Args:
        maps: Shape (batch, height, width).
        inside: True where the object is, same shape.

    Returns:
        One share for each map, shape (batch,), in [0, 1]; 0 for an empty map,
        since it points nowhere.

    Raises:
        ValueError: If the two have different shapes.

    Examples:
        >>> share_inside([[[3, 1], [-5, 0]]], [[[True, False], [True, False]]])
        array([0.75])
    """
    mass, within = np.maximum(np.asarray(maps, float), 0), np.asarray(inside)
    if mass.shape != within.shape:
        raise ValueError(
            f"maps of shape {mass.shape} and inside of {within.shape}: enlarge "
            "the maps to the pictures first"
        )
    # (batch, height, width) -> (batch,)
    total, part = mass.sum(axis=(1, 2)), (mass * within).sum(axis=(1, 2))
    shares: Array = np.zeros_like(total)
    np.divide(part, total, out=shares, where=total > 0)
    return shares


def _pairs(x: ArrayLike, classes: ArrayLike) -> tuple[NDArray[Any], Any]:
    """Check that each picture has its class."""
    pictures, chosen = np.asarray(x), np.asarray(classes)
    if pictures.ndim != 4 or chosen.shape != (len(pictures),):
        raise ValueError(
            f"x of shape {pictures.shape} and classes of {chosen.shape}: give "
            "(batch, height, width, channels), and one class for each picture"
        )
    return pictures, chosen
