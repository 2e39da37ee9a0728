"""What readers take along from the site: snippets, Markdown for language models, the site itself.

The plugin calls this, event by event.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from . import llms, offline, snippet_pages
from .shelf import CHAPTERS, FOLDER, INDEX, Shelf, join, page_of, shelf

_SNIPPETS = "Snippets"
# The space hides it from the theme's script, which takes `[rel=alternate]` for other languages.
_ALTERNATE = '<link rel="alternate " type="text/markdown" href="{}">'


class Takeaway:
    """What one build has learned about its pages.

    Args:
        config: The site's configuration.
        optional: The pages that a language model with little room may leave out.
        serving: Is the site served, and built again and again?
    """

    def __init__(self, config: MkDocsConfig, optional: Sequence[str], serving: bool) -> None:
        self.config = config
        self.optional = optional
        self.serving = serving
        self.shelf = Shelf()
        self.pages: list[Page] = []
        self.addresses: dict[str, str] = {}
        self.markdown: dict[str, str] = {}
        self.name = re.sub(r"[^a-z0-9]+", "-", config.site_name.lower()).strip("-") or "site"
        for extension in snippet_pages.EXTENSIONS:
            if extension not in config.markdown_extensions:
                config.markdown_extensions.append(extension)
        config.extra["offline"] = "" if serving else f"{self.name}.zip"

    def add_snippets(self, files: Files) -> None:
        """Add a page for each snippet, one that lists them, and their files."""
        texts = {file.src_uri: file.content_string for file in files.documentation_pages()}
        root = Path(self.config.config_file_path or "mkdocs.yml").parent
        try:
            self.shelf = shelf(root, self.config.nav, texts)
        except ValueError as error:
            raise PluginError(str(error)) from error
        made: dict[str, str | bytes] = dict(self.shelf.files())
        if made:
            made[INDEX] = snippet_pages.index(self.shelf)
        for snippet in self.shelf.snippets:
            made[page_of(snippet)] = snippet_pages.page(self.shelf, snippet)
        level = InclusionLevel.NOT_IN_NAV  # one entry there leads to all of them
        for uri, content in made.items():
            if files.get_file_from_path(uri) is None:  # else somebody wrote it
                files.append(File.generated(self.config, uri, content=content, inclusion=level))

    def note_order(self, nav: Navigation, files: Files) -> None:
        """Note in which order the reader finds the pages."""
        others = [file.page for file in files.documentation_pages() if file.page]
        join(others)
        self.pages = [*nav.pages, *(page for page in others if page not in nav.pages)]
        self.addresses = {file.src_uri: file.dest_uri for file in files}

    def write(self, site: Path) -> None:
        """Write what is made of the finished pages."""
        made = {INDEX, *(page_of(snippet) for snippet in self.shelf.snippets)}
        known = [
            page
            for page in self.pages
            if (site / _markdown(page)).is_file()
            or (page.file.generated_by and page.file.src_uri in made)
        ]
        self.markdown = {page.file.dest_uri: _markdown(page) for page in known}
        self._write_snippets(site)
        for page in known:
            _announce(site / page.file.dest_uri, PurePosixPath(_markdown(page)).name)
        entries = {page.file.src_uri: self._entry(page) for page in known}
        about = self.config.site_description or ""
        sections = self._sections(known, entries)
        text = llms.short(self.config.site_name, about, sections)
        (site / llms.SHORT).write_text(text, "utf-8", newline="\n")
        read = [page for page in known if not page.file.src_uri.startswith(f"{FOLDER}/")]
        parts = ((entries[p.file.src_uri], (site / _markdown(p)).read_text("utf-8")) for p in read)
        text = llms.full(self.config.site_name, about, parts)
        (site / llms.FULL).write_text(text, "utf-8", newline="\n")
        if not self.serving:
            packed = offline.edition(site, self.name)
            (site / self.config.extra["offline"]).write_bytes(packed)

    def _write_snippets(self, site: Path) -> None:
        """Write the Markdown of the snippets' pages beside them."""
        made = {page_of(one): one for one in self.shelf.snippets}
        for page in self.pages:
            here, uri = _markdown(page), page.file.src_uri
            link = partial(self._link, here=here)
            if not page.file.generated_by or (uri not in made and uri != INDEX):
                continue
            if uri == INDEX:
                text = snippet_pages.plain_index(self.shelf, link)
            else:
                text = snippet_pages.plain(self.shelf, made[uri], link)
            (site / here).write_text(text, "utf-8", newline="\n")

    def _link(self, uri: str, here: str) -> str:
        """The address of a page's Markdown, or of a file, in another one."""
        target = self.addresses.get(uri, uri)
        target = self.markdown.get(target, target)
        root = self.config.site_url
        if root:
            return f"{root.rstrip('/')}/{target}"
        return posixpath.relpath(target, posixpath.dirname(here) or ".")

    def _entry(self, page: Page) -> llms.Entry:
        address = self._link(page.file.src_uri, "llms.txt")
        return llms.Entry(str(page.title), address, str(page.meta.get("description") or ""))

    def _sections(
        self, pages: Sequence[Page], entries: dict[str, llms.Entry]
    ) -> dict[str, list[llms.Entry]]:
        sections: dict[str, list[llms.Entry]] = {}
        for page in pages:
            uri = page.file.src_uri
            title = page.parent.title if page.parent else CHAPTERS
            if uri.startswith(f"{FOLDER}/"):
                title = _SNIPPETS
            if uri in self.optional:
                title = llms.OPTIONAL
            sections.setdefault(str(title), []).append(entries[uri])
        return sections


def _markdown(page: Page) -> str:
    """Where a page's Markdown stands in the site: beside it."""
    return str(PurePosixPath(page.file.dest_uri).with_suffix(".md"))


def _announce(path: Path, name: str) -> None:
    """Tell in a page's head where its Markdown is."""
    html = path.read_text("utf-8")
    path.write_text(
        html.replace("</head>", f"{_ALTERNATE.format(name)}</head>", 1), "utf-8", newline="\n"
    )
