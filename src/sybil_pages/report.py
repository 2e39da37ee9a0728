"""What is said about pages: one line each while they run, their foot in the site, the totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape

from .census import Census, census
from .page import ExecutedPage, Page, counted

BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def line(page: Page, executed: ExecutedPage) -> str:
    """One line about an executed page."""
    found = census(page, executed)
    about = executed["metadata"]["sybil_pages"]
    if about.get("not_executed"):
        return f"{page.path}: not run: {page.rules.reason or 'pages are not executed here'}"
    told = [
        f"{counted(found.blocks, 'block')} ran in {about.get('seconds', 0.0):.1f} s",
        f"{counted(found.claims, 'claim')} verified",
        counted(found.figures, "figure"),
    ]
    if found.failed:
        told.append(f"{found.failed} failed")
    return f"{page.path}: {', '.join(told)}"


def heading(found: Sequence[object]) -> str:
    """The first line of a report of failures."""
    return counted(len(found), "failure")


def listed(reports: Sequence[str]) -> str:
    """All failures of a run: how many, then each."""
    return "\n\n".join([heading(reports), *reports])


def foot(page: Page, executed: ExecutedPage) -> str:
    """The census at the foot of a page, as HTML: what ran here, what was verified, with what.

    Only what is the same at every build on a machine; nothing for a page without code, or one
    that still runs.
    """
    found = census(page, executed)
    told = _told(found, "output")
    if not told or executed["metadata"]["sybil_pages"].get("running"):
        return ""
    reason = page.rules.reason or ""
    if found.shown and not page.rules.run and not reason.startswith("not yet:"):
        told[-1] += f" ({reason})"
    text = ", ".join(told)
    if (found.blocks or found.values) and (with_what := _with_what(executed)):
        text += f"; {with_what}"
    return f'\n<p class="sp-census" data-search-exclude>{escape(text)}</p>'


def running(executed: ExecutedPage) -> str:
    """What stands at the top of a page of a served site while its code still runs."""
    if not executed["metadata"]["sybil_pages"].get("running"):
        return ""
    return (
        '<p class="sp-note sp-running" role="status">The code of this page is running; '
        "its outputs appear here when it is done.</p>\n"
    )


def totals(counts: Iterable[Census], failures: int, cached: int = 0) -> str:
    """The closing line about all pages.

    Args:
        counts: The census of each page.
        failures: How many failures were reported.
        cached: How many of the pages came from the cache.
    """
    pages = list(counts)
    told = _told(replace(Census.sum(pages), failed=0), "claim") or ["nothing to run"]
    from_cache = f" ({cached} from the cache)" if cached else ""
    verdict = counted(failures, "failure") if failures else "no failures"
    return f"{counted(len(pages), 'page')}{from_cache}: {', '.join(told)}; {verdict}"


def not_yet(pages: Iterable[tuple[str, Page, Census]]) -> str:
    """The closing line about blocks that were adopted and are not yet verified; empty without.

    Args:
        pages: The name of each page, the page, and its census.
    """
    left = [(name, found.not_yet(page)) for name, page, found in pages]
    named = [f"{name} {number}" for name, number in left if number]
    total = sum(number for _, number in left)
    verb = "is" if total == 1 else "are"
    return f"{counted(total, 'block')} {verb} not yet verified: {', '.join(named)}" if named else ""


def _told(found: Census, claim: str) -> list[str]:
    """A census in words, without what there is none of."""
    told = []
    if found.blocks:
        told.append(f"{counted(found.blocks, 'block')} ran")
    if found.claims:
        told.append(f"{counted(found.claims, claim)} verified")
    if found.failed:
        told.append(f"{found.failed} failed")
    if found.values:
        told.append(f"{counted(found.values, 'value')} in the text computed")
    if found.shown:
        what = str(len(found.shown)) if told else counted(len(found.shown), "block")
        told.append(f"{what} shown, not run")
    return told


def _with_what(executed: ExecutedPage) -> str:
    """The framework that a page computed with, and on what; NumPy's version where it had none."""
    about = executed["metadata"]["sybil_pages"]
    versions: dict[str, str] = about.get("versions") or {}
    backend: str = about.get("backend") or ""
    used = backend or next((name for name in BACKENDS if name in versions), "")
    framework = _named(BACKENDS.get(used, used), _version(versions, used))
    if backend and "keras" in versions:
        framework = f"{_named('Keras', versions['keras'])} on {framework}"
    if framework:
        return ", ".join([framework, *filter(None, [about.get("device")])])
    return _named("NumPy", versions["numpy"]) if "numpy" in versions else ""


def _version(versions: dict[str, str], framework: str) -> str:
    """The version of a framework, which has more than one distribution (`tensorflow-cpu`)."""
    names = (name for name in versions if re.split("[-_]", name)[0] == framework)
    return versions.get(framework) or next((versions[name] for name in names), "")


def _named(name: str, version: str) -> str:
    """`TensorFlow 2.21` for 2.21.0: a last zero tells nobody anything."""
    short = re.sub(r"^(\d+\.\d+)\.0$", r"\1", version)
    return f"{name} {short}".strip()
