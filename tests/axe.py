"""axe-core's rules for WCAG 2.2 AA, asked about a page that stands open in a browser."""

from __future__ import annotations

from typing import NamedTuple

from tests.tools import node_package

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}

_THIN_OUT = """() => {
  const seen = new Set(), again = [];
  for (const token of document.querySelectorAll("pre span:not(:has(*))")) {
    const box = token.closest("pre").parentElement;
    const { color, fontWeight } = getComputedStyle(token);
    const kind = [token.className, color, fontWeight, box.className, box.parentElement.className];
    if (seen.has(kind.join("|"))) again.push(token);
    seen.add(kind.join("|"));
  }
  for (const token of again) token.replaceWith(token.textContent);  // now: no style is asked for
  for (const figure of document.querySelectorAll("svg[role=img]")) figure.replaceChildren();
}"""


class Violation(NamedTuple):
    """What axe found.

    Attributes:
        rule: The rule's name.
        where: A selector of the element.
        remedy: What would mend it.
    """

    rule: str
    where: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.remedy}"


def prepare(page: object) -> None:
    """Bring axe into a page, and take out what it need not look at.

    That is all but one of the words of code that look the same, thousands in a long page, and what
    is inside an image: its label stands for it, and tests of figures ask about its colours.
    """
    page.evaluate((node_package("axe-core") / "axe.min.js").read_text("utf-8"))
    page.evaluate(_THIN_OUT)


def violations(page: object, *, colours_only: bool = False) -> list[Violation]:
    """What axe finds in a page as it stands now, by all its rules or those about colours."""
    rules = RULES | {"runOnly": ["color-contrast", "link-in-text-block"]} if colours_only else RULES
    found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    return [
        Violation(rule["id"], str(node["target"][0]), " ".join(node["failureSummary"].split()))
        for rule in found
        for node in rule["nodes"]
    ]
