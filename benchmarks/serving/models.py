"""The three models that are served: a small network for rows, one that names pictures, and one that segments them.

The same weights are served by everybody; peers make the networks from the same code, in an environment of their own.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SITE = Path(__file__).parents[2] / "jupyter_crispdm" / "worker" / "site"
CLASSES = ["a", "b", "c"]


@dataclass(frozen=True)
class Model:
    """A model: its network, and what is sent to it."""

    name: str
    algorithm: str
    config: dict[str, Any]
    input: str
    shape: tuple[int, ...]

    @property
    def numbers(self) -> int:
        """How many numbers a request has."""
        count = 1
        for length in self.shape:
            count *= length
        return count

    def weights(self, directory: Path) -> Path:
        """Where its weights lie."""
        return directory / f"{self.name}.pt"


MODELS = {
    "S": Model("S", "mlp", {"sizes": [20, 64, 3]}, "features", (1, 20)),
    "M": Model("M", "cnn", {"classes": CLASSES}, "images", (1, 3, 64, 64)),
    "L": Model("L", "unet", {"classes": CLASSES}, "images", (1, 3, 256, 256)),
}

ENGINES = {"M": "onnxruntime", "L": "onnxruntime"}
"""What runs a network of ours, where that is not torch: it takes 45 MB more, which rows of numbers are not worth."""


def make(directory: Path) -> None:
    """Write untrained weights: what they say costs as much as what trained ones do."""
    import torch

    sys.path.insert(0, str(SITE))
    from importlib import import_module

    torch.manual_seed(0)
    for model in MODELS.values():
        network = import_module(f"crispdm.algorithms.{model.algorithm}").build(model.config)
        torch.save(network.state_dict(), model.weights(directory))
    (directory / "models.json").write_text(json.dumps({name: vars(model) for name, model in MODELS.items()}))


def spec(model: Model, directory: Path, batch: int) -> dict[str, Any]:
    """A deployment of it."""
    metadata = {"config": model.config, "engine": ENGINES.get(model.name, "torch")}
    return {
        "id": model.name, "model": model.name, "version": 1, "algorithm": model.algorithm, "dataset": "bench",
        "path": str(model.weights(directory)), "classes": model.config.get("classes", []),
        "metadata": metadata, "python": sys.executable, "environ": dict(os.environ), "created": 1.0,
        "batch": batch,
    }  # fmt: skip
