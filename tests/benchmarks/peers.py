"""The tools: how each writes a page, builds a site, and where the site shows a page."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .workloads import Page

_MKDOCS = ("-m", "mkdocs", "build", "-q")
_SPHINX = ("-m", "sphinx", "-q", "-b", "html", ".", "_build")
_SCRIPTS = (
    "-c",
    "import glob, subprocess, sys\n"
    "for name in sorted(glob.glob('*.py')): subprocess.run([sys.executable, name], check=True)",
)


@dataclass(frozen=True)
class Peer:
    """A tool that makes a site of pages.

    Attributes:
        name: Its name in the table.
        needs: The distributions that it needs.
        text: A page in its format.
        files: What else a site of these pages needs: names and texts.
        source: Where a page's file stands, with `{}` for its name.
        shown: Where the site shows the page.
        build: The arguments of Python that build the site.
        made: What a build leaves, which a cold build does not find.
        more: How an edit of prose adds words at the end of a page.
    """

    name: str
    needs: tuple[str, ...]
    text: Callable[[Page], str]
    files: Callable[[Sequence[Page]], dict[str, str]]
    source: str = "docs/{}.md"
    shown: str = "site/{}/index.html"
    build: tuple[str, ...] = _MKDOCS
    made: tuple[str, ...] = ("site", ".cache")
    more: str = "\n{}\n"

    @property
    def executes(self) -> bool:
        """Does it make a site in which code has run?"""
        return self.name not in (PLAIN, BARE)

    def missing(self) -> list[str]:
        """The distributions that are not installed."""
        return [name for name in self.needs if not installed(name)]

    def command(self) -> list[str]:
        """What builds the site, in its folder."""
        return [sys.executable, *self.build]

    def write(self, pages: Sequence[Page], folder: Path) -> None:
        """Write the sources of a site."""
        texts = {self.source.format(page.name): self.text(page) for page in pages}
        for name, text in {**self.files(pages), **texts}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")

    def clean(self, folder: Path) -> None:
        """Make the next build a cold one."""
        for name in self.made:
            shutil.rmtree(folder / name, ignore_errors=True)


def installed(name: str) -> bool:
    """Is a distribution installed?"""
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _fence(code: str, info: str = "python") -> str:
    return f"```{info}\n{code}\n```"


def _markdown(page: Page, block: Callable[[str], str] = _fence, head: str = "") -> str:
    parts = [block(text) if is_code else text for is_code, text in page.parts]
    return head + "\n\n".join(parts) + "\n"


def _material(plugins: str) -> Callable[[Sequence[Page]], dict[str, str]]:
    """A site whose navigation holds its home alone: a thousand links a page would hide the rest."""
    config = (
        "site_name: Benchmark\ntheme: {name: material, font: false}\nnav: [index.md]\n"
        "markdown_extensions: [pymdownx.highlight, pymdownx.superfences]\n"
        f"plugins: [{plugins}]\n"
    )
    return lambda pages: {"mkdocs.yml": config, "docs/index.md": "# Benchmark\n"}


def _ours(code: str) -> str:
    return _fence(("#| alt: What the page draws.\n" if "plt.show()" in code else "") + code)


def _markdown_exec(page: Page) -> str:
    """One session a page; a figure is printed as HTML, as its gallery does."""
    options = f'python exec="1" session="{page.name}" source="above"'

    def block(code: str) -> str:
        if "plt.show()" not in code:
            return _fence(code, f'{options} result="text"')
        return _fence(code.replace("plt.show()", FIGURE), f'{options} html="1"')

    return _markdown(page, block)


FIGURE = """\
from io import StringIO
svg = StringIO()
plt.savefig(svg, format="svg")
plt.close("all")
print(svg.getvalue())"""


def _script(page: Page) -> str:
    save = f"plt.savefig({page.name + '.svg'!r})\nplt.close('all')"
    code = [text.replace("plt.show()", save) for text in page.code]
    return "\n\n".join(code) + "\n"


_JUPYTEXT = """\
---
jupyter:
  jupytext:
    text_representation: {extension: .md, format_name: markdown}
  kernelspec: {display_name: Python 3, language: python, name: python3}
---

"""
_MYST = "---\nfile_format: mystnb\nkernelspec: {name: python3}\n---\n\n"


def _myst_site(pages: Sequence[Page]) -> dict[str, str]:
    config = (
        "extensions = ['myst_nb']\nhtml_theme = 'sphinx_book_theme'\n"
        "nb_execution_mode = 'cache'\nnb_execution_raise_on_error = True\n"
        "nb_execution_timeout = 600\n"
        "exclude_patterns = ['_build', 'jupyter_execute', '.jupyter_cache']\n"
    )
    names = "\n".join(page.name for page in pages)
    return {"conf.py": config, "index.md": f"# Benchmark\n\n{_fence(names, '{toctree}')}\n"}


def _gallery(page: Page) -> str:
    """A script whose comments are prose; its first docstring is its title."""
    (_, first), *others = page.parts
    title, _, rest = first.removeprefix("# ").partition("\n")
    chunks = [f'"""\n{title}\n{"=" * len(title)}\n\n{rest.strip()}\n"""']
    for is_code, text in others:
        prose = "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
        chunks.append(f"# %%\n# Code.\n\n{text}" if is_code else f"# %%\n{prose}")
    return "\n\n".join(chunks) + "\n"


def _gallery_site(pages: Sequence[Page]) -> dict[str, str]:
    config = (
        "extensions = ['sphinx_gallery.gen_gallery']\nhtml_theme = 'pydata_sphinx_theme'\n"
        "sphinx_gallery_conf = {'examples_dirs': 'examples', 'gallery_dirs': 'auto_examples',\n"
        "    'abort_on_example_error': True}\n"
    )
    return {
        "conf.py": config,
        "index.rst": "Benchmark\n=========\n\n.. toctree::\n\n   auto_examples/index\n",
        "examples/GALLERY_HEADER.rst": "Gallery\n=======\n",
    }


PLAIN, BARE, OURS = "plain MkDocs", "bare scripts", "sybil-pages"
PEERS = {
    peer.name: peer
    for peer in (
        Peer(PLAIN, ("mkdocs-material",), _markdown, _material("search")),
        Peer(
            BARE, (), _script, lambda pages: {}, source="{}.py", build=_SCRIPTS, made=(),
            more="\n# {}\n",
        ),
        Peer(
            OURS, ("sybil-pages",), lambda page: _markdown(page, _ours),
            _material("search, sybil-pages"),
        ),
        Peer(
            "markdown-exec", ("markdown-exec",), _markdown_exec,
            _material("search, markdown-exec"),
        ),
        Peer(
            "mkdocs-jupyter", ("mkdocs-jupyter", "ipykernel"),
            lambda page: _markdown(page, head=_JUPYTEXT),
            _material("search, mkdocs-jupyter: {execute: true, allow_errors: false}"),
        ),
        Peer(
            "MyST-NB", ("myst-nb", "jupyter-cache", "sphinx-book-theme"),
            lambda page: _markdown(page, lambda code: _fence(code, "{code-cell}"), _MYST),
            _myst_site, source="{}.md", shown="_build/{}.html", build=_SPHINX,
            made=("_build", ".jupyter_cache", "jupyter_execute"),
        ),
        Peer(
            "Sphinx-Gallery", ("sphinx-gallery", "pydata-sphinx-theme"), _gallery, _gallery_site,
            source="examples/plot_{}.py", shown="_build/auto_examples/plot_{}.html", build=_SPHINX,
            made=("_build", "auto_examples"), more="\n# %%\n# {}\n",
        ),
    )
}  # fmt: skip
"""The tools, in the order in which they are built."""
