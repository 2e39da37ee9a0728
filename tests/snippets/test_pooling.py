"""The NumPy poolings compute what Keras and plain loops compute."""

import itertools
import math

import keras
import numpy as np
import pytest

from snippets import pooling

KINDS = {"max": max, "average": lambda cells: math.fsum(cells) / len(cells), "sum": math.fsum}


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def windows(size, pool, stride, padding):
    """The real cells of each window along one axis, from Keras's documented rules."""
    if padding == "valid":
        return [range(start, start + pool) for start in range(0, size - pool + 1, stride)]
    starts = range(0, size, stride)
    missing = max(starts[-1] + pool - size, 0)
    before = missing // 2
    return [range(max(at - before, 0), min(at - before + pool, size)) for at in starts]


def loops(kind, x, pool, strides, padding):
    """2D pooling, one cell at a time; only real cells count."""
    down = windows(x.shape[1], pool[0], strides[0], padding)
    across = windows(x.shape[2], pool[1], strides[1], padding)
    found = np.zeros((x.shape[0], len(down), len(across), x.shape[3]))
    for n, i, j, c in itertools.product(*map(range, found.shape)):
        cells = [x[n, a, b, c] for a, b in itertools.product(down[i], across[j])]
        found[n, i, j, c] = KINDS[kind](cells)
    return found


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [None, 1, 2, 3, 5])
@pytest.mark.parametrize("pool", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_pooling_equals_plain_loops(kind, pool, strides, padding):
    step = strides or pool
    for height, width in [(8, 9), (5, 7), (4, 4)]:
        x = numbers(2, height, width, 2) - 5  # below zero, so that padding with 0 would show
        found = getattr(pooling, f"{kind}_pool2d")(x, pool, strides=strides, padding=padding)
        expected = loops(kind, x, (pool, pool), (step, step), padding)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        # a sequence is a picture of width 1
        found = getattr(pooling, f"{kind}_pool1d")(
            x[:, :, 0], pool, strides=strides, padding=padding
        )
        expected = loops(kind, x[:, :, :1], (pool, 1), (step, 1), padding)
        np.testing.assert_allclose(found, expected[:, :, 0], rtol=1e-12)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("pool", "strides"), [((2, 3), None), ((3, 2), (1, 2)), ((1, 4), 3), ([2, 2], [3, 1])]
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_pair_is_down_and_across(kind, pool, strides, padding):
    x = numbers(2, 8, 9, 2)
    step = {None: pool, 3: (3, 3)}.get(strides if not isinstance(strides, list) else 0, strides)
    found = getattr(pooling, f"{kind}_pool2d")(x, pool, strides=strides, padding=padding)
    np.testing.assert_allclose(found, loops(kind, x, pool, step, padding), rtol=1e-12)


@pytest.mark.parametrize("padding", ["valid", "same", "SAME"])
@pytest.mark.parametrize("strides", [None, 1, 2, 4])
@pytest.mark.parametrize("pool", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", ["max", "average"])
def test_pooling_equals_keras(kind, pool, strides, padding):
    for size in (9, 10, 13):
        x = numbers(2, size, size + 1, 3).astype("float32") - 5
        settings = {"strides": strides, "padding": padding}
        for rank, data in [(1, x[:, :, 0]), (2, x)]:
            layer = getattr(keras.layers, f"{kind.capitalize()}Pooling{rank}D")
            expected = np.asarray(layer(pool, **settings)(data))
            found = getattr(pooling, f"{kind}_pool{rank}d")(data, pool, **settings)
            assert found.shape == expected.shape
            assert found.dtype == expected.dtype
            np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_global_pooling_equals_keras(kind, rank, keepdims):
    x = numbers(3, *(5, 6)[:rank], 4).astype("float32")
    layer = getattr(keras.layers, f"Global{kind}Pooling{rank}D")(keepdims=keepdims)
    found = getattr(pooling, f"global_{kind.lower()}_pool{rank}d")(x, keepdims=keepdims)
    expected = np.asarray(layer(x))
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_four_by_four_map_gives_the_numbers_worked_by_hand():
    x = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])[None, :, :, None]
    assert pooling.max_pool2d(x)[0, :, :, 0].tolist() == [[6, 8], [3, 4]]
    assert pooling.sum_pool2d(x)[0, :, :, 0].tolist() == [[13, 21], [8, 8]]
    assert pooling.average_pool2d(x)[0, :, :, 0].tolist() == [[3.25, 5.25], [2, 2]]


def test_a_sum_is_the_average_times_the_number_of_cells():
    x = numbers(2, 6, 6, 3)
    average = pooling.average_pool2d(x, (2, 3))
    np.testing.assert_allclose(pooling.sum_pool2d(x, (2, 3)), 6 * average, rtol=1e-12)


def test_a_window_as_large_as_the_input_is_global_pooling():
    x = numbers(2, 6, 7, 3)
    assert np.array_equal(
        pooling.max_pool2d(x, (6, 7)), pooling.global_max_pool2d(x, keepdims=True)
    )
    np.testing.assert_allclose(
        pooling.average_pool2d(x, (6, 7)),
        pooling.global_average_pool2d(x, keepdims=True),
        rtol=1e-12,
    )


def test_max_pooling_and_relu_can_change_places_but_average_pooling_cannot():
    x = numbers(2, 8, 8, 3)
    assert np.array_equal(
        pooling.max_pool2d(np.maximum(x, 0)), np.maximum(pooling.max_pool2d(x), 0)
    )
    assert not np.allclose(
        pooling.average_pool2d(np.maximum(x, 0)), np.maximum(pooling.average_pool2d(x), 0)
    )


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8", "float16", "float32", "float64"])
def test_the_maximum_keeps_the_dtype_also_where_windows_reach_over(dtype):
    lowest = np.iinfo(dtype).min if "int" in dtype else -np.inf
    x = np.full((1, 3, 3, 1), lowest, dtype)
    found = pooling.max_pool2d(x, 2, padding="same")
    assert found.dtype == dtype
    assert (found == lowest).all()


def test_averages_of_integers_are_exact_floats_and_sums_do_not_wrap_around():
    x = np.full((1, 2, 2, 1), 255, "uint8")
    assert pooling.average_pool2d(x)[0, 0, 0, 0] == 255
    assert pooling.average_pool2d(x).dtype == np.float64
    assert pooling.global_average_pool2d(x)[0, 0] == 255
    assert pooling.sum_pool2d(x)[0, 0, 0, 0] == 4 * 255
    assert pooling.average_pool1d(x[:, 0].astype("float16")).dtype == np.float16


def test_nan_goes_through():
    x = np.array([1, np.nan, 2, 3]).reshape(1, 4, 1)
    for name in ("max", "average", "sum"):
        found = getattr(pooling, f"{name}_pool1d")(x)[0, :, 0]
        assert np.isnan(found).tolist() == [True, False]


def test_an_empty_batch_gives_an_empty_batch():
    for kind in KINDS:
        found = getattr(pooling, f"{kind}_pool2d")(np.ones((0, 5, 5, 3)), 2, padding="same")
        assert found.shape == (0, 3, 3, 3)
    assert pooling.global_max_pool1d(np.ones((0, 5, 3))).shape == (0, 3)
    assert pooling.global_average_pool2d(np.ones((0, 5, 5, 3))).shape == (0, 3)


ERRORS = [
    (r"pool_size must be a positive integer.*, got 0", {"pool_size": 0}),
    (r"pool_size must be a positive integer.*, got \(1, 2, 3\)", {"pool_size": (1, 2, 3)}),
    (r"strides must be a positive integer.*, got -1", {"strides": -1}),
    (r"strides must be a positive integer.*, got 1.5", {"strides": 1.5}),
    (r"padding must be 'valid' or 'same', got 'causal'", {"padding": "causal"}),
    (r"padding must be 'valid' or 'same', got None", {"padding": None}),
    (r"too small: a window spans 7, but an axis has 6", {"pool_size": 7}),
]


@pytest.mark.parametrize(("message", "settings"), ERRORS)
@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_pooling_names_the_argument_that_does_not_fit(kind, rank, message, settings):
    x = np.ones((2, *(6, 6)[:rank], 3))
    with pytest.raises(ValueError, match=message):
        getattr(pooling, f"{kind}_pool{rank}d")(x, **settings)


@pytest.mark.parametrize("kind", [*KINDS, "global_max", "global_average"])
def test_pooling_names_the_shape_that_does_not_fit(kind):
    one, two = getattr(pooling, f"{kind}_pool1d", None), getattr(pooling, f"{kind}_pool2d", None)
    with pytest.raises(ValueError, match=r"\(batch, steps, channels\), got shape \(6, 3\)"):
        one(np.ones((6, 3)))
    with pytest.raises(ValueError, match=r"\(batch, height, width, channels\), got shape \(6,\)"):
        two(np.ones(6))
    with pytest.raises(ValueError, match=r"(too small|at least one).*") as caught:
        one(np.ones((2, 0, 3)))
    assert "(2, 0, 3)" in str(caught.value)
    with pytest.raises(ValueError, match=r"(too small|at least one).*") as caught:
        two(np.ones((2, 4, 0, 3)))
    assert "(2, 4, 0, 3)" in str(caught.value)
    with pytest.raises(ValueError, match="real numbers, got dtype complex128"):
        one(np.ones((2, 4, 3), complex))
