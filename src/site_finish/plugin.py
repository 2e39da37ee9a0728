"""The MkDocs adapter of what finishes this site: events in, calls out, no logic."""

from __future__ import annotations

import logging
from pathlib import Path

from jinja2 import Environment
from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from pathspec.gitignore import GitIgnoreSpec

from . import chapters, notebooks, photographs, sheets
from .buttons import with_buttons
from .formulas import with_formulas
from .look import Look
from .markup import mended
from .nearby import waiting
from .policy import protect
from .takeaway import Takeaway
from .words import joined

log = logging.getLogger("mkdocs.plugins.site_finish")
_ARITHMATEX = "pymdownx.arithmatex"


class Options(Config):
    """The plugin's options; none is needed."""

    dropped = c.ListOfItems(c.Type(str), default=[])
    optional = c.ListOfItems(c.Type(str), default=[])


class SiteFinishPlugin(BasePlugin[Options]):
    """Formulas as MathML, light notebook pages, a content security policy."""

    def __init__(self) -> None:
        self.serving = False
        self.styles: dict[str, None] = {}
        self.photographs: dict[str, bytes] = {}
        self.links = chapters.PlainLinks()
        self.look: Look
        self.takeaway: Takeaway

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note whether the site is served: the server puts a script of its own into pages."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Let Markdown find the formulas."""
        if _ARITHMATEX not in config.markdown_extensions:
            config.markdown_extensions.append(_ARITHMATEX)
        config.mdx_configs[_ARITHMATEX] = {"generic": True}
        self.styles = {}
        self.photographs = {}
        self._leave_out(config)
        self.look = Look(config, self.links.gone)
        self.takeaway = Takeaway(config, self.config.optional, self.serving)
        return config

    def _leave_out(self, config: MkDocsConfig) -> None:
        """Leave out the pages that `nav` does not name, before anything of them is executed."""
        try:
            gone = chapters.left_out(Path(config.docs_dir), config.nav, self.config.dropped)
        except ValueError as error:
            raise PluginError(str(error)) from error
        if gone:
            log.info(chapters.said(gone))
            spec = GitIgnoreSpec.from_lines(chapters.patterns(gone))
            config.exclude_docs = config.exclude_docs + spec if config.exclude_docs else spec
            self.links.gone = gone
            config.markdown_extensions.append(self.links)  # type: ignore[arg-type]  # or a name

    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Note which page is rendered next."""
        self.links.page = page.file.src_uri
        return self.look.about_to_render(markdown, page, files)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the snippets: a page for each, and its files to take along."""
        self.takeaway.add_snippets(files)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
        """Note in which order the reader finds the pages, and which terms they use."""
        self.takeaway.note_order(nav, files)
        self.look.read_glossary(files)

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Draw the formulas."""
        if notebooks.is_notebook(html):
            page.meta["search"] = {"exclude": True}  # one finds the page that it is made from
        try:
            return with_formulas(html)
        except ValueError as error:
            raise PluginError(f"docs/{page.file.src_uri}: {error}") from error

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Put into the pages what is known when all of them are rendered."""
        self.look.all_rendered(files)
        return env

    def on_post_template(
        self, output_content: str, *, template_name: str, config: MkDocsConfig
    ) -> str:
        """Mend the page for what is missing, which is no page to MkDocs."""
        return mended(output_content) if template_name.endswith(".html") else output_content

    @event_priority(-100)  # what others put into the page is there
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Mend the markup; take out notebooks' style sheets, and links to what is left out."""
        output = with_buttons(joined(output))
        output = mended(waiting(self.links.plain(output, page.url, config.site_url or "")))
        output, found = photographs.apart(output, lambda path: get_relative_url(path, page.url))
        self.photographs.update(found)
        if not notebooks.is_notebook(output):
            return output
        output, styles = notebooks.slimmed(output, get_relative_url(notebooks.STYLES, page.url))
        self.styles.update(dict.fromkeys(styles))
        return output

    @event_priority(-100)  # all pages are there
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write what the notebooks share, and put the policy into every page."""
        site = Path(config.site_dir)
        if self.styles:
            (site / notebooks.STYLES).write_text("\n".join(self.styles), "utf-8", newline="\n")
        for path, content in self.photographs.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_bytes(content)
        self.look.write(site)
        if not self.serving:
            sheets.slim(site)
            protect(site)
        self.takeaway.write(site)
