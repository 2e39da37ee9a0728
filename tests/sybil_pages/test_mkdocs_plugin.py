"""A site that lists the plugin, and nothing else, is executed, verified and woven at its build."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

PAGE = """\
---
title: Home
---

# Home

```python title="sum.py"
x = 1 + 1
x
```

```output
2
```

```python
#| alt: It grows.
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```
"""


def site(root: Path, page: str = PAGE, more: str = "") -> Path:
    """A miniature project."""
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "index.md").write_text(page, "utf-8")
    config = (
        "site_name: Mini\ntheme: {name: material, font: false}\nplugins: [search, sybil-pages]\n"
    )
    (root / "mkdocs.yml").write_text(config + more, "utf-8")
    return root


def mkdocs(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = site(tmp_path_factory.mktemp("mini"))
    done = mkdocs(root, "build", "--strict")
    assert done.returncode == 0, done.stderr
    return root / "site"


def test_the_page_holds_code_output_and_figure(built: Path) -> None:
    html = (built / "index.html").read_text("utf-8")
    article = html[html.index("<article") : html.index("</article>")]
    assert '<span class="filename">sum.py</span>' in article
    assert '<div class="sp-output"><div class="sp-label">Output</div>' in article
    assert '<svg class="sp-svg" role="img" aria-label="It grows."' in article
    assert "sybilpagesblock" not in html
    assert "#|" not in article


def test_outputs_are_found_by_search(built: Path) -> None:
    index = json.loads((built / "search" / "search_index.json").read_text("utf-8"))
    text = " ".join(entry["text"] for entry in index["docs"])
    assert "<code>2</code>" in text or " 2" in text
    assert "sybilpagesblock" not in text


def test_the_style_sheet_of_outputs_is_served_from_the_site(built: Path) -> None:
    assert "--sp-blue" in (built / "assets" / "sybil-pages.css").read_text("utf-8")
    assert "assets/sybil-pages.css" in (built / "index.html").read_text("utf-8")


def test_the_build_tells_what_ran(tmp_path: Path) -> None:
    done = mkdocs(site(tmp_path / "a"), "build")
    assert "docs/index.md: 2 blocks ran in" in done.stderr
    assert "1 claim verified, 1 figure" in done.stderr


@pytest.mark.parametrize("strict", [[], ["--strict"]], ids=["plain", "strict"])
def test_a_failed_build_names_all_lines_and_leaves_the_old_site(
    tmp_path: Path, strict: list[str]
) -> None:
    root = site(tmp_path / "a", PAGE.replace("\n2\n", "\n3\n") + "\n```py\nint('x')\n```\n")
    (root / "site").mkdir()
    (root / "site" / "old.html").write_text("old", "utf-8")
    done = mkdocs(root, "build", *strict)
    assert done.returncode != 0
    assert "docs/index.md:13: claimed `3`, computed `2`" in done.stderr
    assert "docs/index.md:23: ValueError: invalid literal" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (root / "site").iterdir()] == ["old.html"]


def test_includes_come_from_the_project_without_configuration(tmp_path: Path) -> None:
    root = site(tmp_path / "a", '# A\n\n```py\n--8<-- "tools/part.py"\n```\n')
    (root / "tools").mkdir()
    (root / "tools" / "part.py").write_text("print('included')\n", "utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = mkdocs(elsewhere, "build", "--strict", "-f", str(root / "mkdocs.yml"))
    assert done.returncode == 0, done.stderr
    assert "included" in (root / "site" / "index.html").read_text("utf-8")


def test_a_missing_include_stops_the_build(tmp_path: Path) -> None:
    done = mkdocs(site(tmp_path / "a", '# A\n\n--8<-- "none.py"\n'), "build")
    assert done.returncode != 0
    assert "docs/index.md:3: Snippet at path 'none.py' could not be found" in done.stderr


def test_a_page_becomes_a_notebook_to_download_and_to_read(tmp_path: Path) -> None:
    more = "nav: [index.md, notebooks/index.ipynb]\n"
    root = site(tmp_path / "a", more=more)
    config = (root / "mkdocs.yml").read_text("utf-8")
    plugins = (
        "[search, sybil-pages: {notebooks: [index.md]}, mkdocs-jupyter: {include: ['*.ipynb']}]"
    )
    config = config.replace("[search, sybil-pages]", plugins).replace(
        "sybil-pages: {", "{sybil-pages: {"
    )
    config = config.replace("[index.md]}", "[index.md]}}").replace(
        "mkdocs-jupyter:", "{mkdocs-jupyter:"
    )
    (root / "mkdocs.yml").write_text(config.replace("ipynb']}]", "ipynb']}}]"), "utf-8")
    done = mkdocs(root, "build", "--strict")
    assert done.returncode == 0, done.stderr
    book = json.loads((root / "site" / "notebooks" / "index.ipynb").read_text("utf-8"))
    code = [cell for cell in book["cells"] if cell.get("execution_count")]
    assert code[0]["outputs"][0]["data"]["text/plain"] == ["2"]
    assert "image/svg+xml" in code[1]["outputs"][0]["data"]
    assert "jp-Cell" in (root / "site" / "notebooks" / "index.html").read_text("utf-8")


def test_a_site_offers_the_editions_that_it_names(tmp_path: Path) -> None:
    option = "{sybil-pages: {downloads: [notebook, script, markdown]}}"
    root = site(tmp_path / "a", more="site_url: https://me.github.io/mini/\n")
    (root / "docs" / "more").mkdir()
    (root / "docs" / "more" / "prose.md").write_text("# Prose\n\n[Home](../index.md)\n", "utf-8")
    config = (root / "mkdocs.yml").read_text("utf-8")
    (root / "mkdocs.yml").write_text(config.replace(", sybil-pages]", f", {option}]"), "utf-8")
    built = []
    for name in ("one", "two"):
        done = mkdocs(root, "build", "--strict", "-d", name)
        assert done.returncode == 0, done.stderr
        files = ("notebooks/index.ipynb", "scripts/index.py", "index.md", "more/prose/index.md")
        built.append([(root / name / file).read_bytes() for file in files])
    assert built[0] == built[1]
    assert built[0][3] == b"# Prose\n\n[Home](../../index.md)\n"
    html = (root / "one" / "index.html").read_text("utf-8")
    for address in ("notebooks/index.ipynb", "scripts/index.py", "index.md"):
        assert f'href="{address}"' in html
    assert "#fileId=https%3A%2F%2Fme.github.io%2Fmini%2Fnotebooks%2Findex.ipynb" in html
    prose = (root / "one" / "more" / "prose" / "index.html").read_text("utf-8")
    assert 'href="index.md" download="prose.md"' in prose
    assert "ipynb" not in prose
    search = (root / "one" / "search" / "search_index.json").read_text("utf-8")
    assert "Open in Colab" not in search


def test_a_site_that_names_no_edition_has_none(built: Path) -> None:
    assert "sp-editions" not in (built / "index.html").read_text("utf-8")
    assert not [path for path in built.rglob("*") if path.suffix in (".ipynb", ".md", ".py")]


def test_a_served_page_shows_its_failure_and_recovers(tmp_path: Path) -> None:
    root = site(tmp_path / "a", PAGE.replace("\n2\n", "\n3\n"), "strict: true\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}"],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        failed = wait_for(port, "<dt>computed</dt><dd><code>2</code></dd>")
        assert "docs/index.md:13" in failed
        assert "<code>sybil-pages accept docs/index.md</code>" in failed
        (root / "docs" / "index.md").write_text(PAGE, "utf-8")
        mended = wait_for(port, ">Output</div>")
        assert "claimed" not in mended
        assert "sybil-pages accept" not in mended
    finally:
        server.terminate()
        server.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal to a process")
def test_an_interrupted_build_ends_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    root = site(tmp_path / "a", "```py\nimport time\ntime.sleep(61)\n```\n")
    build = subprocess.Popen([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=root)
    started = time.monotonic()
    while len(psutil.Process(build.pid).children()) < 1 and time.monotonic() < started + 20:
        time.sleep(0.1)
    children = psutil.Process(build.pid).children(recursive=True)
    assert children
    build.send_signal(signal.SIGINT)
    assert build.wait(timeout=10) != 0
    assert not any(child.is_running() for child in children)


def wait_for(port: str, text: str) -> str:
    """The home page, as soon as it holds a text."""
    page = ""
    for _ in range(150):
        time.sleep(0.2)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                page = answer.read().decode()
        except OSError:
            continue
        if text in page:
            return page
    raise AssertionError(f"{text!r} did not appear in {page[-2000:]}")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("include: [nowhere/*.md]", "no page fits nowhere/*.md"),
        ("notebooks: [nowhere.md]", "there is no page nowhere.md"),
        ("downloads: [pdf]", "Expected one of: ('notebook', 'student', 'script', 'markdown')"),
    ],
)
def test_an_option_that_names_no_page_leaves_the_old_site(
    tmp_path: Path, option: str, said: str
) -> None:
    root = site(tmp_path / "a")
    (root / "site").mkdir()
    (root / "site" / "old.html").write_text("old")
    config = (root / "mkdocs.yml").read_text()
    (root / "mkdocs.yml").write_text(
        config.replace("[search, sybil-pages]", f"[search, {{sybil-pages: {{{option}}}}}]")
    )
    done = mkdocs(root, "build")
    assert done.returncode == 1
    assert said in done.stderr
    assert (root / "site" / "old.html").exists()
