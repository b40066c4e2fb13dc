"""Layers of numbers: the network for tables, one row in, one answer out."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Tuple, Union

import numpy as np
import torch
from torch import Tensor, nn

from ._checkpoint import trained
from ._config import names, one_of, only, whole_numbers
from ._engine import Run, Writer, by_onnxruntime, wanted
from ._quick import as_tensor, sample
from ._tensors import MANY, check, tensor

KEYS = ("sizes", "activation", "classes")
WIDEST, DEEPEST = 16_384, 32
MOST_WEIGHTS = 1 << 28
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU, "silu": nn.SiLU}


@dataclass(frozen=True)
class Config:
    """What the network is made of: numbers in, of each hidden layer, and out; classes, where it has any."""

    sizes: Tuple[int, ...]
    activation: str = "relu"
    classes: Tuple[str, ...] = ()

    @classmethod
    def parse(cls, config: Mapping[str, Any]) -> Config:
        """Check a configuration that came with a model file; ValueError names what is wrong."""
        only(config, KEYS)
        sizes = whole_numbers(config, "sizes", 1, WIDEST, 2, DEEPEST)
        if sum(before * after for before, after in itertools.pairwise(sizes)) > MOST_WEIGHTS:
            raise ValueError("'config.sizes' make more than %d million weights." % (MOST_WEIGHTS >> 20))
        classes = names(config, "classes") if config.get("classes") else ()
        if classes and len(classes) != sizes[-1]:
            raise ValueError("'config.classes' must name as many classes as the last of 'sizes': %d." % sizes[-1])
        return cls(sizes, one_of(config, "activation", tuple(ACTIVATIONS)), classes)


class MLP(nn.Sequential):
    """Linear layers with an activation between each two."""

    def __init__(self, config: Config) -> None:
        layers = []
        for before, after in zip(config.sizes, config.sizes[1:]):
            layers += [nn.Linear(before, after), ACTIVATIONS[config.activation]()]
        super().__init__(*layers[:-1])


def build(config: Mapping[str, Any]) -> MLP:
    """Make the untrained network of a configuration {"sizes": [20, 64, 3], "activation": "relu", "classes": […]}."""
    return MLP(Config.parse(config))


class Predictor:
    """A trained network; with classes it tells how likely each is, without them what the last layer says."""

    batch = MANY

    def __init__(self, network: nn.Sequential, config: Config, by_runtime: bool = False) -> None:
        self._network = network.eval()
        self.classes = list(config.classes)
        self._output = "scores" if config.classes else "outputs"
        self.signature = {
            "inputs": [tensor("features", "FP32", [-1, config.sizes[0]])],
            "outputs": [tensor(self._output, "FP32", [-1, config.sizes[-1]])],
        }
        self._run: Run = self._by_torch
        if by_runtime:
            self._run = by_onnxruntime(self._write, self._by_torch, sample(2, config.sizes[0]).numpy()) or self._run
        self.engine = "torch" if self._run == self._by_torch else "onnxruntime"

    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Answer rows: "features" [N, numbers in] → "scores" [N, classes], or "outputs" [N, numbers out]."""
        return {self._output: self._run(check(inputs, self.signature)["features"])[0]}

    @torch.inference_mode()
    def _by_torch(self, rows: np.ndarray) -> List[np.ndarray]:
        answer: Tensor = self._network(as_tensor(rows))
        return [(answer.softmax(1) if self.classes else answer).numpy()]

    def _write(self, writer: Writer, rows: str) -> List[str]:
        """Write what `_by_torch` does as a graph."""
        answer = writer.layers(self._network, rows)
        return [writer.node("Softmax", answer, axis=1) if self.classes else answer]

    def warm_up(self) -> None:
        """Answer once, so that the first client does not wait for what is done only once."""
        self.infer({"features": np.zeros((1, self.signature["inputs"][0]["shape"][1]), np.float32)})


def load(path: Union[str, Path], metadata: Mapping[str, Any]) -> Predictor:
    """Load weights, of torch.save or safetensors, into the network of `metadata.config`; ValueError if they misfit."""
    network = trained(build, path, metadata)
    return Predictor(network, Config.parse(metadata["config"]), wanted(metadata))
