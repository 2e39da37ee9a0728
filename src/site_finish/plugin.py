"""The MkDocs adapter of what finishes this site."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from .formulas import with_formulas

_ARITHMATEX = "pymdownx.arithmatex"


class SiteFinishPlugin(BasePlugin):  # type: ignore[type-arg]
    """Formulas as MathML."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Let Markdown find the formulas."""
        if _ARITHMATEX not in config.markdown_extensions:
            config.markdown_extensions.append(_ARITHMATEX)
        config.mdx_configs[_ARITHMATEX] = {"generic": True}
        return config

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Draw the formulas."""
        try:
            return with_formulas(html)
        except ValueError as error:
            raise PluginError(f"docs/{page.file.src_uri}: {error}") from error
