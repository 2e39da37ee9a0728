"""What the README says is what is checked: its commands, its YAML, its links."""

import re
from pathlib import Path

import pytest
import yaml

from sybil_pages.pytest_plugin import Pages
from sybil_pages.weave import labelled, standalone


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text("utf-8")


def fences(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_shell_commands_are_those_that_continuous_integration_executes(
    root: Path, readme: str
) -> None:
    """`.ci/run` takes each line from the README by its ending, and executes it."""
    script = (root / ".ci" / "run").read_text("utf-8")
    commands = [line for fence in fences(readme, "sh") for line in fence.splitlines() if line]
    endings = [command.rpartition(".venv/bin/")[2] for command in commands]
    assert endings == ["mkdocs serve", "pytest"]
    for name, ending in (("serve", "'mkdocs serve'"), ("tests", "pytest")):
        assert f"{name}=$(readme_line {ending})" in script
        assert re.search(rf'bash -euc "\${name}[ "]', script)  # with options behind it, or none


def test_yaml_fences_parse(readme: str) -> None:
    found = fences(readme, "yaml")
    assert found
    assert all(yaml.safe_load(fence) for fence in found)


def test_links_into_the_repository_lead_somewhere(root: Path, readme: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", readme)
    assert len(links) >= 5
    assert [link for link in links if not (root / link.partition("#")[0]).exists()] == []


def test_the_picture_is_the_one_that_the_page_computes(
    root: Path, readme: str, pages: Pages
) -> None:
    """To make it anew after the page changed, delete it and run this test twice."""
    if not (root / "docs" / "convolution.md").exists():
        pytest.skip("docs/convolution.md is deleted: the README wants a picture of its own")
    page = pages.load(root / "docs" / "convolution.md")
    alt = re.search(r'<img[^>]* alt="([^"]+)"', readme)[1]
    (block,) = [block for block in page.blocks if block.options.alt == (alt,)]
    cells = {cell["id"]: cell for cell in pages.executed(page)["cells"]}
    shown = [output["data"] for output in cells[f"block-{block.number}"]["outputs"]]
    (svg,) = [data["image/svg+xml"] for data in shown if "image/svg+xml" in data]
    computed = standalone(labelled(block, 0, svg), paper="#fcfcfa")
    picture = root / re.search(r'<img[^>]* src="([^"]+)"', readme)[1]
    if not picture.exists():
        picture.write_text(computed + "\n", "utf-8")
        pytest.fail(f"{picture.name} was missing; it is drawn now")
    texts = re.compile(r"<text[^>]*>([^<]*)</text>")
    assert texts.findall(picture.read_text("utf-8")) == texts.findall(computed)


def test_every_folder_that_is_named_exists(root: Path, readme: str) -> None:
    named = re.findall(r"^\| \[`([^`]+)`\]", readme, re.MULTILINE)
    assert named == ["docs/", "snippets/", "src/sybil_pages/", "src/site_finish/", "tests/"]
    assert all((root / name).is_dir() for name in named)
