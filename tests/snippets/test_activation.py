"""The NumPy activation functions draw the curves of Keras, without overflow."""

import inspect
import math

import keras
import numpy as np
import pytest
from scipy import special

from snippets import activation

NAMES = ["relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softmax"]
SETTINGS = [
    ("relu", {}),
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"max_value": 6}),
    ("relu", {"max_value": 2.5}),
    ("relu", {"threshold": 0.5}),
    ("relu", {"threshold": -0.5}),
    ("relu", {"negative_slope": 0.3, "max_value": 1.5, "threshold": 0.5}),
    ("relu", {"negative_slope": 0.3, "max_value": 1.5, "threshold": -0.5}),
    ("relu", {"negative_slope": 0.3, "threshold": 1.0}),
    ("relu", {"negative_slope": 0.3, "max_value": 6}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.05}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("softmax", {}),
    ("softmax", {"axis": 0}),
    ("softmax", {"axis": (0, 2)}),
]


def grid(dtype="float64"):
    values = [*np.linspace(-8, 8, 161), *np.logspace(-6, 3, 30), *-np.logspace(-6, 3, 30)]
    return np.asarray(values, dtype)[:220].reshape(4, 5, 11)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "settings"), SETTINGS)
def test_the_curve_is_that_of_keras(name, settings, dtype):
    x = grid(dtype)
    expected = np.asarray(getattr(keras.activations, name)(x, **settings))
    found = getattr(activation, name)(x, **settings)
    assert found.dtype == dtype
    assert found.shape == x.shape
    # float32 keeps 7 digits; for float64 Keras still takes slopes and gelu's constants as float32
    near, least = {"float32": (1e-5, 1e-6), "float64": (1e-6, 1e-9)}[dtype]
    np.testing.assert_allclose(found, expected, rtol=near, atol=least)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    ours = inspect.signature(getattr(activation, name)).parameters
    theirs = inspect.signature(getattr(keras.activations, name)).parameters
    assert [(p.name, p.default) for p in ours.values()] == [
        (p.name, p.default) for p in theirs.values()
    ]


@pytest.mark.parametrize(("name", "settings"), SETTINGS)
def test_nothing_overflows_or_warns_far_from_zero(name, settings, recwarn):
    x = np.array([[[-1e30, -1000.0, -0.0, 0.0, 1000.0, 1e30]]], "float32")
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = getattr(activation, name)(x, **settings)
    assert np.isfinite(found).all()
    assert not recwarn.list


@pytest.mark.parametrize("name", NAMES)
def test_nan_and_infinity_give_what_keras_gives(name, recwarn):
    x = np.array([[np.nan, 1], [np.inf, 1], [-np.inf, 1], [-np.inf, -np.inf]], "float32")
    expected = np.asarray(getattr(keras.activations, name)(x))
    np.testing.assert_allclose(getattr(activation, name)(x), expected, rtol=1e-5)
    assert not recwarn.list


@pytest.mark.parametrize("name", NAMES)
def test_integers_lists_and_small_floats_are_taken(name):
    function = getattr(activation, name)
    expected = function(np.array([-2.0, 0.0, 3.0]))
    for dtype in ("int8", "int64"):
        np.testing.assert_allclose(function(np.array([-2, 0, 3], dtype)), expected)
    np.testing.assert_allclose(function([-2, 0, 3]), expected)
    assert function(np.array([-2, 0, 3], "float16")).dtype == np.float16
    assert function(np.zeros((0, 3), "float32")).shape == (0, 3)


def test_relu_of_integers_stays_an_integer():
    assert activation.relu(np.array([-2, 0, 3], "int32")).dtype == np.int32
    assert activation.relu(np.array([1, 200], "uint8"), 0.5).tolist() == [1, 200]


FORMULAS = [
    ("relu", {}, lambda x: max(x, 0)),
    ("leaky_relu", {"negative_slope": 0.3}, lambda x: max(x, 0.3 * x)),
    ("elu", {"alpha": 0.7}, lambda x: x if x > 0 else 0.7 * (math.exp(x) - 1)),
    ("gelu", {}, lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2),
    (
        "gelu",
        {"approximate": True},
        lambda x: x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    ),
    ("silu", {}, lambda x: x / (1 + math.exp(-x))),
    ("sigmoid", {}, lambda x: 1 / (1 + math.exp(-x))),
    ("tanh", {}, math.tanh),
]


@pytest.mark.parametrize(("name", "settings", "formula"), FORMULAS)
def test_the_curve_is_its_formula(name, settings, formula):
    x = np.linspace(-5, 5, 101)
    expected = [formula(float(value)) for value in x]
    found = getattr(activation, name)(x, **settings)
    # the textbook formulas lose digits near 0 and far below it
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)


def test_gelu_keeps_its_digits_far_below_zero():
    x = np.array([-20.0, -10.0, -5.0])
    probability = [0.5 * math.erfc(-value / math.sqrt(2)) for value in x]
    np.testing.assert_allclose(activation.gelu(x), x * probability, rtol=1e-13)


def test_softmax_is_a_probability_and_does_not_change_when_scores_shift():
    x = grid()
    found = activation.softmax(x, axis=1)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(found, special.softmax(x, axis=1), rtol=1e-12)
    np.testing.assert_allclose(activation.softmax(x - 7, axis=1), found, rtol=1e-10, atol=1e-300)


def test_the_curves_keep_their_identities():
    x = grid()
    sigmoid = activation.sigmoid(x)
    np.testing.assert_allclose(sigmoid + activation.sigmoid(-x), 1, rtol=1e-12)
    np.testing.assert_allclose(activation.tanh(x / 2), 2 * sigmoid - 1, rtol=1e-9, atol=1e-12)
    assert np.array_equal(activation.silu(x), x * sigmoid)
    assert np.array_equal(activation.relu(activation.relu(x)), activation.relu(x))
    assert np.array_equal(activation.leaky_relu(x), activation.relu(x, negative_slope=0.2))
    np.testing.assert_allclose(activation.gelu(x) - activation.gelu(-x), x, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_real_number_is_refused(name):
    with pytest.raises(ValueError, match="x must hold real numbers, got dtype <U3"):
        getattr(activation, name)(["one"])
    with pytest.raises(ValueError, match="x must hold real numbers, got dtype complex128"):
        getattr(activation, name)([1j])


@pytest.mark.parametrize("limit", [-1, math.nan])
def test_relu_refuses_a_largest_value_below_zero(limit):
    with pytest.raises(ValueError, match=f"max_value must be at least 0, got {limit}"):
        activation.relu([1.0], max_value=limit)


@pytest.mark.parametrize("axis", [2, -3, (0, 2), None, "last", 0.0])
def test_softmax_names_the_axis_that_is_not_there(axis):
    with pytest.raises(ValueError, match=r"x of shape \(2, 3\) has no axis"):
        activation.softmax(np.ones((2, 3)), axis=axis)


def test_softmax_of_a_single_number_is_refused():
    with pytest.raises(ValueError, match=r"x of shape \(\) has no axis -1"):
        activation.softmax(1.0)
