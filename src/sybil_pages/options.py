"""What a page and its blocks ask for: `sybil-pages:` in the front matter, `#|` atop a block."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from .fences import Fence, front_matter
from .page import Options, Page, Problem, Rules

_OPTION = re.compile(r"#\|\s?(?P<key>[\w-]+)\s*(?::\s*(?P<value>.*))?$")


def rules_of(page: Page) -> Rules:
    """What the front matter says under `sybil-pages:`."""
    front = front_matter(page.text)
    if "sybil-pages" not in front:
        return Rules()
    import yaml

    line = front[: front.index("sybil-pages")].count("\n") + 1
    try:
        said = (yaml.safe_load("\n".join(front.splitlines()[1:-1])) or {}).get("sybil-pages") or {}
        rules = Rules(**said)
    except (yaml.YAMLError, TypeError, AttributeError):
        known = ", ".join(field.name for field in fields(Rules))
        page.problems.append(Problem(line, f"`sybil-pages:` is a mapping; it knows {known}"))
        return Rules()
    if not rules.run and not rules.reason:
        page.problems.append(Problem(line, "`run: false` needs a `reason`"))
        return Rules()
    return rules


def options_of(page: Page, fence: Fence) -> tuple[Options, int]:
    """Read the `#|` lines at the top of a block, and count them."""
    given: dict[str, list[str]] = {}
    skipped = 0
    for n, line in enumerate(fence.code):
        if not line.startswith("#|"):
            break
        skipped = n + 1
        match = _OPTION.match(line)
        key = match["key"] if match else ""
        try:
            if match is None or (match["value"] is None and key != "solution"):
                raise ValueError(f"`{line}` is not of the form `#| option: value`")
            if key in given and key not in ("alt", "caption", "inputs"):
                raise ValueError(f"the option `{key}` stands here twice")
            value = "true" if match["value"] is None else match["value"].strip()
            given.setdefault(key, []).append(value)
            _convert(key, given[key])
        except ValueError as error:
            given.pop(key, None)
            page.problems.append(page.problem(fence.first + 2 + n, str(error)))
    values: dict[str, Any] = {key: _convert(key, texts) for key, texts in given.items()}
    options = Options(**values)
    if not options.run and not options.reason:
        page.problems.append(page.problem(fence.first + 1, "`run: false` needs a `reason`"))
    return options, skipped


def _convert(key: str, texts: list[str]) -> object:
    """Turn an option's text into its value, or say what it must be."""
    text = texts[-1]
    known = Options.__dataclass_fields__
    if key not in known:
        raise ValueError(f"`{key}` is no option (there are {', '.join(known)})")
    if not text:
        raise ValueError(f"the option `{key}` has no value")
    if key in ("alt", "caption", "inputs"):
        return tuple(texts)
    if key in ("echo", "run", "table", "solution"):
        if text not in ("true", "false"):
            raise ValueError(f"`{key}` is true or false, not `{text}`")
        return text == "true"
    if key == "results" and text not in ("show", "fold", "hide"):
        raise ValueError(f"`results` is show, fold or hide, not `{text}`")
    if key in ("timeout", "memory", "tolerance"):
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf") or (number == 0 and key != "tolerance"):
            raise ValueError(f"`{key}` is a positive number, not `{text}`")
        return text if key == "tolerance" else number
    return text
