"""`filter-photograph` shows what NumPy computes, to pointer, keyboard and touch, in both themes."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy import ndimage
from scipy.signal import correlate2d

from sybil_pages import widgets
from sybil_pages.values import plain
from tests.javascript import in_node

KINDS = ("max", "average", "sum")
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
ASK = """
for (const file of ["base.js", "filter-photograph.js"]) require(`${SCRIPTS}/${file}`);
const own = globalThis.SybilPages.photographs;
const map = ({ height, width, data }) => ({ shape: [height, width], data: Array.from(data) });
const calls = {
  ...own,
  names: () => Object.keys(own.KERNELS),
  named: (name, image) => map(own.correlate(own.photograph(image), own.KERNELS[name].flat())),
  wrong: (values) => own.settings(values).wrong,
  chain: (image, kernel) => {
    const response = own.correlate(own.photograph(image), kernel);
    const relu = own.rectify(response);
    const sizes = [2, 3].flatMap((size) =>
      ["max", "average", "sum"].map((kind) => own.pool(relu, size, kind))
    );
    return [response, relu, ...sizes].map(map);
  },
};
const ask = ([name, ...args]) => {
  try {
    return calls[name](...args);
  } catch (error) {
    return error.message;
  }
};
console.log(JSON.stringify(GIVEN.map(ask)));
"""
SEEN = """() => {
  const texts = (selector) => [...document.querySelectorAll(selector)].map((e) => e.textContent);
  return {
    values: texts(".sp-photo-value"),
    pixels: texts(".sp-photo-pixel"),
    weights: texts(".sp-photo-weight"),
    products: texts(".sp-photo-product > :last-child > .sp-photo-cell"),
    block: texts(".sp-photo-lines .sp-photo-cell"),
    names: texts(".sp-photo-code"),
    here: texts(".sp-photo-lines .sp-photo-here"),
    results: texts(".sp-photo-lines b"),
    note: texts(".sp-photo-note")[0],
  };
}"""
PIXELS = """(index) => {
  const canvas = document.querySelectorAll(".sp-photo-box canvas")[index];
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  return Array.from(context.getImageData(0, 0, width, height).data);
}"""
DRAWN = "(index) => document.querySelectorAll('.sp-photo-box canvas')[index].toDataURL()"
INK = """(name) => {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.querySelector("sp-filter-photograph").append(probe);
  const colour = getComputedStyle(probe).color.match(/[0-9]+/g).map(Number);
  probe.remove();
  return colour;
}"""
CONTRASTS = """() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const bytes = (...colours) => {
    for (const colour of colours) {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92
      : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const paper = getComputedStyle(document.body).backgroundColor;
  const parts = ".sp-photo-cell, .sp-photo-pixel, .sp-photo-weight, .sp-photo-value," +
    ".sp-photo-all input, .sp-photo-all button, .sp-photo-note, .sp-photo-quiet, .sp-photo-end";
  return [...document.querySelectorAll(parts)].map((element) => {
    const { color, backgroundColor } = getComputedStyle(element);
    const two = [light(bytes(paper, backgroundColor)), light(bytes(paper, backgroundColor, color))];
    return Math.max(...two) / Math.min(...two);
  });
}"""


def node(*calls: tuple[object, ...]) -> list:
    """What the widget's own functions return under Node; NaN comes as None."""
    return in_node(ASK, calls)


def correlated(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The response as SciPy computes it, summed over the channels."""
    layers = np.moveaxis(np.atleast_3d(np.asarray(image, float)), 2, 0)
    return sum(correlate2d(layer, kernel, "valid") for layer in layers)


def pooled(values: np.ndarray, size: int, kind: str) -> np.ndarray:
    """Blocks reduced by NumPy; what is left over at the end is dropped."""
    rows, columns = (length // size for length in values.shape)
    blocks = values[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return {"max": np.max, "average": np.mean, "sum": np.sum}[kind](blocks, axis=(1, 3))


def as_array(answer: dict) -> np.ndarray:
    return np.array(answer["data"], float).reshape(answer["shape"])


def test_response_relu_and_pooling_equal_scipy_and_numpy() -> None:
    random = np.random.default_rng(7)
    cases = []
    for number in range(60):
        shape = (*random.integers(5, 24, 2), *((3,) if number % 3 == 0 else ()))
        image = random.integers(0, 256, shape) if number % 2 else random.random(shape)
        cases.append((image, random.normal(size=(3, 3)) * 3))
    calls = [("chain", image.tolist(), kernel.ravel().tolist()) for image, kernel in cases]
    for (image, kernel), answers in zip(cases, node(*calls), strict=True):
        response = correlated(image, kernel)
        relu = np.maximum(response, 0)
        after = [pooled(relu, size, kind) for size in (2, 3) for kind in KINDS]
        for answer, wanted in zip(answers, [response, relu, *after], strict=True):
            # 27 products of at most about 255 × 10: their rounding stays far below this.
            np.testing.assert_allclose(as_array(answer), wanted, rtol=1e-12, atol=1e-9)


def test_the_kernels_do_what_their_names_say() -> None:
    image = np.random.default_rng(1).random((9, 11))
    wanted = {
        "vertical edges": ndimage.sobel(image, axis=1),
        "horizontal edges": ndimage.sobel(image, axis=0),
        "outline": 9 * (image - ndimage.uniform_filter(image, 3)),
        "blur": ndimage.uniform_filter(image, 3),
        "sharpen": image - ndimage.laplace(image),
        "emboss": image + ndimage.correlate(image, [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]),
        "identity": image,
    }
    names, *answers = node(("names",), *[("named", name, image.tolist()) for name in wanted])
    assert names == list(wanted)
    for answer, values in zip(answers, wanted.values(), strict=True):
        np.testing.assert_allclose(as_array(answer), values[1:-1, 1:-1], atol=1e-9)


def test_a_weight_is_read_as_people_write_it_and_nothing_else_is() -> None:
    good = {"−1": -1, "-1.5": -1.5, "0,5": 0.5, " .5 ": 0.5, "1/9": 1 / 9, "−2/4": -0.5, "+3": 3}
    bad = ["", " ", "−", "abc", "1 2", "1/0", "1/2/3", "1e9", "0x1", "101", "−100.5", "NaN", "1/"]
    answers = node(*[("weight", text) for text in [*good, *bad]])
    assert answers[: len(good)] == pytest.approx(list(good.values()))
    assert answers[len(good) :] == [None] * len(bad)


def test_a_written_weight_reads_back_as_the_same_number() -> None:
    weights = [0, 1, -2, 0.5, -0.25, 0.125, 1 / 9, -5 / 9, 1 / 16, 3 / 16, 2 / 3, 100]
    texts = node(*[("written", weight) for weight in weights])
    assert node(*[("weight", text) for text in texts]) == pytest.approx(weights, abs=1e-9)
    assert texts[6] == "1/9"


def test_what_is_no_photograph_is_told_what_to_give() -> None:
    cases = [
        ([1, 2, 3], "shape (3) with 1 to 3"),
        ([[1, 2], [3, 4]], "shape (2, 2)"),
        ([[0.5] * 5] * 2, "shape (2, 5)"),
        ([[[0.5] * 2] * 4] * 4, "shape (4, 4, 2)"),
        ([[0.5] * 4, [0.5] * 3, [0.5] * 4], "shape (3, 4)"),
        ([[0.5, -1, 1]] * 3, "-1 to 1"),
        ([[0.5, 300, 1]] * 3, "0.5 to 300"),
        ([["a", "b", "c"]] * 3, "NaN to NaN"),
        (None, "shape ()"),
    ]
    answers = node(*[("photograph", image) for image, _ in cases])
    for answer, (_, told) in zip(answers, cases, strict=True):
        assert answer.startswith("image: ")
        assert told in answer
        assert "Give (height, width) or (height, width, 3), at least 3 × 3" in answer


def test_each_wrong_setting_has_its_sentence_and_the_others_hold() -> None:
    kernel = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    answers = node(
        ("wrong", {"kernels": {"mine": kernel}, "kernel": "mine", "pool": 3}),
        ("wrong", {"kernels": None, "kernel": None, "pool": None}),
        ("wrong", {"kernels": {"flat": [1, 2]}}),
        ("wrong", {"kernel": "sobel"}),
        ("wrong", {"kernel": [[1, 2], [3, 4]]}),
        ("wrong", {"pool": 4}),
    )
    assert answers == [
        [],
        [],
        ["kernels: “flat” is no 3 × 3 array."],
        ["kernel: “sobel” is no 3 × 3 array."],
        ["kernel: “1,2,3,4” is no 3 × 3 array."],
        ["pool: give 2 or 3, not 4."],
    ]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A real photograph, (36, 44), grey values in 0 to 1."""
    from sklearn.datasets import load_sample_image

    return (load_sample_image("china.jpg")[40:364:9, 100:496:9].mean(axis=2) / 255).astype("f4")


def numbers(texts: list[str]) -> list[float]:
    """The numbers in texts such as “× −1/9” or “= 0.25”."""
    found = [re.search(r"(−?[\d.]+)(?:/(\d+))?$", text) for text in texts]
    assert all(found), texts
    return [float(m[1].replace("−", "-")) / float(m[2] or 1) for m in found if m]


def check(page, image, kernel, place, size: int = 2, kind: str = "max") -> None:
    """Every number that the widget shows at a place is NumPy's."""
    seen = page.evaluate(SEEN)
    (row, column), kernel = place, np.asarray(kernel, float)
    response = correlated(image, kernel)
    relu = np.maximum(response, 0)
    down, across = row // size, column // size
    result = pooled(relu, size, kind)[down, across]
    window = np.atleast_3d(np.asarray(image, float))[row : row + 3, column : column + 3]
    steps = [response[row, column], relu[row, column], result]
    block = relu[size * down : size * (down + 1), size * across : size * (across + 1)]
    assert f"response[{row}, {column}]" in seen["names"]
    assert f"pooled[{down}, {across}]" in seen["names"]
    decimals = 1 if np.max(image) > 1 else 3
    for shown, wanted in [
        (seen["values"][1:], steps),
        (seen["pixels"], np.moveaxis(window, 2, 0).ravel()),
        (seen["products"], np.moveaxis(window * kernel[..., None], 2, 0).ravel()),
        (seen["results"], steps),
        (seen["block"], block.ravel()),
        (seen["here"], steps[1:2]),
    ]:
        # As close as the shown digits are.
        assert numbers(shown) == pytest.approx(list(wanted), abs=0.5001 * 10**-decimals)
    weights = list(kernel.ravel()) * window.shape[2]
    assert numbers(seen["weights"]) == pytest.approx(weights, abs=1e-9)


def over(page, picture: int, row: int, column: int, shape: tuple[int, ...]) -> dict[str, float]:
    """Where a pixel of a picture lies on the screen."""
    box = page.locator(".sp-photo-box").nth(picture)
    box.scroll_into_view_if_needed()
    edges = box.bounding_box()
    return {
        "x": edges["x"] + (column + 0.5) / shape[1] * edges["width"],
        "y": edges["y"] + (row + 0.5) / shape[0] * edges["height"],
    }


def point(page, picture: int, row: int, column: int, shape: tuple[int, ...]) -> None:
    where = over(page, picture, row, column, shape)
    page.mouse.move(where["x"], where["y"])


def test_the_numbers_under_the_pointer_are_numpys_in_each_picture(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    for picture, row, column in [(0, 9, 20), (1, 30, 40), (2, 33, 41), (3, 1, 1), (0, 25, 31)]:
        point(page, picture, row, column, photo.shape)
        check(page, photo, SOBEL, (row - 1, column - 1))
        pixel = numbers(page.evaluate(SEEN)["values"][:1])
        assert pixel == pytest.approx([photo[row, column]], abs=5.001e-4)
    point(page, 0, 0, 43, photo.shape)  # no window has its centre on the border
    check(page, photo, SOBEL, (0, 41))


def test_the_place_is_marked_in_all_four_pictures(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo, "pool": 3})
    where = over(page, 0, 20, 30, photo.shape)
    page.mouse.click(where["x"], where["y"])
    # Response (19, 29) has its window at rows 19 to 21, and lies in block (6, 9) of 3 × 3.
    wanted = [(19, 29, 3), (20, 30, 1), (19, 28, 3), (19, 28, 3)]
    for picture, (row, column, size) in zip(
        page.locator(".sp-photo-box").all(), wanted, strict=True
    ):
        box, mark = picture.bounding_box(), picture.locator(".sp-photo-mark").bounding_box()
        pixel = box["width"] / photo.shape[1]
        found = [mark["y"] - box["y"], mark["x"] - box["x"], mark["width"], mark["height"]]
        # Boxes lie on a sixty-fourth of a pixel of the screen.
        assert np.array(found) / pixel == pytest.approx([row, column, size, size], abs=0.02)
    where = over(page, 0, 35, 30, photo.shape)
    page.mouse.click(where["x"], where["y"])
    assert page.locator(".sp-photo-mark").last.is_hidden()  # pooling drops it


def test_a_click_stays_and_pointing_elsewhere_is_only_a_look(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    where = over(page, 1, 12, 34, photo.shape)
    page.mouse.click(where["x"], where["y"])
    point(page, 1, 20, 5, photo.shape)
    check(page, photo, SOBEL, (19, 4))
    page.mouse.move(2, 2)
    check(page, photo, SOBEL, (11, 33))


def test_it_begins_at_the_strongest_response_and_reset_returns_there(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    response = correlated(photo, SOBEL)
    start = np.unravel_index(response.argmax(), response.shape)
    check(page, photo, SOBEL, start)
    before = page.evaluate(DRAWN, 3)
    page.get_by_role("button", name="blur").click()
    page.get_by_label("pooling", exact=True).select_option("sum")
    page.get_by_label("pooling window").select_option("3")
    page.get_by_role("button", name="one cell down").click()
    page.get_by_label("kernel, row 1, column 1").fill("?")
    assert page.evaluate(DRAWN, 3) != before
    page.get_by_role("button", name="Reset").click()
    check(page, photo, SOBEL, start)
    assert page.evaluate(DRAWN, 3) == before
    assert page.locator("[aria-invalid=true]").count() == 0


def test_each_button_brings_its_kernel_and_its_own_response(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    kernels = {
        "horizontal edges": SOBEL.T,
        "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
        "blur": np.full((3, 3), 1 / 9),
        "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
        "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
        "vertical edges": SOBEL,
    }
    pictures = set()
    for name, kernel in kernels.items():
        button = page.get_by_role("button", name=name)
        button.click()
        assert page.locator(".sp-photo-all [aria-pressed=true]").all_inner_texts() == [name]
        assert button.get_attribute("aria-pressed") == "true"
        point(page, 1, 20, 30, photo.shape)
        check(page, photo, kernel, (19, 29))
        shown = [cell.input_value() for cell in page.locator(".sp-photo-kernel input").all()]
        assert numbers(shown) == pytest.approx(list(np.ravel(kernel)))
        total = numbers([page.evaluate(SEEN)["note"].rstrip(".")])
        assert total == pytest.approx([np.sum(kernel)])
        pictures.add(page.evaluate(DRAWN, 1))
    assert len(pictures) == len(kernels)


def test_the_pages_own_kernels_take_the_place_of_the_built_in_ones(widget, photo) -> None:
    kernels = {"downwards": SOBEL.T, "mine": np.arange(9.0).reshape(3, 3) / 8}
    values = {"image": photo, "kernels": kernels, "kernel": "mine", "pool": 3}
    page = widget("filter-photograph", values)
    names = page.locator(".sp-photo-top button").all_inner_texts()
    assert names == ["downwards", "mine", "Reset"]
    point(page, 1, 20, 30, photo.shape)
    check(page, photo, kernels["mine"], (19, 29), size=3)


def test_a_typed_kernel_acts_at_once(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo, "kernel": np.zeros((3, 3), int)})
    kernel = np.zeros((3, 3))
    point(page, 1, 20, 30, photo.shape)
    for (row, column), text in {(0, 1): "-2.5", (1, 2): "1/3", (2, 0): "0,25"}.items():
        before = page.evaluate(DRAWN, 1)
        page.get_by_label(f"kernel, row {row + 1}, column {column + 1}").fill(text)
        kernel[row, column] = {"-2.5": -2.5, "1/3": 1 / 3, "0,25": 0.25}[text]
        check(page, photo, kernel, (19, 29))
        assert page.evaluate(DRAWN, 1) != before
        assert page.locator("[aria-pressed=true]").count() == 0


def test_what_is_no_number_is_told_and_the_last_good_kernel_stays(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    point(page, 1, 20, 30, photo.shape)
    bad = page.get_by_label("kernel, row 2, column 3")
    before = page.evaluate(DRAWN, 1)
    bad.fill("two")
    assert (
        page.evaluate(SEEN)["note"] == "In row 2, column 3 is no number from −100 to 100. 2 stays."
    )
    assert bad.get_attribute("aria-invalid") == "true"
    described = bad.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text() == page.evaluate(SEEN)["note"]
    check(page, photo, SOBEL, (19, 29))
    assert page.evaluate(DRAWN, 1) == before
    page.get_by_label("kernel, row 3, column 3").fill("5")  # the other cells go on
    kernel = SOBEL.copy()
    kernel[2, 2] = 5
    check(page, photo, kernel, (19, 29))
    assert bad.input_value() == "two"
    bad.fill("4")
    kernel[1, 2] = 4
    check(page, photo, kernel, (19, 29))
    assert bad.get_attribute("aria-invalid") is None


def test_pooling_switches_its_kind_and_its_window(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    point(page, 1, 20, 30, photo.shape)
    drawn = {}
    for size in (2, 3):
        page.get_by_label("pooling window").select_option(str(size))
        for kind in KINDS:
            page.get_by_label("pooling", exact=True).select_option(kind)
            check(page, photo, SOBEL, (19, 29), size, kind)
            drawn[kind, size] = page.evaluate(DRAWN, 3)
    assert drawn["max", 2] != drawn["average", 2] == drawn["sum", 2]  # the sum on its own scale
    assert drawn["max", 2] != drawn["max", 3]
    point(page, 1, 34, 30, photo.shape)  # row 33 of 34: windows of 3 leave it over
    seen = page.evaluate(SEEN)
    assert seen["values"][3] == "left over"
    assert "pooling drops it" in page.locator(".sp-photo-lines").inner_text()
    assert (
        "11 × 14, left over: rows 1, columns 0" in page.locator(".sp-photo-foot").last.inner_text()
    )


def test_magnitude_is_opacity_and_the_sign_is_the_colour(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    response = correlated(photo, SOBEL)
    full = numbers([page.locator(".sp-photo-end").nth(1).inner_text()])[0]
    assert np.quantile(np.abs(response), 0.98) < full < np.abs(response).max()
    colours = {
        sign: page.evaluate(INK, name) for sign, name in ((-1, "--sp-blue"), (1, "--sp-orange"))
    }
    rgba = np.array(page.evaluate(PIXELS, 1)).reshape(*photo.shape, 4)
    opacity = np.clip(255 * np.abs(response) / full, 0, 255)
    np.testing.assert_allclose(rgba[1:-1, 1:-1, 3], opacity, atol=0.51)
    assert rgba[[0, -1], :, 3].max() == rgba[:, [0, -1], 3].max() == 0  # the border has no output
    strong = np.abs(response) > full  # fainter pixels hold their colour only roughly
    for sign, colour in colours.items():
        assert (rgba[1:-1, 1:-1, :3][strong & (np.sign(response) == sign)] == colour).all()
    share = f"{round(100 * np.mean(response < 0))} % were below 0"
    assert share in page.locator(".sp-photo-foot").nth(2).inner_text()
    relu = np.array(page.evaluate(PIXELS, 2)).reshape(*photo.shape, 4)
    np.testing.assert_array_equal(relu[1:-1, 1:-1, 3] > 0, np.round(opacity * (response > 0)) > 0)
    cells = np.array(page.evaluate(PIXELS, 3)).reshape(*photo.shape, 4)[1:-1, 1:-1, 3]
    result = pooled(np.maximum(response, 0), 2, "max")
    wanted = np.clip(255 * np.kron(result, np.ones((2, 2))) / full, 0, 255)
    np.testing.assert_allclose(cells, wanted, atol=0.51)
    grey = np.array(page.evaluate(PIXELS, 0)).reshape(*photo.shape, 4)
    np.testing.assert_allclose(grey[..., 0], 255 * photo, atol=0.51)


def test_a_switch_of_the_theme_draws_the_maps_anew(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    brightest = int(np.argmax(page.evaluate(PIXELS, 1)[3::4])) * 4

    def strongest(index: int) -> list[int]:
        pixels = page.evaluate(PIXELS, index)
        return pixels[brightest : brightest + 3]

    light = page.evaluate(INK, "--sp-blue"), page.evaluate(INK, "--sp-orange")
    assert strongest(1) in light
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    page.wait_for_timeout(50)
    dark = page.evaluate(INK, "--sp-blue"), page.evaluate(INK, "--sp-orange")
    assert strongest(1) in dark
    assert not set(map(tuple, light)) & set(map(tuple, dark))
    page.evaluate("document.body.dataset.mdColorScheme = 'default'")
    page.wait_for_timeout(50)
    assert strongest(1) in light


def focused(page) -> str:
    return page.evaluate(
        "document.activeElement.ariaLabel || document.activeElement.textContent || ''"
    )


def tab_to(page, name: str, presses: int = 40) -> None:
    for _ in range(presses):
        if focused(page).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with Tab")


def test_the_keyboard_alone_can_do_everything(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    tab_to(page, "kernel, row 1, column 1")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    kernel = SOBEL.copy()
    kernel[0, 0] = 3
    tab_to(page, "photograph")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Shift+ArrowLeft")
    check(page, photo, kernel, (0, 0))
    for key in ["Shift+ArrowDown", "ArrowDown", "Shift+ArrowRight", "ArrowRight", "ArrowRight"]:
        page.keyboard.press(key)
    check(page, photo, kernel, (11, 12))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    check(page, photo, kernel, (10, 11))
    assert focused(page).startswith("photograph")
    tab_to(page, "one cell right")
    page.keyboard.press("Enter")
    check(page, photo, kernel, (10, 12))
    tab_to(page, "pooling")
    page.keyboard.press("ArrowDown")
    check(page, photo, kernel, (10, 12), 2, "average")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    check(page, photo, kernel, (10, 12), 3, "average")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('sp-filter-photograph')")  # no trap
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if focused(page).startswith("emboss"):
            break
    page.keyboard.press("Space")
    check(page, photo, [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], (10, 12), 3, "average")
    tab_to(page, "Reset")
    page.keyboard.press("Enter")
    response = correlated(photo, SOBEL)
    check(page, photo, SOBEL, np.unravel_index(response.argmax(), response.shape))


def test_arrow_keys_inside_a_cell_of_the_kernel_do_not_move_the_window(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    before = page.evaluate(SEEN)
    page.get_by_label("kernel, row 2, column 2").focus()
    for key in ("ArrowDown", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate(SEEN) == before


def test_arrow_keys_are_taken_on_the_photograph_alone(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})

    def taken(element: str, **keys: object) -> bool:
        return page.evaluate(
            """([element, keys]) => !document.querySelector(element).dispatchEvent(
              new KeyboardEvent("keydown", { ...keys, bubbles: true, cancelable: true }))""",
            [element, keys],
        )

    assert taken(".sp-photo-box", key="ArrowDown")  # the page must not scroll along
    assert not taken(".sp-photo-box", key="ArrowLeft", altKey=True)  # the browser goes back
    assert not taken(".sp-photo-box", key="Tab")
    assert not taken(".sp-photo-kernel input", key="ArrowDown")


@pytest.fixture
def touch(browser, widget) -> Iterator[Callable[..., object]]:
    """The widget in a browser that has fingers and no mouse."""
    contexts, wrong = [], []

    def show(values: dict[str, object]):
        url = widget("filter-photograph", values).url
        size = {"width": 360, "height": 780}
        context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(url)
        return page

    yield show
    for context in contexts:
        context.close()
    assert wrong == []


def test_a_finger_chooses_a_place_and_moves_it(touch, photo) -> None:
    page = touch({"image": photo})
    where = over(page, 0, 20, 30, photo.shape)
    page.touchscreen.tap(where["x"], where["y"])
    check(page, photo, SOBEL, (19, 29))
    page.get_by_role("button", name="one cell left").tap()
    page.get_by_role("button", name="one cell down").tap()
    check(page, photo, SOBEL, (20, 28))
    page.get_by_role("button", name="blur").tap()
    check(page, photo, np.full((3, 3), 1 / 9), (20, 28))


def test_a_finger_that_slides_along_takes_the_window_with_it(touch, photo) -> None:
    page = touch({"image": photo})
    session = page.context.new_cdp_session(page)
    start, end = (over(page, 1, 20, column, photo.shape) for column in (10, 40))

    def finger(kind: str, *points: dict[str, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    finger("touchStart", start)
    for share in np.linspace(0, 1, 7):
        finger("touchMove", {**start, "x": start["x"] + share * (end["x"] - start["x"])})
    finger("touchEnd")
    check(page, photo, SOBEL, (19, 39))


def test_the_voice_tells_what_changed_and_is_silent_before(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    voice = page.locator(".sp-voice")
    page.wait_for_timeout(300)
    assert voice.text_content() == ""
    point(page, 1, 20, 30, photo.shape)
    page.mouse.down()
    page.mouse.up()
    response = correlated(photo, SOBEL)[19, 29]
    page.wait_for_function("document.querySelector('.sp-voice').textContent")
    said = voice.text_content()
    assert said.startswith("row 19, column 29: response ")
    assert numbers([said.split(", ")[1]]) == pytest.approx([response], abs=5.001e-4)
    page.get_by_label("kernel, row 2, column 3").fill("x")
    page.wait_for_function("document.querySelector('.sp-voice').textContent.includes('no number')")


def test_colours_are_summed_over_the_three_channels(widget) -> None:
    image = np.random.default_rng(3).integers(0, 256, (20, 24, 3)).astype("uint8")
    page = widget("filter-photograph", {"image": image})
    point(page, 1, 9, 12, image.shape)
    check(page, image, SOBEL, (8, 11))
    names = page.evaluate(SEEN)["names"]
    assert names[:3] == [f"photograph[8:11, 11:14, {c}]" for c in range(3)]
    assert "all 27 products are added" in page.evaluate(SEEN)["note"]
    assert page.evaluate(SEEN)["values"][0] == ", ".join(map(str, image[9, 12]))
    shown = np.array(page.evaluate(PIXELS, 0)).reshape(20, 24, 4)
    np.testing.assert_array_equal(shown[..., :3], image)


def test_a_small_image_of_whole_numbers_is_shown_as_it_is(widget) -> None:
    image = np.arange(30).reshape(5, 6) * 8
    page = widget("filter-photograph", {"image": image})
    point(page, 0, 2, 3, image.shape)
    check(page, image, SOBEL, (1, 2))
    assert page.evaluate(SEEN)["values"] == ["120", "64", "64", "64"]


def test_an_image_too_small_to_pool_still_has_a_response(widget) -> None:
    image = np.eye(3)
    page = widget("filter-photograph", {"image": image})
    assert numbers(page.evaluate(SEEN)["values"][:3]) == pytest.approx([1, 0, 0])
    assert page.evaluate(SEEN)["values"][3] == "left over"


def test_bad_values_are_sentences_and_the_rest_works(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo, "kernel": "sobel", "pool": 5})
    told = page.locator(".sp-photo-wrong").all_inner_texts()
    assert told == ["pool: give 2 or 3, not 5.", "kernel: “sobel” is no 3 × 3 array."]
    point(page, 1, 20, 30, photo.shape)
    check(page, photo, SOBEL, (19, 29))
    page = widget("filter-photograph", {"image": photo.ravel()})
    assert "shape (1584)" in page.locator(".sp-live").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_the_screen_and_can_be_read_and_touched(widget, photo, width, theme) -> None:
    page = widget("filter-photograph", {"image": photo}, width=width, theme=theme)
    page.get_by_label("kernel, row 1, column 1").fill("−100")  # the widest weight, all tints
    before = page.locator(".sp-photo-chain").bounding_box()["y"]
    page.get_by_label("kernel, row 2, column 1").fill("?")
    assert page.locator(".sp-photo-chain").bounding_box()["y"] == pytest.approx(before, abs=0.5)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [box.bounding_box() for box in page.locator(".sp-photo-box").all()]
    assert len({round(box["x"]) for box in boxes}) == len({round(box["y"]) for box in boxes}) == 2
    for box in boxes:
        assert box["width"] >= (150 if width == 360 else 260)
        if width > 360:  # half multiples of a pixel
            assert 2 * box["width"] / photo.shape[1] == pytest.approx(
                round(2 * box["width"] / photo.shape[1])
            )
        assert box["width"] / box["height"] == pytest.approx(
            photo.shape[1] / photo.shape[0], abs=0.01
        )
    for control in page.locator(".sp-live :is(button, input, select)").all():
        size = control.bounding_box()
        assert min(size["width"], size["height"]) >= 24
    assert min(page.evaluate(CONTRASTS)) >= 4.5
    sizes = page.evaluate(
        "[...document.querySelectorAll('.sp-live *')].filter((e) => !e.closest('svg'))"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12


def test_a_pixel_can_be_read_on_its_own_grey_whichever_it_is(widget) -> None:
    ramp = np.arange(256).reshape(16, 16)
    page = widget("filter-photograph", {"image": ramp})
    box = page.locator(".sp-photo-box").first
    box.scroll_into_view_if_needed()
    edges = box.bounding_box()
    worst = []
    for row in range(1, 15, 3):
        for column in range(1, 15, 3):
            place = [edges["x"] + (column + 0.5) * edges["width"] / 16]
            place.append(edges["y"] + (row + 0.5) * edges["height"] / 16)
            page.mouse.move(*place)
            worst.append(min(page.evaluate(CONTRASTS)))
    assert min(worst) >= 4.5


def test_a_second_run_of_the_script_changes_nothing(widget, photo) -> None:
    page = widget("filter-photograph", {"image": photo})
    page.add_script_tag(content=widgets.script())
    page.evaluate(
        "() => { const one = document.querySelector('sp-filter-photograph');"
        "const place = one.parentElement; one.remove(); place.append(one); }"
    )
    assert page.locator(".sp-live").count() == 1
    point(page, 1, 20, 30, photo.shape)
    check(page, photo, SOBEL, (19, 29))


def test_without_the_script_the_static_figure_stands_there(browser, photo) -> None:
    values = plain({"image": photo})
    page = browser.new_page()
    page.set_content(widgets.markup("filter-photograph", values, "A widget", "<p>Static</p>"))
    assert page.locator(".sp-static").is_visible()
    page.close()
