"""The pages that every tool builds: the same prose and the same code.

A page's last block prints a number that stands nowhere in its code, so that a built page proves
that its code ran, and how many seconds it ran after its imports.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Page:
    """A page of a workload.

    Attributes:
        name: Its file's name, without suffix.
        number: Its place among the pages, from 1.
        parts: Its prose and its code in turn, as (is it code?, text).
    """

    name: str
    number: int
    parts: tuple[tuple[bool, str], ...]

    @property
    def code(self) -> list[str]:
        """The code alone."""
        return [text for is_code, text in self.parts if is_code]

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.parts[0][1].partition("\n")[0].removeprefix("# ")

    def result(self, revision: int = 0) -> str:
        """What the page shows once its code, in this revision, has run."""
        return f"result {7919 * self.number + revision} after"


@dataclass(frozen=True)
class Workload:
    """Pages that are built together.

    Attributes:
        kind: What their code needs: `Keras` or `NumPy`.
        pages: The pages.
    """

    kind: str
    pages: tuple[Page, ...]

    @property
    def name(self) -> str:
        """Its name in the table."""
        return f"{len(self.pages)} with {self.kind}"


def revised(source: str, revision: int) -> str:
    """An edit of code: a page's file, in any tool's format, with another revision of its code."""
    assert source.count("revision = 0\n") == 1
    return source.replace("revision = 0\n", f"revision = {revision}\n")


def tutorial(copies: int) -> Workload:
    """Three pages that import Keras, as many times as asked; the third trains a small network."""
    pages = []
    for copy in range(copies):
        for name, text in TUTORIAL.items():
            pages.append(_page(f"{name}-{copy + 1}", len(pages) + 1, text))
    return Workload("Keras", tuple(pages))


def small(count: int) -> Workload:
    """Pages of five small NumPy blocks."""
    numbers = range(1, count + 1)
    return Workload("NumPy", tuple(_page(f"page-{n:04}", n, SMALL) for n in numbers))


def _page(name: str, number: int, text: str) -> Page:
    """Cut a text into prose and code: what is indented is code."""
    parts = []
    for chunk in dedent(text).strip("\n").split("\n\n\n"):
        is_code = chunk.startswith("    ")
        chunk = dedent(chunk).replace("NUMBER", str(number))
        parts.append((is_code, chunk))
    return Page(name, number, tuple(parts))


_START = """
    from time import perf_counter

    import keras
    import matplotlib.pyplot as plt
    import numpy as np

    started = perf_counter()
    rng = np.random.default_rng(NUMBER)
"""
_END = """
Each page ends with a number.


    revision = 0
    print(f"result {7919 * NUMBER + revision} after {perf_counter() - started:.2f} s")
"""
TUTORIAL = {
    "filters": f"""
# Filters NUMBER

A filter slides over an image, and answers where it finds what it looks for.

{_START}

The image holds a diagonal line and some noise.


    image = np.eye(9) + rng.normal(0, 0.1, size=(9, 9))
    print(image.round(1))


The same filter, by hand:


    diagonal = np.eye(3) - 1 / 3
    windows = np.lib.stride_tricks.sliding_window_view(image, diagonal.shape)
    by_hand = np.einsum("ijkl,kl->ij", windows, diagonal)
    print(by_hand.round(2))


And in Keras, where the weights of the layer are the filter:


    layer = keras.layers.Conv2D(1, kernel_size=3, use_bias=False)
    layer.build((None, 9, 9, 1))
    layer.set_weights([diagonal[:, :, None, None]])
    answer = np.asarray(layer(image[None, :, :, None]))[0, :, :, 0]
    print(np.abs(answer - by_hand).max() < 1e-5)


    fig, axes = plt.subplots(1, 2)
    axes[0].imshow(image, cmap="gray")
    axes[1].imshow(answer, cmap="gray")
    plt.show()

{_END}
""",
    "pooling": f"""
# Pooling NUMBER

Max pooling keeps the largest value of each window.

{_START}

Sixteen numbers become four.


    values = rng.integers(0, 50, size=(4, 4)).astype("float32")
    pooled = np.asarray(keras.layers.MaxPooling2D(2)(values[None, :, :, None]))[0, :, :, 0]
    print(values, pooled, sep="\\n\\n")


Average pooling, for comparison:


    mean = np.asarray(keras.layers.AveragePooling2D(2)(values[None, :, :, None]))[0, :, :, 0]
    print(mean)


    fig, axes = plt.subplots(1, 3)
    for ax, array in zip(axes, (values, pooled, mean), strict=True):
        ax.imshow(array, vmin=0, vmax=50)
    plt.show()

{_END}
""",
    "training": f"""
# Training NUMBER

A small network learns to tell two kinds of sequences apart.

{_START}

One kind holds a short bump in some of its channels.


    keras.utils.set_random_seed(NUMBER)
    kinds = rng.integers(0, 2, size=(1000, 1))
    sequences = rng.normal(size=(1000, 80, 64)).astype("float32")
    sequences[kinds[:, 0] == 1, 30:40, :8] += 0.8
    print(sequences.shape)


The network has two pairs of convolutions.


    model = keras.Sequential([
        keras.Input((80, 64)),
        keras.layers.Conv1D(64, 3, activation="relu"),
        keras.layers.Conv1D(64, 3, activation="relu"),
        keras.layers.MaxPooling1D(3),
        keras.layers.Conv1D(96, 3, activation="relu"),
        keras.layers.Conv1D(96, 3, activation="relu"),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    print(model.count_params())


It sees eight of ten sequences ten times:


    history = model.fit(sequences[:800], kinds[:800], batch_size=16, epochs=10, verbose=0)
    loss, accuracy = model.evaluate(sequences[800:], kinds[800:], verbose=0)
    print(accuracy > 0.5)


    fig, ax = plt.subplots()
    ax.plot(history.history["loss"])
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    plt.show()

{_END}
""",
}
SMALL = (
    """
# Page NUMBER

Five small blocks.


    from time import perf_counter

    import numpy as np

    started = perf_counter()
    rng = np.random.default_rng(NUMBER)


A sample of a hundred numbers:


    sample = rng.normal(size=100)
    print(sample.mean().round(3), sample.std().round(3))


Its moving average:


    smooth = np.convolve(sample, np.ones(5) / 5, mode="valid")
    print(smooth[:8].round(2))


The sums of a table:


    table = rng.integers(0, 10, size=(4, 5))
    print(table)
    print(table.sum(axis=0), table.sum(axis=1))

"""
    + _END
)
