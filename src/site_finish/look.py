"""What stands around the text of a page: its time and prerequisites, marked terms, the citation.

And what the site shows of itself elsewhere: its card and its sign. The plugin calls this, event by
event.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils.meta import get_data

from . import citation, glossary, icons, reading, social

_FONT = "assets/fonts/atkinson-hyperlegible-next-normal.woff2"
_COLOURS = ("assets/sybil-pages.css", "assets/site.css")


class Look:
    """What one build has learned about its pages."""

    def __init__(self, config: MkDocsConfig, gone: Collection[str]) -> None:
        self.config = config
        self.gone = gone  # pages that are left out on purpose
        self.root = Path(config.config_file_path or "mkdocs.yml").parent
        self.glossary = glossary.Glossary()
        self.terms: list[glossary.Term] = []
        self.minutes: dict[str, int] = {}
        self.needs: dict[str, list[str]] = {}
        self.picture: social.Picture | None = None
        if not config.repo_url:
            config.edit_uri = ""  # MkDocs would warn of half an address
        config.markdown_extensions.append(self.glossary)  # type: ignore[arg-type]  # or a name

    def read_glossary(self, files: Files) -> None:
        """Read the terms, before any page is rendered."""
        file = files.get_file_from_path(glossary.PAGE)
        if file is None:
            return
        text = file.content_string
        about = get_data(text)[1]
        quiet = {str(word).lower() for word in about.get("quiet") or ()}
        try:
            found = glossary.terms(text)
        except ValueError as error:
            raise PluginError(f"docs/{error}") from error
        self.terms = [term for term in found if quiet.isdisjoint(w.lower() for w in term.words)]

    def about_to_render(self, markdown: str, page: Page, files: Files) -> str:
        """Note what a page takes and needs; give it its terms, and the citation if it asks."""
        uri = page.file.src_uri
        written = page.file.abs_src_path is not None and Path(
            page.file.abs_src_path
        ).is_relative_to(self.config.docs_dir)
        if not written:
            page.edit_url = None  # nobody wrote it
        self.glossary.terms = self._terms_for(uri) if written else []
        self.glossary.href = lambda term: f"{_from(uri, glossary.PAGE)}#{term.anchor}"
        if written and page.meta.get("reading", True):
            self.minutes[uri] = reading.minutes(markdown)
            self.needs[uri] = self._needs(page, files)
        if citation.MARK in markdown:
            markdown = markdown.replace(citation.MARK, self._citation())
        return markdown

    def _terms_for(self, uri: str) -> list[glossary.Term]:
        """A page explains by itself what the glossary leads there for."""
        return [] if uri == glossary.PAGE else [one for one in self.terms if uri not in one.shown]

    def _needs(self, page: Page, files: Files) -> list[str]:
        """The pages to read before this one."""
        uri = page.file.src_uri
        found = []
        for need in page.meta.get("needs") or ():
            target = normpath(join(dirname(uri), str(need)))
            if target in self.gone:
                continue
            if files.get_file_from_path(target) is None:
                lines = page.file.content_string.splitlines()
                at = next((n for n, line in enumerate(lines, 1) if line.startswith("needs:")), 1)
                raise PluginError(
                    f"docs/{uri}:{at}: `needs` names {need}, which is no page; "
                    "write it as you would write a link from here"
                )
            found.append(target)
        return found

    def _citation(self) -> str:
        try:
            given = citation.read(self.root / "CITATION.cff")
        except ValueError as error:
            raise PluginError(str(error)) from error
        return citation.markdown(given, self.config.site_url or "")

    def all_rendered(self, files: Files) -> None:
        """Put into the pages what is known now that all of them have been read."""
        pages = {file.src_uri: file.page for file in files.documentation_pages() if file.page}
        for uri, page in pages.items():
            if page.is_homepage:
                self._show_site(page)
                page.content = reading.timed(page.content or "", self._times(page, files).get)
            elif uri in self.minutes:
                needs = [
                    (str(pages[need].title), pages[need].file.url_relative_to(page.file))
                    for need in self.needs[uri]
                    if need in pages
                ]
                line = reading.facts(self.minutes[uri], needs)
                page.content = reading.headed(page.content or "", line)

    def _times(self, page: Page, files: Files) -> dict[str, int]:
        """The minutes of all pages by their addresses from this one."""
        times = {
            file.url_relative_to(page.file): self.minutes[file.src_uri]
            for file in files.documentation_pages()
            if file.src_uri in self.minutes
        }
        return {**times, "": self.minutes.get(page.file.src_uri, 1)}

    def _show_site(self, page: Page) -> None:
        """Take the card's picture from the home page."""
        self.picture = social.picture(page.content or "")
        if self.picture:
            self.config.extra["card"] = {"path": social.CARD, "alt": self.picture.alt}

    def write(self, site: Path) -> None:
        """Write the card and the small signs."""
        sign = self.config.theme["favicon"]
        if (site / str(sign)).suffix == ".svg":
            svg = (site / sign).read_text("utf-8")
            (site / icons.FAVICON).write_bytes(icons.favicon(svg))
            (site / icons.TOUCH).write_bytes(icons.touch(svg))
        if self.picture:
            css = "".join((site / name).read_text("utf-8") for name in _COLOURS)
            tagline = self.config.extra.get("tagline", "")
            made = social.card(
                self.picture, self.config.site_name, tagline, social.dark_colours(css), site / _FONT
            )
            (site / social.CARD).write_bytes(made)


def _from(uri: str, target: str) -> str:
    """The way from one page's file to another's."""
    return relpath(target, dirname(uri) or ".")
