"""The widgets' own modules, under Node."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np

from sybil_pages import widgets

SCRIPTS = Path(widgets.__file__).parent / "assets" / "widgets"
_ASKED = """
const SCRIPTS = process.argv[1];
const GIVEN = JSON.parse(require("fs").readFileSync(0, "utf-8"));
"""


def in_node(program: str, given: object) -> list:
    """What a program writes as JSON.

    Args:
        program: JavaScript, which finds the folder of the scripts in `SCRIPTS`, and `given` in
            `GIVEN`.
        given: What JSON can hold, and arrays.
    """
    found = shutil.which("node")
    if found is None:  # playwright brings one
        from playwright._impl._driver import compute_driver_executable

        found = str(compute_driver_executable()[0])
    ran = subprocess.run(
        [found, "-e", _ASKED + program, str(SCRIPTS)],
        input=json.dumps(given, default=np.ndarray.tolist),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
