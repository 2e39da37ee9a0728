"""A value → the forms in which a page shows it, and in which a script takes it."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

_MIMES = ("image/svg+xml", "image/png", "text/markdown", "text/plain")
_NESTED = 512  # values up to which an array is written as nested lists, which anybody can read
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def is_figure(value: object) -> bool:
    """Keep a displayed figure for the end of its block; False for any other value."""
    if "matplotlib.figure" not in sys.modules:
        return False
    from . import figures

    return figures.wait_for(value)


def pictures(code: str, *, tabled: bool = False) -> list[dict[str, Any]]:
    """The figures of a block, and, where `tabled`, their data, each by the names of its forms.

    A page that does not draw does not import matplotlib.
    """
    if "matplotlib.figure" not in sys.modules:
        return []
    from . import figures

    return figures.pictures(code, tabled=tabled)


def is_plumbing(value: object) -> bool:
    """Is this what matplotlib's calls return, which nobody wants to read?"""
    if type(value).__module__.partition(".")[0] in ("matplotlib", "mpl_toolkits"):
        return True
    kind = type(value).__name__
    if isinstance(value, (list, tuple)) or kind == "ndarray":
        items = list(getattr(value, "flat", value))[:100]  # type: ignore[call-overload]
        return bool(items) and any(is_plumbing(item) for item in items)
    return False


class _Strict:
    """The shell that IPython's formatters ask what to do with an error: raise it."""

    def showtraceback(self, info: tuple[Any, BaseException, Any]) -> None:
        """Raise the error of a representation, which formatters only print."""
        raise info[1]


@cache
def formatter() -> Any:
    """IPython's formatters; making them takes longer than most blocks."""
    from IPython.core import formatters

    setattr(formatters, "get_ipython", _Strict)  # noqa: B010 -- no public name
    made = formatters.DisplayFormatter()
    made.format("", include=_MIMES)  # it is complete only after its first use
    return made


def formatted(value: object) -> dict[str, Any]:
    """A value through IPython's formatters, in the few forms that a page shows."""
    data, _ = formatter().format(value, include=_MIMES)
    shown: dict[str, Any] = {}
    for mime in _MIMES:
        if mime in data:
            content = data[mime]
            if isinstance(content, bytes):
                content = base64.b64encode(content).decode()
            shown[mime] = content
    if _ADDRESS.search(shown.get("text/plain", "")):
        del shown["text/plain"]
    return shown


def in_sentence(value: object) -> str:
    """A value as a sentence shows it; a number of NumPy's is written without its type."""
    numpy = sys.modules.get("numpy")
    scalar = numpy is not None and isinstance(value, numpy.generic)
    return str(value) if scalar or isinstance(value, str) else repr(value)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: arrays as nested lists, or packed where they are large.

    Raises:
        ValueError: JSON has no form for it, or it is not finite.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not hasattr(value, "dtype"):
        return _finite(value)
    import numpy as np

    try:
        array = np.asarray(value)
    except Exception as error:
        raise ValueError(f"a {type(value).__name__} cannot be shown: {error}") from error
    if array.dtype.kind not in "biuf":
        raise ValueError(f"a {type(value).__name__} cannot be shown: give numbers or text")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("it holds nan or inf, and a widget shows finite numbers")
    return array.tolist() if array.size <= _NESTED else _packed(array)


def _finite(value: float) -> float:
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("it is nan or inf, and a widget shows finite numbers")
    return value


def _packed(array: Any) -> dict[str, Any]:
    """An array as the bytes of one of the types that scripts have."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind == "b" or (kind == "u" and size == 1):
        name = "uint8"
    elif kind == "f":
        name = "float32" if size <= 4 else "float64"
    else:
        name = "int32" if abs(array).max() < 2**31 else "float64"
    content = array.astype(f"<{array.astype(name).dtype.str[1:]}").tobytes()
    return {
        "dtype": name,
        "shape": list(array.shape),
        "base64": base64.b64encode(content).decode(),
    }
