"""What a reader takes along of a page: its editions, where they stand, and what leads there."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

from .addresses import Addresses
from .addresses import escaped as encoded
from .cells import Cell, cells
from .companions import companions, requires_python
from .export import markdown
from .imports import imported
from .notebooks import notebook, students_notebook
from .page import ExecutedPage, Page, cells_of
from .project import Project
from .scripts import script
from .weave import scrolling

KINDS = ("notebook", "student", "script", "markdown")
"""The editions of a page that a site may offer to download."""
_LABELS = dict(zip(KINDS, ("Notebook", "Student edition", "Script", "Markdown"), strict=True))
_IMAGES = "figures"  # the folder of a Markdown edition's images, beside it
_COLAB = "https://colab.research.google.com/#fileId="
_LOCAL = re.compile(r"https?://(127\.|localhost|0\.0\.0\.0|\[)")
_ENCODED = re.compile(r'<img[^>]*src="data:image/svg\+xml;base64,([A-Za-z0-9+/=\s]+)"[^>]*>')


@dataclass(frozen=True)
class Site:
    """What editions know of the site.

    Attributes:
        urls: The address of each page and file, from the site's root, by its path from `docs`.
        root: The site's own address; empty where nobody knows it.
        folders: Is each page a folder of its own?
    """

    urls: Mapping[str, str]
    root: str = ""
    folders: bool = True


def path_of(kind: str, uri: str, url: str = "") -> str:
    """Where an edition stands in the site.

    Args:
        kind: One of `KINDS`.
        uri: The page's path, from the folder of the pages.
        url: The address of the page, which only its Markdown stands beside.
    """
    bare = PurePosixPath(uri).with_suffix("").as_posix()
    if kind == "markdown":
        page = f"{url}index.html" if not url or url.endswith("/") else url
        return PurePosixPath(page).with_suffix(".md").as_posix()
    return {
        "notebook": f"notebooks/{bare}.ipynb",
        "student": f"notebooks/student/{bare}.ipynb",
        "script": f"scripts/{bare}.py",
    }[kind]


def kinds_of(page: Page, executed: ExecutedPage, wanted: Collection[str]) -> list[str]:
    """Which of the wanted editions a page has.

    Without code it has no notebook and no script, and without a solution no student edition; a
    page about the generator itself runs only where that is installed.
    """
    runs = bool(cells_of(executed).keys() & {b.cell_id for b in page.runs() if b.kind != "inline"})
    code = "\n".join(block.source for block in page.runs() if block.kind != "inline")
    alone = "sybil_pages" in code and any(
        name.partition(".")[0] == "sybil_pages" for name in imported(code)
    )
    solved = any(block.options.solution for block in page.runs())
    has = {
        "notebook": runs and not alone,
        "student": runs and not alone and solved,
        "script": runs and not alone,
        "markdown": True,
    }
    return [kind for kind in KINDS if kind in wanted and has[kind]]


def editions(
    page: Page,
    executed: ExecutedPage,
    uri: str,
    wanted: Collection[str],
    project: Project,
    site: Site,
) -> Iterator[tuple[str, bytes]]:
    """The files of a page's editions, by their paths in the site.

    Args:
        page: The page as read.
        executed: The page as executed.
        uri: The page's path, from the folder of the pages.
        wanted: Which of `KINDS`.
        project: The folder that it lives in.
        site: The site that it is a page of.
    """
    kinds = kinds_of(page, executed, wanted)
    found = companions(page, executed, project) if {*kinds} - {"markdown"} else None
    made: dict[int, list[Cell]] = {}  # as deep as the file that holds them, so differ their links
    for kind in kinds:
        target = path_of(kind, uri, site.urls[uri])
        if kind == "markdown":
            yield from _markdown(page, executed, uri, target, site)
            continue
        assert found is not None
        depth = 0 if site.root else target.count("/")
        if depth not in made:
            addresses = Addresses(uri, target, site.urls.get, site.root)
            made[depth] = cells(page, executed, addresses)
        if kind == "notebook":
            text = notebook(made[depth], found)
        elif kind == "student":
            text = students_notebook(made[depth], found)
        else:
            text = script(made[depth], found, requires_python(project))
        yield target, text.encode()


class Shelf:
    """Editions made before: a server builds the site again and again, and most pages stay."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, list[tuple[str, bytes]]]] = {}

    def editions(
        self,
        page: Page,
        executed: ExecutedPage,
        uri: str,
        wanted: Collection[str],
        project: Project,
        site: Site,
    ) -> list[tuple[str, bytes]]:
        """As `editions`; what nothing has changed for is not made again."""
        told = [page.lines, executed, sorted(wanted), sorted(site.urls.items()), site.root]
        key = hashlib.sha256(json.dumps(told).encode()).hexdigest()
        if self._made.get(uri, ("",))[0] != key:
            self._made[uri] = key, list(editions(page, executed, uri, wanted, project, site))
        return self._made[uri][1]


def rendered(page: Page, executed: ExecutedPage, uri: str, project: Project, site: Site) -> str:
    """A page's notebook for the site to render: links and figures fit the page that shows it."""
    name = PurePosixPath(path_of("notebook", uri))
    own = site.folders and name.stem != "index"
    here = name.with_suffix("") / "index.html" if own else name.with_suffix(".html")
    made = cells(page, executed, Addresses(uri, here.as_posix(), site.urls.get))
    return notebook(made, companions(page, executed, project), themed=True)


def _markdown(
    page: Page, executed: ExecutedPage, uri: str, target: str, site: Site
) -> Iterator[tuple[str, bytes]]:
    """A page's Markdown, which leads to the Markdown of the others, and its images."""

    def find(name: str) -> str | None:
        url = site.urls.get(name)
        return url if url is None or not name.endswith(".md") else path_of("markdown", name, url)

    text, images = markdown(page, executed, _IMAGES)
    folder = PurePosixPath(target).parent
    yield target, Addresses(uri, target, find).everywhere(text).encode()
    for name, content in images.items():
        yield (folder / name).as_posix(), content


def with_figures(html: str) -> str:
    """A rendered notebook whose figures are part of the page, so that they follow its theme."""
    return _ENCODED.sub(lambda match: scrolling(b64decode(match[1]).decode()), html)


def links(uri: str, title: str, files: Mapping[str, str], site: Site, read: str = "") -> str:
    """The line below a page's title that leads to its editions; empty where it has none.

    Args:
        uri: The page's path, from the folder of the pages.
        title: The page's title.
        files: The addresses of its editions, from the page, by their kinds.
        site: The site that it is a page of.
        read: The address of the page that renders its notebook; empty where there is none.
    """
    stem = PurePosixPath(uri).stem
    names = {kind: f"{stem}{PurePosixPath(path).suffix}" for kind, path in files.items()}
    names["student"] = f"{stem}-student.ipynb"
    items = [
        _item(_LABELS[kind], files[kind], title, names[kind]) for kind in KINDS if kind in files
    ]
    if "notebook" in files and site.root and not _LOCAL.match(site.root):
        whole = f"{site.root.rstrip('/')}/{path_of('notebook', uri)}"
        items.append(_item("Open in Colab", _COLAB + encoded(whole), title))
    if read:
        items.append(_item("Read as a notebook", read, title))
    return f'<ul class="sp-editions" data-search-exclude>{"".join(items)}</ul>' if items else ""


def _item(label: str, address: str, title: str, download: str = "") -> str:
    saved = f' download="{escape(download)}"' if download else ""
    name = f' aria-label="{escape(f"{label}: {title}")}"'
    return f'<li><a href="{escape(address)}"{saved}{name}>{label}</a></li>'
