"""How the C library deals with memory that comes and goes with every body."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT, _LARGE = 64 << 20, 32 << 20


def reuse_memory() -> bool:
    """Keep what bodies took for those to come, up to a bound, rather than fetch each page anew; whether that is so.

    What is larger than some megabytes is given back at once, as ever.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    return mallopt is not None and bool(mallopt(_MMAP_THRESHOLD, _LARGE) and mallopt(_TRIM_THRESHOLD, _KEPT))
