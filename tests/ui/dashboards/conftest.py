"""Dashboards that tests publish, and take back: the home page of the next test shows none of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.ui.server import Workbench

Publish = Callable[[str, str], str]


@pytest.fixture
def publish(workbench: Workbench) -> Iterator[Publish]:
    """Publishes a notebook of one cell; answers its address. What lies beside it then goes with it."""
    folder = workbench.root / "dashboards"
    before = set(folder.iterdir())

    def write(name: str, source: str) -> str:
        cell = {"cell_type": "code", "source": source, "metadata": dict[str, str](), "outputs": list[str]()}
        notebook = {"cells": [{**cell, "execution_count": None}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
        return f"/voila/render/dashboards/{name}.ipynb"

    yield write
    for made in set(folder.iterdir()) - before:
        shutil.rmtree(made) if made.is_dir() else made.unlink()
