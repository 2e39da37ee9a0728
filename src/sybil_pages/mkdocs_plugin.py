"""The MkDocs adapter: events in, core calls out, no logic."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, get_files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.utils import get_relative_url

from . import editions, ledger, report, widgets
from .cache import writable
from .claims import failures
from .execution import execute_all
from .page import ExecutedPage, Page, Problem
from .progress import Telling, watching
from .project import EXECUTE, SNIPPETS, SUPERFENCES, Project, from_config
from .read import read_file
from .serving import Served, used
from .weave import fill, weave

log = logging.getLogger("mkdocs.plugins.sybil_pages")
_STYLES = "assets/sybil-pages.css"


class Options(Config):
    """The plugin's options; none is needed."""

    include = c.ListOfItems(c.Type(str), default=["*"])
    execute = c.Choice(EXECUTE, default="auto")
    scheduler = c.Type(str, default="")
    downloads = c.ListOfItems(c.Choice(editions.KINDS), default=[])
    notebooks = c.ListOfItems(c.Type(str), default=[])
    ledger = c.Type(str, default="")


class SybilPagesPlugin(BasePlugin[Options]):
    """Executes the pages' code, checks their claims and puts outputs and figures into them."""

    def __init__(self) -> None:
        self.serving = False
        self.served: Served | None = None
        self.server: LiveReloadServer | None = None
        self.watched: set[Path] = set()
        self.chapters: dict[str, ledger.Chapter] = {}
        self.pages: dict[str, Page] = {}
        self.executed: Mapping[str, ExecutedPage] = {}
        self.wrong: dict[str, list[Problem]] = {}
        self.shelf = editions.Shelf()
        self.project: Project
        self.site: editions.Site

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note whether the site is served: then a failure stands in its page."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add the Markdown extensions and the style sheet that outputs need."""
        for extension in (SUPERFENCES, "pymdownx.highlight", SNIPPETS, "attr_list"):
            if extension not in config.markdown_extensions:
                config.markdown_extensions.append(extension)
        options = config.mdx_configs.setdefault(SNIPPETS, {})
        root = Path(config.config_file_path or "mkdocs.yml").parent
        try:
            self.project = from_config(root, Path(config.docs_dir), config.mdx_configs, self.config)
        except ValueError as error:
            raise PluginError(str(error)) from error
        options.update(check_paths=True, base_path=self.project.include_options()["base_path"])
        if _STYLES not in config.extra_css:
            config.extra_css.insert(0, _STYLES)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Execute all pages, before the old site is cleared."""
        paths = {
            file.src_uri: Path(file.abs_src_path)
            for file in get_files(config).documentation_pages()
            if file.abs_src_path is not None
        }
        self.pages = {
            uri: read_file(path, self.project)
            for uri, path in paths.items()
            if self.project.takes_part(path)
        }
        self._refuse()
        try:
            self.executed = self._execute(list(self.pages.values()))
        except RuntimeError as error:
            raise PluginError(str(error)) from error
        self.wrong = {
            uri: failures(page, self.executed[page.path]) for uri, page in self.pages.items()
        }
        self._report(self.wrong)
        self._watch()
        if self.config.ledger:
            self.chapters = {
                uri: ledger.chapter(page, self.executed[page.path])
                for uri, page in self.pages.items()
            }

    def _refuse(self) -> None:
        """Refuse options that name no page, before the old site is cleared."""
        named = [("notebooks", uri) for uri in self.config.notebooks]
        named += [("ledger", self.config.ledger)] if self.config.ledger else []
        for option, uri in named:
            if uri not in self.pages:
                raise PluginError(f"sybil-pages: {option}: there is no page {uri}")
        if self.config.include != ["*"] and not self.pages:
            patterns = ", ".join(self.config.include)
            raise PluginError(
                f"sybil-pages: include: no page fits {patterns} (they start in the pages' folder)"
            )
        if self.project.execute == "never":
            log.info("sybil-pages: execute: never: nothing runs, and nothing is verified")

    def _execute(self, pages: list[Page]) -> Mapping[str, ExecutedPage]:
        if self.serving:
            self.served = self.served or Served(self.project)
            return self.served.executed(pages, Telling(log.info))
        if sys.stderr.isatty() and log.isEnabledFor(logging.INFO):
            with watching(sys.stderr) as watcher:
                return execute_all(pages, self.project, watcher)
        return execute_all(pages, self.project, Telling(log.info))

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., None]
    ) -> LiveReloadServer:
        """Build the site again when a page that ran meanwhile is done."""
        if self.served:
            server.watch(str(self.served.marker))
            self.served.ready(list(self.pages.values()))
            self.server = server
            self._watch()
        return server

    @event_priority(-200)  # the others have done theirs
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """The next build may begin when a page is done."""
        if self.served:
            self.served.built()

    def on_build_error(self, *, error: Exception) -> None:
        """So it may when this one failed."""
        if self.served:
            self.served.built()

    def _watch(self) -> None:
        """Let the server watch what the pages used: included files, modules, data."""
        for file in sorted(used(self.pages.values(), self.executed.values(), self.project)):
            if self.server and file not in self.watched:
                self.watched.add(file)
                self.server.watch(str(file), recursive=False)

    def on_shutdown(self) -> None:
        """End what still runs."""
        if self.served:
            self.served.close()

    @event_priority(100)  # before mkdocs-jupyter, which renders the notebooks
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the style sheets, the script of widgets, and the notebooks."""
        styles = (Path(__file__).parent / _STYLES).read_text("utf-8")
        files.append(File.generated(config, _STYLES, content=styles))
        if any(block.widget for page in self.pages.values() for block in page.blocks):
            files.append(File.generated(config, widgets.STYLES, content=widgets.styles()))
            files.append(File.generated(config, widgets.SCRIPT, content=widgets.script()))
        folder = writable(self.project, "editions") if self.config.notebooks else Path()
        site = _site(files, config)
        for uri in self.config.notebooks:
            name, page = editions.path_of("notebook", uri), self.pages[uri]
            book = editions.rendered(page, self.executed[page.path], uri, self.project, site)
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(book, "utf-8", newline="\n")
            files.append(File(name, str(folder), config.site_dir, config.use_directory_urls))
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
        """Note in which order the reader finds the pages, and where everything stands."""
        self.site = _site(files, config)
        order = {page.file.src_uri: n for n, page in enumerate(nav.pages)}
        named = sorted(self.chapters, key=lambda uri: order.get(uri, len(order)))
        self.chapters = {uri: self.chapters[uri] for uri in named if self.chapters[uri].entries}

    @event_priority(100)  # other plugins see the woven page
    def on_page_markdown(
        self, markdown: str, *, page: SitePage, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Give MkDocs the page with placeholders."""
        if page.file.src_uri not in self.pages:
            return None
        woven = weave(self.pages[page.file.src_uri])
        return woven + (ledger.markdown(self.chapters) if self._is_ledger(page) else "")

    def on_page_content(
        self, html: str, *, page: SitePage, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Put the outputs where the placeholders are."""
        uri = page.file.src_uri
        if uri not in self.pages:
            return None
        shown = self.pages[uri]
        executed = self.executed[shown.path]
        html, problems = fill(shown, executed, html, self.wrong[uri])
        if problems:
            self._report({uri: problems})
        links = self._take_along(shown, page, config, files)
        html = html.replace("</h1>", f"</h1>{links}", 1)
        if self._is_ledger(page):
            html = ledger.fill(html, self.chapters, lambda name: _address(files, name, page))
        if any(block.widget for block in shown.blocks):
            html = widgets.head(lambda name: get_relative_url(name, page.url)) + html
        if not self.serving:
            del self.pages[uri]  # a build renders it once, and a site may have a thousand
        return report.running(executed) + html + report.foot(shown, executed)

    def on_post_page(self, output: str, *, page: SitePage, config: MkDocsConfig) -> str:
        """Let the figures of a notebook's page follow the theme too."""
        shown = page.file.src_uri in [
            editions.path_of("notebook", uri) for uri in self.config.notebooks
        ]
        return editions.with_figures(output) if shown else output

    def _take_along(
        self,
        shown: Page,
        page: SitePage,
        config: MkDocsConfig,
        files: Files,
    ) -> str:
        """Write a page's editions into the site; the line of links to them."""
        executed = self.executed[shown.path]
        uri, site = page.file.src_uri, self.site
        wanted = {*self.config.downloads}
        read = ""
        if uri in self.config.notebooks:
            wanted.add("notebook")
            read = _address(files, editions.path_of("notebook", uri), page)
        make = self.shelf.editions if self.serving else editions.editions
        for name, content in make(shown, executed, uri, wanted, self.project, site):
            target = Path(config.site_dir, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        paths = {
            kind: editions.path_of(kind, uri, site.urls[uri])
            for kind in editions.kinds_of(shown, executed, wanted)
        }
        near = {kind: get_relative_url(path, page.url) for kind, path in paths.items()}
        return editions.links(uri, str(page.title), near, site, read)

    def _is_ledger(self, page: SitePage) -> bool:
        return bool(self.config.ledger) and page.file.src_uri == self.config.ledger

    def _report(self, wrong: dict[str, list[Problem]]) -> None:
        """All failures at once: they end a build, and stand in the page of a served site."""
        found = [
            problem.report(self.pages[uri].path)
            for uri, problems in wrong.items()
            for problem in problems
        ]
        if not found:
            return
        if not self.serving:
            raise PluginError(report.listed(found))
        for message in found:
            log.info(message)  # a warning would end the server of a site with `strict: true`


def _address(files: Files, uri: str, page: SitePage) -> str:
    """The address of a page from another one."""
    found = files.get_file_from_path(uri)
    return found.url_relative_to(page.file) if found else ""


def _site(files: Files, config: MkDocsConfig) -> editions.Site:
    """What editions know of the site."""
    urls = {file.src_uri: file.url.removeprefix("./") for file in files}
    return editions.Site(urls, config.site_url or "", config.use_directory_urls)
