"""What the first cells of an edition do: install and write what is missing, and listen.

Editions carry the text of these functions, so each stands alone and imports what it needs itself.
"""

from __future__ import annotations


def install_missing(needed: dict[str, str], environment: dict[str, str]) -> None:
    """Install the packages that are missing, in the versions that the page ran with.

    Args:
        needed: What to install, such as `scikit-learn==1.6`, by the name of the module.
        environment: The variables that the page ran with; what is set already stays.
    """
    import importlib.util
    import os
    import subprocess
    import sys

    for name, value in environment.items():
        os.environ.setdefault(name, value)
    missing = [package for name, package in needed.items() if not importlib.util.find_spec(name)]
    if missing:
        print("Installing", *missing)
        if not importlib.util.find_spec("pip"):
            subprocess.check_call([sys.executable, "-m", "ensurepip"])
        subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *missing])
        importlib.invalidate_caches()


def write_missing(files: dict[str, str], folder: str = ".") -> None:
    """Write the project's files that the page uses, where they are not there already.

    Args:
        files: Their texts, by their paths.
        folder: Where to.
    """
    import importlib
    from pathlib import Path

    for name, text in files.items():
        path = Path(folder, name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        elif path.read_text(encoding="utf-8") != text:
            print(f"{name} is here already, and differs from the page's: it stays as it is.")
    importlib.invalidate_caches()


def load_witness(sources: dict[str, str], claims: str, tested: dict[str, str]) -> object:
    """Listen to the cells from now on; `report()` of what this gives says how many claims hold.

    Args:
        sources: The modules that compare, by their names; each may import those before it.
        claims: What each cell must show, as JSON.
        tested: The versions that the page ran with.
    """
    import json
    import sys
    import types

    if "page_claims" in sys.modules:  # this cell ran before
        sys.modules["page_claims"].listening.close()
    package = types.ModuleType("page_claims")
    package.__path__ = []
    sys.modules["page_claims"] = package
    for name, text in sources.items():
        module = types.ModuleType(f"page_claims.{name}")
        sys.modules[module.__name__] = module
        exec(compile(text, f"<{module.__name__}>", "exec"), module.__dict__)
        setattr(package, name, module)
    listening = package.witness.Witness(json.loads(claims), tested)
    package.listening = listening  # type: ignore[attr-defined]
    return listening
