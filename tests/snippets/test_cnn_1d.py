"""The network for sequences is the one described, learns, and repeats itself from a seed."""

import ast
import re
import runpy
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from snippets import cnn_1d
from snippets.output_size import Layer, layer_sizes


def sequences(samples=8, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(samples, 64, 100)).astype("float32"), np.arange(samples) % 2


def test_the_layers_and_their_shapes_are_those_worked_by_hand():
    model = cnn_1d.build()
    assert [type(layer).__name__ for layer in model.layers] == [
        *["Conv1D", "Conv1D", "MaxPooling1D", "Conv1D", "Conv1D"],
        *["GlobalAveragePooling1D", "Dropout", "Dense"],
    ]
    shapes = [layer.output.shape[1:] for layer in model.layers]
    assert shapes[:5] == [(62, 64), (60, 64), (20, 64), (18, 128), (16, 128)]
    assert shapes[5:] == [(128,), (128,), (1,)]
    weights = [3 * 100 * 64 + 64, 3 * 64 * 64 + 64, 3 * 64 * 128 + 128, 3 * 128 * 128 + 128, 129]
    assert model.count_params() == sum(weights)


def test_a_single_vector_of_fifty_values_fits_too():
    model = cnn_1d.build((50, 1))
    conv, pool = Layer(3), Layer(3, strides=3)
    sizes = layer_sizes(50, [conv, conv, pool, conv, conv])
    assert [layer.output.shape[1] for layer in model.layers[:5]] == sizes[1:]


def test_with_kernel_size_1_and_no_pooling_the_order_of_the_steps_cannot_matter():
    x, _ = sequences()
    mixed = x[:, np.random.default_rng(1).permutation(64)]
    blind, sees = cnn_1d.build(kernel_size=1, pool=False), cnn_1d.build()
    # the mean of the same numbers in another order: equal up to float32 rounding
    np.testing.assert_allclose(blind(mixed), blind(x), rtol=1e-4)
    assert not np.allclose(sees(mixed), sees(x), rtol=1e-2)


def test_the_same_seed_gives_the_same_training_and_each_epoch_is_reported():
    x, y = sequences(33)
    model, twin = cnn_1d.build(seed=1), cnn_1d.build(seed=1)
    history = cnn_1d.train(model, x, y, epochs=2, validation_data=(x, y), seed=1)
    again = cnn_1d.train(twin, x, y, epochs=1, seed=1)
    assert set(history) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    assert set(again) == {"accuracy", "loss"}
    assert all(len(values) == 2 for values in history.values())
    assert int(model.optimizer.iterations) == 2 * 3  # batches of 16, 16 and 1
    # threads may add float32 numbers in another order
    assert again["loss"] == pytest.approx(history["loss"][:1], rel=1e-3)


def test_the_seed_decides_the_weights_to_begin_with():
    first, again, other = (cnn_1d.build(seed=seed).get_weights()[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_accuracy_is_the_share_of_answers_on_the_right_side_of_one_half():
    x, y = sequences(20)
    model = cnn_1d.build()
    scores = cnn_1d.evaluate(model, x, y)
    probability = np.asarray(model(x))[:, 0].astype("float64")
    assert set(scores) == {"accuracy", "loss"}
    assert scores["accuracy"] == pytest.approx(((probability > 0.5) == y).mean())
    right = np.where(y == 1, probability, 1 - probability)
    assert scores["loss"] == pytest.approx(-np.log(right).mean(), rel=1e-4)


def test_it_says_where_it_runs():
    assert cnn_1d.device(cnn_1d.build()) in ("cpu", "gpu")


def test_the_file_as_a_script_learns_to_tell_chirps_apart(capsys, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    runpy.run_path(cnn_1d.__file__, run_name="__main__")
    printed = capsys.readouterr().out
    assert "(64, 100)" in printed
    assert f"{keras.backend.backend()} on " in printed
    # 1.00 was seen from every seed; the baseline on the flat input reaches 0.85
    assert float(re.search(r"test accuracy ([\d.]+)", printed)[1]) > 0.95


def test_it_runs_pasted_into_an_empty_file():
    tree = ast.parse(Path(cnn_1d.__file__).read_text("utf-8"))
    names = [
        name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [node.names[0].name])
    ]
    assert {name.split(".")[0] for name in names} <= {"keras", "numpy", "typing"}


def test_the_wrong_shape_is_named():
    with pytest.raises(ValueError, match=r"must be \(steps, channels\), got \(50,\)"):
        cnn_1d.build((50,))
    with pytest.raises(ValueError, match="zero or negative"):  # Keras's own message
        cnn_1d.build((15, 1))


@pytest.mark.parametrize("function", [cnn_1d.train, cnn_1d.evaluate])
def test_sequences_without_classes_are_refused(function):
    x, y = sequences()
    with pytest.raises(ValueError, match="equally long, got 8 examples and 7 classes"):
        function(cnn_1d.build(), x, y[:-1])
