"""What only the site's Markdown knows is told in the plain Markdown that Jupyter renders."""

import textwrap

import pytest

from sybil_pages.addresses import Addresses
from sybil_pages.page import cells_of
from sybil_pages.prose import Prose


def shown(bench, text: str) -> str:
    page = bench.read(text)
    find = {"relu.md": "relu/", "page.md": "page/"}.get
    prose = Prose(page, {}, Addresses("page.md", "notebooks/page.ipynb", find))
    return prose.text(0, len(page.lines))


@pytest.mark.parametrize(
    ("site", "jupyter"),
    [
        ('!!! note "A title"\n\n    Text.\n\nAfter.', "> **A title**\n>\n> Text.\n\nAfter."),
        ("??? tip\n    Text.", "> **Tip**\n>\n> Text."),
        ('!!! note ""\n    Text.', "> Text."),
        ('=== "Tab"\n\n    One.\n\n    ??? note\n        Two.',
         "> **Tab**\n>\n> One.\n>\n> > **Note**\n> >\n> > Two."),
        ("??? note\n    a\n\n    | x |\n    |---|\n    | `1` |\n\n    b",
         "> **Note**\n>\n> a\n\n| x |\n|---|\n| `1` |\n\n> b"),
        ("- a list\n\n    goes on\n", "- a list\n\n    goes on"),
        ("Term\n:   What it is.\n    More.\n\nAfter.", "Term\n\n> What it is.\n> More.\n\nAfter."),
        ("# Head { #own }\n\n[a](relu.md){ .md-button } $x_{.5}$",
         "# Head\n\n[a](../relu/) $x_{.5}$"),
        ("One<!-- two -->, `<!-- three -->`", "One, `<!-- three -->`"),
        ("One\n<!-- two\nthree -->\nfour", "One\n\nfour"),
        ("b[^b] a[^a]\n\n[^a]: First.\n[^b]: Second.",
         "b<sup>1</sup> a<sup>2</sup>\n\n<sup>2</sup> First.\n\n<sup>1</sup> Second."),
        ("HTML :material-book: x\n\n*[HTML]: the language", "HTML x"),
        ("$$\n\\sum_i x_i\n$$ and $a < b$", "$$\n\\sum_i x_i\n$$ and $a < b$"),
        ("``` { .bash .annotate }\necho '[a](relu.md)'\n```", "```bash\necho '[a](relu.md)'\n```"),
    ],
)  # fmt: skip
def test_prose_becomes_plain_markdown(bench, site: str, jupyter: str) -> None:
    assert shown(bench, site) == jupyter


def test_includes_are_expanded(bench) -> None:
    bench.write("part.md", "Included [x](relu.md).")
    assert shown(bench, '--8<-- "part.md"') == "Included [x](../relu/)."


def test_a_value_is_put_into_its_sentence_and_not_into_a_demonstration(bench) -> None:
    page, executed = bench.run(
        "```python\nx = 2\n```\n\n````md\n`{python} x`\n````\n\n"
        "It is `{python} x` and `{python} x + 1`.\n"
    )
    prose = Prose(page, cells_of(executed), Addresses("page.md", "page.ipynb", {}.get))
    found = prose.text(page.blocks[0].last, len(page.lines))
    assert found == "````md\n`{python} x`\n````\n\nIt is 2 and 3."


def test_a_list_that_goes_on_below_code_is_no_code(bench) -> None:
    page = bench.read(
        textwrap.dedent("""
        1. One

            ```python
            1
            ```

            goes on

            - deeper

        2. Two
        """).lstrip()
    )
    prose = Prose(page, {}, Addresses("page.md", "notebooks/page.ipynb", {}.get))
    (block,) = page.blocks
    assert prose.text(block.last, len(page.lines)) == "goes on\n\n- deeper\n\n2. Two"
