"""No group is ever on two sides, and luck is worth what counting all cases says."""

import doctest
from itertools import product

import numpy as np
import pytest
from sklearn.model_selection import GroupShuffleSplit

from snippets import leakage
from snippets.leakage import best_of_luck, check_apart, split_by_group


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_examples_in_the_docstrings_hold():
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testmod(leakage, optionflags=flags)
    assert (failed, tried) == (0, 7)


@pytest.mark.parametrize("seed", range(20))
def test_each_example_is_in_one_part_and_each_group_too(seed):
    groups = rng(seed).integers(0, 30, 200)
    parts = split_by_group(groups, rng=rng(seed))
    assert sorted(i for part in parts for i in part) == list(range(200))
    sides = [set(groups[part].tolist()) for part in parts]
    assert all(not a & b for k, a in enumerate(sides) for b in sides[:k])
    assert all(part.tolist() == sorted(part.tolist()) for part in parts)


def test_the_shares_are_those_of_the_groups():
    groups = np.repeat(np.arange(50), rng().integers(1, 9, 50))
    parts = split_by_group(groups, shares=(0.5, 0.3, 0.2), rng=rng())
    assert [len(np.unique(groups[part])) for part in parts] == [25, 15, 10]


def test_two_parts_are_as_large_as_those_of_scikit_learn():
    groups = np.repeat(np.arange(40), 3)
    ours = split_by_group(groups, shares=(0.75, 0.25), rng=rng())
    theirs = next(GroupShuffleSplit(1, test_size=0.25, random_state=0).split(groups, groups=groups))
    assert [len(part) for part in ours] == [len(part) for part in theirs]


def test_each_group_comes_into_each_part_as_often_as_its_share_says():
    count = np.zeros(6)
    for seed in range(600):
        _, test = split_by_group(list("abcdef"), shares=(2 / 3, 1 / 3), rng=rng(seed))
        count[test] += 1
    assert abs(count - 200).max() < 50  # four standard deviations of a binomial count are 46


def test_names_may_be_words():
    parts = split_by_group(["b", "a", "b", "c"], shares=(1 / 3, 1 / 3, 1 / 3), rng=rng())
    assert sorted(map(list, parts)) == [[0, 2], [1], [3]]


def test_the_same_seed_gives_the_same_split():
    groups = np.arange(30)
    for a, b in zip(
        split_by_group(groups, rng=rng(3)), split_by_group(groups, rng=rng(3)), strict=True
    ):
        assert np.array_equal(a, b)
    assert not np.array_equal(
        split_by_group(groups, rng=rng(3))[0], split_by_group(groups, rng=rng(4))[0]
    )


@pytest.mark.parametrize("shares", [(), (0.5, 0.4), (0.5, 0.6), (1.2, -0.2), (1.0, 0.0)])
def test_shares_that_are_no_shares_are_refused(shares):
    with pytest.raises(ValueError, match="give positive numbers that add up to 1"):
        split_by_group(range(10), shares=shares, rng=rng())


def test_too_few_groups_are_refused():
    with pytest.raises(ValueError, match=r"2 groups are too few for shares=\(0.6, 0.2, 0.2\)"):
        split_by_group([0, 0, 1, 1], rng=rng())


def test_a_table_of_groups_is_refused():
    with pytest.raises(
        ValueError, match=r"groups of shape \(2, 2\): give one name for each example"
    ):
        split_by_group([[0, 1], [2, 3]], rng=rng())
    with pytest.raises(ValueError, match=r"groups of shape \(2, 2\)"):
        check_apart([[0, 1], [2, 3]], [0], [1])


@pytest.mark.parametrize("seed", range(20))
def test_the_check_finds_what_a_loop_over_all_pairs_finds(seed):
    groups = rng(seed).integers(0, 12, 14).tolist()
    order = rng(seed).permutation(14)
    parts = order[:4], order[4:8], order[8:10]
    shared = {
        g
        for k, a in enumerate(parts)
        for b in parts[:k]
        for g in groups
        if g in [groups[i] for i in a] and g in [groups[i] for i in b]
    }
    if shared:
        with pytest.raises(
            ValueError,
            match=f"^{len(shared)} groups are in more than one part, such as {min(shared)}: ",
        ):
            check_apart(groups, *parts)
    else:
        check_apart(groups, *parts)


def test_the_check_accepts_an_empty_part_and_repeated_indices():
    check_apart(["a", "b"], [0, 0], [1], [])


@pytest.mark.parametrize(
    ("tries", "examples", "accuracy"),
    [(1, 3, 0.5), (2, 2, 0.5), (3, 2, 0.5), (2, 3, 0.25), (3, 3, 0.9)],
)
def test_luck_is_the_mean_over_all_cases(tries, examples, accuracy):
    total = 0.0
    for answers in product([0, 1], repeat=tries * examples):
        chance = np.prod([accuracy if a else 1 - accuracy for a in answers])
        total += chance * np.reshape(answers, (tries, examples)).mean(axis=1).max()
    assert best_of_luck(tries, examples, accuracy) == pytest.approx(total, abs=1e-12)


def test_luck_agrees_with_many_draws():
    draws = rng().binomial(80, 0.7, size=(20_000, 15)).max(axis=1) / 80
    assert best_of_luck(15, 80, 0.7) == pytest.approx(draws.mean(), abs=0.002)  # 8 standard errors


def test_luck_needs_a_chance():
    assert best_of_luck(50, 10, 0.0) == 0
    assert best_of_luck(50, 10, 1.0) == 1


@pytest.mark.parametrize(
    ("tries", "examples", "accuracy"), [(0, 10, 0.5), (10, 0, 0.5), (10, 10, 1.1), (10, 10, -0.1)]
)
def test_impossible_counts_are_refused(tries, examples, accuracy):
    with pytest.raises(ValueError, match="at least 1 try, at least 1 example and an accuracy in"):
        best_of_luck(tries, examples, accuracy)
