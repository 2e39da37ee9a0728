"""The gradient by hand is what Keras, SciPy and finite differences find."""

import keras
import numpy as np
import pytest
from scipy import optimize, signal

from snippets import gradient

SIZES = [
    ((1, 3, 3, 1), (2, 2, 1, 1)),
    ((2, 6, 7, 2), (3, 2, 2, 4)),
    ((3, 5, 5, 3), (1, 4, 3, 2)),
    ((2, 4, 3, 1), (4, 3, 1, 2)),
]


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def forward(x, kernel, bias):
    """The convolution by SciPy, one channel at a time."""
    maps = [
        [
            bias[f]
            + sum(
                signal.correlate2d(picture[:, :, c], kernel[:, :, c, f], mode="valid")
                for c in range(kernel.shape[2])
            )
            for f in range(kernel.shape[3])
        ]
        for picture in x
    ]
    return np.moveaxis(maps, 1, -1)


@pytest.fixture(params=SIZES, ids=str)
def case(request):
    """A convolution, and slopes from above."""
    shape, size = request.param
    x, kernel, bias = numbers(*shape), numbers(*size, seed=1), numbers(size[3], seed=2)
    upstream = numbers(*forward(x, kernel, bias).shape, seed=3)
    return x, kernel, bias, upstream


def test_the_slopes_are_those_of_the_loss(case):
    """The loss is linear in each of the three, so a step of 1 is exact up to rounding."""
    x, kernel, bias, upstream = case
    found = gradient.gradients(x, kernel, upstream)
    for index, array in enumerate((x, kernel, bias)):
        expected = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            moved = [x, kernel, bias]
            moved[index] = array.copy()
            moved[index][place] += 1
            rise = forward(*moved) - forward(x, kernel, bias)
            expected[place] = (rise * upstream).sum()
        assert found[index].shape == array.shape
        np.testing.assert_allclose(found[index], expected, rtol=1e-10, atol=1e-10)


def test_the_slopes_in_the_pixels_are_keras_transposed_convolution(case):
    x, kernel, _, upstream = case
    back = keras.layers.Conv2DTranspose(x.shape[3], kernel.shape[:2], use_bias=False)
    back.build(upstream.shape)
    back.set_weights([kernel])
    theirs = keras.ops.convert_to_numpy(back(upstream.astype("float32")))
    found, _, _ = gradient.gradients(x, kernel, upstream)
    np.testing.assert_allclose(found, theirs, rtol=1e-4, atol=1e-5)  # Keras is in float32


def test_a_case_by_hand():
    x = np.array([[1, 2, 3], [4, 5, 6]]).reshape(1, 2, 3, 1)
    kernel = np.array([[10, 20]]).reshape(1, 2, 1, 1)
    upstream = np.array([[1, 0], [0, 2]]).reshape(1, 2, 2, 1)
    of_x, of_kernel, of_bias = gradient.gradients(x, kernel, upstream)
    np.testing.assert_array_equal(of_x[0, :, :, 0], [[10, 20, 0], [0, 20, 40]])
    np.testing.assert_array_equal(of_kernel.ravel(), [1 + 2 * 5, 2 + 2 * 6])
    np.testing.assert_array_equal(of_bias, [3])


def test_lists_of_whole_numbers_will_do():
    of_x, of_kernel, _ = gradient.gradients([[[[2]]]], [[[[3]]]], [[[[5]]]])
    assert (of_x.item(), of_kernel.item()) == (15, 10)


def test_finite_differences_find_a_known_gradient():
    x = numbers(3, 4)
    found = gradient.slopes(lambda x: np.sin(x).sum(), x)
    np.testing.assert_allclose(found, np.cos(x), atol=1e-9)


def test_finite_differences_agree_with_scipys():
    x = numbers(5)
    found = gradient.slopes(optimize.rosen, x)
    np.testing.assert_allclose(found, optimize.rosen_der(x), rtol=1e-6, atol=1e-6)


def test_the_error_falls_with_the_square_of_the_step():
    """Central differences: a tenth of the step, a hundredth of the error."""
    errors = [
        abs(gradient.slopes(lambda x: np.exp(x[0]), [0.0], step)[0] - 1) for step in (1e-1, 1e-2)
    ]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_finite_differences_leave_their_argument_alone():
    x = np.array([1.0, 2.0])
    gradient.slopes(lambda x: (x**2).sum(), x)
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("step", [0, -1e-5])
def test_a_step_must_be_positive(step):
    with pytest.raises(ValueError, match=f"got {step}"):
        gradient.slopes(np.sum, [1.0], step)


@pytest.mark.parametrize(
    ("x", "kernel", "upstream", "message"),
    [
        ((4, 4), (2, 2, 1, 1), (1, 3, 3, 1), r"got x of shape \(4, 4\)"),
        ((1, 4, 4, 2), (2, 2, 1, 1), (1, 3, 3, 1), r"as many channels"),
        ((1, 4, 4, 1), (2, 2), (1, 3, 3, 1), r"kernel of shape \(2, 2\)"),
        ((1, 4, 4, 1), (2, 2, 1, 1), (1, 4, 4, 1), r"\(1, 3, 3, 1\)"),
        ((2, 4, 4, 1), (2, 2, 1, 3), (2, 3, 3, 1), r"\(2, 3, 3, 3\)"),
    ],
)
def test_what_does_not_fit_is_named(x, kernel, upstream, message):
    with pytest.raises(ValueError, match=message):
        gradient.gradients(np.zeros(x), np.zeros(kernel), np.zeros(upstream))
