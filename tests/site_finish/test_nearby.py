"""The script of the widgets waits for the reader; its loader is the same text in all pages."""

import re

from site_finish.nearby import waiting


def loader(address: str) -> tuple[str, str]:
    html = waiting(f'<script src="{address}" defer></script>\n')
    told = r'<span class="site-nearby" data-address="([^"]*)" hidden></span>'
    found = re.fullmatch(told + r"<script>(.*)</script>\n", html, re.DOTALL)
    assert found
    return found[1], found[2]


def test_the_script_is_named_and_not_loaded() -> None:
    assert loader("../assets/sybil-pages-widgets.js")[0] == "../assets/sybil-pages-widgets.js"


def test_one_hash_allows_it_in_all_pages() -> None:
    some = {loader(f"{up}assets/sybil-pages-widgets.js")[1] for up in ("", "../", "../../")}
    assert len(some) == 1


def test_other_scripts_stay() -> None:
    assert waiting('<script src="a.js" defer></script>') == '<script src="a.js" defer></script>'
