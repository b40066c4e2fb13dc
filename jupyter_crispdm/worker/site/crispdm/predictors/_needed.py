"""What a model needs of the environment it runs in."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from types import ModuleType
from typing import Iterator

PACKAGES = {"PIL": "pillow", "sklearn": "scikit-learn"}
"""What is to be installed for a module, where that has another name."""


def needed(module: str) -> ModuleType:
    """Import a module; ValueError says in one sentence which package is missing."""
    with telling_what_is_missing():
        return importlib.import_module(module)


@contextmanager
def telling_what_is_missing() -> Iterator[None]:
    """Say in one sentence which package an import did not find, or why it cannot be imported: a ValueError."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "a package").partition(".")[0]
        package = PACKAGES.get(name, name)
        raise ValueError("%s is not installed in this environment: pip install %s" % (package, package)) from error
    except ImportError as error:
        raise ValueError("What the model needs cannot be imported in this environment: %.300s" % error) from error
