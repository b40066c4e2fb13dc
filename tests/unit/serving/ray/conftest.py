"""A registry as several machines share it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shelves import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Two versions of a model, of which the first is the champion."""
    shelf = Shelf(tmp_path)
    shelf.add()
    shelf.add(0.01)
    shelf.point("champion", 1)
    return shelf
