"""The sliding window shows what NumPy and Keras compute, to the eye, the finger and the key."""

import json
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from sybil_pages import widgets
from tests.javascript import in_node

CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
IMAGE = np.array(
    [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
)
SIGNAL = np.arange(1, 9)
ONES = np.ones(3, int)


def convolved(expression: str, cases: list[object]) -> list[object]:
    """Evaluate an expression of `c`, the module, and `v`, for each case."""
    program = f"""
    for (const file of ["base.js", "convolve.js"]) require(`${{SCRIPTS}}/${{file}}`);
    const c = SybilPages.convolution;
    console.log(JSON.stringify(GIVEN.map((v) => {{
      try {{ return {expression}; }} catch (error) {{ return String(error); }}
    }})));
    """
    return in_node(program, cases)


def stretched(kernel: np.ndarray, rates: tuple[int, ...]) -> np.ndarray:
    """A kernel with zeros between its weights."""
    shape = [(n - 1) * d + 1 for n, d in zip(kernel.shape, rates, strict=False)]
    wide = np.zeros([*shape, kernel.shape[-1]])
    wide[tuple(slice(None, None, d) for d in rates)] = kernel
    return wide


def slide(values: dict[str, object]) -> np.ndarray:
    """The same by SciPy: pad, stretch, slide by ones, keep every stride-th. Channels last."""
    x, kernel = np.asarray(values["input"], float), np.asarray(values["kernel"], float)
    axes = x.ndim - 1
    steps, rates = ((values.get(name, 1),) * axes for name in ("stride", "dilation"))
    wide = stretched(kernel, rates)
    pads = []
    for size, span, step in zip(x.shape, wide.shape, steps, strict=False):
        total = {
            "valid": 0,
            "same": max(len(range(0, size, step)) * step - step + span - size, 0),
            "causal": span - 1,
        }[values.get("padding", "valid")]
        before = total if values.get("padding") == "causal" else total // 2
        pads.append((before, total - before))
    x = np.pad(x, [*pads, (0, 0)])
    if any(n < k for n, k in zip(x.shape, wide.shape, strict=True)):
        return np.zeros([0] * axes)
    one = signal.convolve if values.get("operation") == "convolution" else signal.correlate
    pairs = zip(np.moveaxis(x, -1, 0), np.moveaxis(wide, -1, 0), strict=True)
    full = sum(one(channel, weights, "valid", "direct") for channel, weights in pairs)
    return full[tuple(slice(None, None, s) for s in steps)] + values.get("bias", 0)


def random_cases(count: int) -> list[dict[str, object]]:
    """Settings of every kind; some of whose windows do not fit."""
    rng = np.random.default_rng(4)
    cases = []
    for _ in range(count):
        axes, channels = int(rng.integers(1, 3)), int(rng.integers(1, 4))
        paddings = ["valid", "same", "causal"][: 4 - axes]
        cases.append(
            {
                "input": rng.normal(size=[*rng.integers(1, 12, axes), channels]),
                "kernel": rng.normal(size=[*rng.integers(1, 5, axes), channels]),
                "dimensions": axes,
                "stride": int(rng.integers(1, 5)),
                "dilation": int(rng.integers(1, 4)),
                "padding": str(rng.choice(paddings)),
                "operation": str(rng.choice(["cross-correlation", "convolution"])),
                "bias": float(rng.normal()),
            }
        )
    return cases


def test_its_outputs_are_scipys() -> None:
    cases = random_cases(600)
    fitting = 0
    for case, found in zip(cases, convolved("c.convolve(c.read(v))", cases), strict=True):
        expected = slide(case)
        shape = [1, *expected.shape] if expected.ndim == 1 else [*expected.shape]
        if expected.size:
            fitting += 1
            assert found["shape"] == [*shape, 1], case
        np.testing.assert_allclose(found["data"], expected.ravel(), rtol=1e-9, atol=1e-9)
    assert fitting > 400


def test_the_products_of_an_output_add_up_to_it() -> None:
    cases = random_cases(60)
    expression = """(() => { const p = c.read(v), o = c.convolve(p); return o.data.map((one, at) =>
      c.products(p, {row: Math.floor(at / o.shape[1]), column: at % o.shape[1]})
        .reduce((sum, t) => sum + t.value * t.weight, p.bias.data[0]) - one); })()"""
    gaps = [gap for gaps in convolved(expression, cases) for gap in gaps]
    assert len(gaps) > 400
    assert np.abs(gaps).max() < 1e-12


def test_a_cell_feeds_the_outputs_that_change_with_it() -> None:
    cases = [case for case in random_cases(80) if slide(case).size]
    expression = """(() => { const p = c.read(v), [, columns, channels] = p.input.shape;
      return p.input.data.map((_, at) => c.fed(p, {row: Math.floor(at / channels / columns),
        column: Math.floor(at / channels) % columns, channel: at % channels})); })()"""
    for case, found in zip(cases, convolved(expression, cases), strict=True):
        calm = np.atleast_2d(slide(case))
        for at, feeds in enumerate(found):
            poked = case["input"].copy()
            poked.flat[at] += 1
            change = np.atleast_2d(slide({**case, "input": poked})) - calm
            expected = np.zeros_like(calm)
            for one in feeds:
                expected[one["row"], one["column"]] = one["weight"]
            np.testing.assert_allclose(change, expected, atol=1e-9)


def test_a_cell_is_dropped_where_no_output_changes_with_it() -> None:
    cases = [case for case in random_cases(120) if case["dimensions"] == 1 and slide(case).size]
    lost = 0
    for case, found in zip(
        cases, convolved("c.unreached(c.axes(c.read(v))[1])", cases), strict=True
    ):
        nudges = np.eye(len(case["input"]))[:, :, None] * np.ones(case["input"].shape[1])
        changes = [slide({**case, "input": n, "bias": 0}) for n in nudges]
        assert found == [at for at, change in enumerate(changes) if not change.any()], case
        lost += len(found)
    assert lost > 20


KERAS = """
import json, sys
import keras
import numpy as np
results = []
for case in json.load(sys.stdin):
    x, kernel = (np.asarray(case[key], "float32") for key in ("input", "kernel"))
    Layer = {2: keras.layers.Conv1D, 3: keras.layers.Conv2D}[x.ndim]
    layer = Layer(1, kernel.shape[:-1], strides=case["stride"], padding=case["padding"],
                  dilation_rate=case["dilation"])
    layer.build((None, *x.shape))
    layer.set_weights([kernel[..., None], np.array([case["bias"]], "float32")])
    results.append(keras.ops.convert_to_numpy(layer(x[None]))[0, ..., 0].tolist())
json.dump(results, sys.stdout)
"""


def test_its_outputs_are_keras(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    cases = []
    for axes, size, (stride, dilation) in product(
        (1, 2), (7, 8, 9), ((1, 1), (2, 1), (3, 1), (4, 1), (1, 2), (1, 3))
    ):
        for kernel, padding in product((2, 3), ["valid", "same", "causal"][: 4 - axes]):
            case = {"stride": stride, "dilation": dilation, "padding": padding, "bias": 0.5}
            case["input"] = rng.integers(-9, 9, [size, size + 1, 2][-axes - 1 :]).tolist()
            case["kernel"] = rng.integers(-9, 9, [kernel, 2, 2][-axes - 1 :]).tolist()
            cases.append({**case, "dimensions": axes})
    quiet = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    run = subprocess.run(
        [sys.executable, "-c", KERAS],
        env={**os.environ, **quiet, "KERAS_HOME": str(tmp_path), "CUDA_VISIBLE_DEVICES": ""},
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    for case, expected in zip(cases, json.loads(run.stdout), strict=True):
        case["output"] = expected
    assert len(cases) == 180
    # Small whole numbers: what both compute is exact.
    assert convolved("c.disagreement(c.read(v), v.output)", cases) == [""] * len(cases)


@pytest.mark.parametrize(
    ("values", "axes"),
    [
        ({"input": SIGNAL, "kernel": ONES}, (1, 1)),
        ({"input": SIGNAL[:, None], "kernel": ONES[:, None], "dimensions": 1}, (1, 1)),
        ({"input": SIGNAL[:, None], "kernel": ONES[:, None, None]}, (1, 1)),
        ({"input": np.ones((9, 4)), "kernel": np.ones((3, 4, 1))}, (1, 4)),
        ({"input": IMAGE, "kernel": CROSS}, (2, 1)),
        ({"input": IMAGE, "kernel": CROSS[..., None]}, (2, 1)),
        ({"input": IMAGE, "kernel": CROSS[..., None, None]}, (2, 1)),
        ({"input": IMAGE[..., None], "kernel": CROSS}, (2, 1)),
        ({"input": np.ones((5, 5, 2)), "kernel": np.ones((3, 3, 2, 1))}, (2, 2)),
    ],
)
def test_the_shapes_tell_what_is_meant(values, axes) -> None:
    (found,) = convolved("[c.read(v).flat ? 1 : 2, c.read(v).input.shape[2]]", [values])
    assert tuple(found) == axes


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kernel": np.ones((3, 3, 2))}, "The kernel needs as many channels as the input."),
        ({"kernel": np.ones((3, 3, 1, 4))}, "A 2D kernel of shape (3, 3, 1, 4) cannot be shown"),
        ({"input": np.ones((1, 5, 5, 1))}, "A 2D input of shape (1, 5, 5, 1) cannot be shown"),
        ({"input": np.ones((99, 99))}, "give one, of at most 4096 numbers."),
        ({"kernel": "edges"}, "The kernel is no array of numbers."),
        ({"kernel": [[1, 2], [3]]}, "The kernel is no array of numbers."),
        ({"kernel": []}, "cannot be shown"),
        ({"stride": 0}, "A stride or dilation of 0: give a whole number from 1 up."),
        ({"dilation": 1.5}, "A stride or dilation of 1.5: give a whole number"),
        ({"stride": [1, 2, 3]}, "A stride or dilation of 1,2,3: give a whole number"),
        ({"padding": "causal"}, "causal is none of valid, same."),
        ({"operation": "pooling"}, "pooling is none of cross-correlation, convolution."),
        ({"bias": [1, 2]}, "One kernel has one bias: give one number."),
    ],
)
def test_what_it_cannot_show_it_says_in_a_sentence(values, sentence) -> None:
    (found,) = convolved("c.read(v)", [{"input": IMAGE, "kernel": CROSS, **values}])
    assert sentence in found


def test_another_output_than_its_own_is_noticed() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(9, 9, 3)).astype("float32")
    kernel = rng.normal(size=(3, 3, 3)).astype("float32")
    values = {"input": x, "kernel": kernel}
    y = slide(values).astype("float32")
    off = y.copy()
    off[2, 2] += 1e-4
    found = convolved(
        "c.disagreement(c.read(v), v.output)",
        [{**values, "output": one} for one in (y, y[None, ..., None], off, y[1:])],
    )
    assert found[:2] == ["", ""]
    assert found[2] == "The page's output differs from this one by up to 0.00010."
    assert found[3] == "The page's output is 6 × 7, but here it is 7 × 7."


# ---- In a browser ----


def cells(page, kind: str) -> list[str]:
    return page.locator(f"[data-kind={kind}] [role=gridcell] > span").all_text_contents()


def numbers(texts: list[str]) -> list[float]:
    return [float(text.replace("−", "-")) for text in texts]


def marked(page, name: str, kind: str) -> list[tuple[int, ...]]:
    """The cells that have a class: (row, column, channel)."""
    found = page.evaluate(
        f"""[...document.querySelectorAll("[data-kind={kind}] .sp-{name}")]
            .map((one) => [one.row, one.column, one.channel])"""
    )
    return sorted(map(tuple, found))


def cell(page, kind: str, row: int, column: int):
    """A cell of a grid of one channel, padding not counted."""
    grid = page.locator(f"[data-kind={kind}] [role=row]")
    rows = grid.filter(has=page.locator("[role=gridcell]:not(.sp-padding)"))
    return rows.nth(row).locator("[role=gridcell]:not(.sp-padding)").nth(column)


def says(page) -> str:
    return page.locator(".sp-slide > p").first.inner_text()


def counter(page) -> str:
    return page.locator(".sp-slide-time > span").inner_text()


RGB = {
    "input": np.random.default_rng(0).integers(0, 3, (5, 5, 3)),
    "kernel": np.random.default_rng(1).integers(-1, 2, (3, 3, 3)),
}


@pytest.mark.parametrize(
    "values",
    [
        {"input": IMAGE, "kernel": CROSS},
        {"input": IMAGE * 0.5, "kernel": CROSS - 0.5, "padding": "same", "stride": 2, "bias": -1},
        {"input": IMAGE, "kernel": CROSS + np.triu(CROSS), "operation": "convolution"},
        {**RGB, "bias": 4},
        {"input": SIGNAL, "kernel": [1, 2, 3], "padding": "causal", "dilation": 2},
    ],
)
def test_the_numbers_shown_are_numpys(widget, values) -> None:
    page = widget("sliding-window", values)
    last = () if np.ndim(values["input"]) == 3 else (None,)
    arrays = {key: np.asarray(values[key])[(..., *last)] for key in ("input", "kernel")}
    expected = slide({**values, **arrays})
    assert numbers(cells(page, "output")) == expected.ravel().tolist()
    for at in (0, expected.size // 2, expected.size - 1):
        page.get_by_label("Position of the window").fill(str(at))
        terms = []
        for line in page.locator(".sp-slide-blocks span:has(span)").all_text_contents():
            value, weight, term = numbers(re.split(" [×=] ", line))
            assert term == pytest.approx(value * weight)
            terms.append(term)
        assert len(terms) == arrays["kernel"].size
        total = page.locator(".sp-slide-total").inner_text()
        assert numbers([total.split(" = ")[-1]]) == [expected.flat[at]]
        assert sum(terms) + values.get("bias", 0) == pytest.approx(expected.flat[at])


def test_an_output_shows_its_window(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS, "dilation": 2})
    assert marked(page, "tap", "input") == [(r, c, 0) for r in (0, 2, 4) for c in (0, 2, 4)]
    page.get_by_label("dilation").select_option("1")
    cell(page, "output", 1, 2).hover()
    window = [(r, c, 0) for r in (1, 2, 3) for c in (2, 3, 4)]
    assert marked(page, "tap", "input") == window
    assert says(page) == "output[1, 2] is 3. Its window is input[1:4, 2:5]."
    page.mouse.move(0, 0)
    assert says(page) == "output[0, 0] is 4. Its window is input[0:3, 0:3]."
    cell(page, "output", 1, 2).click()
    page.mouse.move(0, 0)
    assert marked(page, "tap", "input") == window
    assert counter(page) == "6 of 9"


def test_an_input_shows_the_outputs_that_it_feeds(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS, "stride": 2})
    cell(page, "input", 2, 2).hover()
    assert marked(page, "fed", "output") == [(r, c, 0) for r in (0, 1) for c in (0, 1)]
    assert says(page) == "input[2, 2] is 1 and feeds 4 outputs."
    page.mouse.move(0, 0)
    assert marked(page, "fed", "output") == []
    cell(page, "input", 0, 1).focus()
    assert marked(page, "fed", "output") == [(0, 0, 0)]
    times = page.locator("[data-kind=output] .sp-fed").get_attribute("data-times")
    assert times == "×0"  # the weight that this input meets there


def test_padding_is_shown_as_zeros(widget) -> None:
    page = widget("sliding-window", {"input": SIGNAL, "kernel": ONES, "padding": "causal"})
    padding = page.locator("[data-kind=input] .sp-padding")
    assert padding.all_inner_texts() == ["0", "0"]
    assert says(page) == "output[0] is 1. Its window is input[0:1] and zeros of the padding."
    padding.nth(1).focus()
    assert says(page) == "A zero of the padding feeds 2 outputs."


@pytest.mark.parametrize(
    ("values", "lost", "sentence"),
    [
        ({"input": SIGNAL, "stride": 2}, [7], "No window reaches the last step."),
        ({"input": SIGNAL, "stride": 4}, [3, 7], "No window reaches steps 3, 7."),
        ({"input": SIGNAL[:7], "stride": 4}, [3], "No window reaches step 3."),
        ({"input": SIGNAL, "stride": 2, "padding": "same"}, [], ""),
    ],
)
def test_cells_that_no_window_reaches_are_crossed_out(widget, values, lost, sentence) -> None:
    page = widget("sliding-window", {"kernel": ONES, **values})
    assert [column for _, column, _ in marked(page, "lost", "input")] == lost
    notes = page.locator(".sp-slide-notes p").all_inner_texts()
    assert notes[1:] == [sentence][: bool(sentence)]


def test_dropped_columns_are_counted(widget) -> None:
    values = {"input": np.ones((4, 8)), "kernel": CROSS, "stride": 3}
    page = widget("sliding-window", values)
    sizes, lost = page.locator(".sp-slide-notes p").all_inner_texts()
    assert sizes == "Output size: (4 − 3) // 3 + 1 = 1 and (8 − 3) // 3 + 1 = 2."
    assert lost == "No window reaches the last row and the last 2 columns."
    crossed = [(r, c, 0) for r, c in np.ndindex(4, 8) if r == 3 or c >= 6]
    assert marked(page, "lost", "input") == crossed


def test_every_setting_changes_the_output(widget) -> None:
    page = widget("sliding-window", {"input": SIGNAL, "kernel": [1, 2, 4]})
    values = {"input": SIGNAL[:, None], "kernel": np.array([1, 2, 4])[:, None]}
    for name, choice in [
        ("padding", "same"),
        ("padding", "causal"),
        ("stride", 2),
        ("dilation", 3),
        ("operation", "convolution"),
    ]:
        page.get_by_role("combobox", name=name).select_option(label=str(choice))
        values[name] = choice
        assert numbers(cells(page, "output")) == slide(values).tolist()
    notes = page.locator(".sp-slide-notes").inner_text()
    assert "Keras layers refuse a stride and a dilation above 1 together." in notes
    assert "These are no longer the page's values." in notes
    page.get_by_role("button", name="Reset").click()
    assert numbers(cells(page, "output")) == [17, 24, 31, 38, 45, 52]
    assert page.get_by_label("stride").input_value() == "1,1"
    assert "no longer" not in page.locator(".sp-slide-notes").inner_text()


def test_a_stride_of_the_page_stands_in_the_list(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS, "stride": (2, 1)})
    chosen = page.get_by_role("combobox", name="stride").locator("option:checked")
    assert chosen.inner_text() == "2 × 1"
    assert cells(page, "output") == ["4", "3", "4", "2", "3", "4"]


def test_a_changed_number_changes_the_output(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS, "bias": 1})
    before = cells(page, "input")
    cell(page, "kernel", 0, 0).click()
    field = page.get_by_label("kernel[0, 0]")
    field.fill("-2.5")
    image = IMAGE[..., None]
    kernel = CROSS.astype(float)[..., None]
    kernel[0, 0] = -2.5
    expected = slide({"input": image, "kernel": kernel, "bias": 1})
    assert numbers(cells(page, "output")) == expected.ravel().tolist()
    field.fill("")  # a number half typed loses nothing
    assert numbers(cells(page, "output")) == expected.ravel().tolist()
    assert cells(page, "input") == before
    cell(page, "bias", 0, 0).click()
    page.get_by_role("spinbutton", name="bias").fill("0")
    assert numbers(cells(page, "output")) == (expected - 1).ravel().tolist()


def test_a_turned_kernel_is_edited_where_it_is_shown(widget) -> None:
    values = {"input": SIGNAL, "kernel": [1, 2, 4], "operation": "convolution"}
    page = widget("sliding-window", values)
    assert cells(page, "kernel") == ["4", "2", "1"]
    cell(page, "kernel", 0, 0).click()
    page.get_by_label("kernel[2]").fill("0")
    assert cells(page, "kernel") == ["0", "2", "1"]
    expected = np.convolve(SIGNAL, [1, 2, 0], "valid")
    assert numbers(cells(page, "output")) == expected.tolist()


def test_play_advances_and_pause_stops(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS})
    assert page.get_by_label("Pause").count() == 0  # it starts paused
    page.clock.install()
    page.get_by_label("Play").click()
    page.clock.run_for(1900)
    assert counter(page) == "3 of 9"
    shown = page.locator("[data-kind=output] .sp-later")
    assert shown.count() == 6  # the output fills while it plays
    page.get_by_label("Pause").click()
    page.clock.run_for(5000)
    assert counter(page) == "3 of 9"
    assert shown.count() == 0
    page.get_by_label("Play").click()
    page.clock.run_for(9000)
    assert counter(page) == "9 of 9"
    assert page.get_by_label("Play").count() == 1
    page.get_by_label("Play").click()  # again, from the start
    assert counter(page) == "1 of 9"
    page.get_by_label("One step forward").click()  # a step by hand stops it
    page.clock.run_for(5000)
    assert counter(page) == "2 of 9"


def test_all_controls_work_by_keyboard_alone(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS, "bias": 0})
    press = page.keyboard.press
    names, at = [], []
    for key in ["Enter", "Space", "Enter", "Enter", "Enter", "ArrowLeft"]:
        press("Tab")
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        if names[-1] == "Play":
            press(key), press(key)
        else:
            press(key)
        at.append(counter(page)[0])
    assert names == [
        *("First position", "One step back", "Play"),
        *("One step forward", "Last position", "Position of the window"),
    ]
    assert at == ["1", "1", "1", "2", "9", "8"]

    press("Tab")  # into the input
    press("ArrowDown")
    press("ArrowRight")
    assert says(page) == "input[1, 1] is 1 and feeds 4 outputs."
    press("5")
    assert cell(page, "input", 1, 1).inner_text() == "5"
    press("Enter")  # back to the cell
    press("End")
    assert says(page) == "input[1, 4] is 0 and feeds 2 outputs."
    press("Tab")
    assert says(page).startswith("kernel[0, 0] is 1 at all 9 positions.")
    press("Tab")
    assert says(page).startswith("bias is 0 at all 9 positions.")
    press("Tab")  # where the window is
    press("ArrowUp")
    press("ArrowLeft")
    assert says(page).startswith("output[1, 0] is 2.")

    press("Tab")
    press("ArrowUp")  # the field of the last cell that was picked: the bias
    assert cells(page, "output")[0] == "9"
    for setting in ("stride", "padding", "dilation", "operation"):
        press("Tab")
        press("ArrowDown")
        assert page.get_by_label(setting).evaluate("(one) => one.selectedIndex") == 1
    press("Tab")
    press("Enter")
    assert cells(page, "output")[0] == "4"
    press("Tab")
    assert page.evaluate("document.activeElement.closest('.sp-slide')") is None  # no trap


def test_results_are_announced(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS})
    voice = page.get_by_role("status")
    page.wait_for_timeout(350)
    assert voice.text_content() == ""  # nothing is said that nobody asked for

    def said(text: str) -> None:
        page.wait_for_function(
            "(text) => document.querySelector('[role=status]').textContent === text", arg=text
        )

    page.get_by_label("One step forward").click()
    said("output[0, 1] is 3. Its window is input[0:3, 1:4].")
    cell(page, "input", 2, 2).focus()
    page.keyboard.press("7")
    said("input[2, 2] is 7 and feeds 9 outputs. output[0, 1] is 3. Its window is input[0:3, 1:4].")


def test_who_wants_no_motion_gets_none(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS})
    slides = "getComputedStyle(document.querySelector('.sp-moving')).transitionDuration"
    assert page.evaluate(slides) == "0.18s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(slides) == "0s"
    page.get_by_label("Last position").click()
    frame = page.locator(".sp-slide-frame").bounding_box()
    corner = cell(page, "input", 2, 2).bounding_box()
    assert frame["x"] == pytest.approx(corner["x"], abs=2)  # at once
    assert frame["y"] == pytest.approx(corner["y"], abs=2)


BIG = {"input": np.random.default_rng(2).normal(size=(32, 32)), "kernel": CROSS}
LONG = {"input": np.linspace(-1, 1, 50), "kernel": [0.25, -0.5, 0.25], "padding": "same"}
SAME = {"input": np.arange(64).reshape(8, 8), "kernel": CROSS, "padding": "same"}


WIDE = {"same": SAME, "rgb": {**RGB, "bias": 1}, "long": LONG, "big": BIG}


@pytest.mark.parametrize(
    ("name", "width"), [("same", 360), ("rgb", 360), ("long", 360), ("big", 360), ("long", 1280)]
)
def test_it_is_never_wider_than_the_screen(widget, name: str, width: int) -> None:
    page = widget("sliding-window", WIDE[name], width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """[...document.querySelectorAll(".sp-live :is(button, select, input)")]
          .filter((one) => one.offsetParent && one.type !== "range")
          .filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 40).length"""
    )
    assert small == 0
    if name != "big":  # it has more cells than a finger can tell apart; keys can
        side = cell(page, "input", 0, 0).bounding_box()
        assert min(side["width"], side["height"]) >= 24


def test_a_long_strip_scrolls_to_its_window(widget) -> None:
    page = widget("sliding-window", LONG, width=360)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_label("Last position").click()
    frame = page.locator(".sp-slide-frame").bounding_box()
    assert 0 <= frame["x"] <= 360 - frame["width"]
    assert page.evaluate("scrollX") == 0


def test_ten_values_fit_a_phone_without_scrolling(widget) -> None:
    page = widget("sliding-window", {"input": SIGNAL[[*range(8), 0, 1]], "kernel": ONES}, width=360)
    last = page.locator("[data-kind=input] [role=gridcell]").last.bounding_box()
    assert last["x"] + last["width"] <= 360 - 16
    assert (
        page.locator(".sp-slide-board").evaluate("(one) => one.scrollWidth - one.clientWidth") == 0
    )


def test_where_a_strip_must_scroll_its_names_stay(widget) -> None:
    values = {"input": SIGNAL, "kernel": ONES, "padding": "causal", "dilation": 4}
    page = widget("sliding-window", values, width=360)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_label("Last position").click()
    board = page.locator(".sp-slide-board")
    assert board.evaluate("(one) => one.scrollLeft") > 20
    for kind in ("input", "kernel", "output"):
        box = page.locator(f"[data-kind={kind}] > p").bounding_box()
        assert 0 <= box["x"] < 20
    frame = page.locator(".sp-slide-frame").bounding_box()
    assert frame["x"] + frame["width"] <= 360 - 10
    page.get_by_label("padding").select_option("valid")
    page.get_by_label("dilation").select_option("1")
    assert board.evaluate("(one) => one.scrollLeft") == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_cells_grow_with_their_numbers(widget, width: int) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS}, width=width)
    cell(page, "input", 2, 2).click()
    field = page.get_by_label("input[2, 2]")
    field.fill("-123.45")
    over = """[...document.querySelectorAll("[role=gridcell] > span")]
      .filter((one) => one.offsetWidth > one.parentNode.clientWidth).length"""
    assert page.evaluate(over) == 0
    field.fill("5000")
    assert cell(page, "input", 2, 2).inner_text() == "999"
    page.keyboard.press("Enter")
    assert field.input_value() == "999"


def test_only_what_is_rounded_is_called_so(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS})
    cell(page, "kernel", 0, 0).click()
    page.get_by_label("kernel[0, 0]").fill("0.333")
    tiles = page.locator(".sp-slide-tiles > span").all_inner_texts()
    assert tiles[:3] == ["1 × 0.33 ≈ 0.33", "1 × 0 = 0", "1 × 1 = 1"]
    assert [tile for tile in tiles if "≈" in tile] == tiles[:1]
    assert says(page) == "kernel[0, 0] is about 0.33 at all 9 positions."
    total = "output[0, 0] ≈ 0.33 + 0 + 1 + 0 + 1 + 0 + 0 + 0 + 1 ≈ 3.33"
    assert page.locator(".sp-slide-total").inner_text() == total


def test_padding_is_crossed_out_nowhere(widget) -> None:
    values = {"input": np.ones((3, 3)), "kernel": [[1, 1]], "stride": 2, "padding": "same"}
    page = widget("sliding-window", values)
    assert page.locator(".sp-padding").count() == 3
    assert marked(page, "lost", "input") == [(1, column, 0) for column in range(3)]


CONTRAST = """() => {
  const rgba = (text) => {
    const parts = text.match(/[\\d.]+/g).map(Number);
    const whole = text.startsWith("color(") ? parts : parts.map((n, at) => (at < 3 ? n / 255 : n));
    return whole.length === 3 ? [...whole, 1] : whole;
  };
  const over = (top, below) => below.map((n, at) => top[at] * top[3] + n * (1 - top[3]));
  const light = (rgb) => rgb.map((n) => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4)
    .reduce((sum, n, at) => sum + n * [0.2126, 0.7152, 0.0722][at], 0);
  const paper = rgba(getComputedStyle(document.body).backgroundColor).slice(0, 3);
  return [...document.querySelectorAll(
    ".sp-slide [role=gridcell] > span, .sp-slide b, .sp-slide p, .sp-slide-blocks span"
  )].map((one) => {
    const cell = one.closest("[role=gridcell]");
    const ground = cell ? over(rgba(getComputedStyle(cell).backgroundColor), paper) : paper;
    const ink = over(rgba(getComputedStyle(one).color), ground);
    const [low, high] = [light(ink), light(ground)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_number_can_be_read_in_both_themes(widget, theme: str) -> None:
    page = widget("sliding-window", {**SAME, "bias": 2}, theme=theme)
    quiet = {"light": "#555d6b", "dark": "#a5aebd"}[theme]  # as on this site
    page.add_style_tag(content=f"body {{ --site-ink-2: {quiet} }}")
    cell(page, "input", 1, 1).click()
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) > 180
    assert min(ratios) >= 4.5
    page.get_by_label("First position").click()  # zeros of the padding lie under the window
    assert page.locator(".sp-padding.sp-tap").count() == 5
    assert min(page.evaluate(CONTRAST)) >= 4.5


def test_many_cells_show_their_numbers_in_the_equation(widget) -> None:
    page = widget("sliding-window", BIG)
    assert page.locator("[data-kind=output] span").first.is_hidden()
    expected = slide({"input": BIG["input"][..., None], "kernel": CROSS[..., None]})
    cell(page, "output", 7, 9).click()
    total = page.locator(".sp-slide-total").inner_text()
    assert numbers([total.split("≈ ")[-1]]) == [round(expected[7, 9], 2)]


def test_a_kernel_that_fits_nowhere_is_no_error(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": np.ones((6, 6))})
    sentence = "No window fits: it spans 6, and the input has 5."
    assert says(page) == sentence
    assert counter(page) == "0 of 0"
    assert page.get_by_label("One step forward").is_disabled()
    assert page.get_by_label("Play").is_disabled()
    cell(page, "kernel", 5, 5).click()
    assert says(page) == sentence
    page.get_by_label("padding").select_option("same")
    assert counter(page) == "1 of 25"
    assert page.get_by_label("Play").is_enabled()


def test_bad_values_are_a_sentence_in_its_place(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS, "stride": 0})
    text = "A stride or dilation of 0: give a whole number from 1 up."
    assert page.get_by_role("alert").inner_text() == text


def test_it_says_when_the_page_computed_something_else(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS})
    page.evaluate("() => { globalThis.heard = []; console.error = (text) => heard.push(text) }")
    page.evaluate(
        """(values) => { const one = document.createElement("sp-sliding-window");
          one.dataset.values = JSON.stringify(values); document.body.prepend(one); }""",
        {"input": SIGNAL.tolist(), "kernel": [1, 1], "output": [3, 5, 7, 9, 11, 13, 16]},
    )
    sentence = "The page's output differs from this one by up to 1.0."
    assert sentence in page.locator(".sp-slide-notes").first.inner_text()
    assert page.evaluate("heard") == [f"sliding-window: {sentence}"]


def test_it_survives_being_moved_and_loaded_twice(widget) -> None:
    page = widget("sliding-window", {"input": IMAGE, "kernel": CROSS})
    page.evaluate(
        """() => { const one = document.querySelector("sp-sliding-window");
          one.remove(); document.body.append(one); }"""
    )
    page.add_script_tag(content=widgets.script())
    assert page.locator(".sp-slide").count() == 1
    page.get_by_label("Last position").click()
    assert counter(page) == "9 of 9"
