"""How long is a layer's output, and which inputs can reach it?

Source: Dumoulin and Visin (2016), A guide to convolution arithmetic for deep
learning, relationships 6 and 15 (sizes); Araujo, Norris and Sim (2019),
Computing Receptive Fields of Convolutional Neural Networks, equation 2
(receptive fields).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import NamedTuple


@dataclass(frozen=True)
class Layer:
    """Which settings of a layer decide sizes and receptive fields?

    A pooling layer with pool_size=3 is `Layer(3, strides=3)`.

    Source: the arguments of `keras.layers.Conv1D`.

    Attributes:
        kernel_size: Weights, or pooled cells, in a window, at least 1.
        strides: Positions from one window to the next, at least 1.
        padding: "valid", "same" or "causal", in any case.
        dilation_rate: Positions between neighbouring weights, at least 1.
    """

    kernel_size: int
    strides: int = 1
    padding: str = "valid"
    dilation_rate: int = 1

    @property
    def span(self) -> int:
        """The positions from a window's first weight to its last."""
        return self.dilation_rate * (self.kernel_size - 1) + 1


class ReceptiveField(NamedTuple):
    """How far does one output see, and how far apart do two outputs look?

    Attributes:
        size: Input positions from the first to the last that one output
            position depends on.
        jump: Input positions between the centres of neighbouring outputs.
    """

    size: int
    jump: int


def output_size(
    size: int,
    kernel_size: int,
    *,
    strides: int = 1,
    padding: str = "valid",
    dilation_rate: int = 1,
) -> int:
    """How many positions does a convolution or pooling layer put out?

    Source: Dumoulin and Visin (2016), relationship 15; "same" and "causal"
    as in Keras.

    Args:
        size: Input positions along one axis, at least 1.
        kernel_size: Weights, or pooled cells, in a window, at least 1.
        strides: Positions from one window to the next, at least 1.
        padding: "valid", "same" or "causal", in any case.
        dilation_rate: Positions between neighbouring weights, at least 1.

    Returns:
        Output positions along that axis, at least 1.

    Raises:
        ValueError: If an argument is out of its range, or the input is too
            short for one window.

    Examples:
        >>> output_size(64, 3)
        62
        >>> output_size(62, 3, strides=3)  # the last two are dropped
        20
        >>> output_size(62, 3, strides=3, padding="same")
        21
    """
    layer = Layer(kernel_size, strides, padding, dilation_rate)
    before, after = zeros_around(size, layer)
    return (before + size + after - layer.span) // strides + 1


def layer_sizes(size: int, layers: Sequence[Layer]) -> list[int]:
    """How does the size change from layer to layer?

    Source: relationship 15 of Dumoulin and Visin (2016), layer by layer.

    Args:
        size: Input positions along one axis, at least 1.
        layers: The stack, first layer first.

    Returns:
        The size before the first layer and after each one.

    Raises:
        ValueError: If a layer's input is too short for it, or one of its
            arguments is out of its range.

    Examples:
        >>> conv, pool = Layer(3), Layer(3, strides=3)
        >>> layer_sizes(64, [conv, conv, pool, conv, conv])
        [64, 62, 60, 20, 18, 16]
    """
    sizes = [size]
    for layer in layers:
        length = output_size(
            sizes[-1],
            layer.kernel_size,
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
        )
        sizes.append(length)
    return sizes


def receptive_field(layers: Sequence[Layer]) -> ReceptiveField:
    """How much of the input does one output position see?

    Source: Araujo, Norris and Sim (2019), equation 2.

    Args:
        layers: The stack, first layer first.

    Returns:
        Size and jump, in input positions, with padding counted as input.

    Raises:
        ValueError: If an argument of a layer is out of its range.

    Examples:
        >>> conv, pool = Layer(3), Layer(3, strides=3)
        >>> receptive_field([conv, conv, pool, conv, conv])
        ReceptiveField(size=19, jump=3)
    """
    size = jump = 1
    for layer in layers:
        _check(layer)
        size += (layer.span - 1) * jump
        jump *= layer.strides
    return ReceptiveField(size, jump)


def reached(size: int, layers: Sequence[Layer]) -> list[int]:
    """Which input positions can reach the output at all?

    What is missing from the list can never change the network's answer: the
    end of an input that "valid" windows do not fill, or gaps between windows.

    Source: the windows of each layer, followed from the output to the input.

    Args:
        size: Input positions along one axis, at least 1.
        layers: The stack, first layer first.

    Returns:
        The positions, counted from 0, in order.

    Raises:
        ValueError: If a layer's input is too short for it, or one of its
            arguments is out of its range.

    Examples:
        The 50th of 50 values, at position 49, never counts:

        >>> conv, pool = Layer(3), Layer(3, strides=3)
        >>> reached(50, [conv, conv, pool, conv, conv]) == list(range(49))
        True
    """
    *sizes, outputs = layer_sizes(size, layers)
    alive = set(range(outputs))
    for size, layer in zip(reversed(sizes), reversed(layers), strict=True):
        before, _ = zeros_around(size, layer)
        alive = {
            position * layer.strides + offset - before
            for position in alive
            for offset in range(0, layer.span, layer.dilation_rate)
        } & set(range(size))  # the rest is padding
    return sorted(alive)


def zeros_around(size: int, layer: Layer) -> tuple[int, int]:
    """How many zeros does Keras put before and after the input?

    Args:
        size: Positions of the input along the axis.
        layer: The layer's settings along the axis.

    Returns:
        Zeros before the first position, and after the last.

    Raises:
        ValueError: If the layer refuses the input, or a setting is not valid.
    """
    _check(layer)
    if not isinstance(size, Integral) or size < 1:
        raise ValueError(f"size must be a positive integer, got {size!r}")
    mode = layer.padding.lower()
    if mode == "causal":
        return layer.span - 1, 0
    if mode == "same":
        # ceil(size / strides) windows, at 0, strides, 2 strides, ...
        last = (-(-size // layer.strides) - 1) * layer.strides
        missing = max(last + layer.span - size, 0)
        return missing // 2, missing - missing // 2
    if size < layer.span:
        raise ValueError(
            f"size {size} is too small: a window of {layer.kernel_size} with "
            f"dilation_rate {layer.dilation_rate} spans {layer.span}"
        )
    return 0, 0


def _check(layer: Layer) -> None:
    for name in ("kernel_size", "strides", "dilation_rate"):
        value = getattr(layer, name)
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(
                f"{name} must be a positive integer, got {value!r}"
            )
    allowed = ("valid", "same", "causal")
    if str(layer.padding).lower() not in allowed:
        raise ValueError(
            f"padding must be one of {allowed}, got {layer.padding!r}"
        )
