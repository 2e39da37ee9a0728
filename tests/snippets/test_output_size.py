"""Sizes are those of Keras; what reaches the output is what really changes it."""

import itertools

import keras
import numpy as np
import pytest

from snippets.convolution import conv1d
from snippets.output_size import Layer, layer_sizes, output_size, reached, receptive_field

CONV, POOL = Layer(3), Layer(3, strides=3)
SEED = [CONV, CONV, POOL, CONV, CONV]
STACKS = [
    SEED,
    [CONV],
    [Layer(2, strides=5)],
    [Layer(3, dilation_rate=4)],
    [Layer(3, 1, "causal", 1), Layer(3, 1, "causal", 2), Layer(3, 1, "causal", 4)],
    [Layer(4, 2, "same"), Layer(3, 1, "valid", 2), Layer(2, 3, "SAME")],
    [Layer(1, strides=2), Layer(3)],
    [],
]


@pytest.mark.parametrize("padding", ["valid", "same", "causal", "SAME"])
def test_the_size_is_the_one_that_keras_computes(padding):
    compared = 0
    for size, kernel, stride, rate in itertools.product(
        range(1, 20), range(1, 6), range(1, 5), range(1, 4)
    ):
        if stride > 1 and rate > 1:
            continue  # Keras's layers refuse both; plain counting below does not
        layer = keras.layers.Conv1D(1, kernel, stride, padding, dilation_rate=rate)
        settings = {"strides": stride, "padding": padding, "dilation_rate": rate}
        try:
            expected = layer.compute_output_shape((1, size, 1))[1]
        except ValueError:
            with pytest.raises(ValueError, match=f"size {size} is too small"):
                output_size(size, kernel, **settings)
            continue
        assert output_size(size, kernel, **settings) == expected
        compared += 1
    assert compared > 400


def test_valid_windows_are_counted_one_by_one():
    for size, kernel, stride, rate in itertools.product(
        range(1, 20), range(1, 5), range(1, 5), range(1, 4)
    ):
        span = rate * (kernel - 1) + 1
        windows = len(range(0, size - span + 1, stride))
        if windows:
            assert output_size(size, kernel, strides=stride, dilation_rate=rate) == windows


def test_the_sizes_of_the_network_for_sequences_are_those_worked_by_hand():
    assert layer_sizes(64, SEED) == [64, 62, 60, 20, 18, 16]
    assert layer_sizes(50, SEED) == [50, 48, 46, 15, 13, 11]
    assert layer_sizes(50, []) == [50]


def test_the_receptive_field_is_the_one_worked_by_hand():
    assert receptive_field(SEED) == (19, 3)
    assert receptive_field([CONV] * 4) == (9, 1)
    assert receptive_field([Layer(2, 2)] * 3) == (8, 8)
    assert receptive_field([Layer(2, 1, "causal", 2**n) for n in range(10)]) == (1024, 1)
    assert receptive_field([]) == (1, 1)


@pytest.mark.parametrize("size", [40, 50, 64])
@pytest.mark.parametrize("stack", STACKS)
def test_what_is_reached_is_what_changes_the_output(stack, size):
    # one impulse a row, weights of one: an output is zero unless the impulse reaches it
    x = np.eye(size)[:, :, None]
    for layer in stack:
        kernel = np.ones((layer.kernel_size, 1, 1))
        x = conv1d(
            x,
            kernel,
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
        )
    assert reached(size, stack) == np.flatnonzero(x.sum(axis=(1, 2))).tolist()
    assert layer_sizes(size, stack)[-1] == x.shape[1]


@pytest.mark.parametrize("stack", STACKS)
def test_the_receptive_field_is_what_one_output_in_the_middle_sees(stack):
    size, jump = receptive_field(stack)
    x = np.eye(200)[:, :, None]
    for layer in stack:
        x = conv1d(
            x,
            np.ones((layer.kernel_size, 1, 1)),
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
        )
    middle = x.shape[1] // 2
    seen, next_seen = (np.flatnonzero(x[:, at, 0]) for at in (middle, middle + 1))
    assert seen[-1] - seen[0] + 1 == size
    assert next_seen[0] - seen[0] == jump


def test_the_last_of_fifty_values_never_reaches_the_output():
    assert reached(50, SEED) == list(range(49))
    assert reached(64, SEED) == list(range(64))


def test_a_stride_longer_than_the_window_leaves_gaps():
    assert reached(10, [Layer(1, strides=4)]) == [0, 4, 8]


def test_keras_agrees_that_the_fiftieth_value_changes_nothing():
    keras.utils.set_random_seed(0)  # with some weights the pooling takes other values anyway
    model = keras.Sequential(
        [
            keras.Input((50, 1)),
            *[keras.layers.Conv1D(4, 3) for _ in range(2)],
            keras.layers.MaxPooling1D(3),
            *[keras.layers.Conv1D(4, 3) for _ in range(2)],
        ]
    )
    x = np.random.default_rng(0).normal(size=(1, 50, 1)).astype("float32")
    last, one_before = x.copy(), x.copy()
    last[0, 49] += 100
    one_before[0, 48] += 100
    base, same, other = (np.asarray(model(data)) for data in (x, last, one_before))
    assert np.array_equal(base, same)
    assert not np.array_equal(base, other)


@pytest.mark.parametrize(
    ("message", "arguments", "settings"),
    [
        ("size must be a positive integer, got 0", (0, 3), {"padding": "same"}),
        ("size must be a positive integer, got 6.0", (6.0, 3), {}),
        ("kernel_size must be a positive integer, got 0", (6, 0), {}),
        ("strides must be a positive integer, got -1", (6, 3), {"strides": -1}),
        ("dilation_rate must be a positive integer, got 0.5", (6, 3), {"dilation_rate": 0.5}),
        (r"padding must be one of .*, got 'full'", (6, 3), {"padding": "full"}),
        ("size 6 is too small: a window of 3 .* spans 7", (6, 3), {"dilation_rate": 3}),
    ],
)
def test_what_does_not_fit_is_named(message, arguments, settings):
    with pytest.raises(ValueError, match=message):
        output_size(*arguments, **settings)
    size, kernel = arguments
    for function in (layer_sizes, reached):
        with pytest.raises(ValueError, match=message):
            function(size, [Layer(kernel, **settings)])


def test_a_stack_that_is_too_long_and_a_bad_layer_are_named():
    with pytest.raises(ValueError, match="size 1 is too small"):
        layer_sizes(7, SEED)
    with pytest.raises(ValueError, match="strides must be a positive integer, got 0"):
        receptive_field([CONV, Layer(3, strides=0)])


def test_numpy_integers_are_integers():
    assert output_size(np.int64(9), np.int64(3), strides=np.int32(2)) == 4
