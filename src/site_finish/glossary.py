"""The glossary's terms, marked in the pages: the first use of each leads to its definition.

The glossary is a page like any other, and the one source. A term is a link with a title, so it can
be read with a mouse, with the keyboard and with a finger, with scripts and without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

PAGE = "glossary.md"
_ENTRY = re.compile(
    r"^(?P<words>\S.*?)[ ]*\{[ ]*#(?P<id>[\w-]+)[ ]*\}\n+:[ ]+(?P<text>.*(?:\n(?:[ ]{2,}.*))*)",
    re.MULTILINE,
)
_LINK = re.compile(r"\[([^\]]*)\]\((?P<target>[^)#\s]*)[^)]*\)")
_MARKUP = re.compile(r"[*_`]")
_UNTOUCHED = {"a", "abbr", "code", "dt", "figcaption", "pre", "script", "summary", "svg", "table"}
_UNTOUCHED |= {"details", "h1", "h2", "h3", "h4", "h5", "h6"}
_UNTOUCHED_CLASSES = {"admonition-title", "arithmatex", "footnote", "site-contents"}
_DEFINING = {"strong", "em"}


@dataclass(frozen=True)
class Term:
    """One entry of the glossary.

    Attributes:
        words: What it is called; each may stand in a page.
        anchor: Its id in the glossary.
        definition: What it is, as plain text.
        shown: The pages that it leads to, as the glossary writes them: they explain it themselves.
    """

    words: tuple[str, ...]
    anchor: str
    definition: str
    shown: frozenset[str]


def terms(markdown: str) -> list[Term]:
    """The entries of a glossary.

    Args:
        markdown: Its Markdown, a definition list: `Word, other word { #id }`, below it
            `:   definition → [where it is shown](page.md#section)`.

    Raises:
        ValueError: An anchor stands there twice, or a definition is empty.
    """
    found: list[Term] = []
    for match in _ENTRY.finditer(markdown):
        text, _, where = match["text"].partition("→")
        words = tuple(word.strip() for word in match["words"].split(","))
        definition = " ".join(_MARKUP.sub("", _LINK.sub(r"\1", text)).split())
        line = markdown[: match.start()].count("\n") + 1
        if not definition or match["id"] in {term.anchor for term in found}:
            what = "defined twice" if definition else "not defined"
            raise ValueError(f"{PAGE}:{line}: `{match['id']}` is {what}")
        shown = frozenset(link["target"] for link in _LINK.finditer(where))
        found.append(Term(words, match["id"], definition, shown))
    return found


class Marker(Treeprocessor):
    """Marks the first use of each term in a page's rendered tree."""

    def __init__(self, terms: Iterable[Term], href: Callable[[Term], str]) -> None:
        self.href = href
        self.left = {word.lower(): term for term in terms for word in term.words}
        longest = sorted(map(re.escape, self.left), key=len, reverse=True)
        words = "|".join(longest).replace(r"\ ", r"\s+")
        self.pattern = re.compile(rf"(?<![\w-])(?P<word>{words})(?:e?s)?(?![\w-])", re.IGNORECASE)

    def run(self, root: Element) -> None:
        """Mark the terms of a page."""
        if self.left:
            self._inside(root)

    def _inside(self, parent: Element) -> None:
        """The element's own text, then each child and the text behind it: as one reads."""
        if parent.tag in _DEFINING:
            self._defined("".join(parent.itertext()))
            return
        children = list(parent)
        parent.text, links = self._linked(parent.text)
        parent[:0] = links
        for child in children:
            if not _is_untouched(child):
                self._inside(child)
            child.tail, links = self._linked(child.tail)
            at = list(parent).index(child) + 1
            parent[at:at] = links

    def _linked(self, text: str | None) -> tuple[str, list[Element]]:
        """A text up to its first term, and the links, each with the text behind it."""
        if not text:
            return "", []
        found = list(self._first_uses(text))
        ends = [match.start() for match, _ in found[1:]] + [len(text)]
        links = []
        for (match, term), end in zip(found, ends, strict=False):
            title, href = term.definition, self.href(term)
            link = Element("a", {"class": "site-term", "href": href, "title": title})
            link.text, link.tail = match[0], text[match.end() : end]
            links.append(link)
        return text[: found[0][0].start()] if found else text, links

    def _first_uses(self, text: str) -> Iterator[tuple[re.Match[str], Term]]:
        for match in self.pattern.finditer(text):
            if term := self._take(match["word"]):
                yield match, term

    def _defined(self, text: str) -> None:
        """A word that the page itself sets off explains itself there."""
        if match := self.pattern.fullmatch(text.strip()):
            self._take(match["word"])

    def _take(self, word: str) -> Term | None:
        """The term of a word, unless it was taken before."""
        term = self.left.get(" ".join(word.lower().split()))
        for other in term.words if term else ():
            self.left.pop(other.lower(), None)
        return term


def _is_untouched(element: Element) -> bool:
    classes = set((element.get("class") or "").split())
    return element.tag in _UNTOUCHED or bool(classes & _UNTOUCHED_CLASSES)


class Glossary(Extension):
    """The Markdown extension; `page` says whose terms are marked, and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[Term] = []
        self.href: Callable[[Term], str] = lambda term: f"{PAGE}#{term.anchor}"

    def extendMarkdown(self, md: Markdown) -> None:
        """Run after words and emphasis are found (20), before links are resolved (0)."""
        md.treeprocessors.register(Marker(self.terms, self.href), "glossary", 3)
