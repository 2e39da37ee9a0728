"""Lighthouse 12, as a phone: all but performance 100, on pages of four kinds.

Lighthouse loads a page and computes from what it saw how long a phone on a slow network would
take. Its performance is the median of five runs; the other categories do not vary. What it says of
performance depends on the machine that it runs on: an empty page of the theme has 97 to 100 where
another program runs on the second core. So the floor here is one that notices a step back, on the
pages with the most to show; the aim is 95.
"""

import json
import statistics
import subprocess

import pytest

from tests.server import Server
from tests.tools import NODE, needed, node_package

PAGES = {
    "home": "",
    "widgets": "convolution/",
    "experiment": "experiments/identities/",
    "notebook": "notebooks/cnn-1d/",
}
RUNS = 5
ENOUGH = 75


def lighthouse(addresses: list[str], categories: list[str]) -> list[dict]:
    """What Lighthouse finds in pages, in their order."""
    node_package("lighthouse")
    command = [needed("node", "nodejs"), str(NODE / "lighthouse.mjs")]
    chromium = needed("chromium", "chromium")
    done = subprocess.run(
        [*command, chromium, ",".join(categories), *addresses],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["address"], one.get("error")) for one in found] == [(a, None) for a in addresses]
    return found


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_accessible_sound_and_easy_to_find(kind: str, served: Server) -> None:
    categories = ["accessibility", "best-practices", "seo"]
    (found,) = lighthouse([served.address + PAGES[kind]], categories)
    assert found["short"] == []
    assert found["scores"] == dict.fromkeys(categories, 100)


@pytest.mark.alone
@pytest.mark.parametrize("kind", ["home", "widgets"])  # the first that is seen, and the heaviest
def test_a_page_is_fast_on_a_phone(kind: str, served: Server) -> None:
    """A machine that is busy with something else at the time is given a second chance."""
    runs: list[dict] = []
    for _ in range(2):
        runs = lighthouse([served.address + PAGES[kind]] * RUNS, ["performance"])
        if statistics.median(run["scores"]["performance"] for run in runs) >= ENOUGH:
            return
    scores = [(run["scores"]["performance"], f"machine at {run['speed']}") for run in runs]
    pytest.fail(f"median below {ENOUGH} in two rounds: {scores}; {runs[RUNS // 2]['short']}")
