"""The bugs that `test_planted_bugs.py` plants, and the page that is asked about each.

They were chosen by reading the snippets, not the pages: each is a slip of the pen that changes
results, spread over the functions of its snippet. A bug that survives stays in the table.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Scene(NamedTuple):
    """So much of a page as a bug needs: the others of its claims cost seconds and say nothing.

    Attributes:
        page: Its path in `docs/`.
        sections: The headings whose text is kept, each up to the next heading of any level; the
            text above the first heading of level 2 always is. None given: all of them.
        without: Blocks that hold one of these words are left out: they train a network.
    """

    page: str
    sections: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Bug(NamedTuple):
    """A bug.

    Attributes:
        kind: What sort of slip it is.
        right: What the snippet says, exactly once.
        wrong: What it says instead.
        scene: The page that is asked.
    """

    kind: str
    right: str
    wrong: str
    scene: Scene


CURVES = Scene(
    "activation-functions.md",
    (
        "How do I choose one in Keras?",
        "Why does the slope matter?",
        "The functions in NumPy",
    ),
)
SOUNDS = Scene("cnn-1d.md", ("What does the network hear?",))
PROGRAM = Scene("cnn-1d.md", ("What does the whole program look like?",))
LOST_VALUE = Scene(
    "cnn-1d.md",
    (
        "Step 6: add two wider convolutions",
        "Which value does a sequence of 50 lose?",
        "Exercises",
    ),
)
KINDS_OF_LAYERS = Scene("index.md", ("Which kinds of layers are there?",))
DIGITS = Scene("experiments/saliency.md", ("Which pictures have a known answer?",))
WITHOUT_KERAS = Scene(
    "convolution.md",
    ("How does Keras do it?", "Can I have it without Keras?"),
)
OUTPUT_SIZE = Scene(
    "convolution.md",
    ("What happens at one position?", "How does Keras do it?", "How large is the output?"),
)
POOLING = Scene(
    "pooling.md",
    (
        "What does pooling compute?",
        "What does it do to a real feature map?",
        "Try it yourself",
    ),
)
GLOBAL_POOLING = Scene("pooling.md", ("What does pooling compute?", "What does global pooling do?"))
SUMS = Scene(
    "experiments/identities.md",
    (
        "How do you test that two programs are equal?",
        "Which of them is the right one?",
        "Is a sum an average?",
    ),
    without=("toeplitz_matrix",),
)
FORMULA = Scene("experiments/reach.md", ("Which formula says the same?",))
UNEVEN = Scene("experiments/corrections.md", ('"`same` pads evenly"',))
FOLLOWING = Scene(
    "experiments/equivariance.md",
    ("What does it mean to follow?", "How do you measure it?", "Which layers follow?"),
)
FOUR_WAYS = Scene(
    "experiments/identities.md",
    (
        "How do you test that two programs are equal?",
        "In how many ways can you convolve?",
        "Loops: the definition",
        "im2col: one row for each window",
        "Toeplitz: one matrix for the whole layer",
        "Waves: the Fourier transform",
        "And Keras?",
        "Are two convolutions one?",
    ),
)
BY_HAND = Scene(
    "experiments/identities.md",
    (
        "How do you test that two programs are equal?",
        "In how many ways can you convolve?",
        "How does a convolution learn?",
        "By hand",
        "By tape",
    ),
)
BY_BRUTE_FORCE = Scene("experiments/identities.md", (*BY_HAND.sections, "By brute force"))
CONES = Scene(
    "experiments/reach.md",
    (
        "How do you measure what an output sees?",
        "Do formula and gradient always agree?",
        "A stack to play with",
        "Which values never reach the output?",
    ),
)
DRUMS = Scene(
    "experiments/drums.md",
    ("What do the two drums look like?", "Do they sound the same?", "Why are they equal?"),
)
DETECTOR = Scene(
    "experiments/drums.md",
    (
        "What do the two drums look like?",
        "Can a classifier tell them apart?",
        "How do I test my own pipeline?",
    ),
    without=("repeated.accuracies", "five_splits(pair)) for"),
)
SOLVER = Scene(
    "experiments/spectra.md",
    (
        "What is the spectrum of a shape?",
        "How does one cut a surface into triangles?",
        "How does the solver work?",
    ),
)
SHEETS = Scene(
    "experiments/spectra.md", ("How does the solver work?", "Must a surface lie in space?")
)
WEYL = Scene(
    "experiments/spectra.md",
    (*SHEETS.sections, "What is the spectrum of a shape?", "What does every spectrum tell?"),
)
MEND = Scene(
    "experiments/leakage.md",
    (
        "When must the honest number be one half?",
        "Leak 1: what happens if you cut first, and split later?",
        "The mend",
    ),
    without=('found[f"CNN',),
)
LUCK = Scene(
    "experiments/leakage.md",
    ("The mend", "How good does mere luck look?", "Exercises"),
    without=("cross_val_score", "np.geomspace"),
)
INTERVAL = Scene("experiments/leakage.md", ("When must the honest number be one half?",))
SALIENCY = Scene("experiments/saliency.md", ("How does Grad-CAM work?",))

BUGS: Mapping[str, tuple[Bug, ...]] = {
    "activation": (
        Bug("activation", "else np.maximum(x, 0)\n", "else np.minimum(x, 0)\n", CURVES),
        Bug("scale", "negative_slope: float = 0.2", "negative_slope: float = 0.3", CURVES),
        Bug("off by one", "alpha * np.expm1(", "alpha * np.exp(", CURVES),
        Bug("scale", "0.044715 * x**3", "0.44715 * x**3", CURVES),
        Bug("activation", "x * sigmoid(x))", "x * tanh(x))", CURVES),
        Bug("axis", "exps.sum(axis=axes, keepdims=True)", "exps.sum(keepdims=True)", CURVES),
    ),
    "chirps": (
        Bug(
            "flip",
            "(low, high) if rising else (high, low)",
            "(high, low) if rising else (low, high)",
            SOUNDS,
        ),
        Bug("axis", "levels.swapaxes(-1, -2)", "levels", SOUNDS),
        Bug("stride", "noverlap=99", "noverlap=98", SOUNDS),
        Bug(
            "scale", "np.log10(np.maximum(power, 1e-7))", "np.log(np.maximum(power, 1e-7))", SOUNDS
        ),
        Bug("scale", "rng.normal(0, 0.5, SAMPLES)", "rng.normal(0, 0.05, SAMPLES)", SOUNDS),
    ),
    "cnn_1d": (
        Bug("stride", "MaxPooling1D(3)", "MaxPooling1D(3, strides=2)", KINDS_OF_LAYERS),
        Bug(
            "off by one",
            "# (batch, 60, 64)\n    model.add(layers.Conv1D(64, kernel_size,",
            "# (batch, 60, 64)\n    model.add(layers.Conv1D(64, kernel_size + 1,",
            KINDS_OF_LAYERS,
        ),
        Bug(
            "activation",
            '# (batch, 16, 128)\n    model.add(layers.Conv1D(128, kernel_size, activation="relu"))',
            "# (batch, 16, 128)\n    model.add(layers.Conv1D(128, kernel_size))",
            KINDS_OF_LAYERS,
        ),
        Bug("scale", "epochs=epochs,", "epochs=1,", PROGRAM),
        Bug("scale", "{name: float(score)", "{name: 100 * float(score)", PROGRAM),
    ),
    "cnn_2d": (
        Bug("scale", "[..., np.newaxis] / 16", "[..., np.newaxis] / 255", DIGITS),
        Bug("axis", "data.images[..., np.newaxis]", "data.images[:, np.newaxis]", DIGITS),
        Bug("stride", "MaxPooling2D(2)", "MaxPooling2D(2, strides=1)", KINDS_OF_LAYERS),
        Bug(
            "padding", 'same = {"padding": "same",', 'same = {"padding": "valid",', KINDS_OF_LAYERS
        ),
        Bug(
            "activation",
            'layers.Dense(classes, activation="softmax")',
            'layers.Dense(classes, activation="sigmoid")',
            KINDS_OF_LAYERS,
        ),
        Bug("scale", "epochs=epochs,", "epochs=1,", KINDS_OF_LAYERS),
    ),
    "convolution": (
        Bug("stride", "(1, *steps, 1, *rates)", "(1, *steps[::-1], 1, *rates)", WITHOUT_KERAS),
        Bug(
            "flip",
            "kernel = kernel.reshape(*size, depth, groups",
            "kernel = kernel[::-1].reshape(*size, depth, groups",
            WITHOUT_KERAS,
        ),
        Bug("axis", "nxygcij,ijcgf->nxygf", "nxygcij,jicgf->nxygf", WITHOUT_KERAS),
        Bug("off by one", "before = span - 1 if", "before = span if", WITHOUT_KERAS),
        Bug(
            "padding",
            "else missing // 2\n        after = missing - missing // 2",
            "else missing - missing // 2\n        after = missing // 2",
            WITHOUT_KERAS,
        ),
        Bug("off by one", "rate * (n - 1) + 1 for", "rate * n for", WITHOUT_KERAS),
    ),
    "pooling": (
        Bug("stride", "steps = spans if", "steps = (1,) * rank if", POOLING),
        Bug("scale", "= total / count\n", "= total / count.max()\n", POOLING),
        Bug("scale", "np.asarray(windows.sum(", "np.asarray(windows.mean(", SUMS),
        Bug("padding", 'mode="edge"', 'mode="constant"', POOLING),
        Bug(
            "off by one",
            "widths.append((missing // 2, missing - missing // 2))",
            "widths.append((missing - missing // 2, missing // 2))",
            POOLING,
        ),
        Bug("axis", "x.mean(axis=1)", "x.mean(axis=2)", GLOBAL_POOLING),
    ),
    "output_size": (
        Bug("off by one", "- layer.span) // strides + 1", "- layer.span) // strides", OUTPUT_SIZE),
        Bug(
            "stride",
            "return (before + size + after - layer.span) // strides + 1",
            "return -(-(before + size + after - layer.span) // strides) + 1",
            OUTPUT_SIZE,
        ),
        Bug(
            "stride",
            "size += (layer.span - 1) * jump\n        jump *= layer.strides",
            "jump *= layer.strides\n        size += (layer.span - 1) * jump",
            FORMULA,
        ),
        Bug(
            "dilation",
            "return self.dilation_rate * (self.kernel_size - 1) + 1",
            "return self.dilation_rate * self.kernel_size",
            OUTPUT_SIZE,
        ),
        Bug(
            "flip", "layer.strides + offset - before", "layer.strides - offset - before", LOST_VALUE
        ),
        Bug(
            "padding",
            "return missing // 2, missing - missing // 2",
            "return missing - missing // 2, missing // 2",
            UNEVEN,
        ),
    ),
    "equivariance": (
        Bug("flip", "np.roll(x, shift, axis=1)", "np.roll(x, -shift, axis=1)", FOLLOWING),
        Bug("axis", "np.roll(x, shift, axis=1)", "np.roll(x, shift, axis=2)", FOLLOWING),
        Bug("stride", "{shift // strides, -(-shift // strides)}", "{shift}", FOLLOWING),
        Bug("sign", "return min(", "return max(", FOLLOWING),
        Bug(
            "scale", "size = np.linalg.norm(still)", "size = np.linalg.norm(still) ** 2", FOLLOWING
        ),
        Bug("axis", "near = {0} if still.ndim == 2 else", "near =", FOLLOWING),
    ),
    "gradient": (
        Bug("flip", "upstream @ kernel[i, j].T", "upstream @ kernel[-1 - i, -1 - j].T", BY_HAND),
        Bug("axis", "seen = x[:, down, across]", "seen = x[:, across, down]", BY_HAND),
        Bug("scale", "upstream.sum(axis=(0, 1, 2))", "upstream.mean(axis=(0, 1, 2))", BY_HAND),
        Bug("sum", "of_x[:, down, across] +=", "of_x[:, down, across] =", BY_HAND),
        Bug("scale", "/ (2 * step)", "/ step", BY_BRUTE_FORCE),
    ),
    "identities": (
        Bug("flip", "kernel[i, j, c, f]", "kernel[-1 - i, -1 - j, c, f]", FOUR_WAYS),
        Bug("axis", "np.moveaxis(windows, 3, -1)", "np.moveaxis(windows, 3, 3)", FOUR_WAYS),
        Bug("flip", "row, column] = kernel", "row, column] = kernel[:, ::-1]", FOUR_WAYS),
        Bug("flip", "weights.conj()", "weights", FOUR_WAYS),
        Bug("off by one", "around[:, :rows, :columns]", "around[:, -rows:, -columns:]", FOUR_WAYS),
        Bug("sum", "j : j + width] += part", "j : j + width] = part", FOUR_WAYS),
    ),
    "reach": (
        Bug("sign", "np.flatnonzero(outputs) - self.before", "np.flatnonzero(outputs)", CONES),
        Bug(
            "dilation",
            "np.arange(0, self.layer.span, self.layer.dilation_rate)",
            "np.arange(0, self.layer.span)",
            CONES,
        ),
        Bug(
            "scale",
            "multiply_adds=weights * prod(looked.sizes)",
            "multiply_adds=weights * prod(state.sizes)",
            CONES,
        ),
        Bug(
            "stride",
            'size = strides = _axes(config, "pool_size", rank, 2)',
            'size, strides = _axes(config, "pool_size", rank, 2), (1,) * rank',
            CONES,
        ),
        Bug("off by one", "(window.layer.span - 1) / 2", "window.layer.span / 2", CONES),
        Bug("padding", '"pool_size", "strides", "padding")', '"pool_size", "strides")', CONES),
    ),
    "drums": (
        Bug("flip", "new[side] = 2 * foot - new[side]", "new[side] = p + q - new[side]", DRUMS),
        Bug("border", "edges[times == 1]", "edges[times == 2]", DRUMS),
        Bug("sign", "[0, -1, 1, -1, 0, 0, 0],", "[0, -1, 1, 1, 0, 0, 0],", DRUMS),
        Bug("off by one", "places[faces] / cuts", "places[faces] / (cuts + 1)", DRUMS),
        Bug("sign", "found[side] += rim *", "found[side] -= rim *", DRUMS),
    ),
    "spectra": (
        Bug("scale", "dots / (4 * areas)", "dots / (2 * areas)", SOLVER),
        Bug(
            "flip", "np.where(over & twist, -row, row)", "np.where(over & twist, row, row)", SHEETS
        ),
        Bug("border", "((n == 0) & (m % 2 == 0))", "(n == 0)", SHEETS),
        Bug("scale", "rays * sums ** (-1 / power)", "rays * sums ** (-1 / 2)", SOLVER),
        Bug("scale", "/ (4 * np.pi)", "/ (2 * np.pi)", WEYL),
        Bug("axis", "(n / height) ** 2)", "(n / width) ** 2)", SHEETS),
    ),
    "leak_detector": (
        Bug("off by one", "rng.integers(0, 2, units)", "rng.integers(0, 1, units)", DETECTOR),
        Bug("scale", "stats.t.ppf((1 + confidence) / 2", "stats.t.ppf(confidence / 2", DETECTOR),
        Bug("sign", "self.low <= 0.5 <= self.high", "self.low <= 0.5", DETECTOR),
        Bug("scale", "stats.sem(accuracies)", "accuracies.std()", DETECTOR),
    ),
    "leakage": (
        Bug(
            "off by one", "np.arange(examples), examples", "np.arange(examples) + 1, examples", LUCK
        ),
        Bug("constant", "examples, accuracy)", "examples, 0.5)", LUCK),
        Bug("axis", "rng.permutation(len(names))[group]", "rng.permutation(len(group))", MEND),
        Bug("off by one", "names[count > 1]", "names[count > 2]", MEND),
        Bug("off by one", 'side="right"', 'side="left"', MEND),
    ),
    "repeated": (
        Bug("scale", "stats.t.ppf((1 + confidence) / 2", "stats.t.ppf(confidence", INTERVAL),
        Bug("off by one", "len(values) - 1)\n", "len(values))\n", INTERVAL),
        Bug("scale", "{self.high - self.mean:.3f}", "{self.high - self.low:.3f}", INTERVAL),
        Bug("state", "_begin_anew(model, _fresh(build, seed))", "_fresh(build, seed)", INTERVAL),
        Bug("scale", "for _ in range(epochs)])", "for _ in range(1)])", INTERVAL),
    ),
    "saliency": (
        Bug(
            "axis",
            "slopes.mean(axis=(1, 2), keepdims=True)",
            "slopes.mean(axis=-1, keepdims=True)",
            SALIENCY,
        ),
        Bug("activation", "np.maximum(total, 0)", "total", SALIENCY),
        Bug(
            "activation",
            "layers.Dense(last.units, use_bias=last.use_bias)",
            "layers.Dense(last.units, last.activation, use_bias=last.use_bias)",
            SALIENCY,
        ),
        Bug("sign", "(whole - asked(hidden))", "(asked(hidden) - whole)", SALIENCY),
        Bug("scale", 'interpolation="bilinear"', 'interpolation="nearest"', SALIENCY),
        Bug(
            "sign",
            "np.maximum(np.asarray(maps, float), 0)",
            "np.abs(np.asarray(maps, float))",
            SALIENCY,
        ),
    ),
}
