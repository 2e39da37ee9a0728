"""Each snippet has a page, and one page lists them all by the questions that they answer."""

from site_finish.shelf import Shelf
from site_finish.snippet_pages import index, page, plain, plain_index
from site_finish.snippets import Snippet
from site_finish.uses import Chapter

PEAK = Snippet(
    "peak",
    {"peak.py": '"""Where is the peak?\n\nSource: our own.\n"""\n'},
    "Where is the peak?",
    "Source: our own.",
    {"peak": "Find it.", "Peak": ""},
    ("NumPy", "SciPy"),
    ("bare",),
    ("A peak is found.",),
)
BARE = Snippet("bare", {"bare.py": "x = '```'\n"})
DRAW = Snippet("draw", {"draw/__init__.py": "", "draw/ink.py": "y = 2\n\nz = 3\n"}, "How to draw?")
PAGES = (
    Chapter("one.md", "One", "", frozenset({"peak"}), frozenset()),
    Chapter("in/two.md", "Two", "Part", frozenset(), frozenset({"peak", "bare"})),
)
SHELF = Shelf({"Chapters": [PEAK], "Part": [BARE, DRAW]}, PAGES)


def test_the_list_leads_to_each_page_and_each_download() -> None:
    assert (
        "[Where is the peak?](peak.md)\n"
        ":   `peak`, `Peak`\n\n"
        "    `peak.py` · Needs NumPy and SciPy · 4 lines · "
        '[Download](peak.py){ download="peak.py" aria-label="Download peak.py" }\n'
    ) in index(SHELF)
    assert "[`bare`](bare.md)\n:   `bare.py` · Needs Python alone · 1 line ·" in index(SHELF)
    assert "`draw.zip` · Needs Python alone · 2 files · [Download](draw.zip)" in index(SHELF)


def test_the_parts_of_the_site_are_headings_where_there_are_several() -> None:
    text = index(SHELF)
    assert text.index("## Chapters") < text.index("(peak.md)") < text.index("## Part")
    assert "\n## " not in index(Shelf({"Chapters": [PEAK]}, PAGES))


def test_a_page_says_all_before_one_copies() -> None:
    assert page(SHELF, PEAK) == (
        '---\ntitle: "Where is the peak?"\n'
        'description: "Code to copy: peak, Peak. Needs NumPy and SciPy."\n---\n\n'
        "# Where is the peak?\n\n**Source:** our own.\n\n"
        '<div class="site-facts" markdown="1">\n\n'
        'Download\n:   [peak.py](peak.py){ .md-button download="peak.py" }\n\n'
        "Needs\n:   NumPy and SciPy\n\n"
        "Copy with it\n:   [`bare`](bare.md), into the same package\n\n"
        "Shown in\n:   [One](../one.md)\n\n"
        "Used in\n:   [Two](../in/two.md)\n\n"
        "Offers\n:   - `peak`: Find it.\n    - `Peak`\n\n"
        "</div>\n\n"
        "## Code { data-search-exclude }\n\n"
        '```python title="peak.py"\n"""Where is the peak?\n\nSource: our own.\n"""\n```\n\n'
        "## What its tests say\n\n- A peak is found.\n"
    )


def test_a_folders_files_are_folded() -> None:
    assert (
        '\n??? abstract "`ink.py`, 3 lines"\n\n'
        '    ```python title="draw/ink.py"\n    y = 2\n\n    z = 3\n    ```\n'
    ) in page(SHELF, DRAW)


def test_without_docstring_and_tests_the_page_says_so() -> None:
    text = page(SHELF, BARE)
    assert "# `bare`\n\n`snippets/bare` has no docstring that says what it answers.\n" in text
    assert "There are none yet: `tests/snippets/test_bare.py` would hold them.\n" in text


def test_code_with_fences_in_it_stays_one_block() -> None:
    assert "````python title=\"bare.py\"\nx = '```'\n````\n" in page(SHELF, BARE)


def test_as_plain_markdown_nothing_is_left_that_only_the_site_knows() -> None:
    text = plain(SHELF, PEAK, lambda uri: f"/{uri}")
    assert text == (
        "# Where is the peak?\n\n**Source:** our own.\n\n"
        "- Download: [peak.py](/snippets/peak.py)\n"
        "- Needs: NumPy and SciPy\n"
        "- Copy with it: [`bare`](/snippets/bare.md), into the same package\n"
        "- Shown in: [One](/one.md)\n"
        "- Used in: [Two](/in/two.md)\n"
        '\n## peak.py\n\n```python\n"""Where is the peak?\n\nSource: our own.\n"""\n```\n\n'
        "## What its tests say\n\n- A peak is found.\n"
    )
    listed = plain_index(SHELF, lambda uri: f"/{uri}")
    assert (
        "- [How to draw?](/snippets/draw.md): Code to copy: draw. Needs Python alone.\n" in listed
    )
    assert "{" not in listed
