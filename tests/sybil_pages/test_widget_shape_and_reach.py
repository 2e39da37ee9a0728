"""`shape-and-reach` says of thousands of stacks what Keras says, and obeys a keyboard alone."""

import ast
from collections.abc import Callable

import keras
import numpy as np
import pytest

from snippets.reach import cone, follow, unreached
from tests.javascript import in_node
from tests.snippets.test_reach import DIGITS, DILATED, SEED, random_stack

COUNT = 2400
ASK = """
for (const file of ["base.js", "reach.js"]) require(`${SCRIPTS}/${file}`);
const { follow, back, forth, marked, code } = globalThis.SybilPages.reach;
const places = (mask) => Array.from(mask, (on, n) => (on ? n : -1)).filter((n) => n >= 0);
const indices = (masks) => masks.map(places);
const share = (levels, n, part) => levels[n].sizes.map((size) => (part * (size - 1)) >> 1);
const told = ([shape, layers]) => {
  const { levels, error } = follow(shape, layers);
  const last = levels.length - 1;
  const chosen = levels.flatMap((_, n) => [0, 1, 2].map((part) => [n, share(levels, n, part)]));
  return {
    error,
    code: code(shape, layers, { levels, error }),
    levels: levels.map(({ sizes, windows, ...level }) => ({ ...level, looks: Boolean(windows) })),
    reaching: levels.length ? indices(back(levels, last, marked(levels[last]))[0]) : [],
    seen: chosen.map(([n, at]) => [n, at, indices(back(levels, n, marked(levels[n], at))[0])]),
    fed: levels.length ? forth(levels, marked(levels[0], share(levels, 0, 1))).map(indices) : [],
  };
};
console.log(JSON.stringify(GIVEN.map(told)));
"""


def node(stacks: list) -> list[dict]:
    """What the widget's own module says of each stack, under Node."""
    return in_node(ASK, stacks)


def of_keras(shape: list, layers: list) -> list[tuple]:
    """Each layer's output shape and parameters, up to the first that Keras refuses."""
    found: list[tuple] = []
    size = (None, *shape)
    with keras.StatelessScope(initialize_variables=False):  # weights are counted, not drawn
        for config in layers:
            settings = {key: value for key, value in config.items() if key != "layer"}
            try:
                layer = getattr(keras.layers, config["layer"])(**settings)
                spec = layer.input_spec
                if spec and (spec.ndim or len(size)) != len(size):
                    raise ValueError("what calling the layer would say")
                layer.build(size)
                size = layer.compute_output_shape(size)
            except ValueError:
                break
            found.append((size[1:], layer.count_params()))
    return found


@pytest.fixture(scope="module")
def told() -> list[tuple]:
    """Random stacks, with what the widget's module says of them."""
    rng = np.random.default_rng(0)
    stacks = [random_stack(rng) for _ in range(COUNT)]
    return list(zip(stacks, node(stacks), strict=True))


def test_thousands_of_stacks_have_the_shapes_and_parameters_of_keras(told: list[tuple]) -> None:
    refused = 0
    for (shape, layers), said in told:
        expected = of_keras(shape, layers)
        shown = [(tuple(one["shape"]), one["parameters"]) for one in said["levels"][1:]]
        assert shown == expected, (shape, layers)
        fits = len(expected) == len(layers)
        assert fits == (said["error"] == ""), (shape, layers, said["error"])
        refused += not fits
        rows = follow(shape, layers[: len(expected)])
        assert [(row.shape, row.parameters) for row in rows] == expected, (shape, layers)
        if not fits:
            with pytest.raises(ValueError, match=f"^layer {len(expected) + 1}, "):
                follow(shape, layers)
    assert COUNT / 10 < refused < COUNT / 2


def test_everything_else_is_what_the_snippet_says(told: list[tuple]) -> None:
    """The snippet, in turn, is compared with computations in its own test."""
    for (shape, layers), said in told[: COUNT // 4]:
        good = layers[: len(said["levels"]) - 1]
        for row, level in zip(follow(shape, good), said["levels"][1:], strict=True):
            assert level["macs"] == row.multiply_adds
            assert tuple(level["field"]) == row.receptive_field
            assert (() if level["flat"] else tuple(level["jump"])) == row.jump
        assert np.array_equal(~unreached(shape, good), product(said["reaching"], shape[:-1]))
        standing = [one for n, one in enumerate(said["levels"]) if n == 0 or one["looks"]]
        for level, one in zip(cone(shape, good), standing, strict=True):
            assert (level.first, level.cell) == (tuple(one["first"]), tuple(one["cell"]))
        for layer, place, seen in said["seen"]:
            levels = cone(shape, good, layer, place)
            assert np.array_equal(levels[0].seen, product(seen, shape[:-1]))


def product(indices: list, sizes: list) -> np.ndarray:
    """The mask that lists of places along each axis mark together."""
    mask = np.zeros(sizes, dtype=bool)
    mask[np.ix_(*[np.array(one, dtype=int) for one in indices])] = True
    return mask


def test_an_input_feeds_the_outputs_that_see_it(told: list[tuple]) -> None:
    for (shape, layers), said in told[:25]:
        good = layers[: len(said["levels"]) - 1]
        middle = tuple((size - 1) // 2 for size in shape[:-1])
        for layer, fed in enumerate(said["fed"]):
            sizes = cone(shape, good[:layer])[-1].seen.shape if layer else shape[:-1]
            seeing = [
                place
                for place in np.ndindex(*sizes)
                if cone(shape, good, layer, place)[0].seen[middle]
            ]
            assert product(fed, sizes).sum() == len(seeing)
            assert all(product(fed, sizes)[place] for place in seeing)


def test_the_program_makes_the_layers_that_fit(told: list[tuple]) -> None:
    pads = {"layer": "ZeroPadding2D", "padding": [[1, 2], [1, 2]]}
    stacks = [((50, 1), SEED), ((30, 1), DILATED), ((28, 11, 2), DIGITS), ((5, 5, 1), [pads])]
    made = zip(stacks, node(stacks), strict=True)
    for (shape, _), said in [*made, *told[:25]]:
        model = run(said["code"])
        shown = [(tuple(one["shape"]), one["parameters"]) for one in said["levels"][1:]]
        assert [(one.output.shape[1:], one.count_params()) for one in model.layers] == shown
        assert model.input_shape == (None, *shape)


def run(program: str) -> keras.Sequential:
    """The model that a program makes."""
    ast.parse(program)
    names: dict = {}
    exec(compile(program, "copied", "exec"), names)
    return names["model"]


@pytest.mark.parametrize(
    ("error", "shape", "layers"),
    [
        (
            "kernel_size 5 spans 5 values, and there are only 3.",
            [3, 1],
            {"layer": "Conv1D", "filters": 1, "kernel_size": 5},
        ),
        (
            "kernel_size 3 spans 9 rows, and there are only 5.",
            [5, 9, 1],
            {"layer": "Conv2D", "filters": 1, "kernel_size": 3, "dilation_rate": [4, 1]},
        ),
        (
            "pool_size 4 spans 4 columns, and there are only 2.",
            [9, 2, 1],
            {"layer": "MaxPooling2D", "pool_size": 4},
        ),
        (
            "Keras refuses strides above 1 together with a dilation_rate above 1.",
            [9, 9, 1],
            {
                "layer": "Conv2D",
                "filters": 1,
                "kernel_size": 2,
                "strides": [2, 1],
                "dilation_rate": [1, 2],
            },
        ),
        (
            "strides must be a whole number from 1 up.",
            [9, 1],
            {"layer": "MaxPooling1D", "strides": 0},
        ),
        (
            "filters must be a whole number from 1 up.",
            [9, 1],
            {"layer": "Conv1D", "kernel_size": 2},
        ),
        (
            "padding must be a whole number from 0 up.",
            [9, 1],
            {"layer": "ZeroPadding1D", "padding": [-1, 0]},
        ),
        (
            "padding causal is for Conv1D alone.",
            [9, 9, 1],
            {"layer": "Conv2D", "filters": 1, "kernel_size": 2, "padding": "causal"},
        ),
        ("padding full is not known.", [9, 1], {"layer": "MaxPooling1D", "padding": "full"}),
        (
            "Conv2D needs rows, columns and channels, and gets (9, 1).",
            [9, 1],
            {"layer": "Conv2D", "filters": 1, "kernel_size": 2},
        ),
        ("MaxPooling1D needs steps and channels, and gets (9,).", [9], {"layer": "MaxPooling1D"}),
        ("LSTM is a layer that this picture does not know.", [9, 1], {"layer": "LSTM", "units": 3}),
        (
            "Only channels_last and groups=1 are known here.",
            [9, 2],
            {"layer": "Conv1D", "filters": 2, "kernel_size": 2, "groups": 2},
        ),
        ("rate must be from 0 to 1.", [9, 1], {"layer": "Dropout", "rate": 2}),
        (
            "An input has 1 to 3 sizes, whole numbers from 1 to 10,000.",
            [0, 1],
            {"layer": "Flatten"},
        ),
        (
            "An input has 1 to 3 sizes, whole numbers from 1 to 10,000.",
            [3, 3, 3, 1],
            {"layer": "Flatten"},
        ),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(error: str, shape: list, layers: dict) -> None:
    [said] = node([[shape, [layers, {"layer": "Flatten"}]]])
    assert said["error"] == error
    assert len(said["levels"]) == (0 if error.startswith("An input") else 1)


# In a browser

Open = Callable[..., object]


def opened(widget: Open, layers: list, shape: tuple = (50, 1), **how: object) -> object:
    page = widget("shape-and-reach", {"input_shape": shape, "layers": layers}, **how)
    page.set_default_timeout(5000)
    return page


def texts(page: object, selector: str) -> list[str]:
    return page.eval_on_selector_all(selector, "all => all.map((one) => one.textContent)")


def table(page: object) -> list[list[str]]:
    """The cells of each layer's row, without its name."""
    return page.eval_on_selector_all(
        ".sp-stack tbody tr:has(td[data-head])",
        "all => all.map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))",
    )


def expected(shape: tuple, layers: list) -> list[list[str]]:
    """What the table should say, from the snippet."""
    return [
        [
            str(row.shape),
            f"{row.parameters:,}",
            f"{row.multiply_adds:,}",
            " × ".join(map(str, row.receptive_field)),
            " × ".join(map(str, row.jump)) or "–",
        ]
        for row in follow(shape, layers)
    ]


def button(page: object, key: str) -> object:
    return page.locator(f'[data-key="{key}"]')


def focused(page: object) -> str:
    """The name of what has the focus."""
    return page.evaluate(
        "(({ ariaLabel, textContent }) => ariaLabel || textContent)(document.activeElement)"
    )


@pytest.mark.parametrize("stack", [((50, 1), SEED), ((28, 11, 2), DIGITS)])
def test_the_table_shows_the_numbers_of_the_snippet(widget: Open, stack: tuple) -> None:
    shape, layers = stack
    page = opened(widget, layers, shape)
    assert table(page)[1:] == expected(shape, layers)
    rows = follow(shape, layers)
    parameters, products = (sum(row[k] for row in rows) for k in (2, 3))
    assert texts(page, ".sp-total") == [
        f"Together: {parameters:,} parameters, {products:,} multiply-adds."
    ]


@pytest.mark.parametrize(
    ("shape", "layers", "sentence"),
    [
        ((50, 1), SEED, "1 of 50 inputs never reaches the output: index 49."),
        (
            (11, 1),
            SEED,
            "The stack stops at layer 4: kernel_size 3 spans 3 values, and there are only 2. "
            "1 of 11 inputs never reaches layer 3, the last that fits: index 10.",
        ),
        (
            (5, 7, 1),
            [{"layer": "MaxPooling2D", "pool_size": [2, 3]}],
            "11 of 35 inputs never reach the output: rows 4; columns 6.",
        ),
        (
            (20, 1),
            [{"layer": "Conv1D", "filters": 1, "kernel_size": 1, "strides": 4}],
            "15 of 20 inputs never reach the output: 15 indices from 1 to 19.",
        ),
    ],
)
def test_inputs_that_never_reach_the_output_are_counted_and_named(
    widget: Open, shape: tuple, layers: list, sentence: str
) -> None:
    page = opened(widget, layers, shape)
    assert texts(page, ".sp-summary") == [sentence]


def test_the_picture_lights_what_the_chosen_output_sees_and_crosses_out_what_is_lost(
    widget: Open,
) -> None:
    page = opened(widget, SEED)
    lit = page.eval_on_selector_all(".sp-lit", "all => all.map((one) => one.getAttribute('d'))")
    levels = cone((50, 1), SEED)
    assert len(lit) == len(levels)
    for path, level in zip(lit, levels, strict=True):
        runs = [area(part, level) for part in path.split("M")[1:]]
        marked = np.zeros(len(level.seen), dtype=bool)
        for start, stop in runs:
            marked[start:stop] = True
        assert np.array_equal(marked, level.seen)
    gone = page.eval_on_selector_all(".sp-gone", "all => all.map((one) => one.getAttribute('d'))")
    assert gone[:4] == ["M49 0l1 1m-1 0l1 -1", "M48 0l1 1m-1 0l1 -1", "M47 0l1 1m-1 0l1 -1", ""]


def area(part: str, level: object) -> tuple[int, int]:
    """Which positions a drawn box covers."""
    place, width = part.split("h")[0], part.split("h")[1].split("v")[0]
    left = float(place.split(" ")[0]) - 0.5 - level.first[0] + level.cell[0] / 2
    return round(left / level.cell[0]), round((left + float(width)) / level.cell[0])


def test_a_pointer_chooses_an_output_and_an_input(widget: Open) -> None:
    page = opened(widget, SEED)
    maps = page.locator(".sp-map svg")
    first = maps.first.bounding_box()

    def point(row: int, place: float) -> str:
        box = maps.nth(row).bounding_box()
        page.mouse.move(first["x"] + first["width"] * place / 50, box["y"] + box["height"] / 2)
        return texts(page, ".sp-sentence")[0]

    assert point(3, 2.5) == "Output 0 of layer 3 sees 7 inputs: index 0 to 6."
    assert point(5, 40.9) == "Output 10 of layer 5 sees 19 inputs: index 30 to 48."
    assert point(6, 20) == "Every output of layer 6 sees 49 inputs: index 0 to 48."
    assert point(0, 49.5) == "Input 49 reaches layer 2 and no further."
    assert point(0, 12.5) == "Input 12 reaches the output."
    assert point(1, 0.2) == "Output 0 of layer 1 sees 3 inputs: index 0 to 2."  # the nearest


def test_a_finger_chooses_a_cell_of_a_picture(widget: Open) -> None:
    page = opened(widget, DIGITS, (28, 11, 2), width=360)
    box = page.locator(".sp-map svg").nth(1).bounding_box()
    page.locator(".sp-map svg").nth(1).dispatch_event(
        "pointerdown",
        {"pointerType": "touch", "clientX": box["x"] + 1, "clientY": box["y"] + 1},
    )
    seen = cone((28, 11, 2), DIGITS, 1, (0, 0))[0].seen
    assert seen.sum() == 6
    assert texts(page, ".sp-sentence") == [
        "Output (0, 0) of layer 1 sees 6 inputs: rows 0 to 2; columns 0 to 1."
    ]


def test_the_slider_moves_through_the_outputs_by_keyboard(widget: Open) -> None:
    page = opened(widget, DILATED, (30, 1))
    slider = page.get_by_label("Output of layer 4")
    slider.focus()
    page.keyboard.press("Home")
    assert texts(page, ".sp-sentence") == [
        "Output 0 of layer 4 sees 1 input: index 0. The rest of its receptive field is padding."
    ]
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    assert texts(page, ".sp-sentence") == ["Output 15 of layer 4 sees 16 inputs: index 0 to 15."]
    assert slider.get_attribute("aria-valuetext").startswith("15. Output 15 of layer 4 sees")


def test_a_stack_is_built_by_keyboard_alone(widget: Open) -> None:
    page = opened(widget, SEED[:3])
    keys = page.keyboard
    page.get_by_label("Output of layer 3").focus()
    for _ in range(4):  # input, layers 1, 2, 3
        keys.press("Tab")
    assert focused(page) == "3 MaxPooling1D(3)"
    keys.press("Enter")
    assert button(page, "row3").get_attribute("aria-expanded") == "true"
    keys.press("Tab")
    assert focused(page) == "pool_size"
    keys.press("Control+A")
    keys.type("5")
    stack = [*SEED[:2], {"layer": "MaxPooling1D", "pool_size": 5}]
    assert table(page)[1:] == expected((50, 1), stack)  # the strides follow, as in Keras
    assert focused(page) == "pool_size"
    for _ in range(3):
        keys.press("Tab")
    assert focused(page) == "Move up"
    keys.press("Space")
    keys.press("Space")
    assert focused(page) == "1 MaxPooling1D(5)"  # it is first: the button is no more
    stack = [stack[2], *stack[:2]]
    assert table(page)[1:] == expected((50, 1), stack)
    page.get_by_label("Layer to add").focus()
    keys.type("Dense")
    keys.press("Tab")
    assert focused(page) == "Add below layer 1"
    keys.press("Enter")
    stack.insert(1, {"layer": "Dense", "units": 10})
    assert table(page)[1:] == expected((50, 1), stack)
    button(page, "Remove").focus()
    keys.press("Enter")
    del stack[1]
    assert table(page)[1:] == expected((50, 1), stack)
    assert focused(page) == "Remove"  # of the next one
    keys.press("Enter")
    keys.press("Enter")
    keys.press("Enter")
    assert texts(page, ".sp-stack tbody th") == ["Input((50, 1))"]
    assert focused(page) == "Input((50, 1))"


def test_each_setting_of_a_layer_can_be_changed(widget: Open) -> None:
    conv = {"layer": "Conv2D", "filters": 4, "kernel_size": [3, 3]}
    page = opened(widget, [conv], (12, 9, 2))
    button(page, "row1").click()
    page.get_by_label("filters").fill("6")
    page.get_by_label("kernel_size 2").fill("2")
    page.get_by_label("strides 1").fill("2")
    page.get_by_label("padding").select_option("same")
    page.get_by_label("activation").select_option("tanh")
    page.get_by_label("use_bias").uncheck()
    changed = {"filters": 6, "kernel_size": [3, 2], "strides": [2, 1], "padding": "same"}
    assert table(page)[1:] == expected((12, 9, 2), [conv | changed | {"use_bias": False}])
    assert texts(page, '[data-key="row1"]') == [
        '1 Conv2D(6, (3, 2), strides=(2, 1), padding="same", activation="tanh", use_bias=False)'
    ]
    button(page, "row0").click()
    page.get_by_label("rows").fill("30")
    assert table(page)[0][0] == "(30, 9, 2)"
    assert table(page)[1:] == expected((30, 9, 2), [conv | changed | {"use_bias": False}])


def test_the_zeros_of_a_padding_layer_can_be_changed_one_by_one(widget: Open) -> None:
    page = opened(widget, [{"layer": "ZeroPadding2D", "padding": 1}], (5, 5, 1))
    button(page, "row1").click()
    page.get_by_label("padding 2 1").fill("3")
    assert table(page)[1][0] == "(7, 9, 1)"
    assert "layers.ZeroPadding2D((1, (3, 1)))" in texts(page, "pre")[0]
    page = opened(widget, [{"layer": "ZeroPadding1D", "padding": [0, 2]}], (5, 1))
    button(page, "row1").click()
    page.get_by_label("padding 1").fill("4")
    assert table(page)[1][0] == "(11, 1)"
    assert "layers.ZeroPadding1D((4, 2))" in texts(page, "pre")[0]


def test_bad_numbers_are_told_at_their_layer_and_lose_nothing(widget: Open) -> None:
    page = opened(widget, SEED)
    button(page, "row2").click()
    wrong = page.locator(".sp-wrong:visible")
    assert wrong.count() == 0
    for text in ("", "0", "-3", "2.5"):
        page.get_by_label("kernel_size").fill(text)
        assert wrong.all_text_contents() == ["kernel_size must be a whole number from 1 up."]
        assert [row[0] for row in table(page)[2:]] == ["–", *["not reached"] * 6]
        assert page.get_by_label("filters").input_value() == "64"
        assert table(page)[1] == expected((50, 1), SEED)[0]
    page.get_by_label("kernel_size").fill("49")
    assert wrong.all_text_contents() == ["kernel_size 49 spans 49 values, and there are only 48."]
    page.get_by_label("kernel_size").fill("3")
    assert wrong.count() == 0
    assert table(page)[1:] == expected((50, 1), SEED)


def test_a_bad_input_shape_waits_for_a_better_one(widget: Open) -> None:
    page = opened(widget, SEED)
    button(page, "row0").click()
    page.get_by_label("steps").fill("0")
    assert texts(page, ".sp-summary") == [
        "An input has 1 to 3 sizes, whole numbers from 1 to 10,000."
    ]
    assert page.locator(".sp-map").count() == 0
    page.get_by_label("steps").fill("64")
    assert table(page)[1:] == expected((64, 1), SEED)
    assert page.locator(".sp-map").count() == 7


def test_an_unknown_layer_says_so_and_can_be_removed(widget: Open) -> None:
    page = opened(widget, [SEED[0], {"layer": "LSTM", "units": 8}, *SEED[1:]])
    assert page.locator(".sp-wrong:visible").all_text_contents() == [
        "LSTM is a layer that this picture does not know."
    ]
    button(page, "row2").click()
    button(page, "Remove").click()
    assert table(page)[1:] == expected((50, 1), SEED)


def test_the_reader_can_begin_anew_and_come_back(widget: Open) -> None:
    page = opened(widget, SEED)
    button(page, "row0").click()
    button(page, "begin2").click()
    conv = {"layer": "Conv2D", "filters": 8, "kernel_size": 3}
    assert table(page)[1:] == expected((28, 28, 1), [conv])
    assert page.get_by_label("Layer to add").locator("option").first.text_content() == "Conv2D"
    button(page, "again").click()
    assert table(page)[1:] == expected((50, 1), SEED)


def test_the_copied_program_makes_the_model_that_is_shown(widget: Open) -> None:
    page = opened(widget, DIGITS, (28, 11, 2))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button(page, "copy").click()
    page.wait_for_selector("text=Copied")
    model = run(page.evaluate("navigator.clipboard.readText()"))
    rows = follow((28, 11, 2), DIGITS)
    assert [one.output.shape[1:] for one in model.layers] == [row.shape for row in rows]
    assert model.count_params() == sum(row.parameters for row in rows)


def test_without_a_clipboard_the_program_is_selected_to_copy_it_by_hand(widget: Open) -> None:
    page = opened(widget, SEED)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button(page, "copy").click()
    page.wait_for_selector("text=Now press Ctrl+C")
    assert page.evaluate("getSelection().toString()").strip() == texts(page, "pre")[0].strip()


def test_results_are_announced_when_they_change_and_not_before(widget: Open) -> None:
    page = opened(widget, SEED)
    page.wait_for_timeout(300)
    assert texts(page, ".sp-voice") == [""]
    button(page, "row3").click()
    page.get_by_label("padding").select_option("same")
    page.wait_for_function("document.querySelector('.sp-voice').textContent")
    rows = follow((50, 1), [*SEED[:2], SEED[2] | {"padding": "same"}, *SEED[3:]])
    products = sum(row.multiply_adds for row in rows)
    assert texts(page, ".sp-voice") == [
        f"All 50 inputs reach the output. Together: 86,721 parameters, {products:,} multiply-adds."
    ]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("stack", [((50, 1), SEED), ((28, 11, 2), DIGITS)])
def test_each_row_opens_and_closes_under_the_pointer(
    widget: Open, width: int, stack: tuple
) -> None:
    """Nothing moves between the button's down and its up."""
    page = opened(widget, stack[1], stack[0], width=width)
    for n in (*reversed(range(len(stack[1]) + 1)), *range(len(stack[1]) + 1)):
        row = button(page, f"row{n}")
        row.scroll_into_view_if_needed()
        for state in ("true", "false"):
            box = row.bounding_box()
            page.mouse.move(box["x"] + 30, box["y"] + box["height"] / 2)
            page.mouse.down()
            page.mouse.up()
            assert row.get_attribute("aria-expanded") == state, f"row {n}"


def test_a_layer_is_added_where_it_fits(widget: Open) -> None:
    page = opened(widget, SEED)
    assert texts(page, '[data-key="add"]') == ["Add below layer 5"]  # of 8: above Dense
    button(page, "add").click()
    conv = {"layer": "Conv1D", "filters": 8, "kernel_size": 3}
    assert table(page)[1:] == expected((50, 1), [*SEED[:5], conv, *SEED[5:]])
    page = opened(widget, [{"layer": "Dense", "units": 2}], (9,))
    assert texts(page, '[data-key="add"]') == ["Add below layer 1"]


def test_an_error_is_spoken(widget: Open) -> None:
    page = opened(widget, SEED)
    button(page, "row2").click()
    page.get_by_label("kernel_size").fill("60")
    page.wait_for_function("document.querySelector('.sp-voice').textContent")
    assert texts(page, ".sp-voice")[0].startswith(
        "The stack stops at layer 2: kernel_size 60 spans 60 values, and there are only 48. "
        "All 50 inputs reach layer 1, the last that fits."
    )


def test_outputs_that_all_see_the_same_are_told_together(widget: Open) -> None:
    stack = [{"layer": "Flatten"}, {"layer": "Dense", "units": 10}]
    page = opened(widget, stack, (28, 28, 1))
    button(page, "row2").click()
    assert texts(page, ".sp-sentence") == [
        "Every output of layer 2 sees 784 inputs: rows 0 to 27; columns 0 to 27."
    ]
    assert texts(page, ".sp-map > span") == ["28 × 28", "10"]
    button(page, "row1").click()
    assert texts(page, ".sp-sentence")[0].startswith("Output (14, 14) of layer 1 sees 1 input:")


def test_crosses_are_explained_where_there_are_some(widget: Open) -> None:
    shown = "getComputedStyle(document.querySelector('.sp-summary'), '::before').display"
    page = opened(widget, SEED)
    assert page.evaluate(shown) != "none"
    button(page, "begin1").click()  # without opening a row
    assert texts(page, ".sp-summary") == ["All 64 inputs reach the output."]
    assert page.evaluate(shown) == "none"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("stack", [((50, 1), SEED), ((28, 11, 2), DIGITS)])
def test_it_fits_and_reads_on_every_screen(
    widget: Open, theme: str, width: int, stack: tuple
) -> None:
    page = opened(widget, stack[1], stack[0], width=width, theme=theme)
    button(page, "row1").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    small = page.evaluate(SMALL)
    assert small["targets"] == []
    assert small["texts"] == []
    contrasts = page.evaluate(CONTRASTS)
    assert min(contrasts["texts"]) >= 4.5
    assert min(contrasts["marks"]) >= 3
    assert min(contrasts["borders"]) >= 3


SMALL = """() => {
  const shown = (one) => one.getClientRects().length;
  const all = (selector) => [...document.querySelectorAll(`.sp-reach ${selector}`)].filter(shown);
  return {
    targets: all("button, select, input:not([type=range])").filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      return Math.min(width, height) < 24;
    }).map((one) => one.outerHTML),
    texts: all("*").filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12)
      .map((one) => one.outerHTML),
  };
}"""
CONTRASTS = """() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (paper, colour, opacity = 1) => {
    for (const [one, alpha] of [[paper, 1], [colour, opacity]]) {
      context.globalAlpha = alpha;
      context.fillStyle = one;
      context.fillRect(0, 0, 1, 1);
    }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ratio = (one, other) => Math.max(one / other, other / one);
  const paper = getComputedStyle(document.body).backgroundColor;
  const all = (selector) => [...document.querySelectorAll(`.sp-reach ${selector}`)];
  const texts = all("p, th, td, b, span, code, pre, button, select, input").map((one) =>
    ratio(light(over(paper, getComputedStyle(one).color)), light(over(paper, paper))));
  const marks = all(".sp-lit, .sp-gone, .sp-mark").map((one) => {
    const style = getComputedStyle(one);
    const lit = style.fill !== "none";
    const drawn = over(paper, lit ? style.fill : style.stroke, lit ? style.fillOpacity : 1);
    return ratio(light(drawn), light(over(paper, paper)));
  });
  const borders = all("select, input:not([type=checkbox], [type=range])").map((one) =>
    ratio(light(over(paper, getComputedStyle(one).borderColor)), light(over(paper, paper))));
  return { texts, marks, borders };
}"""
