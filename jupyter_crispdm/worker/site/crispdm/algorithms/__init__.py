"""Architectures: training code builds them, the model worker serves what was trained.

Each public module here is one algorithm and has `build(config)` and `load(path, metadata)`; modules with a leading
underscore hold what algorithms share.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import List


def names() -> List[str]:
    """Return the algorithms that can be trained and served, without importing any."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def get(algorithm: str) -> ModuleType:
    """Import the module of an algorithm; only a name listed by `names()` is ever imported."""
    if algorithm not in names():
        raise ValueError("'algorithm' must be one of %s, not %r." % (", ".join(names()), algorithm))
    return importlib.import_module("%s.%s" % (__name__, algorithm))
