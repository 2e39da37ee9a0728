"""Which pages the site publishes: a fork may have dropped some of ours, and added its own."""

from __future__ import annotations

import os
from pathlib import Path

from mkdocs.config import load_config

from site_finish.chapters import left_out


def published(root: Path) -> list[str]:
    """The pages of `docs/` that are in the site, by name.

    Args:
        root: The project's folder, with `mkdocs.yml`.
    """
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    config = load_config(str(root / "mkdocs.yml"))
    docs = Path(config.docs_dir)
    gone = left_out(docs, config.nav, config.plugins["site-finish"].config.dropped)
    names = (path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))
    return sorted(name for name in names if name not in gone)
