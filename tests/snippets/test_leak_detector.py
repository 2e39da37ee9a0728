"""The detector is silent about honest pipelines and finds each planted leak."""

import numpy as np
import pytest
from scipy import stats

from snippets.leak_detector import leak_check


def rng(seed=0):
    return np.random.default_rng(seed)


def nearest(x_train, y_train, x_test):
    """Answer with the label of the nearest training example."""
    gaps = ((x_test[:, None] - x_train) ** 2).sum(axis=2)
    return y_train[gaps.argmin(axis=1)]


def honest(labels, rng):
    x = rng.normal(size=(len(labels), 5))
    half = len(labels) // 2
    return np.mean(nearest(x[:half], labels[:half], x[half:]) == labels[half:])


def repeats(labels, rng):
    """Record each unit twice, and split the recordings, not the units."""
    x = np.repeat(rng.normal(size=(len(labels), 5)), 2, axis=0)
    x, y = x + rng.normal(0, 0.1, x.shape), np.repeat(labels, 2)
    order = rng.permutation(len(y))
    train, test = order[::2], order[1::2]
    return np.mean(nearest(x[train], y[train], x[test]) == y[test])


def chosen_before(labels, rng):
    """Choose the features that go best with all labels, and split only then."""
    x = rng.normal(size=(len(labels), 500))
    best = np.abs((labels - 0.5) @ x).argsort()[-5:]
    x, half = x[:, best], len(labels) // 2
    return np.mean(nearest(x[:half], labels[:half], x[half:]) == labels[half:])


def best_of_many(labels, rng):
    """Try 50 useless models, and report the one that does best on the test data."""
    return max(np.mean(rng.integers(0, 2, len(labels)) == labels) for _ in range(50))


def leave_one_out(labels, rng):
    """Answer with the more frequent label of all others: of even labels always the wrong one."""
    labels = rng.permutation(np.arange(len(labels)) % 2)  # as many of one as of the other
    return np.mean([(np.delete(labels, i).mean() > 0.5) == labels[i] for i in range(len(labels))])


def test_an_honest_pipeline_is_at_one_half_and_raises_few_false_alarms():
    alarms = sum(not leak_check(honest, 60, rng=rng(seed)).clean for seed in range(200))
    assert alarms <= 7  # 2 expected; more than 7 once in a thousand


@pytest.mark.parametrize("pipeline", [repeats, chosen_before, best_of_many])
def test_a_leak_is_above_one_half(pipeline):
    for seed in range(5):
        found = leak_check(pipeline, 60, rng=rng(seed))
        assert found.low > 0.5
        assert not found.clean


def test_labels_that_are_avoided_are_below_one_half():
    found = leak_check(leave_one_out, 60, rng=rng())
    assert (found.accuracies == 0).all()
    assert found[:3] == (0, 0, 0)
    assert not found.clean


def test_the_labels_are_fair_independent_coins():
    seen = []

    def remember(labels, rng):
        seen.append(labels)
        return labels.mean()

    leak_check(remember, 400, runs=50, rng=rng())
    coins = np.array(seen)
    assert coins.shape == (50, 400)
    assert set(coins.ravel().tolist()) == {0, 1}
    assert abs(coins.mean() - 0.5) < 0.02  # standard deviation 0.0035
    # as many ones in a run as the binomial law allows, not always the same number
    assert 7 < coins.sum(axis=1).std() < 13  # 10 expected


def test_the_same_seed_gives_the_same_accuracies_and_another_gives_others():
    first, again, other = (leak_check(honest, 30, runs=3, rng=rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.accuracies, again.accuracies)
    assert not np.array_equal(first.accuracies, other.accuracies)


@pytest.mark.parametrize("confidence", [0.9, 0.99])
@pytest.mark.parametrize("runs", [2, 6])
def test_the_interval_is_the_one_of_scipy(confidence, runs):
    found = leak_check(honest, 30, runs=runs, confidence=confidence, rng=rng())
    assert found.accuracies.shape == (runs,)
    test = stats.ttest_1samp(found.accuracies, 0).confidence_interval(confidence)
    np.testing.assert_allclose(found[:3], [found.accuracies.mean(), test.low, test.high])


def test_without_scatter_the_interval_is_a_point():
    found = leak_check(lambda labels, rng: 0.5, 10, rng=rng())
    assert found[:3] == (0.5, 0.5, 0.5)
    assert found.clean
    assert not leak_check(lambda labels, rng: 0.51, 10, rng=rng()).clean
    assert not leak_check(lambda labels, rng: 0.49, 10, rng=rng()).clean


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: leak_check(honest, 1, rng=rng()), "at least 2 units.* got 1, 20 and 0.99"),
        (lambda: leak_check(honest, 10, runs=1, rng=rng()), "at least 2 runs.* got 10, 1 and"),
        (lambda: leak_check(honest, 10, confidence=1, rng=rng()), "between 0 and 1.* and 1$"),
        (lambda: leak_check(honest, 10, confidence=0, rng=rng()), "between 0 and 1.* and 0$"),
        (lambda: leak_check(lambda labels, rng: 51.0, 10, rng=rng()), "between 0 and 1, got .*51"),
        (lambda: leak_check(lambda labels, rng: np.nan, 10, rng=rng()), "got .*nan"),
    ],
)
def test_bad_input_is_refused_with_its_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()
