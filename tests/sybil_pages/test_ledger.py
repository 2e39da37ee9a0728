"""The ledger names each claim that holds, links to its block, and says by how much it holds."""

import re

import pytest

from sybil_pages.ledger import chapter, title
from tests.sybil_pages.test_mkdocs_plugin import mkdocs

CONFIG = """
site_name: x
theme: {name: material, font: false}
nav: [b.md, index.md, ledger.md]
validation: {links: {anchors: warn}}
plugins: [{sybil-pages: {ledger: LEDGER}}]
"""
PAGE = """
# One

```pycon
>>> 0.973 > 0.95
True
>>> 7 * 6
42
```
"""


def entries(bench, text: str):
    page, executed = bench.run(text)
    return chapter(page, executed).entries


def session(*lines: str) -> str:
    return "\n".join(["```pycon", *lines, "```", ""])


@pytest.mark.parametrize(
    ("code", "shown", "computed", "room"),
    [
        ("0.973 > 0.95", "True", "0.973 and 0.95", 0.023 / 0.973),
        ("bool(0.2 < 0.3 <= 1)", "True", "0.2 and 0.3 and 1", 1 / 3),
        ("0.5 > 0.4, 2.0 >= 1", "(True, True)", "0.5 and 0.4, 2 and 1", 0.2),
        ("not -1.0 > 1", "True", "-1 and 1", 1.0),
        ("1 / 3", "0.33", "0.3333333333333333", 1 / 3),
        ("[0.5, 1 / 8]", "[0.5, 0.1]", "[0.5, 0.125]", 0.5),
        ("7 * 6", "42", "42", None),
        ("3 >= 3", "True", "True", None),  # whole numbers hold exactly
        ("float('inf') > 0.1", "True", "True", None),
        ("0.1 + 0.2 == 0.3", "False", "False", None),
        ("[x > 0.5 for x in (0.4, 0.6)]", "[False, True]", "[False, True]", None),
        ("sorted([2, 1], key=lambda x: x < 1.5)", "[2, 1]", "[2, 1]", None),
    ],
)
def test_a_claim_has_its_room(bench, code: str, shown: str, computed: str, room) -> None:
    (entry,) = entries(bench, session(f">>> {code}", shown))
    assert (entry.code, entry.claimed, entry.computed) == (code, shown, computed)
    assert entry.room == (None if room is None else pytest.approx(room))


def test_a_tolerance_is_the_room_that_there_is(bench) -> None:
    text = "```python\n#| tolerance: 0.5\n1.1\n```\n\n```output\n1.0\n```\n"
    (entry,) = entries(bench, text)
    assert entry.room == pytest.approx(0.8)


def test_a_watched_comparison_means_what_it_meant(bench) -> None:
    """Arrays, names of the page, chains, what stands in a lambda: as at any prompt."""
    text = session(
        ">>> import numpy as np",
        ">>> a = np.array([1.5, 2.5])",
        ">>> a > 2",
        "array([False,  True])",
        ">>> (a < 3).all(), [x > 2 for x in a if x > 1]",
        "(np.True_, [np.False_, np.True_])",
        ">>> low = 2.0",
        ">>> 1.0 < low < 3.0 and (lambda x: x > low)(2.5)",
        "True",
        ">>> 1.0 < 0.5 < nowhere, 0.5 < 1.0 < max(2.0, low)",  # stops where it is decided
        "(False, True)",
        ">>> (wide := 4.0) > 3.0",
        "True",
        ">>> wide",
        "4.0",
        ">>> _ > 3.0",
        "True",
        ">>> 'a' < 'b' < 3",
        "Traceback (most recent call last):",
        "    ...",
        "TypeError: '<' not supported between instances of 'str' and 'int'",
        ">>> sorted(name for name in dir() if not name.startswith('_'))",
        "['a', 'display', 'low', 'np', 'wide']",
    )
    assert bench.check(text) == []


def test_what_failed_is_no_entry(bench) -> None:
    assert entries(bench, session(">>> 1 / 3", "0.4", ">>> 2", "2"))[0].claimed == "2"


def test_long_code_and_outputs_are_cut(bench) -> None:
    text = "```python\nvalue = 1\nprint('a\\nb')\n```\n\n```output\na\nb\n```\n"
    text += session(f">>> len('{'x' * 100}')", "100")
    one, other = entries(bench, text)
    assert (one.code, one.claimed) == (r"print('a\nb')", "a … (2 lines)")
    assert (len(other.code), other.code[-1]) == (72, "…")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: Of the front matter\n---\n# One\n", "Of the front matter"),
        ("# One\n\n## Two\n", "One"),
        ("Text.\n", "page.md"),
    ],
)
def test_a_page_has_a_title(bench, text: str, expected: str) -> None:
    assert title(bench.read(text)) == expected


def build(bench, ledger: str) -> str:
    """Build a site of two pages and their ledger; what it says."""
    bench.write("mkdocs.yml", CONFIG.replace("LEDGER", ledger))
    bench.write("docs/index.md", PAGE)
    bench.write("docs/b.md", PAGE.replace("# One", "# Two"))
    bench.write("docs/ledger.md", "# All claims\n\nAn introduction.\n")
    return mkdocs(bench.root, "build", "-q", "--strict").stderr


def test_the_ledger_lists_the_pages_in_the_readers_order_and_links_to_their_blocks(bench) -> None:
    assert build(bench, "ledger.md") == ""
    site = bench.root / "site"
    html = (site / "ledger/index.html").read_text("utf-8")
    headings = re.findall(r"<h2 [^>]*>([^<]+)", html)
    assert headings == ["Closest calls", "Two", "One"]
    assert html.index("An introduction.") < html.index('<h2 id="closest-calls"')
    links = set(re.findall(r'href="([^"]*#block-\d+)"', html))
    assert links == {"../#block-0", "../b/#block-0"}
    for name in ("index.html", "b/index.html"):
        assert 'id="block-0"' in (site / name).read_text("utf-8")
    assert html.count("2 claims, 1 of them exact.") == 2
    assert "sybilpages" not in html


def test_a_ledger_that_is_no_page_is_an_error(bench) -> None:
    assert "ledger: there is no page leger.md" in build(bench, "leger.md")
