"""A widget shows the page's own values, stands around a figure, and loads only where it is."""

import base64
import functools
import gzip
import http.server
import json
import re
import threading
from collections.abc import Iterator
from html import unescape

import numpy as np
import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from sybil_pages import widgets
from sybil_pages.cache import code
from sybil_pages.notebooks import notebook
from sybil_pages.values import plain
from sybil_pages.weave import fill, weave

DRAW = """\
```python
import matplotlib.pyplot as plt
import numpy as np

image = np.arange(9.0).reshape(3, 3)


def draw(values):
    figure, ax = plt.subplots()
    ax.plot(values)
    return figure
```

"""
WIDGET = """\
```widget
#| alt: The window moves.
#| caption: Nine places.
name: sliding-window
input: image + 0.5
kernel: [[1, -1]]
figure: draw(
    image[0])
```
"""


def values_in(html: str) -> dict[str, object]:
    (found,) = re.findall(r'data-values="([^"]*)"', html)
    return json.loads(unescape(found))


def test_a_widget_holds_what_the_page_computed(bench) -> None:
    page, executed = bench.run(DRAW + WIDGET)
    html, problems = fill(page, executed, weave(page))
    assert problems == []
    assert "<sp-sliding-window" in html
    assert "name: sliding-window" not in html
    assert values_in(html) == {
        "input": (np.arange(9.0).reshape(3, 3) + 0.5).tolist(),
        "kernel": [[1, -1]],
    }


def test_without_a_script_its_figure_stands_there(bench) -> None:
    page, executed = bench.run(DRAW + WIDGET)
    html, _ = fill(page, executed, weave(page))
    (inside,) = re.findall(r'<div class="sp-static">(.*?)</sp-sliding-window>', html)
    assert '<svg class="sp-svg" role="img" aria-label="The window moves."' in inside
    assert "<figcaption>Nine places.</figcaption></figure>" in html


@pytest.mark.parametrize(
    ("lines", "report"),
    [
        (["name: sliding-windw", "input: 1"], "1: `sliding-windw` is no widget: did you mean"),
        (["input: 1"], "1: a widget's first line names it, `name: …` (there are sliding-window"),
        (
            ["name: sliding-window", "input: 1", "figure: 2"],
            "1: sliding-window needs a line `kernel: …`",
        ),
        (
            ["name: sliding-window", "input: 1", "kernel: 2"],
            "1: sliding-window needs a line `figure: …`, a matplotlib figure that stands",
        ),
        (
            ["name: sliding-window", "input: 1", "kernel: 1", "figure: 2", "strides: 2"],
            "6: sliding-window does not know `strides`: it knows input, kernel, bias, stride",
        ),
        (
            ["name: sliding-window", "input: 1", "kernel: 1", "figure: 2", "input: 2"],
            "6: `input` stands here twice",
        ),
        (
            ["name: sliding-window", "input:", "kernel: 1", "figure: 2"],
            "3: `input` has no value",
        ),
        (
            ["name: sliding-window", "input 3", "kernel: 1", "figure: 2"],
            "3: `input 3` is not of the form `key: expression`",
        ),
    ],
)
def test_what_is_wrong_with_a_fence_stands_at_its_line(bench, lines, report) -> None:
    (found, *_) = sorted(
        bench.check("\n".join(["```widget", *lines, "```\n"])), key=lambda one: report not in one
    )
    assert found.startswith(f"page.md:{report}")


@pytest.mark.parametrize(
    ("line", "report"),
    [
        ("kernel: nothing", "19: NameError: name 'nothing' is not defined"),
        ("kernel: [1, float('nan')]", "19: `kernel`: it is nan or inf"),
        ("kernel: image / 0", "19: `kernel`: it holds nan or inf"),
        ("kernel: draw", "19: `kernel`: a function cannot be shown: give numbers or text"),
        ("kernel: 1 +", "19: SyntaxError"),
    ],
)
def test_what_fails_in_an_expression_stands_at_its_line(bench, line, report) -> None:
    text = DRAW + WIDGET.replace("kernel: [[1, -1]]", line)
    (found,) = bench.check(text)
    assert found.startswith(f"page.md:{report}"), found


def test_its_figure_must_be_one(bench) -> None:
    (found,) = bench.check(DRAW + WIDGET.replace("draw(\n    image[0])", "image"))
    assert "20: `figure`: a widget's figure is a matplotlib Figure, not a ndarray" in found


def test_its_figure_needs_an_alt(bench) -> None:
    (found,) = bench.check(DRAW + WIDGET.replace("#| alt: The window moves.\n", ""))
    assert "the block draws 1 figure and has 0 alts" in found


@pytest.mark.parametrize("kind", ["uint8", "int16", "int64", "float32", "float64", "bool"])
def test_a_large_array_is_packed_and_keeps_its_values(kind: str) -> None:
    array = np.random.default_rng(0).integers(0, 2, (30, 40)).astype(kind) * np.array(3, kind)
    packed = plain(array)
    back = np.frombuffer(base64.b64decode(packed["base64"]), packed["dtype"])
    assert np.array_equal(back.reshape(packed["shape"]), array)
    assert packed["dtype"] in ("uint8", "int32", "float32", "float64")


@pytest.mark.parametrize(
    ("old", "new"),
    [("input: image + 0.5", "input: image + 1"), ("figure: draw(", "bias: 2\nfigure: draw(")],
)
def test_a_changed_expression_runs_again(bench, old: str, new: str) -> None:
    assert code(bench.read(DRAW + WIDGET)) != code(bench.read(DRAW + WIDGET.replace(old, new)))


def test_a_changed_alt_runs_nothing(bench) -> None:
    changed = WIDGET.replace("moves", "slides")
    assert code(bench.read(DRAW + WIDGET)) == code(bench.read(DRAW + changed))


def test_a_notebook_draws_its_figure(bench) -> None:
    book = json.loads(notebook(*bench.cells(DRAW + WIDGET)))
    (drawn,) = [cell for cell in book["cells"] if "draw(" in "".join(cell["source"])[:6]]
    assert "".join(drawn["source"]) == "(draw(\n    image[0])\n);"
    assert [list(output["data"]) for output in drawn["outputs"]] == [["image/svg+xml"]]


def test_only_pages_with_a_widget_load_its_script(bench) -> None:
    bench.write("docs/index.md", "# Without\n\n[With](a/with.md)\n")
    bench.write("docs/a/with.md", "# With\n\n" + DRAW + WIDGET)
    config = bench.write("mkdocs.yml", "site_name: A\nplugins: [sybil-pages]\n")
    site = bench.root / "site"
    build(load_config(str(config), site_dir=str(site)))
    with_widget = (site / "a" / "with" / "index.html").read_text("utf-8")
    assert '<script src="../../assets/sybil-pages-widgets.js" defer></script>' in with_widget
    assert (site / "assets" / "sybil-pages-widgets.js").read_text("utf-8") == widgets.script()
    assert "sybil-pages-widgets" not in (site / "index.html").read_text("utf-8")


def test_a_site_without_widgets_has_no_script_of_ours(bench) -> None:
    bench.write("docs/index.md", "# Without\n")
    config = bench.write("mkdocs.yml", "site_name: A\nplugins: [sybil-pages]\n")
    build(load_config(str(config), site_dir=str(bench.root / "site")))
    assert not (bench.root / "site" / widgets.SCRIPT).exists()


@pytest.fixture
def instant(bench) -> Iterator[str]:
    """A site with instant navigation, one page without and one with a widget, served."""
    bench.write("docs/index.md", "# Without\n\n[With](with.md)\n")
    bench.write("docs/with.md", "# With\n\n[Back](index.md)\n\n" + DRAW + WIDGET)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0),
        functools.partial(Quiet, directory=str(bench.root / "site")),
    )
    address = f"http://127.0.0.1:{server.server_port}/"
    config = bench.write(
        "mkdocs.yml",
        f"""
        site_name: A
        site_url: {address}
        theme: {{name: material, font: false, features: [navigation.instant]}}
        plugins: [sybil-pages]
        """,
    )
    build(load_config(str(config), site_dir=str(bench.root / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield address
    server.shutdown()
    server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_a_widget_wakes_after_instant_navigation_each_time(instant: str, browser) -> None:
    wrong: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.goto(instant)
    page.evaluate("window.kept = true")
    for _ in range(2):
        page.get_by_role("link", name="With", exact=True).first.click()
        page.wait_for_selector("sp-sliding-window > .sp-live", timeout=10_000)
        assert page.locator(".sp-live").count() == 1
        page.locator(".sp-static").wait_for(state="hidden", timeout=10_000)
        page.get_by_role("link", name="Back").click()
        page.wait_for_selector("h1:has-text('Without')", timeout=10_000)
    assert page.evaluate("window.kept") is True  # no page was loaded anew
    page.close()
    assert wrong == []


def test_without_scripts_the_figure_is_seen(instant: str, browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(instant + "with/")
    assert page.locator("sp-sliding-window svg[role=img]").is_visible()
    context.close()


def test_a_site_opened_from_a_folder_moves_too(bench, instant: str, browser) -> None:
    page = browser.new_page()
    page.goto((bench.root / "site" / "with" / "index.html").as_uri())
    page.wait_for_selector("sp-sliding-window > .sp-live", timeout=10_000)
    page.close()


def test_no_text_of_a_script_spans_lines_so_that_indents_are_only_indents() -> None:
    lines = widgets._joined("js").splitlines()
    assert [line for line in lines if line.count("`") % 2] == []


def test_the_script_without_comments_has_the_code_of_all_files() -> None:
    def code_of(text: str) -> list[str]:
        bare = re.sub(r"(?m)^\s*/\*.*?\*/\s*$", "", text, flags=re.DOTALL)
        lines = (line.strip() for line in bare.splitlines())
        return [line for line in lines if line and not line.startswith("//")]

    assert widgets.script().splitlines() == code_of(widgets._joined("js"))


def test_all_scripts_together_are_small() -> None:
    assert len(gzip.compress(widgets.script().encode(), 9)) <= 25_000
