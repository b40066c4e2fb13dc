"""Notebooks of one cell, as dashboards that a test publishes."""

from __future__ import annotations

import json
from pathlib import Path


def write_notebook(folder: Path, name: str, source: str) -> str:
    """Write a notebook of one cell into the folder of dashboards; answers its address."""
    cell = {"cell_type": "code", "source": source, "metadata": dict[str, str](), "outputs": list[str]()}
    notebook = {"cells": [{**cell, "execution_count": None}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
    return f"/voila/render/dashboards/{name}.ipynb"
