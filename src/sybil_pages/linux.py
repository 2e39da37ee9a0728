"""What Linux can promise about processes; elsewhere these calls do nothing."""

from __future__ import annotations

import ctypes
import signal
import sys

_PDEATHSIG, _NO_NEW_PRIVILEGES, _SUBREAPER = 1, 38, 36


def die_with_parent() -> None:
    """End with the process that started this one, however that ends."""
    _prctl(_PDEATHSIG, int(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL))


def adopt_orphans() -> bool:
    """Become the parent of what descendants start and abandon; False where nobody can."""
    return _prctl(_SUBREAPER, 1)


def no_new_privileges() -> bool:
    """Gain no rights any more by starting programs."""
    return _prctl(_NO_NEW_PRIVILEGES, 1)


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        return int(ctypes.CDLL(None).prctl(option, value, 0, 0, 0)) == 0
    except (OSError, AttributeError):
        return False
