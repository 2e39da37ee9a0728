"""Grad-CAM and occlusion give what one finds by hand, by loops and by steps of a finite size."""

import keras
import numpy as np
import pytest
from keras import layers

from snippets import saliency


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def model_with(head, *, activation="linear", end=None, size=(5, 6, 2)):
    """A layer of maps, a head on top, and random weights everywhere, biases too."""
    image = keras.Input(size)
    maps = layers.Conv2D(3, 2, activation="relu", name="conv")(image)
    for layer in head:
        maps = layer(maps)
    answer = layers.Dense(4, activation=activation)(maps)
    model = keras.Model(image, end(answer) if end else answer)
    shapes = [weights.shape for weights in model.get_weights()]
    model.set_weights([numbers(*shape, seed=k) for k, shape in enumerate(shapes)])
    return model


def maps_of(model, x):
    """The maps of the convolution, by the layer itself."""
    return np.asarray(model.get_layer("conv")(x), float)


def test_the_slopes_of_a_linear_score_are_its_weights():
    model = model_with([layers.Flatten()])
    x, classes = numbers(3, 5, 6, 2), [0, 3, 1]
    maps, weights = maps_of(model, x), model.get_weights()[2]
    found = saliency.grad_cam(model, x, "conv", classes)
    assert found.shape == (3, 4, 5)
    for picture, label in enumerate(classes):
        slopes = weights[:, label].reshape(4, 5, 3)
        for row, column in np.ndindex(4, 5):
            total = sum(
                slopes[:, :, filter_].mean() * maps[picture, row, column, filter_]
                for filter_ in range(3)
            )
            assert found[picture, row, column] == pytest.approx(max(total, 0), rel=1e-4, abs=1e-5)
    assert (found == 0).any(), "the ReLU was not tried"
    assert (found > 0).any(), "only the ReLU was tried"


def test_behind_a_bend_the_slopes_are_those_of_small_steps():
    head = [layers.Flatten(), layers.Dense(7, activation="tanh")]
    model = model_with(head)
    x, label = numbers(1, 5, 6, 2), 2
    maps = maps_of(model, x)[0]
    hidden, bias, last, shift = (w.astype(float) for w in model.get_weights()[2:])

    def score(maps):
        return (np.tanh(maps.ravel() @ hidden + bias) @ last + shift)[label]

    slopes = np.zeros_like(maps)
    for place in np.ndindex(maps.shape):
        up, down = maps.copy(), maps.copy()
        up[place] += 1e-5
        down[place] -= 1e-5
        slopes[place] = (score(up) - score(down)) / 2e-5
    expected = np.maximum((slopes.mean(axis=(0, 1)) * maps).sum(axis=-1), 0)
    found = saliency.grad_cam(model, x, "conv", [label])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)  # Keras is in float32


def test_with_a_global_average_it_is_the_class_activation_map():
    """Zhou and others (2016): the weights of the last layer, divided by the number of places."""
    model = model_with([layers.GlobalAveragePooling2D()])
    x = numbers(2, 5, 6, 2)
    weights = model.get_weights()[2]
    expected = np.maximum(maps_of(model, x) @ weights[:, 1] / 20, 0)
    found = saliency.grad_cam(model, x, "conv", [1, 1])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("activation", "end"),
    [
        ("softmax", None),
        ("sigmoid", None),
        ("linear", layers.Softmax()),
        ("linear", layers.Activation("softmax")),
    ],
    ids=["softmax", "sigmoid", "Softmax", "Activation"],
)
def test_the_activation_at_the_end_is_left_out(activation, end):
    plain = model_with([layers.Flatten()])
    ended = model_with([layers.Flatten()], activation=activation, end=end)
    x = numbers(2, 5, 6, 2)
    expected = saliency.grad_cam(plain, x, "conv", [0, 2])
    found = saliency.grad_cam(ended, x, "conv", [0, 2])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_a_last_layer_without_a_bias_will_do():
    image = keras.Input((4, 4, 1))
    maps = layers.Conv2D(1, 1, name="conv", kernel_initializer="ones")(image)
    last = layers.Dense(1, "sigmoid", use_bias=False, kernel_initializer="ones")
    model = keras.Model(image, last(layers.Flatten()(maps)))
    x = np.abs(numbers(1, 4, 4, 1))
    found = saliency.grad_cam(model, x, "conv", [0])
    np.testing.assert_allclose(found, x[..., 0], rtol=1e-5)


@pytest.mark.parametrize("begin", [[keras.Input((5, 6, 2))], []], ids=["Input", "called"])
def test_a_sequential_model_will_do_once_it_knows_its_input(begin):
    functional = model_with([layers.Flatten()])
    parts = [layers.Conv2D(3, 2, activation="relu", name="conv"), layers.Flatten(), layers.Dense(4)]
    pile, x = keras.Sequential([*begin, *parts]), numbers(2, 5, 6, 2)
    pile(x)
    pile.set_weights(functional.get_weights())
    expected = saliency.grad_cam(functional, x, "conv", [0, 2])
    np.testing.assert_allclose(saliency.grad_cam(pile, x, "conv", [0, 2]), expected, rtol=1e-5)


def test_a_model_that_knows_no_input_is_told_to_begin_with_one():
    pile = keras.Sequential([layers.Conv2D(3, 2, name="conv"), layers.Flatten(), layers.Dense(4)])
    with pytest.raises(ValueError, match=r"begin it with keras\.Input"):
        saliency.score_model(pile, "conv")


def test_a_model_with_another_end_is_refused():
    image = keras.Input((5, 6, 2))
    model = keras.Model(image, layers.Flatten()(layers.Conv2D(3, 2, name="conv")(image)))
    with pytest.raises(ValueError, match="the last layer is Flatten: end the model in Dense"):
        saliency.score_model(model, "conv")


def test_a_layer_that_is_missing_or_has_no_maps_is_named():
    model = model_with([layers.Flatten(name="row")])
    x = numbers(1, 5, 6, 2)
    with pytest.raises(ValueError, match="No such layer: convolution"):
        saliency.grad_cam(model, x, "convolution", [0])
    with pytest.raises(ValueError, match=r"layer 'row' gives .*choose one that gives maps"):
        saliency.grad_cam(model, x, "row", [0])


@pytest.mark.parametrize("classes", [[0], [0, 1, 2], [[0, 1]]])
def test_each_picture_wants_one_class(classes):
    model, x = model_with([layers.Flatten()]), numbers(2, 5, 6, 2)
    with pytest.raises(ValueError, match="one class for each picture"):
        saliency.grad_cam(model, x, "conv", classes)
    with pytest.raises(ValueError, match="one class for each picture"):
        saliency.occlusion(model, x, classes)


def test_occlusion_of_a_weighted_sum_is_the_hidden_part_of_the_sum():
    """For a sum, the loss is the part below the square; each pixel gets the mean of its squares."""
    x, weights = numbers(2, 4, 6, 3), numbers(4, 6, 3, 5, seed=1)
    classes = [4, 1]

    def answer(pictures):
        return np.einsum("bijc,ijck->bk", pictures, weights)

    found = saliency.occlusion(answer, x, classes, size=2, stride=2)
    for picture, label in enumerate(classes):
        for row, column in np.ndindex(2, 3):  # squares that do not overlap
            square = np.s_[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            lost = (x[picture][square] * weights[..., label][square]).sum()
            np.testing.assert_allclose(found[picture][square], lost, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("size", "stride", "fill"), [(3, 1, 0.0), (4, 2, 0.5), (2, 1, -1.0)])
def test_occlusion_is_what_slow_loops_find(size, stride, fill):
    x, weights = numbers(2, 6, 8, 1), numbers(48, 3, seed=1)

    def answer(pictures):
        return np.tanh(pictures.reshape(-1, 48) @ weights)

    found = saliency.occlusion(answer, x, [2, 0], size=size, stride=stride, fill=fill)
    for picture, label in enumerate([2, 0]):
        for row, column in np.ndindex(6, 8):
            losses = []
            for top in range(0, 6 - size + 1, stride):
                for left in range(0, 8 - size + 1, stride):
                    if top <= row < top + size and left <= column < left + size:
                        hidden = x[picture].copy()
                        for i in range(top, top + size):
                            for j in range(left, left + size):
                                hidden[i, j] = fill
                        before, after = answer(x[picture][None]), answer(hidden[None])
                        losses.append(before[0, label] - after[0, label])
            assert found[picture, row, column] == pytest.approx(np.mean(losses), abs=1e-5)


def test_occlusion_takes_a_keras_model_and_leaves_the_pictures_alone():
    model, x = model_with([layers.Flatten()], size=(4, 4, 1)), numbers(2, 4, 4, 1)
    before = x.copy()
    found = saliency.occlusion(model, x, [0, 1], size=4, stride=1)
    whole, empty = (np.asarray(model(p)) for p in (x, np.zeros_like(x)))
    for picture, label in enumerate([0, 1]):
        expected = whole[picture, label] - empty[picture, label]
        np.testing.assert_allclose(found[picture], expected, rtol=1e-4, atol=1e-5)
    assert np.array_equal(x, before)


@pytest.mark.parametrize(("size", "stride"), [(3, 2), (2, 3), (7, 1), (2, 0), (4, 4)])
def test_squares_that_leave_pixels_out_are_refused(size, stride):
    with pytest.raises(ValueError, match="leave pixels of 6 x 8 out"):
        saliency.occlusion(lambda x: x, np.zeros((1, 6, 8, 1)), [0], size=size, stride=stride)


def test_a_map_is_enlarged_by_straight_lines_between_the_middles_of_its_cells():
    small = np.array([[0.0, 4.0, 2.0], [8.0, 4.0, 6.0]])
    middles = [(np.arange(n * 4) + 0.5) / 4 - 0.5 for n in small.shape]
    along = np.array([np.interp(middles[1], range(3), row) for row in small])
    expected = np.array([np.interp(middles[0], range(2), column) for column in along.T]).T
    found = saliency.enlarge(small[None], (8, 12))[0]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_an_even_map_has_the_share_of_the_area_and_an_empty_one_has_none():
    inside = np.zeros((3, 4, 5), bool)
    inside[:, 1:3, 2:4] = True
    maps = np.stack([np.ones((4, 5)), np.zeros((4, 5)), np.where(inside[0], 2, -7)])
    found = saliency.share_inside(maps, inside)
    np.testing.assert_allclose(found, [4 / 20, 0, 1], rtol=1e-12)


def test_maps_of_another_size_are_refused():
    with pytest.raises(ValueError, match="enlarge the maps to the pictures first"):
        saliency.share_inside(np.ones((1, 2, 2)), np.ones((1, 4, 4), bool))
