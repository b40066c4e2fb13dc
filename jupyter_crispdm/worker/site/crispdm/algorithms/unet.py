"""A small U-Net that finds objects and names them: segmentation with one instance for each object.

For every pixel the network says which class it is, how near it is to the middle of an object, and where that
middle lies. Objects are the peaks of the second; every inked pixel joins the peak its third points at. So two objects
that touch stay two, and one drawn in several strokes stays one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ._checkpoint import read_weights
from ._options import Options
from ._picture import Instance, render

ROIS = "rois [y_min, x_min, y_max, x_max]"
UNIT = 16.0
"""Pixels that an offset of 1 stands for."""

REACH = 12.0
"""Pixels between the middle of an object and what a pixel of it may take for its middle."""

FAINT = 0.25
"""Distance from the colour of the sheet, of 1.7 from black to white, below which nothing counts as ink."""

WHAT = 2
"""Level that names objects: coarse enough to see a whole one, which is what makes the names easy to learn."""

BATCH = 8


@dataclass(frozen=True)
class Config:
    """What the network is made of: classes to tell apart, channels of the first level, levels below it."""

    classes: Tuple[str, ...]
    width: int = 16
    depth: int = 3

    @classmethod
    def parse(cls, config: Mapping[str, Any]) -> Config:
        """Check a configuration that came with a model file; ValueError names what is wrong."""
        unknown = set(config) - {"classes", "width", "depth"}
        if unknown:
            raise ValueError("'config' has unknown keys: %s." % ", ".join(sorted(map(str, unknown))))
        classes = config.get("classes")
        if not isinstance(classes, (list, tuple)) or not 1 <= len(set(map(str, classes))) == len(classes) <= 1000:
            raise ValueError("'config.classes' must be a list of 1 to 1000 different names.")
        return cls(tuple(map(str, classes)), _within(config, "width", 4, 64, 16), _within(config, "depth", WHAT, 5, 3))


def _within(config: Mapping[str, Any], key: str, least: int, most: int, default: int) -> int:
    value = config.get(key, default)
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError("'config.%s' must be a whole number from %d to %d, not %r." % (key, least, most, value))
    return value


class UNet(nn.Module):
    """Says what at an eighth of the picture's resolution, and where at the whole one."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = [config.width * 2**level for level in range(config.depth + 1)]
        self.multiple = 2 ** (config.depth + 1)
        self.down = nn.ModuleList(_block(before, after) for before, after in zip([4, *widths], widths))
        self.up = nn.ModuleList(_block(low + high, high) for low, high in zip(widths[:0:-1], widths[-2::-1]))
        self.what = nn.Conv2d(widths[WHAT], len(config.classes), 1)
        self.where = nn.Conv2d(widths[0], 4 * 4, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Turn pictures [N, 3, H, W] from 0 to 1 into [N, 1 + classes + 3, H, W]: nothing, classes, middle, way to it."""
        height, width = images.shape[2:]
        padding = (0, -width % self.multiple, 0, -height % self.multiple)
        padded = functional.pad(_ink(images), padding).contiguous(memory_format=torch.channels_last)
        levels = self._levels(functional.pixel_unshuffle(padded, 2))
        where = functional.pixel_shuffle(self.where(levels[0]), 2)
        what = functional.interpolate(self.what(levels[WHAT]), where.shape[2:], mode="bilinear")
        return torch.cat([where[:, :1], what, where[:, 1:]], 1)[:, :, :height, :width]

    def _levels(self, features: Tensor) -> List[Tensor]:
        """Go down and up again; return what each level knows in the end, finest first."""
        levels: List[Tensor] = []
        for index, block in enumerate(self.down):
            features = block(functional.max_pool2d(features, 2) if index else features)
            levels.append(features)
        for level, block in zip(range(len(levels) - 2, -1, -1), self.up):
            coarse = functional.interpolate(levels[level + 1], scale_factor=2.0, mode="nearest")
            levels[level] = block(torch.cat([coarse, levels[level]], 1))
        return levels


def _ink(images: Tensor) -> Tensor:
    """Measure how far each pixel is from the colour of the sheet, whatever the colours; 1 is the strongest ink."""
    sheet = images.flatten(2).median(2).values[:, :, None, None]
    distance = (images - sheet).square().sum(1, keepdim=True).sqrt()
    strongest = functional.avg_pool2d(distance, 3, 1, 1).amax((2, 3), keepdim=True)
    return distance / strongest.clamp(min=FAINT)


def _block(before: int, after: int) -> nn.Sequential:
    layers: List[nn.Module] = []
    for channels in (before, after):
        layers += [nn.Conv2d(channels, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


def build(config: Mapping[str, Any]) -> UNet:
    """Make the untrained network of a configuration {"classes": […], "width": 16, "depth": 3}."""
    return UNet(Config.parse(config)).to(memory_format=torch.channels_last)


def encode(masks: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Write the truth of a picture as the network should say it: class, nearness to a middle, way to the middle."""
    height, width = masks.shape[1:]
    rows, columns = np.mgrid[:height, :width].astype(np.float32) + 0.5
    truth = np.zeros((4, height, width), np.float32)
    for mask, (top, left, bottom, right), label in zip(masks, boxes, labels):
        down, across = (top + bottom) / 2 - rows, (left + right) / 2 - columns
        spread = 0.1 * (bottom - top)
        truth[0][mask] = label + 1
        truth[1] = np.maximum(truth[1], np.exp(-(down**2 + across**2) / (2 * spread**2)))
        truth[2][mask], truth[3][mask] = down[mask] / UNIT, across[mask] / UNIT
    return truth


def interpret(output: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    """Turn answers of the network into probabilities (of nothing, then of each class), nearness, and way in pixels."""
    nothing, middle, way = output[:, :1].sigmoid(), output[:, -3:-2].sigmoid(), output[:, -2:] * UNIT
    return torch.cat([nothing, (1 - nothing) * output[:, 1:-3].softmax(1)], 1), middle, way


def decode(output: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    """Read objects out of one [1 + classes + 3, H, W] answer: classes, scores, boxes, and a map of object numbers from 1."""
    probabilities, heat, offsets = (part[0] for part in interpret(output[None]))
    heat = heat[0]
    owner = torch.zeros(heat.shape, dtype=torch.long)
    rows, columns = torch.nonzero(probabilities[0] < 0.5, as_tuple=True)
    peaks = _peaks(heat)
    if not len(peaks) or not len(rows):
        return torch.zeros(0, dtype=torch.long), torch.zeros(0), torch.zeros(0, 4), owner
    pixels = torch.stack([rows, columns], 1)
    nearest = _nearest(pixels + offsets[:, rows, columns].T, peaks)
    kept = nearest >= 0
    pixels, nearest = pixels[kept], nearest[kept]
    owner[pixels[:, 0], pixels[:, 1]] = nearest + 1
    votes = torch.zeros(len(peaks), len(probabilities) - 1)
    votes.index_add_(0, nearest, probabilities[1:, pixels[:, 0], pixels[:, 1]].T)
    share = votes / votes.sum(1, keepdim=True).clamp(min=1e-6)
    scores, classes = share.max(1)
    return classes, scores * heat[peaks[:, 0], peaks[:, 1]].sqrt(), _boxes(pixels, nearest, len(peaks)), owner


def _peaks(heat: Tensor, window: int = 7, least: float = 0.2, most: int = 300) -> Tensor:
    """Return where nothing near is hotter: rows and columns, hottest first."""
    highest = functional.max_pool2d(heat[None, None], window, 1, window // 2)[0, 0]
    peaks = torch.nonzero((heat == highest) & (heat > least))
    return peaks[heat[peaks[:, 0], peaks[:, 1]].argsort(descending=True)[:most]]


def _nearest(votes: Tensor, peaks: Tensor) -> Tensor:
    """Return for each vote the number of the nearest peak, -1 where none is in reach."""
    found: List[Tensor] = []
    for part in votes.split(1 << 15):
        distance, index = torch.cdist(part.float(), peaks.float()).min(1)
        found.append(torch.where(distance <= REACH, index, -1))
    return torch.cat(found)


def _boxes(pixels: Tensor, owner: Tensor, count: int) -> Tensor:
    """Return the tight box of each owner's pixels; zeros where it has none."""
    index = owner[:, None].expand(-1, 2)
    least = torch.zeros(count, 2, dtype=torch.long).scatter_reduce(0, index, pixels, "amin", include_self=False)
    most = torch.zeros(count, 2, dtype=torch.long).scatter_reduce(0, index, pixels + 1, "amax", include_self=False)
    return torch.cat([least, most], 1)


class Predictor:
    """A trained network with its classes."""

    def __init__(self, network: UNet, classes: Sequence[str]) -> None:
        self._network = network.eval()
        self.classes = list(classes)

    @property
    def signature(self) -> Dict[str, List[Dict[str, Any]]]:
        """Name, data type and shape of what `infer` takes and gives; -1 is any length."""
        channels = {"classes": len(self.classes) + 1, "centres": 1, "offsets": 2}
        inputs = [{"name": "images", "datatype": "FP32", "shape": [-1, 3, -1, -1]}]
        outputs = [{"name": key, "datatype": "FP32", "shape": [-1, n, -1, -1]} for key, n in channels.items()]
        return {"inputs": inputs, "outputs": outputs}

    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Run the bare network: "images" [N, 3, H, W] from 0 to 1 → probabilities, nearness to a middle, way to it."""
        images = np.asarray(inputs["images"], np.float32) if "images" in inputs else None
        if images is None or images.ndim != 4 or images.shape[1] != 3 or not images.size:
            raise ValueError("'images' must be one tensor [N, 3, H, W] of numbers from 0 to 1.")
        parts = interpret(self._run(torch.from_numpy(images)))
        return {key: part.numpy() for key, part in zip(("classes", "centres", "offsets"), parts)}

    def predict(self, images: Sequence[np.ndarray], options: Mapping[str, Any]) -> List[Dict[str, Any]]:
        """Find the objects of each picture (H×W×3, uint8): {"results": names, scores and boxes, "image": drawn}."""
        chosen = Options.parse(options, self.classes)
        for image in images:
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
                raise ValueError("An image must be an array [height, width, 3] of uint8.")
        return [self._answer(image, found) for image, found in zip(images, self._find(images, chosen))]

    def _answer(self, image: np.ndarray, found: Sequence[Instance]) -> Dict[str, Any]:
        results = {
            "class_name": [instance.name for instance in found],
            "scores": [round(instance.score, 4) for instance in found],
            ROIS: [list(instance.box) for instance in found],
        }
        return {"results": results, "image": render(image, found, self.classes)}

    def _find(self, images: Sequence[np.ndarray], options: Options) -> List[List[Instance]]:
        """Look at pictures of one size together, at most BATCH at a time."""
        found: List[List[Instance]] = [[] for _ in images]
        sizes: Dict[Tuple[int, int], List[int]] = {}
        for index, image in enumerate(images):
            sizes.setdefault(image.shape[:2], []).append(index)
        for size, indices in sizes.items():
            for start in range(0, len(indices), BATCH):
                batch = indices[start : start + BATCH]
                stacked = torch.from_numpy(np.stack([images[index] for index in batch])).permute(0, 3, 1, 2)
                for index, instances in zip(batch, self._look(stacked.float() / 255, size, options)):
                    found[index] = instances
        return found

    def _look(self, images: Tensor, size: Tuple[int, int], options: Options) -> List[List[Instance]]:
        scale = options.scale(*size)
        inside = [max(1, round(side * scale)) for side in size]
        if inside != list(size):
            images = functional.interpolate(images, inside, mode="bilinear", antialias=True)
        return [self._instances(output, size, options) for output in self._run(images)]

    def _instances(self, output: Tensor, size: Tuple[int, int], options: Options) -> List[Instance]:
        classes, scores, boxes, owner = decode(output)
        zoom = torch.tensor(size * 2) / torch.tensor(list(owner.shape) * 2)
        found: List[Instance] = []
        for index in scores.argsort(descending=True).tolist():
            name, score = self.classes[int(classes[index])], float(scores[index])
            if score < options.min_confidence or name not in options.class_show:
                continue
            box = (boxes[index] * zoom).round().int().tolist()
            if box[2] > box[0] and box[3] > box[1]:
                found.append(Instance(name, score, tuple(box), self._mask(owner == index + 1, boxes[index], box)))
        return found

    @staticmethod
    def _mask(owned: Tensor, box: Tensor, place: Sequence[int]) -> np.ndarray:
        top, left, bottom, right = box.tolist()
        part = owned[top:bottom, left:right].float()[None, None]
        return functional.interpolate(part, (place[2] - place[0], place[3] - place[1]))[0, 0].bool().numpy()

    @torch.inference_mode()
    def _run(self, images: Tensor) -> Tensor:
        return self._network(images)


def load(path: Path, metadata: Mapping[str, Any]) -> Predictor:
    """Load a model file written by `torch.save(network.state_dict(), path)`; ValueError when it is not one."""
    config = metadata.get("config")
    if not isinstance(config, Mapping):
        raise ValueError("'metadata.config' must be the configuration that the network was built from.")
    network = build(config)
    network.load_state_dict(read_weights(path, network.state_dict()))
    return Predictor(network, Config.parse(config).classes)
