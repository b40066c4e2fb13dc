"""Programs that make environments: where they are on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from ..discovery import Surroundings

_CONDAS = ("mamba", "conda", "micromamba")
_HOMES = ("miniforge3", "mambaforge", "miniconda3", "anaconda3", "micromamba")
_SYSTEM = ("/opt/conda", "/opt/miniforge3", "/opt/miniconda3")


def find_uv(around: Surroundings) -> str | None:
    """The program uv: on PATH, else beside the server's interpreter."""
    places = (around.environ.get("PATH", ""), str(Path(sys.executable).parent))
    return next((found for place in places if (found := shutil.which("uv", path=place))), None)


def find_conda(around: Surroundings) -> str | None:
    """mamba, conda or micromamba: on PATH, else where their installers put them."""
    places = os.pathsep.join([around.environ.get("PATH", ""), *_places(around)])
    known = around.environ.get("CONDA_EXE") or around.environ.get("MAMBA_EXE")
    on_path = (shutil.which(name, path=places) for name in _CONDAS)
    return next(filter(None, on_path), known if known and os.access(known, os.X_OK) else None)


def _places(around: Surroundings) -> Iterator[str]:
    for root in (*(os.path.join(around.home, name) for name in _HOMES), *_SYSTEM):
        yield os.path.join(root, "condabin")
        yield os.path.join(root, "bin")
    yield os.path.join(around.home, ".local", "bin")
