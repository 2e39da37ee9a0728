"""Stock MkDocs, without the plugin, makes of an export the pages that the plugin makes."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from sybil_pages import cli
from sybil_pages.commands.folder import contents, write
from sybil_pages.pytest_plugin import Pages

CONFIG = """\
site_name: Everything
strict: true
use_directory_urls: true
theme: {name: material, font: false}
plugins: [sybil-pages]
markdown_extensions:
  - admonition
  - attr_list
  - footnotes
  - tables
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
  - pymdownx.snippets: {check_paths: true}
"""
INDEX = """\
---
title: Home
sybil-pages: {writes: true}
---

# Home

See [the other](deep/page.md).
"""
PAGE = '''\
---
sybil-pages:
  network: false
description: Everything that a page can hold.
---

# Everything

```python title="first.py" hl_lines="2"
#| warns: UserWarning
import warnings
warnings.warn("careful", stacklevel=1)
names = {"a": [1, 2], "<b>": "*x*"}
names
```

What it holds: `{python} names`, or `{python} names["<b>"]` and
`{python} len(names)`. That is all.[^1]

[^1]: A note with `{python} 1 / 8`.

```{ .python .annotate }
1 / 3  # (1)!
```

```output
0.33...
```

1. A third.

| value | of |
|---|---|
| `{python} "|".join(names)` | `{python} names["a"][0] - 2`. |

=== "Tab one"

    ```py
    print("in a tab\\n\\n    indented\\t.")
    ```

=== "Tab two"

    1. A list.

        ```py
        #| results: fold
        #| raises: ZeroDivisionError
        for n in range(2):
            print(1 / (1 - n))
        ```

    2. Its second item.

        * Deeper.

            ```py
            #| echo: false
            print("hidden code")
            ```

!!! note "An admonition"

    ```pycon
    >>> names["a"]
    [1, 2]
    ```

    ??? tip

        ```py
        --8<-- "code.py"
        answer
        ```

        Behind.

> A quote.
>
> ```py
> print("quoted")
> "value"
> ```
>
> > Deeper.
> >
> > ```py
> > #| results: hide
> > print("not" + " shown")
> > ```
> > Behind.

```python
#| alt: It [grows] by 1 & "more" *each* <step>.
#| alt: The second_one_.
#| caption: The **first**: see [above](#everything).
import matplotlib.pyplot as plt
print("two figures")
plt.plot([1, 2])
plt.figure()
plt.plot([2, 1]);
```
Right below, without a blank line.

- A figure in a list:

    ```python
    #| alt: Cells.
    plt.imshow([[1, 2], [3, 4]]);
    ```
- An image and Markdown:

    ```python
    from PIL import Image

    class Table:
        """A table."""

        def _repr_markdown_(self):
            return "| a | b |\\n|---|---|\\n| *1* | 2 |"

    display(Image.new("RGB", (4, 4)), Table(), "text")
    ```

```python
#| run: false
#| reason: it needs a *GPU*, and `more`
train()
```

```python
#| run: false
#| reason: not yet: it fails
later()
```

```output
claimed
```

```python
print("```text\\nfenced\\n```\\n--8<-- \\"none.py\\"\\n!!! note\\n# no heading")
```

````markdown
```python
displayed()
```
````
'''
INLINE = {"a", "abbr", "code", "em", "img", "kbd", "mark", "small", "span", "strong", "sub", "sup"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
HOLDERS = {"blockquote", "details", "li", "ol", "pre", "table", "ul"}
HOLDER_CLASSES = {"admonition", "tabbed-block"}
OUTPUTS = {
    "output",
    "label",
    "fold",
    "error",
    "figure",
    "scroll",
    "svg",
    "image",
    "markdown",
    "note",
    "static",
    "widget",
}
LABELS = {"Output", "Error"}


class Visible(HTMLParser):
    """The text of a page's article as a reader meets it, and what holds it: lists, quotes, tabs.

    A picture is its text alternative. What only this generator adds is left out: its labels, its
    folds, its tables of data, its footers, its notes on the page.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[tuple[str, bool]] = []  # how each element ends, and is it left out?
        self.label = False
        self.feed(html[html.index("<article") : html.index("</article>")])

    def add(self, text: str) -> None:
        """Add text that is not inside something that is left out."""
        if not any(hidden for _, hidden in self.open):
            self.text += text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        ours = {name.removeprefix("sp-") for name in classes if name.startswith("sp-")}
        if tag == "img" or (tag == "svg" and given.get("role") == "img"):
            self.add(f" [picture: {given.get('alt' if tag == 'img' else 'aria-label')}] ")
        folded = ours & {"fold", "data"}
        holder = set() if folded else {tag} & HOLDERS | classes & HOLDER_CLASSES
        gap = "" if tag in INLINE else " "
        self.add(gap + "".join(f" <{name}> " for name in holder))
        if tag not in VOID:
            hidden = tag in ("svg", "script", "style") or bool(ours - OUTPUTS)
            self.open.append((gap + "".join(f" </{name}> " for name in holder), hidden))
            self.label = "label" in ours or (tag == "summary" and self.label)
            self.label = self.label or "fold" in ours

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if tag not in VOID:
            self.add(self.open.pop()[0])
        self.label = False

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        if not (self.label and data in LABELS):
            self.add(data)


_OURS = re.compile(
    r'<p class="site-reading".*?</p>|<span class="site-time">.*?</span>'
    r'|<ul class="sp-editions".*?</ul>'
)


def visible(path: Path) -> list[str]:
    """The words of a page, without what it can be taken along as, and how long it takes to read."""
    return Visible(_OURS.sub("", path.read_text("utf-8"))).text.split()


def stock(config: Path, *plugins: str, **changes: object) -> Path:
    """The site that MkDocs makes with the Markdown extensions of a configuration, without us."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    site = load_config(str(config), plugins=["search", *plugins], strict=True, **changes)
    assert "sybil-pages" not in site.plugins
    build(site)
    return Path(site.site_dir)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one page that holds everything, built with the plugin."""
    root = tmp_path_factory.mktemp("everything")
    (root / "docs" / "deep").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(CONFIG, "utf-8")
    (root / "code.py").write_text("answer = 42", "utf-8")
    (root / "docs" / "index.md").write_text(INDEX, "utf-8")
    (root / "docs" / "deep" / "page.md").write_text(PAGE, "utf-8")
    (root / "docs" / "deep" / "data.csv").write_text("1", "utf-8")
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    build(load_config(str(root / "mkdocs.yml")))
    return root


@pytest.fixture(scope="module")
def exported(everything: Path) -> Path:
    """The same project, exported and built without the plugin."""
    assert cli.main(["export", str(everything / "plain"), str(everything / "docs")]) == 0
    site = str(everything / "stock")
    return stock(everything / "mkdocs.yml", docs_dir=str(everything / "plain"), site_dir=site)


@pytest.mark.parametrize("name", ["index.html", "deep/page/index.html"])
def test_a_page_with_everything_reads_the_same(everything: Path, exported: Path, name: str) -> None:
    assert visible(exported / name) == visible(everything / "site" / name)


def test_everything_is_compared(everything: Path, exported: Path) -> None:
    text = " ".join(visible(exported / "deep" / "page" / "index.html"))
    for shown in (
        "UserWarning: careful",
        "{'a': [1, 2], '<b>': '*x*'}, or *x* and 2. That is all.",
        "0.33...",
        "a|<b> -1.",
        "A note with 0.125.",
        "in a tab indented",
        "ZeroDivisionError: division by zero",
        "hidden code",
        "quoted 'value'",
        '[picture: It [grows] by 1 & "more" *each* <step>.] The first: see above.',
        "[picture: The second_one_.] Right below",
        "[picture: Cells.]",
        "[picture: ] <table> a b 1 2 </table>",
        "Output, not verified <pre> claimed </pre> Not verified yet",
        "Not run here: it needs a *GPU*, and `more`",
        '```text fenced ``` --8<-- "none.py" !!! note # no heading',
    ):
        assert shown in text
    assert "not shown" not in text


def test_images_and_other_files_are_in_the_stock_site(exported: Path) -> None:
    found = sorted(path.name for path in (exported / "deep").rglob("*.*") if path.suffix != ".html")
    figures = [f"figure-{n}.svg" for n in (1, 2, 3)]
    assert found == sorted(["data.csv", "image-1.png", *figures])


@pytest.fixture(scope="module")
def tutorial(
    pages: Pages, root: Path, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The tutorial, exported from the executions that its own site shows, built without us."""
    loaded = [pages.load(path) for path in sorted((root / "docs").rglob("*.md"))]
    executed = {page.path: pages.executed(page) for page in loaded}
    target = tmp_path_factory.mktemp("export")
    write(contents(loaded, executed, [root / "docs"], pages.project), target / "plain")
    names = [page.path.removeprefix("docs/") for page in loaded]
    folders = {"docs_dir": str(target / "plain"), "site_dir": str(target / "site")}
    return stock(root / "mkdocs.yml", "site-finish", nav=names, **folders)  # for the formulas


def test_the_tutorial_reads_the_same(site: Path, tutorial: Path, root: Path) -> None:
    paths = sorted((root / "docs").rglob("*.md"))
    names = [path.relative_to(root / "docs").with_suffix("").as_posix() for path in paths]
    assert len(names) >= 20
    for name in {*names} - {"ledger"}:  # whose tables are no outputs of its own
        page = f"{name}/index.html".removeprefix("index/").replace("/index/", "/")
        assert visible(tutorial / page) == visible(site / page), name
