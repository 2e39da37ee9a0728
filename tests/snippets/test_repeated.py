"""The interval is Student's, and a repetition is what a new model would have given."""

import ast
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy import stats

from snippets import repeated
from snippets.repeated import accuracies, interval


def split(samples=40, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(samples) % classes
    x = rng.normal(size=(samples, 6, 1)) + y[:, None, None]
    return x, y, x + rng.normal(0, 0.3, x.shape), y


def build(seed, units=1):
    model = keras.Sequential(
        [
            keras.Input((6, 1)),
            keras.layers.Conv1D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(units, activation="sigmoid" if units == 1 else "softmax"),
        ]
    )
    loss = "binary_crossentropy" if units == 1 else "sparse_categorical_crossentropy"
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.01))
    return model


def test_the_interval_is_that_of_scipys_t_test():
    results = np.random.default_rng(0).normal(0.9, 0.02, 7)
    for confidence in (0.5, 0.95, 0.99):
        expected = stats.ttest_1samp(results, 0).confidence_interval(confidence)
        found = interval(results, confidence=confidence)
        assert (found.low, found.high) == pytest.approx(expected)
        assert found.mean == pytest.approx(results.mean())


def test_the_interval_of_two_results_is_the_one_worked_by_hand():
    # mean 0.5, standard error 0.5, and t(0.975; 1) = tan(0.475 pi) = 12.7062
    found = interval([0, 1])
    assert (found.mean, found.low) == pytest.approx((0.5, 0.5 - 12.7062 / 2), abs=1e-4)
    assert str(interval([0.5, 0.5])) == "0.500 ± 0.000"


def test_nineteen_of_twenty_intervals_hold_the_true_mean():
    rng = np.random.default_rng(1)
    found = [interval(rng.normal(0.8, 0.05, 5)) for _ in range(2000)]
    share = np.mean([low < 0.8 < high for _, low, high in found])
    assert abs(share - 0.95) < 0.02  # four standard errors of a share of 2000


@pytest.mark.parametrize(("results", "shape"), [([0.9], r"\(1,\)"), ([[0.9, 0.8]], r"\(1, 2\)")])
def test_too_few_results_are_refused(results, shape):
    with pytest.raises(ValueError, match=f"two or more numbers in a row, got shape {shape}"):
        interval(results)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_that_is_no_share_is_refused(confidence):
    with pytest.raises(ValueError, match=f"between 0 and 1, got {confidence}"):
        interval([0.8, 0.9], confidence=confidence)


def test_each_repetition_gives_what_a_new_model_gives_batch_by_batch():
    splits = [split(seed=seed) for seed in range(3)]  # 40 examples: batches of 8, 5 an epoch
    expected = []
    for seed, (x, y, x_test, y_test) in enumerate(splits):
        keras.utils.set_random_seed(seed)
        model = build(seed)
        rng = np.random.default_rng(seed)
        for _ in range(3):
            for batch in np.split(rng.permutation(40), 5):
                model.train_on_batch(x[batch], y[batch])
        answers = np.asarray(model(x_test))[:, 0] > 0.5
        expected.append((answers == y_test).mean())
    assert accuracies(build, splits, epochs=3, batch_size=8).tolist() == expected


def test_every_epoch_is_trained_on():
    x, y, x_test, y_test = split()
    kept = []

    def keep(seed):
        kept.append(build(seed))
        return kept[-1]

    accuracies(keep, [(x, y, x_test, y_test)], epochs=7, batch_size=8)
    assert int(kept[0].optimizer.iterations) == 7 * 5


def test_what_training_changes_begins_anew():
    model, fresh = (repeated._fresh(build, seed) for seed in (0, 1))
    x, y, *_ = split()
    model.fit(x, y, epochs=1, verbose=0)
    repeated._begin_anew(model, fresh)
    assert all(map(np.array_equal, model.get_weights(), fresh.get_weights()))
    assert int(model.optimizer.iterations) == 0
    assert not any(np.any(momentum) for momentum in model.optimizer.variables[2:])
    # dropout, too: with the state of its seed, it drops the same
    assert np.array_equal(model(x, training=True), fresh(x, training=True))


def test_several_classes_are_told_apart_by_the_largest_probability():
    x, y, x_test, y_test = split(30, classes=3)

    def trained(seed):
        model = build(seed, units=3)
        model.optimizer.learning_rate = 0.0  # so that the answers can be foretold
        return model

    keras.utils.set_random_seed(0)
    model = trained(0)
    keras.utils.set_random_seed(0)
    model.fit(x, y, epochs=1, batch_size=16, verbose=0)
    expected = (np.asarray(model(x_test)).argmax(axis=1) == y_test).mean()
    assert accuracies(trained, [(x, y, x_test, y_test)], epochs=1) == pytest.approx(expected)


def test_other_seeds_begin_with_other_weights():
    x, y, x_test, y_test = split(400)
    found = accuracies(build, [(x[:16], y[:16], x_test, y_test)] * 3, epochs=1)
    assert len(set(found.tolist())) == 3


def test_no_split_and_a_model_that_is_not_compiled_are_refused():
    with pytest.raises(ValueError, match="splits is empty"):
        accuracies(build, [])
    with pytest.raises(ValueError, match=r"call model\.compile"):
        accuracies(lambda seed: keras.Sequential([keras.Input((1,))]), [split()])


@pytest.mark.parametrize("where", [1, 3])
def test_examples_without_classes_are_refused(where):
    parts = list(split())
    parts[where] = parts[where][:-1]
    with pytest.raises(ValueError, match="split 0 has 40 examples and 39 classes"):
        accuracies(build, [parts])


def test_it_runs_pasted_into_an_empty_file():
    tree = ast.parse(Path(repeated.__file__).read_text("utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert names <= {"collections.abc", "keras", "numpy", "numpy.typing", "scipy", "typing"}
