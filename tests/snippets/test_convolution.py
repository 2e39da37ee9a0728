"""The NumPy convolutions compute what Keras, SciPy and plain loops compute."""

import itertools

import keras
import numpy as np
import pytest
from scipy import signal

from snippets.convolution import conv1d, conv2d

# Sums of at most a hundred products of numbers near 1, in float64: only their order differs.
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def padded(size, span, stride, padding):
    """The zeros before and after one axis, from Keras's documented rules."""
    if padding == "causal":
        return span - 1, 0
    if padding == "valid":
        return 0, 0
    total = 0
    while (size + total - span) // stride + 1 < -(-size // stride):
        total += 1
    return total // 2, total - total // 2


def loops(x, kernel, strides, padding, dilation, groups):
    """The 2D convolution, one multiplication at a time."""
    batch, height, width, channels = x.shape
    rows, columns, depth, filters = kernel.shape
    span = dilation[0] * (rows - 1) + 1, dilation[1] * (columns - 1) + 1
    top, bottom = padded(height, span[0], strides[0], padding)
    left, right = padded(width, span[1], strides[1], padding)
    big = np.zeros((batch, top + height + bottom, left + width + right, channels))
    big[:, top : top + height, left : left + width] = x
    high = (big.shape[1] - span[0]) // strides[0] + 1
    wide = (big.shape[2] - span[1]) // strides[1] + 1
    maps = np.zeros((batch, high, wide, filters))
    for place in itertools.product(*map(range, maps.shape)):
        image, i, j, f = place
        first = f // (filters // groups) * depth
        for a, b, c in itertools.product(range(rows), range(columns), range(depth)):
            row, column = i * strides[0] + a * dilation[0], j * strides[1] + b * dilation[1]
            maps[place] += big[image, row, column, first + c] * kernel[a, b, c, f]
    return maps


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 2), (1, 3)])
@pytest.mark.parametrize("strides", [(1, 1), (2, 2), (3, 1), (2, 4)])
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 3), (2, 3)])
def test_conv2d_equals_plain_loops(size, strides, dilation, padding):
    for (height, width), (channels, filters, groups) in itertools.product(
        [(7, 8), (5, 7)], [(1, 1, 1), (2, 3, 1), (4, 2, 2), (2, 4, 2)]
    ):
        x = numbers(2, height, width, channels)
        kernel = numbers(*size, channels // groups, filters, seed=1)
        found = conv2d(
            x, kernel, strides=strides, padding=padding, dilation_rate=dilation, groups=groups
        )
        expected = loops(x, kernel, strides, padding, dilation, groups)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, **CLOSE)


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3, 5])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_conv1d_equals_plain_loops(size, stride, dilation, padding):
    for steps, (channels, filters, groups) in itertools.product(
        [10, 11, 13], [(1, 1, 1), (3, 2, 1), (4, 6, 2)]
    ):
        x = numbers(2, steps, channels)
        kernel = numbers(size, channels // groups, filters, seed=1)
        found = conv1d(
            x, kernel, strides=stride, padding=padding, dilation_rate=dilation, groups=groups
        )
        # a sequence is a picture of width 1: no padding is ever added across it
        expected = loops(
            x[:, :, None], kernel[:, None], (stride, 1), padding, (dilation, 1), groups
        )
        np.testing.assert_allclose(found, expected[:, :, 0], **CLOSE)


SETTINGS = [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)]  # Keras refuses both above 1


@pytest.mark.parametrize("padding", ["valid", "SAME"])
@pytest.mark.parametrize(("stride", "dilation"), [*SETTINGS, ((2, 3), 1), (1, (3, 2))])
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 3), (5, 5), (2, 4)])
def test_conv2d_equals_keras(size, stride, dilation, padding):
    x = numbers(2, 13, 14, 3).astype("float32")
    layer = keras.layers.Conv2D(
        4, size, stride, padding, dilation_rate=dilation, bias_initializer="normal"
    )
    expected = np.asarray(layer(x))
    kernel, bias = (np.asarray(weight) for weight in layer.get_weights())
    found = conv2d(x, kernel, bias, strides=stride, padding=padding, dilation_rate=dilation)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    # float32 keeps 7 digits; up to 75 products are added
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("padding", ["valid", "same", "Causal"])
@pytest.mark.parametrize(("stride", "dilation"), SETTINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_conv1d_equals_keras(size, stride, dilation, padding):
    for steps in (13, 18):
        x = numbers(2, steps, 3).astype("float32")
        layer = keras.layers.Conv1D(
            4, size, stride, padding, dilation_rate=dilation, bias_initializer="normal"
        )
        expected = np.asarray(layer(x))
        kernel, bias = (np.asarray(weight) for weight in layer.get_weights())
        found = conv1d(x, kernel, bias, strides=stride, padding=padding, dilation_rate=dilation)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("groups", [2, 4])
def test_groups_mean_what_they_mean_in_keras(groups):
    x = numbers(2, 6, 7, 4)
    kernel = numbers(3, 3, 4 // groups, 8)
    expected = np.asarray(keras.ops.conv(x, kernel))
    np.testing.assert_allclose(conv2d(x, kernel, groups=groups), expected, **CLOSE)


def test_as_many_groups_as_channels_is_a_depthwise_convolution():
    x, kernel = numbers(2, 6, 7, 3), numbers(3, 3, 3, 1)
    expected = np.asarray(keras.ops.depthwise_conv(x, kernel))
    found = conv2d(x, kernel.reshape(3, 3, 1, 3), groups=3)
    np.testing.assert_allclose(found, expected, **CLOSE)


@pytest.mark.parametrize("mode", ["valid", "same"])
def test_one_channel_is_scipys_correlation_and_not_its_convolution(mode):
    x, kernel = numbers(9, 11), numbers(3, 5)
    found = conv2d(x[None, :, :, None], kernel[:, :, None, None], padding=mode)[0, :, :, 0]
    np.testing.assert_allclose(found, signal.correlate2d(x, kernel, mode), **CLOSE)
    assert not np.allclose(found, signal.convolve2d(x, kernel, mode))


def test_the_five_by_five_picture_gives_the_map_worked_by_hand():
    picture = np.array(
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    )
    cross = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    found = conv2d(picture[None, :, :, None], cross[:, :, None, None])
    assert found[0, :, :, 0].tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    assert found.dtype == np.int64


def test_same_padding_puts_the_odd_zero_at_the_end():
    x = np.array([1, 2, 4, 8]).reshape(1, 4, 1)
    ones = np.ones((2, 1, 1), dtype=int)
    assert conv1d(x, ones, padding="same")[0, :, 0].tolist() == [3, 6, 12, 8]


def test_a_causal_output_never_sees_later_input():
    kernel = numbers(3, 2, 4)
    x, changed = numbers(1, 12, 2), numbers(1, 12, 2)
    changed[:, 7:] += 1
    settings = {"padding": "causal", "dilation_rate": 2}
    before, after = conv1d(x, kernel, **settings), conv1d(changed, kernel, **settings)
    assert before.shape == (1, 12, 4)
    assert np.array_equal(before[:, :7], after[:, :7])
    assert (before[:, 7:] != after[:, 7:]).all()


def test_stride_and_dilation_together_are_every_nth_dilated_output():
    x, kernel = numbers(1, 17, 18, 2), numbers(3, 3, 2, 2)
    found = conv2d(x, kernel, strides=(2, 3), dilation_rate=2)
    every = conv2d(x, kernel, dilation_rate=2)
    np.testing.assert_allclose(found, every[:, ::2, ::3], **CLOSE)


def test_a_shifted_picture_gives_a_shifted_map():
    x, kernel = numbers(1, 12, 12, 2), numbers(3, 3, 2, 4)
    shifted = conv2d(np.roll(x, (1, 2), axis=(1, 2)), kernel)
    np.testing.assert_allclose(shifted[:, 1:, 2:], conv2d(x, kernel)[:, :-1, :-2], **CLOSE)


def test_a_convolution_is_linear():
    x, y, kernel = numbers(2, 8, 3), numbers(2, 8, 3, seed=1), numbers(3, 3, 4)
    found = conv1d(2 * x - 3 * y, kernel, padding="same")
    parts = 2 * conv1d(x, kernel, padding="same") - 3 * conv1d(y, kernel, padding="same")
    np.testing.assert_allclose(found, parts, **CLOSE)


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8", "float16", "float32", "float64"])
def test_the_dtype_of_the_input_stays(dtype):
    x, kernel = np.ones((1, 4, 1), dtype), np.ones((2, 1, 1), dtype)
    found = conv1d(x, kernel, np.ones(1, dtype))
    assert found.dtype == dtype
    assert found[0, :, 0].tolist() == [3, 3, 3]


def test_mixed_dtypes_follow_numpy_and_lists_are_taken():
    assert conv1d([[[1], [2]]], [[[1]]]).dtype == np.int64
    assert conv1d(np.ones((1, 2, 1), "uint8"), np.ones((1, 1, 1), "float32")).dtype == "float32"
    assert conv1d(np.ones((1, 2, 1), bool), np.ones((1, 1, 1), int))[0, 0, 0] == 1


def test_an_empty_batch_gives_an_empty_batch():
    assert conv1d(np.ones((0, 5, 2)), np.ones((3, 2, 4))).shape == (0, 3, 4)
    x, kernel = np.ones((0, 5, 6, 2)), np.ones((3, 3, 1, 4))
    found = conv2d(x, kernel, np.ones(4), strides=2, padding="same", groups=2)
    assert found.shape == (0, 3, 3, 4)


def test_the_input_is_left_alone():
    x, kernel, bias = numbers(1, 5, 5, 1), numbers(1, 1, 1, 1), np.ones(1)
    before = x.copy()
    found = conv2d(x, kernel, bias)
    found += 1
    assert np.array_equal(x, before)
    assert bias.tolist() == [1]


X1, K1 = np.ones((2, 6, 4)), np.ones((3, 4, 2))
X2, K2 = np.ones((2, 6, 6, 4)), np.ones((3, 3, 4, 2))


@pytest.mark.parametrize(
    ("message", "arguments", "settings"),
    [
        (r"x must have shape \(batch, steps, channels\), got shape \(6, 4\)", (X1[0], K1), {}),
        (r"kernel must have shape \(size, .*got shape \(3, 4\)", (X1, K1[:, :, 0]), {}),
        (r"none of them 0, got shape \(0, 4, 2\)", (X1, K1[:0]), {}),
        (r"takes 4 channels a group, but x of shape \(2, 6, 3\) has 3", (X1[..., :3], K1), {}),
        (r"takes 4 channels a group, but .* has 2", (X1, K1), {"groups": 2}),
        (r"groups=3 must divide the number of channels, 4,", (X1, K1), {"groups": 3}),
        (r"and of filters, 2", (X1, K1), {"groups": 4}),
        (r"groups must be a positive integer, got 0", (X1, K1), {"groups": 0}),
        (r"groups must be a positive integer, got 1.0", (X1, K1), {"groups": 1.0}),
        (r"bias must have shape \(2,\), .* got shape \(3,\)", (X1, K1, np.ones(3)), {}),
        (r"bias must have shape \(2,\), .* got shape \(\)", (X1, K1, 1.0), {}),
        (r"strides must be a positive integer, got 0", (X1, K1), {"strides": 0}),
        (r"strides must be a positive integer, got 1.5", (X1, K1), {"strides": 1.5}),
        (r"strides must .*, got \(1, 2\)", (X1, K1), {"strides": (1, 2)}),
        (r"dilation_rate must be a positive integer, got -1", (X1, K1), {"dilation_rate": -1}),
        (r"padding must be one of .*'causal'\), got 'full'", (X1, K1), {"padding": "full"}),
        (r"padding must be one of .*, got 1", (X1, K1), {"padding": 1}),
        (r"too small: a window spans 7, but an axis has 6", (X1, K1), {"dilation_rate": 3}),
        (r"x of shape \(2, 0, 4\) is too small", (X1[:, :0], K1), {"padding": "same"}),
        (r"x of shape \(2, 0, 4\) is too small", (X1[:, :0], K1), {"padding": "causal"}),
        (r"must hold numbers, got dtypes bool and bool", (X1 > 0, K1 > 0), {}),
        (r"must hold numbers, got dtypes <U1 and float64", (X1.astype("U1"), K1), {}),
    ],
)
def test_conv1d_names_what_does_not_fit(message, arguments, settings):
    with pytest.raises(ValueError, match=message):
        conv1d(*arguments, **settings)


@pytest.mark.parametrize(
    ("message", "arguments", "settings"),
    [
        (r"\(batch, height, width, channels\), got shape \(6, 6, 4\)", (X2[0], K2), {}),
        (r"kernel must have shape \(height, width, .*got shape \(3, 3\)", (X2, K2[..., 0, 0]), {}),
        (r"strides must .* or a pair of them, got \(1, 2, 3\)", (X2, K2), {"strides": (1, 2, 3)}),
        (r"dilation_rate must .* pair of them, got '2'", (X2, K2), {"dilation_rate": "2"}),
        (r"one of \('valid', 'same'\), got 'causal'", (X2, K2), {"padding": "causal"}),
        (r"a window spans 3, but an axis has 2", (X2[:, :, :2], K2), {}),
        (r"groups=3 must divide", (X2, K2), {"groups": 3}),
        (r"takes 4 channels a group", (X2[..., :2], K2), {}),
        (r"bias must have shape \(2,\)", (X2, K2, np.ones((1, 2))), {}),
    ],
)
def test_conv2d_names_what_does_not_fit(message, arguments, settings):
    with pytest.raises(ValueError, match=message):
        conv2d(*arguments, **settings)


def test_one_number_and_a_tuple_mean_the_same():
    x, kernel = numbers(1, 9, 2), numbers(2, 2, 3)
    single = conv1d(x, kernel, strides=(2,), dilation_rate=(3,))
    assert np.array_equal(single, conv1d(x, kernel, strides=np.int64(2), dilation_rate=3))
    picture, filters = numbers(1, 9, 9, 2), numbers(2, 2, 2, 3)
    pair = conv2d(picture, filters, strides=[2, 2], dilation_rate=(3, 3))
    assert np.array_equal(pair, conv2d(picture, filters, strides=2, dilation_rate=3))
