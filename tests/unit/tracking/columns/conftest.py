"""Long runs, written at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jupyter_crispdm.tracking.sources import RECORD

Write = Callable[..., NDArray[np.float64]]


def write_rows(run: Path, values: NDArray[np.float64], names: int = 1, file: str = "1-a", step: int = 0) -> None:
    """Append values to a file of metrics: as many names take turns, each value has the next step of its name."""
    path = run / "metrics" / f"{file}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = np.zeros(len(values), RECORD)
    records["name"] = np.arange(len(values)) % names
    records["step"] = step + np.arange(len(values)) // names
    records["value"] = values
    records["time"] = 1000.0 + step + np.arange(len(values)) // names
    with open(path, "ab") as written:
        written.write(records.tobytes())
    table, text = path.with_suffix(".names"), "".join(f'"m{number}"\n' for number in range(names))
    if not table.exists() or table.read_text() != text:  # a recorder only adds to it
        table.write_text(text)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """An empty run directory, in one that is not its own."""
    directory = tmp_path / "jobs" / "one"
    directory.mkdir(parents=True)
    return directory


def noise(count: int, seed: int = 1) -> NDArray[np.float64]:
    """A walk."""
    return np.random.default_rng(seed).normal(size=count).cumsum()
