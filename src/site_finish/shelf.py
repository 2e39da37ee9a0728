"""A project's snippets and the pages that use them: in which order, and with which files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.structure.pages import Page

from .archive import archive
from .snippets import Snippet, read
from .uses import Chapter, chapters

FOLDER = "snippets"
"""Where they stand, in the project and in the site."""
INDEX = f"{FOLDER}/index.md"
ALL = f"{FOLDER}/snippets.zip"
CHAPTERS, UNUSED = "Chapters", "More"
"""What the parts are called whose pages stand in no section, or that no page uses."""


@dataclass(frozen=True)
class Shelf:
    """All snippets, by the part of the site that uses them.

    Attributes:
        groups: The snippets of each part, in the order in which a reader meets them.
        chapters: The pages of the site, in their order.
        head: The `__init__.py` beside them.
    """

    groups: Mapping[str, Sequence[Snippet]] = field(default_factory=dict)
    chapters: Sequence[Chapter] = ()
    head: bytes = b""

    @property
    def snippets(self) -> list[Snippet]:
        """All of them."""
        return [snippet for members in self.groups.values() for snippet in members]

    def showing(self, snippet: Snippet) -> list[Chapter]:
        """The pages that show its code."""
        return [one for one in self.chapters if snippet.name in one.shows]

    def importing(self, snippet: Snippet) -> list[Chapter]:
        """The pages that import it, and do not show its code."""
        return [one for one in self.chapters if snippet.name in one.imports - one.shows]

    def files(self) -> dict[str, bytes]:
        """What readers may take along: every file, every folder as a zip, and all in one."""
        made, everything = dict[str, bytes](), {f"{FOLDER}/__init__.py": self.head}
        for snippet in self.snippets:
            taken = {name: text.encode() for name, text in snippet.files.items()}
            if snippet.is_package:
                made[download_of(snippet)] = archive(taken)
            placed = {f"{FOLDER}/{name}": content for name, content in taken.items()}
            made.update(placed)
            everything.update(placed)
        return {**made, ALL: archive(everything)} if made else {}


def shelf(root: Path, nav: Sequence[Any] | None, pages: Mapping[str, str]) -> Shelf:
    """Read a project's snippets; without a folder of them, there are none.

    Args:
        root: The project.
        nav: The site's navigation, as its configuration says it.
        pages: The text of each page of the site, by its file.

    Raises:
        ValueError: A snippet, or a file of tests, is no Python.
    """
    snippets = read(root / FOLDER, root / "tests" / FOLDER)
    found = chapters(nav, pages, FOLDER)
    head = root / FOLDER / "__init__.py"
    return Shelf(_grouped(snippets, found), found, head.read_bytes() if head.is_file() else b"")


def page_of(snippet: Snippet) -> str:
    """The file of a snippet's page, from the folder of pages."""
    return f"{FOLDER}/{snippet.name}.md"


def download_of(snippet: Snippet) -> str:
    """What a reader takes along: the file, or all files of a folder."""
    return f"{FOLDER}/{snippet.name}.{'zip' if snippet.is_package else 'py'}"


def _grouped(snippets: Sequence[Snippet], found: Sequence[Chapter]) -> dict[str, list[Snippet]]:
    """Snippets by the part of the site that shows them, or at least imports them, first."""
    ranked = []
    for snippet in snippets:
        shows = [n for n, one in enumerate(found) if snippet.name in one.shows]
        uses = [n for n, one in enumerate(found) if snippet.name in one.imports]
        first = min(shows or uses, default=len(found))
        ranked.append((not shows, first, snippet.name, snippet))
    names = [*dict.fromkeys(one.section or CHAPTERS for one in found), UNUSED]
    groups: dict[str, list[Snippet]] = {name: [] for name in names}
    for _, first, _, snippet in sorted(ranked, key=lambda one: one[:3]):
        title = (found[first].section or CHAPTERS) if first < len(found) else UNUSED
        groups[title].append(snippet)
    return {title: members for title, members in groups.items() if members}


def join(pages: Iterable[Page]) -> None:
    """Chain the snippets' pages behind the one that lists them, which is marked while one reads."""
    by_uri = {page.file.src_uri: page for page in pages}
    listing = last = by_uri.pop(INDEX, None)
    if listing is None or last is None:
        return
    for uri, page in by_uri.items():
        if not uri.startswith(f"{FOLDER}/") or page.parent is not None:
            continue
        page.parent = listing  # type: ignore[assignment]  # asked for its title, address, mark
        page.previous_page = last
        if last is not listing:  # which leads on to its own neighbour
            last.next_page = page
        last = page
