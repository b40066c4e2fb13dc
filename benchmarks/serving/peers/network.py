"""A network that a peer serves, as its authors' examples would: which one the environment says."""

# mypy: ignore-errors
# It runs in an environment of its own.

import importlib
import json
import os
from pathlib import Path

import torch

DIRECTORY, NAME = Path(os.environ["BENCH_DIRECTORY"]), os.environ["BENCH_MODEL"]
MODEL = json.loads((DIRECTORY / "models.json").read_text())[NAME]
SHAPE = MODEL["shape"]

torch.set_num_threads(1)
network = importlib.import_module(f"crispdm.algorithms.{MODEL['algorithm']}").build(MODEL["config"])
network.load_state_dict(torch.load(DIRECTORY / f"{NAME}.pt", weights_only=True))
network.eval()


@torch.inference_mode()
def predict(batch):
    """Answer a batch of inputs."""
    return network(batch)
