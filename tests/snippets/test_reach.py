"""What a stack puts out, costs and sees is what happens when it computes, here and in Keras."""

import itertools
from math import prod

import keras
import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import PathPatch, Rectangle

from snippets import pooling
from snippets.convolution import conv1d, conv2d
from snippets.drawing import COLOURS, draw_reach
from snippets.output_size import Layer, reached
from snippets.reach import cone, follow, layers_of, unreached

CONV = {"layer": "Conv1D", "filters": 64, "kernel_size": 3}
DEEP = {"layer": "Conv1D", "filters": 128, "kernel_size": 3}
POOL = {"layer": "MaxPooling1D", "pool_size": 3}
HEAD = [
    {"layer": "GlobalAveragePooling1D"},
    {"layer": "Dropout", "rate": 0.5},
    {"layer": "Dense", "units": 1, "activation": "sigmoid"},
]
SEED = [CONV, CONV, POOL, DEEP, DEEP, *HEAD]
DILATED = [
    {"layer": "Conv1D", "filters": 1, "kernel_size": 2, "padding": "causal", "dilation_rate": 2**n}
    for n in range(4)
]
DIGITS = [
    {"layer": "Conv2D", "filters": 4, "kernel_size": [3, 2], "padding": "same", "strides": [2, 1]},
    {"layer": "BatchNormalization", "scale": False},
    {"layer": "ReLU"},
    {"layer": "ZeroPadding2D", "padding": [[1, 0], [2, 1]]},
    {"layer": "AveragePooling2D", "pool_size": [2, 3], "strides": [3, 2]},
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 10},
]


def random_stack(rng):
    """An input shape and one to four layers, some of which do not fit."""
    rank = int(rng.integers(1, 3))
    most = 40 if rank == 1 else 14
    shape = [*rng.integers(1, most, rank).tolist(), int(rng.integers(1, 4))]
    return shape, [random_layer(rng, rank) for _ in range(rng.integers(1, 5))]


def random_layer(rng, rank):
    def per_axis(most):
        return rng.integers(1, most + 1, rank).tolist()

    kind = rng.choice(
        ["Conv"] * 5 + ["Pooling"] * 3 + ["ZeroPadding", "Global", "Flatten", "other"]
    )
    if kind == "Conv":
        layer = {"layer": f"Conv{rank}D", "filters": int(rng.integers(1, 6))}
        layer |= {"kernel_size": per_axis(5), "use_bias": bool(rng.integers(2))}
        looks = rng.choice(["plain", "strides", "dilation_rate", "both"], p=[0.4, 0.28, 0.28, 0.04])
        layer["strides"] = per_axis(3) if looks in ("strides", "both") else [1] * rank
        layer["dilation_rate"] = per_axis(3) if looks in ("dilation_rate", "both") else [1] * rank
        return layer | {"padding": str(rng.choice(["valid", "same", "causal"][: 4 - rank]))}
    if kind == "Pooling":
        layer = {
            "layer": f"{rng.choice(['Max', 'Average'])}Pooling{rank}D",
            "pool_size": per_axis(3),
        }
        layer["strides"] = per_axis(4) if rng.integers(2) else None
        return layer | {"padding": str(rng.choice(["valid", "same"]))}
    if kind == "ZeroPadding":
        pads = rng.integers(0, 3, (2, 2)).tolist()
        return {"layer": f"ZeroPadding{rank}D", "padding": pads if rank == 2 else pads[0]}
    if kind == "Global":
        keepdims = bool(rng.integers(2))
        return {
            "layer": f"Global{rng.choice(['Max', 'Average'])}Pooling{rank}D",
            "keepdims": keepdims,
        }
    if kind == "Flatten":
        return {"layer": "Flatten"}
    return [
        {"layer": "Dense", "units": int(rng.integers(1, 8)), "use_bias": bool(rng.integers(2))},
        {"layer": "BatchNormalization", "scale": bool(rng.integers(2))},
        {"layer": "Dropout", "rate": 0.5},
    ][rng.integers(3)]


def stacks(count, seed):
    """Random stacks that fit."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        stack = random_stack(rng)
        try:
            follow(*stack)
        except ValueError:
            continue
        found.append(stack)
    return found


# The oracle: compute, with weights of one


def compute(config, x):
    """What a layer with weights of one makes of x, and how many products that took."""
    name, rank = config["layer"], x.ndim - 2
    if name.startswith("Conv"):
        kernel = np.ones((*spread(config["kernel_size"], rank), x.shape[-1], config["filters"]))
        settings = {k: config[k] for k in ("strides", "padding", "dilation_rate") if k in config}
        out = (conv1d, conv2d)[rank - 1](x, kernel, **settings)
        return out, sum(kernel.size for _ in np.ndindex(*out.shape[1:-1]))  # one kernel each
    if name.startswith("Dense"):
        return x @ np.ones((x.shape[-1], config["units"])), x[0].size * config["units"]
    if "Pooling" in name:
        kind = name.removeprefix("Global").split("Pooling")[0].lower()
        at_once = "global_" if name.startswith("Global") else ""
        keys = ("pool_size", "strides", "padding", "keepdims")
        settings = {key: config[key] for key in keys if key in config}
        return getattr(pooling, f"{at_once}{kind}_pool{rank}d")(x, **settings), 0
    if name.startswith("ZeroPadding"):
        pads = np.reshape(config["padding"], (rank, 2)).tolist()
        return np.pad(x, [(0, 0), *pads, (0, 0)]), 0
    return x.reshape(len(x), -1) if name == "Flatten" else x, 0


def spread(value, rank):
    return value if isinstance(value, list) else [value] * rank


def impulses(shape):
    """One example for each input position, which alone is 1, in all channels."""
    count = prod(shape[:-1])
    return np.repeat(np.eye(count).reshape(count, *shape[:-1], 1), shape[-1], axis=-1)


def places_of(config, places, x):
    """The positions of an output, also where Flatten has hidden them."""
    if x.ndim > 2:
        return x.shape[1:-1]
    gathers = config["layer"].startswith(("Global", "Dense"))
    return (1,) * len(places) if gathers else places


STACKS = [((50, 1), SEED), ((30, 1), DILATED), ((28, 11, 2), DIGITS), *stacks(150, seed=1)]


@pytest.mark.parametrize(("shape", "layers"), STACKS)
def test_shapes_costs_and_what_is_seen_are_those_of_a_computation(shape, layers):
    x, places = impulses(shape), shape[:-1]
    rows = follow(shape, layers)
    for number, (config, row) in enumerate(zip(layers, rows, strict=True), 1):
        x, products = compute(config, x)
        assert (row.shape, row.multiply_adds) == (x.shape[1:], products)
        places = places_of(config, places, x)
        for place in {tuple(share * (n - 1) // 2 for n in places) for share in (0, 1, 2)}:
            sees = x.reshape(len(x), *places, -1)[(slice(None), *place)].any(axis=-1)
            seen = cone(shape, layers, number, place)[0].seen
            assert np.array_equal(seen, sees.reshape(shape[:-1]))
    lost = ~x.reshape(len(x), -1).any(axis=1)
    assert np.array_equal(unreached(shape, layers), lost.reshape(shape[:-1]))


def test_receptive_field_and_jump_are_what_outputs_far_from_the_edges_see():
    rng = np.random.default_rng(3)
    compared = 0
    while compared < 120:
        shape, layers = random_stack(rng)
        for axis in range(len(shape) - 1):
            compared += compare_fields((300, 1), [along(one, axis) for one in layers])


def compare_fields(shape, layers):
    """Compare each layer of a stack with what two neighbours in the middle see."""
    x, compared = impulses(shape), 0
    for number, config in enumerate(layers, 1):
        try:
            row = follow(shape, layers[:number])[-1]
        except ValueError:
            break  # refused, as another test holds
        if not row.jump or row.receptive_field[0] > 70 or row.jump[0] > 20:
            break  # no neighbours, or too wide for the middle to be far from the edges
        x, _ = compute(config, x)
        middle = x.shape[1] // 2
        seen, beside = (np.flatnonzero(x[:, at].any(axis=-1)) for at in (middle, middle + 1))
        assert seen[-1] - seen[0] + 1 == row.receptive_field[0]
        assert beside[0] - seen[0] == row.jump[0]
        compared += 1
    return compared


def along(config, axis):
    """The 1D layer that does along one axis what a layer does."""
    one = {key: v[axis : axis + 1] if isinstance(v, list) else v for key, v in config.items()}
    one |= {"filters": 1} if "filters" in one else {}  # which channel does not matter
    if config["layer"] == "ZeroPadding2D":
        one["padding"] = config["padding"][axis]
    elif config["layer"] == "ZeroPadding1D":
        one["padding"] = config["padding"]
    return one | {"layer": config["layer"].replace("2D", "1D")}


@pytest.mark.parametrize("size", [40, 50, 64])
def test_it_agrees_with_the_snippet_for_one_axis(size):
    layers = [Layer(3), Layer(3), Layer(3, strides=3), Layer(3), Layer(3)]
    lost = unreached((size, 1), SEED[:5])
    assert np.flatnonzero(~lost).tolist() == reached(size, layers)


# Worked by hand


def test_the_network_for_sequences_is_the_one_worked_by_hand():
    rows = follow((64, 100), SEED)
    assert [row.shape[0] for row in rows[:5]] == [62, 60, 20, 18, 16]
    assert [row.multiply_adds for row in rows] == [1190400, 737280, 0, 442368, 786432, 0, 0, 128]
    assert sum(row.parameters for row in rows) == 105729
    assert [row.receptive_field for row in rows[:6]] == [(3,), (5,), (7,), (13,), (19,), (64,)]
    assert [row.jump for row in rows[:6]] == [(1,), (1,), (3,), (3,), (3,), ()]


def test_the_fiftieth_value_never_reaches_the_output():
    assert np.flatnonzero(unreached((50, 1), SEED)).tolist() == [49]
    assert not unreached((64, 1), SEED).any()


def test_what_never_counts_in_a_picture_is_a_border():
    pool = {"layer": "MaxPooling2D", "pool_size": [2, 3]}
    lost = unreached((5, 7, 1), [pool])
    assert lost[:4, :6].sum() == 0
    assert lost[4].all()
    assert lost[:, 6].all()


def test_positions_stand_over_the_middle_of_what_they_see_and_causal_ones_over_the_end():
    assert [level.first for level in cone((50, 1), SEED)] == [
        (0,),
        (1,),
        (2,),
        (3,),
        (6,),
        (9,),
        (24,),
    ]
    assert [level.cell for level in cone((50, 1), SEED)] == [
        (1,),
        (1,),
        (1,),
        (3,),
        (3,),
        (3,),
        (33,),
    ]
    assert {level.first for level in cone((30, 1), DILATED)} == {(0,)}
    same = {"layer": "Conv1D", "filters": 1, "kernel_size": 3, "strides": 2, "padding": "same"}
    assert cone((4, 1), [same])[1].first == (1,)  # one zero, at the end
    assert cone((1, 1), [same])[1].cell == (1,)  # a single output is no wider than the input
    assert cone((5, 1), [{"layer": "ZeroPadding1D", "padding": [2, 0]}])[1].first == (-2,)


def test_a_cone_leaves_out_layers_that_look_at_one_place_each():
    levels = cone((28, 11, 2), DIGITS)
    assert [(level.layer, level.name) for level in levels] == [
        (0, "input"),
        (1, "Conv2D"),
        (4, "ZeroPadding2D"),
        (5, "AveragePooling2D"),
        (7, "Dense"),
    ]


def test_a_cone_chooses_the_middle_of_the_last_layer_with_several_positions():
    levels = cone((50, 1), SEED)
    assert np.flatnonzero(levels[5].seen).tolist() == [5]
    assert np.flatnonzero(levels[0].seen).tolist() == list(range(15, 34))
    assert not levels[6].seen.any()


# Keras


def build(shape, layers):
    made = [
        getattr(keras.layers, one["layer"])(**{k: v for k, v in one.items() if k != "layer"})
        for one in layers
    ]
    return keras.Sequential([keras.Input(shape), *made])


@pytest.mark.parametrize(
    ("shape", "layers"), [((50, 1), SEED), ((30, 1), DILATED), ((28, 11, 2), DIGITS)]
)
def test_a_model_of_keras_is_the_stack_that_its_layers_make(shape, layers):
    model = build(shape, layers)
    rows = follow(shape, layers_of(model))
    assert rows == follow(shape, layers)
    assert [row.shape for row in rows] == [tuple(one.output.shape[1:]) for one in model.layers]
    assert [row.parameters for row in rows] == [one.count_params() for one in model.layers]


@pytest.mark.parametrize("size", [49, 50, 51])
def test_the_gradient_is_zero_where_a_value_never_counts_and_only_there(size):
    average = [POOL | {"layer": "AveragePooling1D"} if one is POOL else one for one in SEED]
    model = build((size, 1), average)
    for weight in model.trainable_weights:
        weight.assign(np.full(weight.shape, 0.01))
    x = tf.ones((1, size, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
    gradient = np.asarray(tape.gradient(y, x))[0, :, 0]
    assert np.array_equal(gradient == 0, unreached((size, 1), average))


def test_what_is_left_out_has_the_default_of_keras():
    bare = [
        {"layer": "Conv2D", "filters": 3, "kernel_size": 2},
        {"layer": "MaxPooling2D"},
        {"layer": "ZeroPadding2D"},
        {"layer": "BatchNormalization"},
        {"layer": "GlobalMaxPooling2D"},
        {"layer": "Dense", "units": 2},
    ]
    model = build((9, 8, 1), bare)
    assert follow((9, 8, 1), bare) == follow((9, 8, 1), layers_of(model))


# What is refused


@pytest.mark.parametrize(
    ("message", "shape", "layers"),
    [
        (r"input_shape=\(3, 3, 3, 1\): give \(steps", (3, 3, 3, 1), []),
        (r"input_shape=\(0, 1\): give \(steps", (0, 1), []),
        (r"input_shape=\(None, 1\): give \(steps", (None, 1), []),
        ("layer 4, Conv1D: size 2 is too small: a window of 3", (11, 1), SEED),
        ("layer 1, LSTM: this layer is not known here", (9, 1), [{"layer": "LSTM"}]),
        (r"layer 1, Flat: this layer", (9, 1), [{"layer": "Flat"}]),
        (
            r"layer 2, Conv1D: it needs \(steps, channels\), and gets \(9,\)",
            (9, 1),
            [{"layer": "Flatten"}, CONV],
        ),
        (
            r"layer 1, Conv2D: it needs \(rows, columns, channels\), and gets \(9, 1\)",
            (9, 1),
            [CONV | {"layer": "Conv2D"}],
        ),
        (
            r"Keras refuses strides=\(1, 2\) together with dilation_rate=\(3, 1\)",
            (9, 9, 1),
            [CONV | {"layer": "Conv2D", "strides": [1, 2], "dilation_rate": [3, 1]}],
        ),
        ("padding='causal' is for Conv1D alone", (9, 1), [POOL | {"padding": "causal"}]),
        (
            "padding='causal' is for Conv1D alone",
            (9, 9, 1),
            [CONV | {"layer": "Conv2D", "padding": "causal"}],
        ),
        ("padding must be one of .*, got 'full'", (9, 1), [CONV | {"padding": "full"}]),
        (
            "kernel_size=0: give a whole number from 1 up for each axis",
            (9, 1),
            [CONV | {"kernel_size": 0}],
        ),
        (r"strides=\[1, 1\]: give a whole number", (9, 1), [CONV | {"strides": [1, 1]}]),
        ("filters=None: give a whole number", (9, 1), [{"layer": "Conv1D", "kernel_size": 3}]),
        ("units=2.5: give a whole number", (9,), [{"layer": "Dense", "units": 2.5}]),
        (
            "padding=-1: give whole numbers from 0 up",
            (9, 1),
            [{"layer": "ZeroPadding1D", "padding": -1}],
        ),
        ("groups=2 is not known: use 1", (9, 2), [CONV | {"groups": 2}]),
        (
            "data_format='channels_first' is not known: use 'channels_last'",
            (9, 1),
            [POOL | {"data_format": "channels_first"}],
        ),
        ("axis=1: give -1, the channels", (9, 9, 1), [{"layer": "BatchNormalization", "axis": 1}]),
    ],
)
def test_what_does_not_fit_is_named_with_its_layer(message, shape, layers):
    for function in (follow, unreached, cone):
        with pytest.raises(ValueError, match=message):
            function(shape, layers)


@pytest.mark.parametrize(("layer", "position"), [(9, None), (-1, None)])
def test_a_layer_that_is_not_there_is_refused(layer, position):
    with pytest.raises(ValueError, match=f"layer={layer}: the stack has layers 1 to 8"):
        cone((50, 1), SEED, layer, position)


@pytest.mark.parametrize("position", [11, -1, (1, 1)])
def test_a_position_that_is_not_there_is_refused(position):
    with pytest.raises(ValueError, match=r"position=.*: the layer has \(11,\) positions"):
        cone((50, 1), SEED, 5, position)


# The figure


@pytest.fixture
def drawn():
    """Draw a stack, and close its figure."""
    yield lambda *stack: draw_reach(cone(*stack)).axes[0]
    plt.close("all")


def tiles(ax, colour):
    """The filled boxes of a colour, as (row, column, width)."""
    return [
        (box.get_y(), box.get_x(), box.get_width())
        for box in ax.patches
        if isinstance(box, Rectangle)
        and np.allclose(box.get_facecolor()[:3], to_rgb(COLOURS[colour]))
    ]


def test_the_figure_lights_what_the_chosen_output_sees_over_the_input(drawn):
    ax = drawn((50, 1), SEED)
    lit = sorted(tiles(ax, "orange"))
    assert [(column, width) for _, column, width in lit] == [
        (15, 19),
        (16, 17),
        (17, 15),
        (17, 15),
        (20, 9),
        (23, 3),
    ]


def test_the_figure_crosses_out_what_never_counts(drawn):
    ax = drawn((50, 1), SEED)
    crosses = [
        patch.get_path().vertices[:, 0]
        for patch in ax.patches
        if isinstance(patch, PathPatch) and to_hex(patch.get_edgecolor()) == COLOURS["grey"]
    ]
    assert [(x.min(), x.max()) for x in crosses] == [(49, 50), (48, 49), (47, 48)]


def test_the_figure_names_each_level_and_its_positions(drawn):
    texts = [text.get_text() for text in drawn((28, 11, 2), DIGITS).texts]
    assert texts == [
        *("input", "28 × 11", "1 Conv2D", "14 × 11", "4 ZeroPadding2D", "15 × 14"),
        *("5 AveragePooling2D", "5 × 6", "7 Dense", "1 × 1"),
    ]


def test_maps_do_not_overlap_and_stay_within_the_width(drawn):
    ax = drawn((28, 11, 2), DIGITS)
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert ax.figure.get_figwidth() <= 6.1


def test_strips_stay_within_the_width(drawn):
    assert drawn((50, 1), SEED).figure.get_figwidth() == pytest.approx(6, abs=0.2)


def test_many_cells_are_not_drawn_one_by_one(drawn):
    ax = drawn((224, 224, 3), [{"layer": "MaxPooling2D", "pool_size": 5}])
    assert max(len(patch.get_path().vertices) for patch in ax.patches) < 200


def test_levels_that_are_none_are_refused():
    with pytest.raises(ValueError, match="give the input and its layers"):
        draw_reach([])
