"""A built site → a zip that works where nothing serves it: unpacked, and opened as files.

There a link must name a file, for a folder shows its list; a page may read no other file but by
`script`, so the search index becomes one; and no worker starts, so that of the search runs in a
hidden page (`offline-worker.js`).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from . import tags
from .archive import archive

ONLINE = "data-site-online"
"""The attribute of what makes no sense here: a link to the zip itself."""
_SEARCH = "search/search_index"
_WORKER = ("offline-worker.js", "offline-worker.html")
_ASSETS = Path(__file__).parent / "assets"
_CONFIG = re.compile(r'(<script id="__config" type="application/json">)(.*?)(</script>)', re.DOTALL)
_LEFT_OUT = re.compile(r"404\.html|sitemap\.xml(\.gz)?|llms(-full)?\.txt|.*\.map|[^/]*\.zip")
_SCRIPT = re.compile(r'<script (?:data-)?src="(?P<folder>[^"]*)assets/javascripts/bundle')


def edition(site: Path, name: str) -> bytes:
    """The whole site as a zip with one folder.

    Args:
        site: The built site.
        name: What the folder is called.
    """
    paths = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    kept = {uri: path for uri, path in paths.items() if not _LEFT_OUT.fullmatch(uri)}
    files = {uri: path.read_bytes() for uri, path in kept.items()}
    for uri, content in files.items():
        if uri.endswith(".html"):
            files[uri] = page(content.decode(), uri, files).encode()
    if index := files.pop(f"{_SEARCH}.json", None):
        files[f"{_SEARCH}.js"] = search(index.decode(), files).encode()
        files.update({f"assets/{asset}": (_ASSETS / asset).read_bytes() for asset in _WORKER})
    return archive({f"{name}/{uri}": content for uri, content in files.items()})


def page(html: str, uri: str, files: Iterable[str]) -> str:
    """A page of the site as it works alone.

    Args:
        html: The page.
        uri: Its file, from the site's root.
        files: All files of the site.
    """
    there = files if isinstance(files, dict | set | frozenset) else set(files)
    html = tags.without(html, ("http-equiv", "rel", ONLINE), _unwanted)
    html = tags.changed(html, ("href", "src"), lambda link: to_file(link, uri, there))
    html = _CONFIG.sub(lambda found: found[1] + _config(found[2]) + found[3], html)
    shim = f'<script src="{{}}assets/{_WORKER[0]}"></script>'
    return _SCRIPT.sub(lambda found: shim.format(found["folder"]) + found[0], html, count=1)


def to_file(link: str, uri: str, files: Iterable[str]) -> str:
    """A link that names a file, where it named a folder.

    Args:
        link: The link.
        uri: The file in which it stands, from the site's root.
        files: All files of the site.
    """
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return link
    folder = posixpath.dirname(uri)
    target = posixpath.normpath(posixpath.join(folder, unquote(parts.path), "index.html"))
    if target not in files:
        return link
    path = posixpath.join(parts.path, "index.html")
    return urlunsplit(parts._replace(path=posixpath.normpath(path)))


def search(index: str, files: Iterable[str]) -> str:
    """The search index as a script, its results files.

    Args:
        index: The index, as JSON.
        files: All files of the site.
    """
    data = json.loads(index)
    for entry in data["docs"]:
        at = urlsplit(entry["location"])
        link = urlunsplit(at._replace(path=at.path or "./"))
        entry["location"] = to_file(link, "index.html", files)
    return f"var __index = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}"


def _unwanted(name: str, given: tags.Attributes) -> bool:
    policy = given.get("http-equiv", "").lower() == "content-security-policy"
    preload = name == "link" and given.get("rel") == "preload"  # refused between files
    return policy or preload or ONLINE in given


def _config(text: str) -> str:
    """Material's settings, without what needs a server."""
    settings = json.loads(text)
    features = settings.get("features", [])
    settings["features"] = [f for f in features if not f.startswith("navigation.instant")]
    return json.dumps(settings, separators=(",", ":")).replace("</", "<\\/")
