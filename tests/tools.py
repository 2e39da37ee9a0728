"""What the checks of the built site run beside Python, if it is there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"
"""Its `package-lock.json` says which programs, and by their hashes that they are right."""


def needed(name: str, debian: str) -> str:
    """The path of a program that a test cannot do without.

    Where it is missing, the test is skipped; where all checks must run (`CI=true`), it fails.

    Args:
        name: The program.
        debian: The package that brings it on Debian.
    """
    found = shutil.which(name)
    if found is None:
        _missing(f"needs {name} (Debian: apt-get install {debian})")
    return str(found)


def node_package(name: str) -> Path:
    """The folder of a package from `tests/node`; where it is missing, as `needed`."""
    folder = NODE / "node_modules" / name
    if not folder.is_dir():
        _missing(f"needs {name} (run: npm ci --prefix tests/node)")
    return folder


def _missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, which may be left out on a laptop, but not in CI")
    pytest.skip(what)
