"""The chirps are what they are said to be, and their time order alone tells the classes apart."""

import numpy as np
import pytest

from snippets.chirps import RATE, SAMPLES, chirp, make_chirps, spectrogram


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def data():
    return make_chirps(300, rng=rng())


def test_the_shapes_and_dtypes_are_those_of_the_network(data):
    x, y = data
    assert x.shape == (300, 64, 100)
    assert x.dtype == np.float32
    assert y.shape == (300,)
    assert set(y.tolist()) == {0, 1}
    assert np.isfinite(x).all()


def test_half_of_the_chirps_rise_and_the_order_is_mixed(data):
    _, y = data
    assert y.sum() == 150
    assert 100 < (np.diff(y) != 0).sum() < 200  # 150 expected, standard deviation 9


def test_the_values_are_in_a_range_that_trains_well(data):
    x, _ = data
    assert -2.01 < x.min() < x.max() < 4
    assert 0.3 < x.std() < 1


def test_the_same_seed_gives_the_same_data_and_another_gives_other_data():
    first, again, other = (make_chirps(4, rng=rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


def test_the_loudest_frequency_rises_in_one_class_and_falls_in_the_other(data):
    x, y = data
    right = 0
    for picture, rising in zip(x, y, strict=True):
        loud = picture.max(axis=1) > 2  # the steps that hold the chirp
        trend = np.polyfit(np.flatnonzero(loud), picture[loud].argmax(axis=1), 1)[0]
        right += (trend > 0) == rising
    assert right > 295  # noise may hide one; guessing gives 150


def test_averaged_over_time_the_classes_look_the_same(data):
    x, y = data
    rising, falling = x[y == 1].mean(axis=0), x[y == 0].mean(axis=0)
    # over time both classes hold the same frequencies: 150 chirps each leave a small difference
    np.testing.assert_allclose(rising.mean(axis=0), falling.mean(axis=0), atol=0.1)


def test_a_chirp_is_as_long_and_as_loud_as_said():
    sounds = np.stack([chirp(bool(n % 2), rng(n)) for n in range(50)])
    assert sounds.shape == (50, SAMPLES)
    # noise 0.25 everywhere; power 1/2 for 0.3 s of 0.804 s on average
    power = 0.25 + 0.5 * 0.3 * RATE / SAMPLES
    np.testing.assert_allclose((sounds**2).mean(), power, rtol=0.1)


def test_a_pure_tone_is_loud_at_its_own_frequency_alone():
    tone = np.sin(2 * np.pi * 1000 * np.arange(SAMPLES) / RATE)
    picture = spectrogram(tone)
    hertz = np.linspace(0, RATE / 2, 100)
    assert (abs(hertz[picture.argmax(axis=1)] - 1000) <= hertz[1]).all()
    assert np.median(picture) == -2


def test_silence_is_a_number():
    assert (spectrogram(np.zeros(SAMPLES)) == -2).all()


def test_several_signals_are_transformed_at_once():
    sounds = np.stack([chirp(True, rng(n)) for n in range(3)])
    found = spectrogram(sounds)
    assert found.shape == (3, 64, 100)
    np.testing.assert_allclose(found[1], spectrogram(sounds[1]), rtol=1e-5, atol=1e-5)


def test_a_signal_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"6435 samples .* got shape \(6434,\)"):
        spectrogram(np.zeros(6434))
    with pytest.raises(ValueError, match=r"6435 samples .* got shape \(\)"):
        spectrogram(1.0)


def test_one_sample_is_refused_because_it_has_one_class():
    with pytest.raises(ValueError, match="samples must be at least 2, got 1"):
        make_chirps(1, rng=rng())
