"""The MkDocs adapter of what finishes this site: events in, calls out, no logic."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from . import notebooks
from .formulas import with_formulas
from .policy import protect

_ARITHMATEX = "pymdownx.arithmatex"


class SiteFinishPlugin(BasePlugin):  # type: ignore[type-arg]
    """Formulas as MathML, light notebook pages, a content security policy."""

    def __init__(self) -> None:
        self.serving = False
        self.styles: dict[str, None] = {}

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note whether the site is served: the server puts a script of its own into pages."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Let Markdown find the formulas."""
        if _ARITHMATEX not in config.markdown_extensions:
            config.markdown_extensions.append(_ARITHMATEX)
        config.mdx_configs[_ARITHMATEX] = {"generic": True}
        self.styles = {}
        return config

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Draw the formulas."""
        try:
            return with_formulas(html)
        except ValueError as error:
            raise PluginError(f"docs/{page.file.src_uri}: {error}") from error

    @event_priority(-100)  # what others put into the page is there
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Take the style sheets out of notebooks."""
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
            (site / notebooks.STYLES).write_text("\n".join(self.styles), "utf-8")
        if not self.serving:
            protect(site)
