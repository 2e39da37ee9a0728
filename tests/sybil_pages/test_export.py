"""An export is plain Markdown with image files, and harms nothing that no export wrote."""

import re
import shutil
from html import unescape
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown import markdown as rendered
from PIL import Image

from sybil_pages import cli
from sybil_pages.commands.folder import RECORD, Refused, refuse, write
from sybil_pages.export import literal, markdown


def exported(bench, text: str) -> str:
    return markdown(*bench.run(text))[0]


def test_prose_and_code_stay_as_they_are(bench) -> None:
    code = "``` { .python title='a.py' }\nx = 1\n```\n"
    text = f"# A\n\nSome *prose*.\n\n{code}* one\n\n~~~sh\nls\n~~~\n"
    assert exported(bench, text) == text


def test_options_go_and_what_a_block_shows_stands_below_it(bench) -> None:
    text = "```py\n#| timeout: 9\nprint('a')\n2\n```\nText.\n"
    shown = "```py\nprint('a')\n2\n```\n\n```text\na\n2\n```\n\nText.\n"
    assert exported(bench, text) == shown


def test_a_claim_is_shown_as_claimed(bench) -> None:
    text = "```py\n1 / 3\n```\n\n```output\n0.333\n```\n\nText.\n"
    assert exported(bench, text) == "```py\n1 / 3\n```\n\n```text\n0.333\n```\n\nText.\n"


def test_a_session_shows_itself_alone(bench) -> None:
    text = "```pycon\n>>> 1 / 3\n0.333\n```\n"
    assert exported(bench, text) == text


def test_hidden_code_leaves_what_it_shows(bench) -> None:
    text = "Above.\n\n```py\n#| echo: false\nprint('seen')\n```\n\nBelow.\n"
    assert exported(bench, text) == "Above.\n\n```text\nseen\n```\n\nBelow.\n"


def test_folded_results_are_plain_and_hidden_ones_are_gone(bench) -> None:
    text = "```py\n#| results: fold\nprint('a')\n```\n\n```py\n#| results: hide\nprint('b')\n```\n"
    shown = "```py\nprint('a')\n```\n\n```text\na\n```\n\n```py\nprint('b')\n```\n"
    assert exported(bench, text) == shown


def test_an_expected_error_is_shown(bench) -> None:
    text = exported(bench, "```py\n#| raises: ZeroDivisionError\n1 / 0\n```\n")
    assert text == "```py\n1 / 0\n```\n\n```text\nZeroDivisionError: division by zero\n```\n"


def test_a_block_that_is_not_run_says_why(bench) -> None:
    text = exported(bench, "```py\n#| run: false\n#| reason: needs a_GPU_ *now*\nx\n```\n")
    assert text == "```py\nx\n```\n\n*Not run here: needs a_GPU&#95; &#42;now&#42;*\n"


def test_a_text_with_a_fence_in_it_stays_one_fence(bench) -> None:
    text = exported(bench, "```py\nprint('````x')\n```\n")
    assert text.endswith("`````text\n````x\n`````\n")


def test_a_carriage_return_does_not_leave_the_list(bench) -> None:
    text = exported(bench, "* item\n\n    ```py\n    print('1 %\\r2 %')\n    ```\n")
    assert text.endswith("\n\n    ```text\n    1 %\n    2 %\n    ```\n")


def test_includes_are_expanded_and_what_only_looks_like_one_is_not(bench) -> None:
    bench.write("code.py", "x = 1")
    text = '```py\n--8<-- "code.py"\n```\n\n```py\nprint(\'--8<-- "none.py"\')\n```\n'
    shown = exported(bench, text)
    assert shown.startswith("```py\nx = 1\n```\n")
    assert '\n;--8<-- "none.py"\n' in shown


FRONT = {
    "is kept": ("---\ntitle: x\n---\n# A\n", "---\ntitle: x\n---\n# A\n"),
    "loses our key": (
        "---\nsybil-pages:\n  network: true\n\n  # why\n  writes: true\ntitle: x\n---\n# A\n",
        "---\ntitle: x\n---\n# A\n",
    ),
    "goes with our key alone": ("---\nsybil-pages: {network: true}\n---\n# A\n", "# A\n"),
}


@pytest.mark.parametrize(("text", "shown"), FRONT.values(), ids=FRONT)
def test_front_matter(bench, text: str, shown: str) -> None:
    assert exported(bench, text) == shown


DRAWING = """
# A

```py
import matplotlib.pyplot as plt
from PIL import Image
```

* One.

    ```py
    #| alt: It [grows] < 2_ & "falls".
    #| alt: The second.
    #| caption: See *there*.
    plt.plot([1, 2], "C0")
    plt.figure()
    plt.plot([2, 1]);
    ```
* Two.

```py
Image.new("RGB", (2, 3))
```
"""


@pytest.fixture
def drawing(bench) -> tuple[str, dict[str, bytes]]:
    return markdown(*bench.run(DRAWING))


def test_figures_and_images_are_files_of_the_page(drawing) -> None:
    text, images = drawing
    alt = "It &#91;grows&#93; &lt; 2&#95; &amp; &quot;falls&quot;."
    assert text.partition("plt.plot([2, 1]);\n    ```\n")[2] == (
        f"\n    ![{alt}](page/figure-1.svg)\n\n    See *there*.\n\n"
        "    ![The second.](page/figure-2.svg)\n\n* Two.\n\n"
        '```py\nImage.new("RGB", (2, 3))\n```\n\n![](page/image-1.png)\n'
    )
    assert list(images) == ["page/figure-1.svg", "page/figure-2.svg", "page/image-1.png"]
    assert 'alt="It [grows] < 2_ & "falls"."' in unescape(rendered(text))


def test_a_figure_stands_alone_in_its_light_values(drawing) -> None:
    svg = drawing[1]["page/figure-1.svg"].decode()
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "#0067a3" in svg
    assert not re.search(r"var\(|currentColor", svg)


def test_an_image_keeps_its_pixels(drawing) -> None:
    with Image.open(BytesIO(drawing[1]["page/image-1.png"])) as image:
        assert image.size == (2, 3)


TABLE = """\
```py
class Table:
    def _repr_markdown_(self):
        return "|a|\\n|-|\\n|1|"
```

> ```py
> Table()
> ```
"""


def test_a_markdown_value_is_markdown(bench) -> None:
    assert exported(bench, TABLE) == TABLE + ">\n> |a|\n> |-|\n> |1|\n"


VALUES = {
    "a number": ("It is `{python} 2 / 4`.", "It is 0.5."),
    "a number of NumPy's": ("It is `{python} __import__('numpy').int64(4)`.", "It is 4."),
    "a name": ("`{python} 'conv_1'`", "conv_1"),
    "an array": ("It is `{python} '[1\\n 2]'`.", "It is &#91;1 2&#93;."),
    "a cell of a table": ("| `{python} 'a|b'` |", "| a&#124;b |"),
    "two on a line": ("`{python} 1` and `{python} 2`.", "1 and 2."),
    "what would begin a list": ("* `{python} 12`. Missed.", "* &#49;2. Missed."),
    "what would begin a heading": ("`{python} '#1'` wins.", "&#35;1 wins."),
    "what begins nothing": ("`{python} -1.5` and so on.", "-1.5 and so on."),
}


@pytest.mark.parametrize(("text", "shown"), VALUES.values(), ids=VALUES)
def test_an_inline_expression_becomes_its_value(bench, text: str, shown: str) -> None:
    assert exported(bench, text + "\n") == shown + "\n"


@pytest.mark.parametrize("tables", [[], ["tables"]], ids=["plain", "with tables"])
def test_literal_text_is_rendered_as_it_is(tables: list[str]) -> None:
    text = r"""a*b*c _d_ `e` [f](g) <h> &lt; \* {i} | ~~j~~ "k" 'l' ![m](n)"""
    html = rendered(f"x {literal(text)}", extensions=tables)
    assert re.findall(r"<[^>]+>", html) == ["<p>", "</p>"]
    assert "".join(ElementTree.fromstring(html).itertext()) == f"x {text}"


CONTAINERS = {
    "an admonition": ("!!! note\n\n    ", "    "),
    "a tab": ('=== "A"\n\n    ', "    "),
    "a nested list": ("* a\n\n    * b\n\n        ", "        "),
    "a quote": ("> ", "> "),
}


@pytest.mark.parametrize(("opening", "prefix"), CONTAINERS.values(), ids=CONTAINERS)
def test_what_a_block_shows_keeps_its_prefix(bench, opening: str, prefix: str) -> None:
    fence = f"{opening}```py\n{prefix}print('a\\n\\nb')\n{prefix}```\n"
    shown = "".join(
        (prefix + line).rstrip() + "\n" for line in ["", "```text", "a", "", "b", "```"]
    )
    assert exported(bench, fence + "\nText.\n") == fence + shown + "\nText.\n"


SITE = {
    "mkdocs.yml": "site_name: x\nplugins: [sybil-pages: {include: [index.md, 'b/*']}]\n",
    "docs/index.md": "# A\n\n```py\n1 + 1\n```\n",
    "docs/b/c.md": "```py\n#| alt: x\nimport matplotlib.pyplot as p\np.plot([1]);\n```\n",
    "docs/aside.md": "# D\n\n```py\n1 / 0\n```\n",
    "docs/b/data.csv": "1,2\n",
    "docs/.hidden": "",
    "docs/templates/main.html": "",
}
EXPORT = [RECORD, "aside.md", "b/c.md", "b/c/figure-1.svg", "b/data.csv", "index.md"]


@pytest.fixture(scope="module")
def executed_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project whose pages are valid in its cache."""
    root = tmp_path_factory.mktemp("site")
    for name, text in SITE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    assert cli.main(["check", str(root / "docs")]) == 0
    return root


@pytest.fixture
def site(executed_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which the command line runs."""
    root = tmp_path / "site"
    shutil.copytree(executed_site, root)
    monkeypatch.chdir(root)
    return root


def files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_the_command_writes_pages_images_and_other_files(site: Path, capsys) -> None:
    assert cli.main(["export", "out/plain"]) == 0
    assert files(site / "out" / "plain") == EXPORT
    index = (site / "out" / "plain" / "index.md").read_bytes()
    assert index == b"# A\n\n```py\n1 + 1\n```\n\n```text\n2\n```\n"
    assert (site / "out" / "plain" / "aside.md").read_text() == SITE["docs/aside.md"]
    assert "out/plain: 2 pages, 3 other files" in capsys.readouterr().out.replace("\\", "/")


def test_a_later_export_removes_what_the_earlier_one_alone_wrote(site: Path) -> None:
    cli.main(["export", "out"])
    (site / "out" / "b" / "mine.txt").write_text("mine")
    (site / "docs" / "b" / "c.md").unlink()
    (site / "docs" / "aside.md").unlink()
    assert cli.main(["export", "out"]) == 0
    assert files(site / "out") == [RECORD, "b/data.csv", "b/mine.txt", "index.md"]


def test_an_export_of_some_pages_leaves_the_others(site: Path) -> None:
    cli.main(["export", "out"])
    assert cli.main(["export", "out", "docs/index.md"]) == 0
    assert files(site / "out") == EXPORT


def test_where_a_page_fails_nothing_is_written(site: Path, capsys) -> None:
    (site / "docs" / "index.md").write_text("```py\n1 / 0\n```\n")
    assert cli.main(["export", "out"]) == 1
    assert "docs/index.md:2: ZeroDivisionError" in capsys.readouterr().err
    assert not (site / "out").exists()


def test_a_folder_with_other_files_is_refused_unless_forced(site: Path) -> None:
    (site / "out").mkdir()
    (site / "out" / "index.md").write_text("mine")
    with pytest.raises(SystemExit, match=r"out is not empty, and no export wrote it"):
        cli.main(["export", "out"])
    assert files(site / "out") == ["index.md"]
    assert cli.main(["export", "out", "--force"]) == 0
    assert files(site / "out") == EXPORT


def test_an_edited_page_is_not_overwritten_unless_forced(tmp_path: Path) -> None:
    write({"a.md": b"1", "b.md": b"1"}, tmp_path)
    (tmp_path / "a.md").write_text("mine")
    with pytest.raises(Refused, match=r"a\.md: not as an export wrote it"):
        write({"a.md": b"2", "b.md": b"2"}, tmp_path)
    assert (tmp_path / "b.md").read_text() == "1"
    write({"a.md": b"2"}, tmp_path, force=True)
    assert (tmp_path / "a.md").read_text() == "2"


def test_a_stale_page_that_was_edited_stays(tmp_path: Path) -> None:
    write({"a.md": b"1", "b.md": b"1"}, tmp_path)
    (tmp_path / "a.md").write_text("mine")
    write({"b.md": b"2"}, tmp_path)
    assert (tmp_path / "a.md").read_text() == "mine"


def test_a_record_does_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write({"a.md": b"1"}, target)
    (tmp_path / "mine").write_text("1")
    (target / RECORD).write_text((target / RECORD).read_text().replace("a.md", "../mine"))
    write({"a.md": b"1"}, target)
    assert (tmp_path / "mine").exists()


@pytest.mark.parametrize("name", ["docs", "."])
def test_the_folder_of_the_pages_is_refused(site: Path, name: str) -> None:
    with pytest.raises(SystemExit, match="holds the pages themselves"):
        cli.main(["export", name, "--force"])


def test_a_file_is_refused(bench, tmp_path: Path) -> None:
    bench.write("out", "mine")
    with pytest.raises(Refused, match="out is a file"):
        refuse(tmp_path / "out", bench.project, force=True)


def test_an_image_does_not_take_the_place_of_a_file(site: Path) -> None:
    (site / "docs" / "b" / "c").mkdir()
    (site / "docs" / "b" / "c" / "figure-1.svg").write_text("mine")
    with pytest.raises(SystemExit, match=r"docs/b/c\.md: there is another b/c/figure-1\.svg"):
        cli.main(["export", "out"])


def test_an_earlier_export_is_no_page_and_no_file_of_the_next(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a.md", "# A\n")
    monkeypatch.chdir(bench.root)
    assert [cli.main(["export", "out"]) for _ in range(2)] == [0, 0]
    assert files(bench.root / "out") == [RECORD, "a.md"]
