"""Snippets → the page that lists them, and a page for each.

Each comes as the Markdown that the site renders, and as plain Markdown, which anyone reads.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from .shelf import ALL, FOLDER, Shelf, download_of, page_of
from .snippets import Snippet, shown

EXTENSIONS = ("attr_list", "def_list", "md_in_html", "pymdownx.details")
"""The Markdown that the site's pages are written in."""
Link = Callable[[str], str]
"""The address of a page or a file, by its path from the folder of pages."""
_FIRST = 6  # so many names of a snippet stand in the list
_TICKS = re.compile(r"`{3,}")
_ABOUT = (
    "Each file answers one question.\n"
    "Download it, put it beside your own code, and import it: it is typed and tested,\n"
    "and needs no more than is said here. (What imports another snippet goes with it into\n"
    "a package, a folder with an `__init__.py`.)\n"
)


def index(shelf: Shelf) -> str:
    """The page that lists all snippets, for the site."""
    described = "Small, tested files of Python to copy, each with the question that it answers."
    text = _front("Snippets", described) + f"# Code to copy\n\n{_ABOUT}\n"
    text += _download(ALL, f"Download all {len(shelf.snippets)} as a zip", ".md-button ") + "\n"
    for title, members in shelf.groups.items():
        text += f"\n## {title}\n" if len(shelf.groups) > 1 else ""
        entries = "".join(map(_entry, members))
        text += f'\n<div class="site-snippets" markdown="1">\n{entries}\n</div>\n'
    return text


def page(shelf: Shelf, snippet: Snippet) -> str:
    """The page of one snippet, for the site."""
    facts = [("Download", _download(download_of(snippet), "", ".md-button "))]
    facts += _facts(shelf, snippet, _in_site)
    offers = "\n    ".join(_offers(snippet))
    listed = "".join(
        f"{name}\n:   {what}\n\n" for name, what in [*facts, ("Offers", offers)] if what
    )
    return (
        f"{_front(_title(snippet).strip('`'), description(snippet))}"
        f"# {_title(snippet)}\n\n{_about(snippet)}"
        f'<div class="site-facts" markdown="1">\n\n{listed}</div>\n\n'
        f"## Code {{ data-search-exclude }}\n{''.join(_code(snippet))}\n"
        f"## What its tests say\n\n{_tests(snippet)}"
    )


def plain_index(shelf: Shelf, link: Link) -> str:
    """The list of all snippets as plain Markdown."""
    text = f"# Code to copy\n\n{_ABOUT}"
    for title, members in shelf.groups.items():
        text += f"\n## {title}\n\n" if len(shelf.groups) > 1 else "\n"
        text += "".join(
            f"- [{_title(one)}]({link(page_of(one))}): {description(one)}\n" for one in members
        )
    return text


def plain(shelf: Shelf, snippet: Snippet, link: Link) -> str:
    """A snippet as plain Markdown: what it is, its code, and what its tests say."""
    download = download_of(snippet)
    facts = [("Download", f"[{posixpath.basename(download)}]({link(download)})")]
    facts += _facts(shelf, snippet, link)
    listed = "".join(f"- {name}: {what}\n" for name, what in facts if what)
    code = "".join(f"\n## {uri}\n\n{_fence(uri, text)}" for uri, text in snippet.files.items())
    return (
        f"# {_title(snippet)}\n\n{_about(snippet)}"
        f"{listed}{code}\n"
        f"## What its tests say\n\n{_tests(snippet)}"
    )


def description(snippet: Snippet) -> str:
    """What a snippet offers and needs, in two sentences."""
    names = ", ".join(list(snippet.offers)[:4]) or snippet.name
    return f"Code to copy: {names}. {_needs(snippet)}."


def _front(title: str, description: str) -> str:
    """Front matter; JSON's strings are YAML's too."""
    return f"---\ntitle: {json.dumps(title)}\ndescription: {json.dumps(description)}\n---\n\n"


def _title(snippet: Snippet) -> str:
    return snippet.question or f"`{snippet.name}`"


def _about(snippet: Snippet) -> str:
    if not snippet.question:
        return f"`{FOLDER}/{snippet.name}` has no docstring that says what it answers.\n\n"
    about = snippet.about.replace("Source:", "**Source:**", 1)
    return f"{about}\n\n" if about else ""


def _entry(snippet: Snippet) -> str:
    """One line of the list: the question, what the file offers, what it needs."""
    names = [f"`{name}`" for name in list(snippet.offers)[:_FIRST]]
    more = " …" if len(snippet.offers) > _FIRST else ""
    offered = f":   {', '.join(names)}{more}\n\n    " if names else ":   "
    download = download_of(snippet)
    files, lines = len(snippet.files), snippet.lines
    size = _count(files, "file") if snippet.is_package else _count(lines, "line")
    taken = f"`{posixpath.basename(download)}`"
    facts = " · ".join([taken, _needs(snippet), size, _download(download, "Download")])
    return f"\n[{_title(snippet)}]({snippet.name}.md)\n{offered}{facts}\n"


def _in_site(uri: str) -> str:
    return posixpath.relpath(uri, FOLDER)


def _download(uri: str, text: str = "", look: str = "") -> str:
    """A link for the site that downloads a file."""
    name = posixpath.basename(uri)
    label = f' aria-label="Download {name}"' if text == "Download" else ""
    return f'[{text or name}]({_in_site(uri)}){{ {look}download="{name}"{label} }}'


def _needs(snippet: Snippet) -> str:
    return f"Needs {_listed(snippet.needs)}" if snippet.needs else "Needs Python alone"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]])


def _facts(shelf: Shelf, snippet: Snippet, link: Link) -> Iterator[tuple[str, str]]:
    """What one wants to know before one copies it."""
    yield "Needs", _listed(snippet.needs) or "Python alone"
    by_name = {one.name: one for one in shelf.snippets}
    beside = [f"[`{n}`]({link(page_of(by_name[n]))})" for n in snippet.beside if n in by_name]
    yield "Copy with it", f"{_listed(beside)}, into the same package" if beside else ""
    for name, pages in (
        ("Shown in", shelf.showing(snippet)),
        ("Used in", shelf.importing(snippet)),
    ):
        yield name, ", ".join(f"[{one.title}]({link(one.uri)})" for one in pages)


def _offers(snippet: Snippet) -> Iterator[str]:
    for name, said in snippet.offers.items():
        yield f"- `{name}`: {said}" if said else f"- `{name}`"


def _fence(uri: str, text: str, title: bool = False) -> str:
    copied = shown(text)
    ticks = "`" * max([3, *(len(found) + 1 for found in _TICKS.findall(copied))])
    head = f'python title="{uri}"' if title else "python"
    return f"{ticks}{head}\n{copied}{ticks}\n"


def _code(snippet: Snippet) -> Iterator[str]:
    """The code of a file; that of a folder folded, a file each."""
    for uri, text in snippet.files.items():
        fence = _fence(uri, text, title=True)
        if not snippet.is_package:
            yield f"\n{fence}"
            continue
        inside = "".join(f"    {line}" if line.strip() else line for line in fence.splitlines(True))
        name = uri.removeprefix(f"{snippet.name}/")
        lines = _count(len(shown(text).splitlines()), "line")
        yield f'\n??? abstract "`{name}`, {lines}"\n\n{inside}'


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _tests(snippet: Snippet) -> str:
    if not snippet.tests:
        return f"There are none yet: `tests/{FOLDER}/test_{snippet.name}.py` would hold them.\n"
    return "".join(f"- {sentence}\n" for sentence in snippet.tests)
