"""A small convolutional network that names pictures: image classification."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence, Tuple, Union

import numpy as np
import torch
from torch import Tensor, nn

from ._checkpoint import trained
from ._config import flag, names, only, whole_number, whole_numbers
from ._engine import Run, Writer, by_onnxruntime, wanted
from ._naming import Naming, as_input
from ._quick import as_tensor, quick, sample
from ._tensors import check, tensor

__all__ = ["CNN", "Config", "Predictor", "as_input", "build", "load"]

KEYS = ("classes", "channels", "size", "widths", "residual")


@dataclass(frozen=True)
class Config:
    """What the network is made of: classes, what it sees, and channels of each level; a level halves the sides."""

    classes: Tuple[str, ...]
    channels: int = 3
    size: Tuple[int, int] = (64, 64)
    widths: Tuple[int, ...] = (16, 32, 64)
    residual: bool = False

    @classmethod
    def parse(cls, config: Mapping[str, Any]) -> Config:
        """Check a configuration that came with a model file; ValueError names what is wrong."""
        only(config, KEYS)
        channels = whole_number(config, "channels", 1, 3, 3)
        if channels == 2:
            raise ValueError("'config.channels' must be 1 (gray) or 3 (color).")
        size = whole_numbers(config, "size", 8, 1024, 2, 2, (64, 64))
        widths = whole_numbers(config, "widths", 1, 512, 1, 6, (16, 32, 64))
        return cls(names(config, "classes"), channels, (size[0], size[1]), widths, flag(config, "residual"))


class Residual(nn.Module):
    """Two convolutions that add to what is there."""

    def __init__(self, width: int) -> None:
        super().__init__()
        first, second = _layer(width, width), _layer(width, width)
        self.change = nn.Sequential(*first, *list(second)[:-1])

    def forward(self, features: Tensor) -> Tensor:
        """Add what the convolutions say."""
        changed: Tensor = self.change(features)
        return (features + changed).relu_()


class CNN(nn.Module):
    """Levels of convolutions, each at half the sides of the one before, and one answer for the whole picture."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        levels: List[nn.Module] = []
        for before, after in zip((config.channels, *config.widths), config.widths):
            levels += _layer(before, after, stride=2)
            if config.residual:
                levels.append(Residual(after))
        self.levels = nn.Sequential(*levels)
        self.answer = nn.Linear(config.widths[-1], len(config.classes))

    def forward(self, images: Tensor) -> Tensor:
        """Turn pictures [N, channels, H, W] from 0 to 1 into [N, classes], before softmax."""
        answer: Tensor = self.answer(self.levels(images).mean((2, 3)))
        return answer


def _layer(before: int, after: int, stride: int = 1) -> List[nn.Module]:
    convolution = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True)]


def build(config: Mapping[str, Any]) -> CNN:
    """Make the untrained network of a configuration {"classes": […], "channels": 3, "size": [64, 64], …}."""
    return CNN(Config.parse(config))


class Predictor:
    """A trained network with its classes."""

    batch = 64

    def __init__(self, network: nn.Module, config: Config, by_runtime: bool = False) -> None:
        seen = (config.channels, *config.size)
        self._network: Any = quick(network, sample(2, *seen))
        self.classes = list(config.classes)
        self.signature = {
            "inputs": [tensor("images", "FP32", [-1, *seen])],
            "outputs": [tensor("scores", "FP32", [-1, len(config.classes)])],
        }
        self._run: Run = self._by_torch
        if by_runtime:
            self._run = by_onnxruntime(self._write, self._by_torch, sample(2, *seen).numpy()) or self._by_torch
        self.engine = "torch" if self._run == self._by_torch else "onnxruntime"
        self._naming = Naming(self._scores, config.classes, config.size, config.channels)
        self._shape = (1, *seen)

    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Name pictures: "images" [N, channels, height, width] from 0 to 1 → "scores" [N, classes]."""
        return {"scores": self._scores(check(inputs, self.signature)["images"])}

    def work(self, options: Mapping[str, Any], shapes: Sequence[Sequence[int]]) -> List[int]:
        """Say how much work each picture is; refuse bad options."""
        return self._naming.work(options, shapes)

    def predict(self, images: Sequence[np.ndarray], options: Mapping[str, Any]) -> List[Dict[str, Any]]:
        """Name each picture (H×W×3, uint8), and draw its name into it."""
        return self._naming.predict(images, options)

    def warm_up(self) -> None:
        """Answer once, so that the first client does not wait for what is done only once."""
        self._scores(np.zeros(self._shape, np.float32))

    def _scores(self, images: np.ndarray) -> np.ndarray:
        return self._run(images)[0]

    @torch.inference_mode()
    def _by_torch(self, images: np.ndarray) -> List[np.ndarray]:
        seen = as_tensor(images).contiguous(memory_format=torch.channels_last)
        return [self._network(seen).softmax(1).numpy()]

    def _write(self, writer: Writer, images: str) -> List[str]:
        """Write what `_by_torch` does as a graph."""
        pooled = writer.node("GlobalAveragePool", writer.layers(self._network.levels, images))
        answer = writer.layers([self._network.answer], writer.node("Flatten", pooled))
        return [writer.node("Softmax", answer, axis=1)]


def load(path: Union[str, Path], metadata: Mapping[str, Any]) -> Predictor:
    """Load weights, of torch.save or safetensors, into the network of `metadata.config`; ValueError if they misfit."""
    network = trained(build, path, metadata)
    return Predictor(network, Config.parse(metadata["config"]), wanted(metadata))
