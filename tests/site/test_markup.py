"""The Nu HTML checker, run over every page, finds no error but the theme's own, listed here."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.tools import needed, node_package

THEIRS = {
    # Firefox remembers over a reload which box is checked, unless the box says `autocomplete`; so
    # Material says it of the boxes that open its drawer and its search. It has no other effect.
    "Attribute “autocomplete” is only allowed when the input type is": r'id="__(drawer|search)"',
}
"""What the checker says of the theme's own markup, and of which element it may say so."""


def said_by_vnu(files: list[Path]) -> list[dict]:
    """The messages of the Nu HTML checker: all errors."""
    jar = node_package("vnu-jar") / "build" / "dist" / "vnu.jar"
    java = needed("java", "default-jre-headless")
    options = ["--errors-only", "--exit-zero-always", "--format", "json"]
    done = subprocess.run(
        [java, "-jar", str(jar), *options, *map(str, files)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=600,
    )
    return json.loads(done.stderr)["messages"]


def is_the_themes(message: dict) -> bool:
    return any(
        re.match(said, message["message"]) and re.search(element, message.get("extract", ""))
        for said, element in THEIRS.items()
    )


@pytest.fixture(scope="module")
def messages(site: Path) -> list[dict]:
    """What is said of the site's files."""
    files = sorted(site.rglob("*.html"))
    assert len(files) > 20
    return said_by_vnu(files)


def test_no_page_has_an_error_of_ours(site: Path, messages: list[dict]) -> None:
    ours = [
        f"{message['url'].partition(site.name + '/')[2]}:{message.get('lastLine')}: "
        f"{message['message']} ({message.get('extract', '').strip()})"
        for message in messages
        if not is_the_themes(message)
    ]
    assert ours == []


def test_each_error_that_is_listed_as_the_themes_still_occurs(messages: list[dict]) -> None:
    gone = [s for s in THEIRS if not any(re.match(s, message["message"]) for message in messages)]
    assert gone == []


def test_the_checker_is_awake(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<!doctype html><html lang=en><title>t</title><p id=a><b id=a>"
    )
    assert any(
        "Duplicate ID" in message["message"] for message in said_by_vnu([tmp_path / "a.html"])
    )
