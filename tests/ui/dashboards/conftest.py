"""Dashboards that tests publish, and take back: the home page of the next test shows none of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.ui.notebooks import write_notebook
from tests.ui.server import Workbench

Publish = Callable[[str, str], str]


@pytest.fixture
def publish(workbench: Workbench) -> Iterator[Publish]:
    """Publishes a notebook of one cell; answers its address. What lies beside it then goes with it."""
    folder = workbench.root / "dashboards"
    before = set(folder.iterdir())

    yield lambda name, source: write_notebook(folder, name, source)
    for made in set(folder.iterdir()) - before:
        shutil.rmtree(made) if made.is_dir() else made.unlink()
