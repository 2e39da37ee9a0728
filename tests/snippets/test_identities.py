"""Loops, table, matrix and waves compute what SciPy and Keras compute."""

import keras
import numpy as np
import pytest
from scipy import linalg, signal

from snippets import identities

# Sums of at most a hundred products of numbers near 1, in float64: only their order differs.
CLOSE = {"rtol": 1e-11, "atol": 1e-11}


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def whole(*shape, seed=0):
    return np.random.default_rng(seed).integers(-5, 6, size=shape)


def by_scipy(x, kernel):
    """The channels of each picture correlated one by one, and summed."""
    maps = [
        [
            sum(
                signal.correlate2d(picture[:, :, c], kernel[:, :, c, f], mode="valid")
                for c in range(kernel.shape[2])
            )
            for f in range(kernel.shape[3])
        ]
        for picture in x
    ]
    return np.moveaxis(maps, 1, -1)


def by_table(x, kernel):
    table = identities.im2col(x, kernel.shape[:2])
    return table @ kernel.reshape(-1, kernel.shape[3])


def by_matrix(x, kernel):
    rows, columns = (n - k + 1 for n, k in zip(x.shape[1:3], kernel.shape[:2], strict=True))
    matrix = identities.toeplitz_matrix(kernel, x.shape[1:3])
    return (x.reshape(len(x), -1) @ matrix).reshape(len(x), rows, columns, -1)


WAYS = {
    "loops": identities.loops,
    "im2col": by_table,
    "toeplitz_matrix": by_matrix,
    "fft_conv2d": identities.fft_conv2d,
}
SIZES = [
    ((1, 3, 3, 1), (2, 2, 1, 1)),
    ((2, 7, 8, 3), (3, 5, 3, 4)),
    ((3, 8, 7, 2), (4, 1, 2, 3)),
    ((1, 6, 5, 4), (6, 5, 4, 2)),
    ((2, 5, 9, 1), (1, 1, 1, 3)),
]


@pytest.mark.parametrize(("shape", "size"), SIZES)
@pytest.mark.parametrize("way", WAYS)
def test_each_way_equals_scipy(way, shape, size):
    x, kernel = numbers(*shape), numbers(*size, seed=1)
    np.testing.assert_allclose(WAYS[way](x, kernel), by_scipy(x, kernel), **CLOSE)


@pytest.mark.parametrize("way", ["loops", "im2col", "toeplitz_matrix"])
def test_whole_numbers_stay_whole_and_exact(way):
    x, kernel = whole(2, 7, 8, 3), whole(3, 5, 3, 4, seed=1)
    found = WAYS[way](x, kernel)
    assert found.dtype.kind == "i"
    np.testing.assert_array_equal(found, by_scipy(x, kernel))


@pytest.mark.parametrize("way", WAYS)
def test_each_way_equals_keras(way):
    x, kernel = whole(2, 7, 8, 3), whole(3, 5, 3, 4, seed=1)
    layer = keras.layers.Conv2D(4, (3, 5), use_bias=False)
    layer.build(x.shape)
    layer.set_weights([kernel])
    theirs = keras.ops.convert_to_numpy(layer(x.astype("float32")))
    np.testing.assert_allclose(WAYS[way](x, kernel), theirs, **CLOSE)


@pytest.mark.parametrize("way", ["loops", "im2col", "fft_conv2d"])
def test_single_precision_stays_single(way):
    x, kernel = numbers(1, 5, 6, 2).astype("float32"), numbers(2, 2, 2, 3).astype("float32")
    assert WAYS[way](x, kernel).dtype == np.float32
    assert identities.toeplitz_matrix(kernel, (5, 6)).dtype == np.float32


def test_im2col_lists_the_windows_in_the_order_of_a_kernel():
    x = whole(2, 4, 5, 3)
    table = identities.im2col(x, (2, 3))
    assert table.shape == (2, 3, 3, 18)
    np.testing.assert_array_equal(table[1, 2, 1], x[1, 2:4, 1:4].ravel())


def test_the_matrix_of_a_sequence_is_scipys_toeplitz_matrix():
    weights = np.array([3, 1, 4, 1, 5])
    ours = identities.toeplitz_matrix(weights.reshape(5, 1, 1, 1), (9, 1))
    column = np.concatenate([weights, np.zeros(4, int)])
    row = np.concatenate([weights[:1], np.zeros(4, int)])
    np.testing.assert_array_equal(ours, linalg.toeplitz(column, row))


def test_the_matrix_of_a_picture_is_made_of_toeplitz_blocks():
    kernel, (height, width) = whole(2, 3), (4, 5)
    blocks = np.zeros((height * width, 3 * 3), int)
    for i in range(2):
        column = np.concatenate([kernel[i], np.zeros(2, int)])
        row = np.concatenate([kernel[i, :1], np.zeros(2, int)])
        blocks += np.kron(np.eye(height, 3, -i, dtype=int), linalg.toeplitz(column, row))
    ours = identities.toeplitz_matrix(kernel[:, :, None, None], (height, width))
    np.testing.assert_array_equal(ours, blocks)


@pytest.mark.parametrize(
    ("first", "second"),
    [((3, 3, 1, 1), (3, 3, 1, 1)), ((3, 2, 2, 4), (1, 4, 4, 3)), ((1, 1, 3, 2), (5, 3, 2, 1))],
)
def test_a_composed_kernel_does_what_two_do(first, second):
    first, second, x = whole(*first), whole(*second, seed=1), whole(2, 9, 10, first[2], seed=2)
    two = identities.loops(identities.loops(x, first), second)
    composed = identities.compose(first, second)
    np.testing.assert_array_equal(identities.loops(x, composed), two)


def test_composing_single_kernels_is_a_convolution():
    first, second = whole(3, 4), whole(2, 5, seed=1)
    composed = identities.compose(first[:, :, None, None], second[:, :, None, None])
    np.testing.assert_array_equal(composed[:, :, 0, 0], signal.convolve2d(first, second))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: identities.loops(np.zeros((7, 8)), np.zeros((2, 2, 1, 1))), r"got x of shape"),
        (lambda: identities.loops(np.zeros((1, 4, 4, 2)), np.zeros((2, 2, 3, 1))), r"width, 3\)"),
        (lambda: identities.loops(np.zeros((1, 4, 4, 1)), np.zeros((2, 2))), r"four axes"),
        (lambda: identities.loops(np.zeros((1, 4, 4, 1)), np.zeros((5, 2, 1, 1))), r"not fit"),
        (lambda: identities.fft_conv2d(np.zeros((1, 4, 4, 1)), np.zeros((2, 5, 1, 1))), r"not fit"),
        (lambda: identities.fft_conv2d(np.zeros((4, 4)), np.zeros((2, 2, 1, 1))), r"got x of"),
        (lambda: identities.im2col(np.zeros((4, 4)), (2, 2)), r"x of shape \(4, 4\)"),
        (lambda: identities.im2col(np.zeros((1, 4, 4, 1)), (5, 5)), r"\(5, 5\) does not fit"),
        (lambda: identities.toeplitz_matrix(np.zeros((2, 2)), (4, 4)), r"kernel of shape \(2, 2\)"),
        (lambda: identities.toeplitz_matrix(np.zeros((3, 3, 1, 1)), (4, 2)), r"not fit"),
        (lambda: identities.compose(np.zeros((3, 3)), np.zeros((3, 3, 1, 1))), r"four axes"),
        (
            lambda: identities.compose(np.zeros((3, 3, 1, 2)), np.zeros((3, 3, 3, 1))),
            r"gives 2 channels, and the second takes 3",
        ),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
