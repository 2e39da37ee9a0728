"""What does a stack of layers put out and cost, and what can reach its end?

Copy `output_size.py` with it: that knows one layer, this a stack. A stack is a
list with one dict a layer: its class's name under "layer", and the settings
that `get_config()` of a Keras layer gives. What is left out has the default of
Keras, and what decides neither shapes nor counts is ignored.

Source: Dumoulin and Visin (2016), A guide to convolution arithmetic for deep
learning, relationships 6 and 15 (sizes); Araujo, Norris and Sim (2019),
Computing Receptive Fields of Convolutional Neural Networks, equations 2 and
3 (receptive fields, and where they begin).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import reduce
from math import prod
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .output_size import Layer, output_size, receptive_field, zeros_around

Config = Mapping[str, Any]
Mask = NDArray[np.bool_]

SETTINGS = (
    *("filters", "units", "kernel_size", "pool_size", "strides", "padding"),
    *("dilation_rate", "groups", "data_format", "keepdims", "use_bias"),
    *("activation", "rate", "axis", "center", "scale"),
    *("max_value", "negative_slope", "threshold", "alpha"),
)


class Row(NamedTuple):
    """What does one layer of a stack do?

    Attributes:
        layer: Its class's name.
        shape: What it puts out, without the batch.
        parameters: Its numbers, trained or not, as `count_params()` of Keras.
        multiply_adds: Products of a weight and an input for one example,
            padding included. Pooling, activations and biases have none.
        receptive_field: Input positions, along each axis, from the first to
            the last that one output depends on, with padding counted.
        jump: Input positions between neighbouring outputs, along each axis;
            empty where outputs are no neighbours: after Flatten, global
            pooling, and in a Dense layer behind them.
    """

    layer: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    receptive_field: tuple[int, ...]
    jump: tuple[int, ...]


class Level(NamedTuple):
    """Where do a layer's positions stand over the input, and which count?

    Attributes:
        layer: Number of the layer, from 1; 0 is the input.
        name: The layer's class.
        first: Input position below the middle of the first output, an axis.
        cell: Input positions from one output to the next, an axis.
        seen: Positions that the chosen output depends on, shape (positions
            of each axis).
        reaching: Positions that the end of the stack depends on.
    """

    layer: int
    name: str
    first: tuple[float, ...]
    cell: tuple[int, ...]
    seen: Mask
    reaching: Mask


@dataclass(frozen=True)
class _Window:
    """How does a layer look at its input along one axis?"""

    layer: Layer
    inputs: int
    outputs: int
    before: int  # zeros in front

    def sources(self, outputs: Mask) -> Mask:
        """Which inputs do these outputs depend on?"""
        starts = self.layer.strides * np.flatnonzero(outputs) - self.before
        taps = np.arange(0, self.layer.span, self.layer.dilation_rate)
        places = np.add.outer(starts, taps)  # (outputs, taps)
        found = np.zeros(self.inputs, dtype=bool)
        found[places[(places >= 0) & (places < self.inputs)]] = True
        return found


@dataclass(frozen=True)
class _State:
    """What comes out of a layer, and how did it come about?"""

    sizes: tuple[int, ...]
    channels: int
    flat: bool = False
    windows: tuple[_Window, ...] = ()  # none: each output sees its own place
    parameters: int = 0
    multiply_adds: int = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape without the batch."""
        if self.flat:
            return (prod(self.sizes) * self.channels,)
        return (*self.sizes, self.channels)


def follow(input_shape: Sequence[int], layers: Sequence[Config]) -> list[Row]:
    """What does each layer of a stack put out, cost and see?

    Source: see the module.

    Args:
        input_shape: (steps, channels), (rows, columns, channels) or
            (features,), without the batch.
        layers: The stack, first layer first.

    Returns:
        One row a layer.

    Raises:
        ValueError: If the shape is another one, a layer is not known, or it
            does not fit.

    Examples:
        >>> conv = {"layer": "Conv1D", "filters": 8, "kernel_size": 3}
        >>> pool = {"layer": "MaxPooling1D", "pool_size": 3}
        >>> for row in follow((50, 1), [conv, pool]):
        ...     print(*row)
        Conv1D (48, 8) 32 1152 (3,) (1,)
        MaxPooling1D (16, 8) 0 0 (5,) (3,)
    """
    states = _walk(input_shape, layers)
    rows = []
    for number, (config, state) in enumerate(
        zip(layers, states[1:], strict=True), 1
    ):
        looks = [s.windows for s in states[: number + 1] if s.windows]
        axes = [
            receptive_field([windows[axis].layer for windows in looks])
            for axis in range(len(state.sizes))
        ]
        row = Row(
            config["layer"],
            state.shape,
            state.parameters,
            state.multiply_adds,
            tuple(field.size for field in axes),
            () if state.flat else tuple(field.jump for field in axes),
        )
        rows.append(row)
    return rows


def unreached(input_shape: Sequence[int], layers: Sequence[Config]) -> Mask:
    """Which inputs can never change the output?

    The ends of an axis that "valid" windows do not fill, and gaps between
    windows. `np.flatnonzero` or `np.argwhere` of the result lists them.

    Source: the windows of each layer, followed from the output to the input.

    Args:
        input_shape: As for `follow`.
        layers: The stack, first layer first.

    Returns:
        Whether an input position never counts, shape (positions of each
        axis of the input).

    Raises:
        ValueError: As `follow`.

    Examples:
        The 50th of 50 values, at position 49, never counts:

        >>> conv = {"layer": "Conv1D", "filters": 8, "kernel_size": 3}
        >>> pool = {"layer": "MaxPooling1D", "pool_size": 3}
        >>> stack = [conv, conv, pool, conv, conv]
        >>> np.flatnonzero(unreached((50, 1), stack))
        array([49])
    """
    states = _walk(input_shape, layers)
    return ~_back(states, len(layers))[0]


def cone(
    input_shape: Sequence[int],
    layers: Sequence[Config],
    layer: int | None = None,
    position: int | Sequence[int] | None = None,
) -> list[Level]:
    """What does one output see, layer by layer down to the input?

    Source: see the module.

    Args:
        input_shape: As for `follow`.
        layers: The stack, first layer first.
        layer: Number of the layer of that output, from 1; None: the last one
            that has more than one position.
        position: Its position, one index for each axis; None: the middle.

    Returns:
        The input, and each layer with windows of its own: `draw_reach` of
        `snippets.drawing` draws them.

    Raises:
        ValueError: As `follow`, or if there is no such layer or position.

    Examples:
        >>> conv = {"layer": "Conv1D", "filters": 8, "kernel_size": 3}
        >>> for level in cone((6, 1), [conv, conv], layer=2, position=0):
        ...     print(level.name, *np.flatnonzero(level.seen))
        input 0 1 2 3 4
        Conv1D 0 1 2
        Conv1D 0
    """
    states = _walk(input_shape, layers)
    if layer is None:
        layer = max(
            (n for n, state in enumerate(states) if prod(state.sizes) > 1),
            default=0,
        )
    if not 0 <= layer < len(states):
        raise ValueError(
            f"layer={layer}: the stack has layers 1 to {len(layers)}"
        )
    seen = _back(states, layer, _chosen(states[layer].sizes, position))
    reaching = _back(states, len(layers))
    first: tuple[float, ...] = (0,) * len(states[0].sizes)
    cell = (1,) * len(first)
    levels = [Level(0, "input", first, cell, seen[0], reaching[0])]
    for number, state in enumerate(states[1:], 1):
        if not state.windows:
            continue
        first, cell = _stand(first, cell, state.windows)
        light = np.zeros(state.sizes, dtype=bool)
        if number <= layer:
            light = seen[number]
        name = layers[number - 1]["layer"]
        levels.append(Level(number, name, first, cell, light, reaching[number]))
    return levels


def layers_of(model: Any) -> list[dict[str, Any]]:
    """Which stack is a Sequential model of Keras?

    Source: `keras.layers.Layer.get_config`.

    Args:
        model: A `keras.Sequential`, built or not.

    Returns:
        The stack, with the settings that decide shapes and counts.
    """
    return [
        {"layer": type(layer).__name__}
        | {k: v for k, v in layer.get_config().items() if k in SETTINGS}
        for layer in model.layers
    ]


def _walk(input_shape: Sequence[int], layers: Sequence[Config]) -> list[_State]:
    """Follow a stack: the input, and what each layer puts out."""
    shape = tuple(input_shape)
    if not 1 <= len(shape) <= 3 or not all(map(_is_whole, shape)):
        raise ValueError(
            f"input_shape={shape}: give (steps, channels), (rows, columns, "
            "channels) or (features,), without the batch"
        )
    flat = len(shape) == 1
    state = _State(
        shape if flat else shape[:-1], 1 if flat else shape[-1], flat
    )
    states = [state]
    for number, config in enumerate(layers, 1):
        name = config["layer"]
        try:
            states.append(_step(config, states[-1]))
        except ValueError as error:
            raise ValueError(f"layer {number}, {name}: {error}") from error
    return states


def _step(config: Config, state: _State) -> _State:
    """Put one layer on top of what came out before."""
    name = re.fullmatch(r"(.*?)(?:([12])D)?", str(config["layer"]))
    if name is None or name[1] not in _FAMILIES:
        raise ValueError("this layer is not known here: leave it out")
    for key, known in (("data_format", "channels_last"), ("groups", 1)):
        if config.get(key, known) not in (known, None):
            raise ValueError(
                f"{key}={config[key]!r} is not known: use {known!r}"
            )
    needed = {"1": "(steps, channels)", "2": "(rows, columns, channels)"}
    if name[2] and (state.flat or len(state.sizes) != int(name[2])):
        raise ValueError(f"it needs {needed[name[2]]}, and gets {state.shape}")
    bare = replace(state, windows=(), parameters=0, multiply_adds=0)
    return _FAMILIES[name[1]](config, bare)


def _convolution(config: Config, state: _State) -> _State:
    rank = len(state.sizes)
    filters = _whole(config, "filters")
    kernel = _axes(config, "kernel_size", rank)
    rates = _axes(config, "dilation_rate", rank, 1)
    strides = _axes(config, "strides", rank, 1)
    if max(strides) > 1 and max(rates) > 1:
        raise ValueError(
            f"Keras refuses strides={strides} together with "
            f"dilation_rate={rates}: one of them must be 1"
        )
    padding = config.get("padding", "valid")
    if padding == "causal" and rank == 2:
        raise ValueError("padding='causal' is for Conv1D alone")
    settings = zip(kernel, strides, rates, strict=True)
    looked = _look(state, [Layer(k, s, padding, d) for k, s, d in settings])
    weights = prod(kernel) * state.channels * filters
    return replace(
        looked,
        channels=filters,
        parameters=weights + filters * config.get("use_bias", True),
        multiply_adds=weights * prod(looked.sizes),
    )


def _pooling(config: Config, state: _State) -> _State:
    rank = len(state.sizes)
    size = strides = _axes(config, "pool_size", rank, 2)
    if config.get("strides") is not None:
        strides = _axes(config, "strides", rank)
    padding = config.get("padding", "valid")
    if padding == "causal":
        raise ValueError("padding='causal' is for Conv1D alone")
    settings = zip(size, strides, strict=True)
    return _look(state, [Layer(k, s, padding) for k, s in settings])


def _global(config: Config, state: _State) -> _State:
    return replace(_look_at_all(state), flat=not config.get("keepdims", False))


def _zeros(config: Config, state: _State) -> _State:
    pads = np.array(config.get("padding", 1))
    if pads.dtype.kind != "i" or pads.min() < 0:
        raise ValueError(
            f"padding={config['padding']}: give whole numbers from 0 up"
        )
    if pads.ndim == 1 and len(state.sizes) == 2:
        pads = pads[:, None]  # one number for both ends of an axis
    pads = np.broadcast_to(pads, (len(state.sizes), 2)).tolist()
    windows = tuple(
        _Window(Layer(1), n, before + n + after, before)
        for n, (before, after) in zip(state.sizes, pads, strict=True)
    )
    return replace(
        state, sizes=tuple(w.outputs for w in windows), windows=windows
    )


def _flatten(config: Config, state: _State) -> _State:
    return replace(state, flat=True)


def _dense(config: Config, state: _State) -> _State:
    units, [*places, inputs] = _whole(config, "units"), state.shape
    looked = _look_at_all(state) if state.flat else state
    return replace(
        looked,
        channels=units,
        parameters=(inputs + config.get("use_bias", True)) * units,
        multiply_adds=prod(places) * inputs * units,
    )


def _normalisation(config: Config, state: _State) -> _State:
    if config.get("axis", -1) not in (-1, len(state.shape)):
        raise ValueError(f"axis={config['axis']}: give -1, the channels")
    learned = config.get("center", True) + config.get("scale", True)
    return replace(state, parameters=(2 + learned) * state.shape[-1])


def _pointwise(config: Config, state: _State) -> _State:
    return state


_FAMILIES: dict[str, Callable[[Config, _State], _State]] = {
    "Conv": _convolution,
    "MaxPooling": _pooling,
    "AveragePooling": _pooling,
    "GlobalMaxPooling": _global,
    "GlobalAveragePooling": _global,
    "ZeroPadding": _zeros,
    "Flatten": _flatten,
    "Dense": _dense,
    "BatchNormalization": _normalisation,
    "Activation": _pointwise,
    "Dropout": _pointwise,
    "ELU": _pointwise,
    "Identity": _pointwise,
    "LeakyReLU": _pointwise,
    "ReLU": _pointwise,
    "Softmax": _pointwise,
    "SpatialDropout": _pointwise,
}


def _look(state: _State, layers: Sequence[Layer]) -> _State:
    """Slide one window along each axis."""
    windows = []
    for size, layer in zip(state.sizes, layers, strict=True):
        k, s, padding, d = astuple(layer)
        count = output_size(
            size, k, strides=s, padding=padding, dilation_rate=d
        )
        windows.append(
            _Window(layer, size, count, zeros_around(size, layer)[0])
        )
    return replace(
        state,
        sizes=tuple(window.outputs for window in windows),
        windows=tuple(windows),
    )


def _look_at_all(state: _State) -> _State:
    """Look at all positions at once."""
    if prod(state.sizes) == 1:
        return state
    windows = tuple(_Window(Layer(n), n, 1, 0) for n in state.sizes)
    return replace(state, sizes=(1,) * len(windows), windows=windows)


def _back(
    states: Sequence[_State], last: int, outputs: Sequence[Mask] = ()
) -> list[Mask]:
    """Follow outputs of a layer (none given: all) down to the input."""
    axes = list(outputs) or [np.ones(n, dtype=bool) for n in states[last].sizes]
    found = [_outer(axes)]
    for state in reversed(states[1 : last + 1]):
        if state.windows:
            looks = zip(state.windows, axes, strict=True)
            axes = [window.sources(mask) for window, mask in looks]
        found.append(_outer(axes))
    return found[::-1]


def _outer(axes: Sequence[Mask]) -> Mask:
    """Combine what holds along each axis to what holds at each position."""
    result: Mask = reduce(np.logical_and.outer, axes)
    return result


def _chosen(
    sizes: tuple[int, ...], position: int | Sequence[int] | None
) -> list[Mask]:
    """Mark one position, along each axis."""
    if position is None:
        position = [size // 2 for size in sizes]
    places = np.atleast_1d(position).tolist()
    if len(places) != len(sizes) or not all(
        0 <= place < size for place, size in zip(places, sizes, strict=True)
    ):
        raise ValueError(
            f"position={position}: the layer has {sizes} positions"
        )
    pairs = zip(sizes, places, strict=True)
    return [np.arange(size) == place for size, place in pairs]


def _stand(
    first: tuple[float, ...],
    cell: tuple[int, ...],
    windows: tuple[_Window, ...],
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Where do a layer's outputs stand, if its inputs stand there?"""
    firsts, cells = [], []
    for f, c, window in zip(first, cell, windows, strict=True):
        middle, width = (window.layer.span - 1) / 2, window.layer.strides
        if window.layer.padding == "causal":
            middle *= 2  # it stands below the last value that it sees
        elif window.outputs == 1:
            width = min(window.layer.span, window.inputs)
        firsts.append(f + c * (middle - window.before))
        cells.append(c * width)
    return tuple(firsts), tuple(cells)


def _axes(
    config: Config, key: str, rank: int, default: int | None = None
) -> tuple[int, ...]:
    """Read a setting that has one number for each axis."""
    value = config.get(key, default)
    values = tuple(value) if isinstance(value, Sequence) else (value,) * rank
    if len(values) != rank or not all(map(_is_whole, values)):
        raise ValueError(
            f"{key}={value!r}: give a whole number from 1 up for each axis"
        )
    return values


def _whole(config: Config, key: str) -> int:
    return _axes(config, key, 1)[0]


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and int(value) > 0
