"""What the fork server imports, once, for all pages: installed packages, never project modules.

The standard library's fork server imports this module when it starts; it learns the names from its
environment. An import that fails is left to the page, which says so at its own line.
"""

import contextlib
import gc
import importlib.util
import os
import warnings

from .linux import die_with_parent
from .values import formatted


def load(names: list[str]) -> None:
    """Import modules by name, without ever raising."""
    for name in names:
        with contextlib.suppress(BaseException), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if name.count(".") == 0 or importlib.util.find_spec(name):
                importlib.import_module(name)


if "SYBIL_PAGES_PRELOAD" in os.environ:
    die_with_parent()  # pages that still run would keep the server alive
    gc.disable()  # importing makes a million objects that all live on: a fifteenth of the time
    asked = os.environ.pop("SYBIL_PAGES_PRELOAD").split(",")
    load(["sybil_pages.process"])
    load([name for name in asked if name])
    if "matplotlib" in {name.partition(".")[0] for name in asked}:
        load(["sybil_pages.figures"])
    formatted(0)  # the formatters make their parts at first use
    gc.freeze()  # pages share these pages of memory: their collector need not look at them
    gc.enable()
