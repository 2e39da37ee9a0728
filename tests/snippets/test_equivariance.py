"""The shift error is zero for what follows, and known for what does not."""

import keras
import numpy as np
import pytest
from scipy import ndimage

from snippets.equivariance import shift_error, shifted


def paper(*shape, margin=8, seed=0):
    """Whole numbers on an empty ground."""
    thing = np.random.default_rng(seed).integers(1, 9, size=shape)
    around = [(0, 0), *[(margin, margin)] * (len(shape) - 2), (0, 0)]
    return np.pad(thing, around)


@pytest.mark.parametrize("shift", [-3, -1, 0, 1, 5])
def test_moving_equals_scipys_shift(shift):
    x = paper(2, 4, 3, 1)
    expected = ndimage.shift(x, (0, shift, 0, 0), order=0)
    np.testing.assert_array_equal(shifted(x, shift), expected)
    np.testing.assert_array_equal(shifted(shifted(x, shift), -shift), x)


@pytest.mark.parametrize("shift", [9, -9, 40])
def test_nothing_may_leave(shift):
    with pytest.raises(ValueError, match=f"shift={shift} moves"):
        shifted(paper(1, 4, 4, 1), shift)


def test_a_keras_convolution_follows_and_a_dense_layer_does_not():
    x = paper(2, 4, 4, 1).astype("float32")
    conv = keras.layers.Conv2D(3, 3)
    dense = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
    assert shift_error(conv, x, 2) < 1e-6
    assert shift_error(dense, x, 2) > 0.01


@pytest.mark.parametrize("strides", [1, 2, 3, 4])
def test_every_nth_value_follows_exactly_the_multiples_of_n(strides):
    x = paper(1, 7, 1)
    found = [shift_error(lambda x: x[:, ::strides], x, s, strides=strides) for s in range(-6, 7)]
    assert [error == 0 for error in found] == [s % strides == 0 for s in range(-6, 7)]


def test_an_error_worked_by_hand():
    x = np.array([0, 0, 3, 4, 0, 0]).reshape(1, 6, 1)
    # every second value: 0 3 0; moved by one: 0 0 4; the nearest shifts: 0 3 0 and 0 0 3
    found = shift_error(lambda x: x[:, ::2], x, 1, strides=2)
    assert found == pytest.approx(1 / 3)


def test_the_nearer_shift_counts():
    x = np.array([0, 0, 5, 5, 0, 0, 0, 0]).reshape(1, 8, 1)
    # 0 5 0 0, and moved by one 0 5 0 0 as well (3 and 4): best as if it stood still
    moved = shift_error(lambda x: np.maximum(x[:, ::2], x[:, 1::2]), x, 1, strides=2)
    assert moved == pytest.approx(1.0)  # 5 5 over two windows: one of them is new
    assert shift_error(lambda x: x[:, ::2], x, 1, strides=2) == 0


def test_features_must_stay():
    x = paper(3, 5, 5, 2)
    assert shift_error(lambda x: x.sum(axis=(1, 2)), x, 4) == 0
    place = np.arange(x.shape[1])[:, None, None]
    # the moment grows by 4 for each unit of mass
    found = shift_error(lambda x: (x * place).sum(axis=(1, 2)), x, 4)
    mass, moment = x.sum(axis=(1, 2)), (x * place).sum(axis=(1, 2))
    assert found == pytest.approx(4 * np.linalg.norm(mass) / np.linalg.norm(moment))


def test_a_layer_that_is_silent_is_refused():
    with pytest.raises(ValueError, match="0 everywhere"):
        shift_error(lambda x: 0 * x, paper(1, 3, 1), 1)


@pytest.mark.parametrize("strides", [0, -2])
def test_strides_must_be_positive(strides):
    with pytest.raises(ValueError, match=f"got {strides}"):
        shift_error(lambda x: x, paper(1, 3, 1), 1, strides=strides)
