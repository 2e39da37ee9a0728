"""Which data shows what a 1D convolutional network can do?

Rising and falling chirps in noise. Both classes hold the same frequencies;
only their order in time differs, so that a model has to look at neighbouring
time steps.

Source: a linear chirp as in `scipy.signal.chirp`; the spectrogram as in
Oppenheim and Schafer (2010), Discrete-Time Signal Processing, section 10.3.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import signal

RATE = 8000  # samples a second
SAMPLES = 6435  # 65 hops of 99 samples: 64 windows of 198


def chirp(rising: bool, rng: np.random.Generator) -> NDArray[np.float64]:
    """How does one chirp in noise sound?

    It sweeps between a low tone of 300 to 1500 Hz and a high one of 2000 to
    3500 Hz, lasts 0.2 to 0.4 s, begins at any time that leaves room for it,
    and has amplitude 1 in noise of standard deviation 0.5.

    Source: `scipy.signal.chirp`, method "linear".

    Args:
        rising: From low to high? Otherwise from high to low.
        rng: Source of the random numbers.

    Returns:
        The signal, shape (6435,), 8000 samples a second.

    Examples:
        >>> chirp(True, np.random.default_rng(0)).shape
        (6435,)
    """
    low, high = rng.uniform(300, 1500), rng.uniform(2000, 3500)
    first, last = (low, high) if rising else (high, low)
    length = int(rng.uniform(0.2, 0.4) * RATE)
    start = rng.integers(0, SAMPLES - length)
    times = np.arange(length) / RATE
    sound = rng.normal(0, 0.5, SAMPLES)
    sound[start : start + length] += signal.chirp(
        times, first, length / RATE, last
    )
    return sound


def spectrogram(sound: ArrayLike) -> NDArray[np.float32]:
    """How loud is each frequency at each time?

    The power of 100 frequencies (0 to 4000 Hz) in 64 windows of 198 samples,
    each half over the next: in Keras's words 64 steps with 100 channels.

    Source: `scipy.signal.spectrogram`.

    Args:
        sound: One signal or several, shape (..., 6435), 8000 samples a
            second.

    Returns:
        The decimal logarithm of the power plus 5, shape (..., 64, 100):
        about -2 (silence), 0.6 (noise) to 3 (chirp), a good range to train
        on. No mean or spread of the data enters, which could leak from test
        data into training.

    Raises:
        ValueError: If the last axis does not hold 6435 samples.

    Examples:
        >>> spectrogram(chirp(True, np.random.default_rng(0))).shape
        (64, 100)
    """
    sound = np.asarray(sound)
    if sound.shape[-1:] != (SAMPLES,):
        raise ValueError(
            f"sound must have {SAMPLES} samples along its last axis, got "
            f"shape {sound.shape}"
        )
    *_, power = signal.spectrogram(sound, fs=RATE, nperseg=198, noverlap=99)
    # the logarithm of silence would be -inf
    levels = np.log10(np.maximum(power, 1e-7)) + 5
    # (..., 100, 64) -> (..., 64, 100)
    return np.asarray(levels.swapaxes(-1, -2), dtype=np.float32)


def make_chirps(
    samples: int = 1000, *, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """How do we get many labelled spectrograms without a download?

    Source: `chirp` and `spectrogram`, half of the chirps rising, shuffled.

    Args:
        samples: How many, at least 2.
        rng: Source of the random numbers: the same seed, the same data.

    Returns:
        x: Log spectrograms, shape (samples, 64, 100).
        y: 1 for a rising chirp and 0 for a falling one, shape (samples,).

    Raises:
        ValueError: If samples is less than 2.

    Examples:
        >>> x, y = make_chirps(6, rng=np.random.default_rng(0))
        >>> x.shape, y.sum()
        ((6, 64, 100), np.int64(3))
    """
    if samples < 2:
        raise ValueError(f"samples must be at least 2, got {samples!r}")
    y = rng.permutation(np.arange(samples) % 2)
    x = [spectrogram(chirp(bool(rising), rng)) for rising in y]
    return np.stack(x), y
