"""How to cite this site: `CITATION.cff`, in words and as BibTeX. The file is the one source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

MARK = "<!-- citation -->"
"""What a page writes where the citation shall stand."""
_SPECIAL = re.compile(r"([&%$#_{}])")


def read(path: Path) -> dict[str, Any]:
    """Read a `CITATION.cff`.

    Raises:
        ValueError: It is none, or lacks a title or authors.
    """
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error
    for key in ("title", "authors"):
        if not isinstance(given, dict) or not given.get(key):
            raise ValueError(f"{path.name} has no `{key}`: a citation needs one")
    return dict(given)


def markdown(given: Mapping[str, Any], address: str = "") -> str:
    """Both forms as Markdown: code blocks, which have a copy button.

    Args:
        given: What the file says.
        address: The site's address, if it has one.
    """
    return f"```text\n{plain(given, address)}\n```\n\n```bibtex\n{bibtex(given, address)}\n```"


def plain(given: Mapping[str, Any], address: str = "") -> str:
    """One line: who, when, what, where."""
    year = _year(given)
    parts = [", ".join(map(_name, given["authors"])) + (f" ({year})" if year else "")]
    version = f", version {given['version']}" if given.get("version") else ""
    parts.append(f"{given['title']}{version}")
    parts += [address] if address else []
    return ". ".join(parts) + ("" if address else ".")


def bibtex(given: Mapping[str, Any], address: str = "") -> str:
    """One entry, of the kind `misc`, which every style knows."""
    year = _year(given)
    fields = {
        "title": f"{{{_tex(given['title'])}}}",  # twice in braces: its capitals stay
        "author": " and ".join(map(_tex_name, given["authors"])),
        "year": year,
        "version": _tex(str(given.get("version", ""))),
        "url": address,
        "note": f"{_tex(given['license'])} licence" if given.get("license") else "",
    }
    lines = [f"  {name:<8}= {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(given)},", *lines, "}"])


def _year(given: Mapping[str, Any]) -> str:
    return str(given.get("date-released", ""))[:4]


def _name(author: Mapping[str, str]) -> str:
    """A person with the family name first, or a group as it calls itself."""
    family = " ".join(filter(None, [author.get("name-particle"), author.get("family-names")]))
    return ", ".join(filter(None, [family, author.get("given-names")])) or author["name"]


def _tex_name(author: Mapping[str, str]) -> str:
    """A group stands in braces, or its `and` would part it into several authors."""
    return f"{{{_tex(author['name'])}}}" if "name" in author else _tex(_name(author))


def _tex(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _key(given: Mapping[str, Any]) -> str:
    """A short key from the title's first words."""
    words = re.findall(r"[a-z]+", given["title"].partition(":")[0].lower())
    return "-".join([*words, *filter(None, [_year(given)])])
