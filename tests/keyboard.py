"""A page as somebody finds it who has a keyboard and no mouse."""

from __future__ import annotations

from typing import NamedTuple

_WATCH = """() => {
  // A box that the theme hides is shown by its labels, or by the one behind it.
  const faces = element => [element, ...(element.labels ?? []), element.nextElementSibling]
    .filter(one => one === element || one?.localName === "label");
  const style = element => faces(element).map(one => {
    const s = getComputedStyle(one);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor,
            s.backgroundColor, s.color, s.textDecorationLine, s.opacity].join();
  }).join("|");
  const inTurn = element => {
    if (element.type !== "radio") return true;  // of a group, the keyboard reaches one
    const group = [...document.getElementsByName(element.name)];
    return element === (group.find(one => one.checked) ?? group[0]);
  };
  const name = element => {
    const text = (element.getAttribute("aria-label") || element.textContent || element.id).trim();
    return `<${element.localName} class="${element.className}"> ${text.slice(0, 40)}`;
  };
  const shown = element => {
    const some = faces(element).flatMap(one => [...one.getClientRects()]);
    return some.filter(({ width, height }) => width > 3 && height > 3).some(rect => {
      const left = Math.max(rect.left, 0), right = Math.min(rect.right, innerWidth);
      const top = Math.max(rect.top, 0), bottom = Math.min(rect.bottom, innerHeight);
      if (left >= right || top >= bottom) return false;
      return [0.1, 0.5, 0.9].some(part => [0.1, 0.5, 0.9].some(down => {
        const x = left + part * (right - left), y = top + down * (bottom - top);
        const hit = document.elementFromPoint(x, y);
        const of = one => one.contains(hit) || hit?.contains(one);
        return hit && faces(element).some(of);
      }));
    });
  };
  const every = [...document.querySelectorAll(
    "a[href], button, summary, input, select, textarea, [tabindex]"
  )].filter(e => e.tabIndex >= 0 && !e.disabled && e.getClientRects().length && inTurn(e)
    && !e.hidden && e.checkVisibility({ visibilityProperty: true }));
  const before = new Map(every.map(element => [element, style(element)]));
  const reached = new Map();
  addEventListener("keydown", () => {
    const element = document.activeElement;
    if (reached.has(element) || element === document.body) return;
    const plain = before.get(element);
    reached.set(element, {
      shown: shown(element),
      marked: plain === undefined || plain !== style(element),
    });
  }, true);
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  window.keyboard = {
    all: every.length,
    // Nobody presses keys as fast as a test: what was out of sight is given time to be drawn.
    again: async () => {
      for (const [element, how] of reached) {
        if (how.shown || !element.isConnected) continue;
        element.blur();
        element.focus();
        await drawn();
        how.shown = shown(element);
      }
    },
    report: () => ({
      reached: reached.size,
      // The theme takes code out of turn that has nothing to scroll, when it comes into view.
      missed: every.filter(e => e.isConnected && e.tabIndex >= 0 && !reached.has(e)).map(name),
      hidden: [...reached].filter(([, how]) => !how.shown).map(([e]) => name(e)),
      unmarked: [...reached].filter(([, how]) => !how.marked).map(([e]) => name(e)),
    }),
  };
  return every.length;
}"""


class Tour(NamedTuple):
    """What a reader met who pressed Tab from the top of a page to its end.

    Attributes:
        reached: How many elements had the focus.
        missed: Those that can be used, and never had it.
        hidden: Those that had it where nobody could see them.
        unmarked: Those that looked the same with it as without.
    """

    reached: int
    missed: list[str]
    hidden: list[str]
    unmarked: list[str]

    def wrong(self) -> list[str]:
        """All that is wrong, as lines to read."""
        return [
            f"{what}: {element}"
            for what, elements in zip(
                ("Tab never reaches", "hidden when it has the focus", "nothing shows its focus"),
                (self.missed, self.hidden, self.unmarked),
                strict=True,
            )
            for element in elements
        ]


def tour(page: object) -> Tour:
    """Press Tab till the page has no more elements to reach, or till it is no use."""
    count = page.evaluate(_WATCH)
    for _ in range(3):  # what comes on the way, such as buttons of code, has its turn as well
        for _ in range(count // 2 + 10):
            page.keyboard.press("Tab")
        page.evaluate("keyboard.again()")
        found = Tour(**page.evaluate("keyboard.report()"))
        if not found.missed:
            break
    return found
