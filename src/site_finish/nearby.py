"""The script of the widgets, fetched when the reader comes near one; until then, figures stand."""

from __future__ import annotations

import re

_SCRIPT = re.compile(r'<script src="(?P<src>[^"]*sybil-pages-widgets\.js)" defer></script>')
_WAIT = """(() => {
  // Not at this script: instant navigation makes it anew, without its attributes.
  const { address } = document.querySelector(".site-nearby").dataset;
  const src = new URL(address, document.baseURI).href;
  const watch = () => {
    const near = new IntersectionObserver(seen => {
      if (!seen.some(one => one.isIntersecting)) return;
      near.disconnect();
      document.head.append(Object.assign(document.createElement("script"), { src }));
    }, { rootMargin: "1000px" });
    for (const widget of document.querySelectorAll(".sp-widget")) near.observe(widget);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", watch);
  else watch(); // instant navigation brought the page
})()"""


def waiting(html: str) -> str:
    """A page whose widgets' script waits. The text is the same in all pages, and so is its hash."""

    def wait(found: re.Match[str]) -> str:
        told = f'<span class="site-nearby" data-address="{found["src"]}" hidden></span>'
        return f"{told}<script>{_WAIT}</script>"

    return _SCRIPT.sub(wait, html)
