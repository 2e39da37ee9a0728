"""The policy names each script that may run, and nothing else runs."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from site_finish.policy import inline_scripts, policy, protect

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8">'
PAGE = HEAD + "<title>T</title></head><body>{}</body></html>"


def write(folder: Path, **pages: str) -> None:
    for name, body in pages.items():
        path = folder / name / "index.html"
        path.parent.mkdir(parents=True)
        path.write_text(PAGE.format(body), "utf-8")


def rules(html: str) -> dict[str, str]:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    return dict(rule.strip().split(" ", 1) for rule in found[1].split(";"))


def test_scripts_that_run_are_found_and_data_are_not() -> None:
    html = (
        "<script>a &amp;&amp; b</script><script src='x.js'>no</script>"
        '<script type="application/json">{"no": 1}</script><script type="module">c</script>'
        "<script></script><pre>&lt;script&gt;no&lt;/script&gt;</pre>"
    )
    assert inline_scripts(html) == ["a &amp;&amp; b", "c"]


def test_a_hash_is_that_of_the_text_as_it_stands() -> None:
    text = "let größe = 1;\n"
    expected = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
    assert f"script-src 'self' 'sha256-{expected}';" in policy([text, text])


def test_nothing_unsafe_is_allowed() -> None:
    rule = policy(["a"])
    assert "unsafe" not in rule
    assert "http" not in rule
    assert "*" not in rule
    assert rule.startswith("default-src 'none'; ")


def test_all_pages_have_one_policy_for_all_scripts(tmp_path: Path) -> None:
    write(tmp_path, one="<script>a</script>", two="<script>b</script>")
    protect(tmp_path)
    one, two = (rules((tmp_path / name / "index.html").read_text()) for name in ("one", "two"))
    assert one == two
    assert one["script-src"].count("sha256-") == 2
    assert one["style-src"] == "'self'"


def test_a_page_without_a_place_for_it_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>No head</p>", "utf-8")
    with pytest.raises(ValueError, match=r"page\.html has no `<meta charset"):
        protect(tmp_path)


def test_a_browser_obeys_it(tmp_path: Path, browser) -> None:
    """A script that came later does not run, nor does an attribute or a style of an element."""
    late = "document.title = 'late'"
    write(tmp_path, page="<p id='p' style='color: red' onclick='document.title = 1'>P</p>")
    protect(tmp_path)
    file = tmp_path / "page" / "index.html"
    file.write_text(file.read_text().replace("</body>", f"<script>{late}</script></body>"))
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    page.locator("#p").click()
    colour = page.evaluate("getComputedStyle(document.getElementById('p')).color")
    assert (page.title(), colour) == ("T", "rgb(0, 0, 0)")
    assert sum("Content Security Policy" in text for text in said) == 3
    page.close()
