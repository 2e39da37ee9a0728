"""A style sheet without the rules that no page of a site can need."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Set
from itertools import pairwise
from typing import Any

import tinycss2

_CLASSES = re.compile(r'\bclass="([^"]*)"')
_USED = re.compile(r"var\(\s*(--[\w-]+)")
_WORDS = re.compile(r"[\w-]+")


def classes(html: str) -> set[str]:
    """All classes that a page gives to its elements."""
    return {name for some in _CLASSES.findall(html) for name in some.split()}


def words(script: str) -> set[str]:
    """What a script may give to elements as a class: each of its words."""
    return set(_WORDS.findall(script))


def variables(css: str) -> set[str]:
    """The variables that a style sheet reads."""
    return set(_USED.findall(css))


@functools.lru_cache(maxsize=4)  # it takes two seconds, and is the same in each build of a server
def pruned(
    css: str, used: frozenset[str], read: frozenset[str] = frozenset(), unwanted: str = "\0"
) -> str:
    """A style sheet with those rules alone that may concern a page.

    A selector stays if the page has all classes that it asks for; classes inside `:is(…)`,
    `:not(…)` and the like are not looked at. A variable stays if something left over reads it.

    Args:
        css: The style sheet.
        used: The classes of the pages.
        read: Variables that other style sheets read.
        unwanted: What a selector holds that goes in any case; nothing when left out.

    Returns:
        The rest, one rule a line, without comments.
    """
    lines = list(_kept(_rules(css), used, unwanted))
    while True:
        needed = variables("\n".join(lines)) | read
        fewer = [line for line in (_read(line, needed) for line in lines) if line]
        if fewer == lines:
            return "\n".join(lines) + "\n"
        lines = fewer


def _rules(css: str | list[Any]) -> list[Any]:
    return list(tinycss2.parse_rule_list(css, skip_comments=True, skip_whitespace=True))


def _kept(rules: list[Any], used: Set[str], unwanted: str) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            every = _selectors(rule.prelude)
            selectors = [s for s, asked in every if s and asked <= used and unwanted not in s]
            if selectors:
                yield f"{','.join(selectors)}{{{_text(_declarations(rule.content))}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inside = "".join(_kept(_rules(rule.content), used, unwanted))
            if inside:
                condition = tinycss2.serialize(rule.prelude).strip()
                yield f"@{rule.lower_at_keyword} {condition}{{{inside}}}"
        elif rule.type == "at-rule":
            yield rule.serialize()


def _selectors(prelude: list[Any]) -> Iterator[tuple[str, set[str]]]:
    """Each selector of a rule, and the classes that it asks for."""
    some: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            some.append([])
        elif token.type != "comment":
            some[-1].append(token)
    for tokens in some:
        asked = {
            name.value
            for dot, name in pairwise(tokens)
            if dot.type == "literal" and dot.value == "." and name.type == "ident"
        }
        yield " ".join(tinycss2.serialize(tokens).split()), asked


def _declarations(content: list[Any] | str) -> list[Any]:
    found = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return [one for one in found if one.type == "declaration"]


def _text(declarations: list[Any]) -> str:
    return ";".join(
        f"{one.name}:{tinycss2.serialize(one.value).strip()}{'!important' * one.important}"
        for one in declarations
    )


def _read(line: str, needed: Set[str]) -> str:
    """A rule without the variables that nothing reads; nothing if that was all it set."""
    if not re.search(r"[{;]--", line) or line.startswith("@"):
        return line
    head, _, body = line.rpartition("}")[0].partition("{")
    every = _declarations(body)
    left = [one for one in every if not one.name.startswith("--") or one.name in needed]
    return f"{head}{{{_text(left)}}}" if left else ""
