"""A small U-Net that finds objects and names them: segmentation with one instance for each object.

For every pixel the network says whether an object is there, which class it is, and where the middle of its object
lies. An object is where many pixels agree on a middle, and has the pixels that point at it. So two objects that touch
stay two, and one drawn in several strokes stays one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple, Union, cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from ._checkpoint import trained
from ._config import names, only, whole_number
from ._engine import Writer, by_onnxruntime, wanted
from ._options import Options
from ._picture import Instance, render
from ._quick import as_tensor, quick, sample
from ._tensors import check, tensor

ROIS = "rois [y_min, x_min, y_max, x_max]"
UNIT = 16.0
"""Pixels that an offset of 1 stands for."""

AGREE, REACH = 4.0, 12.0
"""Pixels within which votes for a middle agree, and within which a pixel still belongs to it."""

FAINT = 0.25
"""Distance from the colour of the sheet, of 1.7 from black to white, below which nothing counts as ink."""

WHAT = 2
"""Level that names objects: coarse enough to see a whole one, which is what makes the names easy to learn."""

SMALLEST, LARGEST = 12, 40
"""Pixels from top to bottom of the objects that the network is taught to see; others are nothing to it."""

BATCH, BATCH_PIXELS = 8, 4 << 20
"""Pictures, and pixels inside the network, that are looked at together: what a prediction takes of memory."""

MOST_OBJECTS = 500
"""Objects that are told of one picture, the strongest."""


@dataclass(frozen=True)
class Config:
    """What the network is made of: classes to tell apart, channels of the first level, levels below it."""

    classes: Tuple[str, ...]
    width: int = 16
    depth: int = 3

    @classmethod
    def parse(cls, config: Mapping[str, Any]) -> Config:
        """Check a configuration that came with a model file; ValueError names what is wrong."""
        only(config, ("classes", "width", "depth"))
        width, depth = whole_number(config, "width", 4, 64, 16), whole_number(config, "depth", WHAT, 5, 3)
        return cls(names(config, "classes", 1000), width, depth)


class UNet(nn.Module):
    """Says what at an eighth of the picture's resolution, and where at the whole one."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = [config.width * 2**level for level in range(config.depth + 1)]
        self.multiple = 2 ** (config.depth + 1)
        self.down = nn.ModuleList(_block(before, after) for before, after in zip([4, *widths], widths))
        self.up = nn.ModuleList(_block(low + high, high) for low, high in zip(widths[:0:-1], widths[-2::-1]))
        self.what = nn.Conv2d(widths[WHAT], len(config.classes), 1)
        self.where = nn.Conv2d(widths[0], 4 * 3, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Turn pictures [N, 3, H, W] from 0 to 1 into [N, 1 + classes + 2, H, W]: nothing, classes, way to middle."""
        height, width = images.shape[2:]
        padding = (0, -width % self.multiple, 0, -height % self.multiple)
        padded = functional.pad(_ink(images), padding).contiguous(memory_format=torch.channels_last)
        said = self.say(functional.pixel_unshuffle(padded, 2))
        where = functional.pixel_shuffle(said[0].contiguous(), 2)  # by channels, as it is told
        what = functional.interpolate(said[1].contiguous(), where.shape[2:], mode="bilinear")
        return torch.cat([where[:, :1], what, where[:, 1:]], 1)[:, :, :height, :width]

    def say(self, features: Tensor) -> List[Tensor]:
        """Say where and what, each at the resolution of its level."""
        levels = self._levels(features)
        return [self.where(levels[0]), self.what(levels[WHAT])]

    def write(self, writer: Writer, features: str) -> List[str]:
        """Write what `say` does as a graph."""
        levels: List[str] = []
        for index, block in enumerate(self.down):
            half = writer.node("MaxPool", features, kernel_shape=[2, 2], strides=[2, 2]) if index else features
            features = writer.layers(cast(nn.Sequential, block), half)
            levels.append(features)
        twice = writer.weights(torch.tensor([1.0, 1.0, 2.0, 2.0]))
        nearest = {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}
        for level, block in zip(range(len(levels) - 2, -1, -1), self.up):
            coarse = writer.node("Resize", levels[level + 1], "", twice, **nearest)
            both = writer.node("Concat", coarse, levels[level], axis=1)
            levels[level] = writer.layers(cast(nn.Sequential, block), both)
        return [writer.layers([self.where], levels[0]), writer.layers([self.what], levels[WHAT])]

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
    sheet = images[:, :, ::2, ::2].flatten(2).median(2).values[:, :, None, None]
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
    return UNet(Config.parse(config))


def encode(masks: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Write the truth of a picture as the network should say it: class from 1, way down and way right to the middle.

    Objects too small or too large for the network are left out: at another scale it sees them.
    """
    truth = np.zeros((3, *masks.shape[1:]), np.float32)
    for mask, (top, left, bottom, right), label in zip(masks, boxes, labels):
        if SMALLEST <= bottom - top <= LARGEST:
            rows, columns = np.nonzero(mask)
            truth[0, rows, columns] = label + 1
            truth[1, rows, columns] = ((top + bottom - 1) / 2 - rows) / UNIT
            truth[2, rows, columns] = ((left + right - 1) / 2 - columns) / UNIT
    return truth


def interpret(output: Tensor) -> Tuple[Tensor, Tensor]:
    """Turn answers of the network into probabilities (of nothing, then of each class), and way in pixels."""
    nothing = output[:, :1].sigmoid()
    return torch.cat([nothing, (1 - nothing) * output[:, 1:-2].softmax(1)], 1), output[:, -2:] * UNIT


@dataclass(frozen=True)
class Objects:
    """Objects in one picture: classes, scores, boxes, and a map of the objects' numbers, from 1."""

    classes: Tensor
    scores: Tensor
    boxes: Tensor
    owner: Tensor


def decode(output: Tensor) -> Objects:
    """Read objects out of one answer [1 + classes + 2, H, W]."""
    probabilities, ways = (part[0] for part in interpret(output[None]))
    pixels = torch.nonzero(probabilities[0] < 0.5)
    votes = pixels + ways[:, pixels[:, 0], pixels[:, 1]].T
    middles = _middles(votes, probabilities.shape[1:])
    distance, owner = _nearest(votes, middles)
    kept = distance <= REACH
    pixels, distance, owner = pixels[kept], distance[kept], owner[kept]
    numbers = torch.zeros(probabilities.shape[1:], dtype=torch.long)
    numbers[pixels[:, 0], pixels[:, 1]] = owner + 1
    named = _totals(probabilities[1:, pixels[:, 0], pixels[:, 1]].T, owner, len(middles))
    agreed = _totals((distance <= AGREE).float()[:, None], owner, len(middles))[:, 0]
    best, classes = (named / named.sum(1, keepdim=True).clamp(min=1e-6)).max(1)
    scores = best * agreed / torch.bincount(owner, minlength=len(middles)).clamp(min=1)
    return Objects(classes, scores, _boxes(pixels, owner, len(middles)), numbers)


def _middles(votes: Tensor, size: Sequence[int], least: float = 4.0, most: int = 300) -> Tensor:
    """Return where votes are densest: rows and columns, densest first."""
    cells = torch.stack([votes[:, axis].round().long().clamp(0, size[axis] - 1) for axis in (0, 1)])
    counts = torch.zeros(*size).index_put_(tuple(cells), torch.ones(len(votes)), accumulate=True)[None, None]
    dense = functional.avg_pool2d(functional.avg_pool2d(counts, 3, 1, 1), 3, 1, 1)[0, 0] * 9
    highest = functional.max_pool2d(dense[None, None], 9, 1, 4)[0, 0]
    middles = torch.nonzero((dense == highest) & (dense > least))
    return middles[dense[middles[:, 0], middles[:, 1]].argsort(descending=True)[:most]]


def _totals(values: Tensor, owner: Tensor, count: int) -> Tensor:
    """Add up the rows of each owner."""
    return torch.zeros(count, values.shape[1]).index_add_(0, owner, values)


def _nearest(votes: Tensor, middles: Tensor) -> Tuple[Tensor, Tensor]:
    """Return how far each vote is from the nearest middle, and the number of that one."""
    if not len(middles):
        return torch.full((len(votes),), torch.inf), torch.zeros(len(votes), dtype=torch.long)
    parts = [torch.cdist(part, middles.float()).min(1) for part in torch.split(votes, 1 << 15)]
    return torch.cat([part.values for part in parts]), torch.cat([part.indices for part in parts])


def _boxes(pixels: Tensor, owner: Tensor, count: int) -> Tensor:
    """Return the tight box of each owner's pixels; zeros where it has none."""
    index = owner[:, None].expand(-1, 2)
    least = torch.zeros(count, 2, dtype=torch.long).scatter_reduce(0, index, pixels, "amin", include_self=False)
    most = torch.zeros(count, 2, dtype=torch.long).scatter_reduce(0, index, pixels + 1, "amax", include_self=False)
    return torch.cat([least, most], 1)


class Predictor:
    """A trained network with its classes."""

    batch = BATCH

    def __init__(self, network: nn.Module, classes: Sequence[str]) -> None:
        self._network = network.eval()
        self.classes = list(classes)

    @property
    def signature(self) -> Dict[str, List[Dict[str, Any]]]:
        """Name, data type and shape of what `infer` takes and gives; -1 is any length."""
        channels = {"classes": len(self.classes) + 1, "offsets": 2}
        inputs = [tensor("images", "FP32", [-1, 3, -1, -1])]
        outputs = [tensor(key, "FP32", [-1, count, -1, -1]) for key, count in channels.items()]
        return {"inputs": inputs, "outputs": outputs}

    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Run the bare network: "images" [N, 3, H, W] from 0 to 1 → "classes" (first: nothing), "offsets"."""
        images = check(inputs, self.signature)["images"]
        classes, offsets = interpret(self._run(as_tensor(images)))
        return {"classes": classes.numpy(), "offsets": offsets.numpy()}

    def work(self, options: Mapping[str, Any], shapes: Sequence[Sequence[int]]) -> List[int]:
        """Say how much work each picture is, in pixels; refuse bad options and too much work before any is done."""
        return Options.parse(options, self.classes).work(shapes)

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
        """Look at pictures of one size together, as many at a time as the network has room for."""
        found: List[List[Instance]] = [[] for _ in images]
        sizes: Dict[Tuple[int, int], List[int]] = {}
        for index, image in enumerate(images):
            sizes.setdefault(image.shape[:2], []).append(index)
        for size, indices in sizes.items():
            height, width = options.sides(*size)
            together = max(1, min(BATCH, BATCH_PIXELS // (height * width)))
            for start in range(0, len(indices), together):
                batch = indices[start : start + together]
                stacked = np.stack([_reduced(images[index], (height, width)) for index in batch])
                pictures = torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255
                for index, instances in zip(batch, self._look(pictures, size, options)):
                    found[index] = instances
        return found

    def _look(self, images: Tensor, size: Tuple[int, int], options: Options) -> List[List[Instance]]:
        """Look at the pictures at every scale: the network knows objects of its own range of sizes only."""
        found: List[List[Tuple[int, Instance]]] = [[] for _ in images]
        for level, sides in enumerate(_scales(size, options)):
            same = sides == tuple(images.shape[2:])
            resized = images if same else functional.interpolate(images, sides, mode="bilinear", antialias=True)
            for index, output in enumerate(self._run(resized)):
                found[index] += [(level, instance) for instance in self._instances(output, size, options)]
        return [_strongest(candidates) for candidates in found]

    def _instances(self, output: Tensor, size: Tuple[int, int], options: Options) -> Iterator[Instance]:
        objects = decode(output)
        zoom = torch.tensor(size * 2) / torch.tensor(list(objects.owner.shape) * 2)
        for index in torch.nonzero(objects.scores >= options.min_confidence)[:, 0].tolist():
            name, box = self.classes[int(objects.classes[index])], objects.boxes[index]
            top, left, bottom, right = (box * zoom).round().int().tolist()
            if name in options.class_show and bottom > top and right > left:
                mask = _owned(objects.owner, index + 1, box)
                yield Instance(name, float(objects.scores[index]), (top, left, bottom, right), mask)

    @torch.inference_mode()
    def _run(self, images: Tensor) -> Tensor:
        output: Tensor = self._network(images)
        return output


def _scales(size: Tuple[int, int], options: Options) -> Iterator[Tuple[int, int]]:
    """Yield the sides of the picture as the options want it, then halved as long as an object could be seen."""
    height, width = options.sides(*size)
    yield height, width
    while max(height, width) >= 2 * SMALLEST:
        height, width = max(1, height // 2), max(1, width // 2)
        yield height, width


def _reduced(image: np.ndarray, sides: Tuple[int, int]) -> np.ndarray:
    """Bring a picture down to what the network sees of it, before anything is made of it that takes more room."""
    if sides[0] * sides[1] >= image.shape[0] * image.shape[1]:
        return image
    return np.asarray(Image.fromarray(image).resize((sides[1], sides[0]), Image.Resampling.BILINEAR))


def _owned(owner: Tensor, number: int, box: Tensor) -> np.ndarray:
    """Cut an object's mask to its box."""
    top, left, bottom, right = box.tolist()
    return (owner[top:bottom, left:right] == number).numpy()


def _strongest(candidates: Sequence[Tuple[int, Instance]]) -> List[Instance]:
    """Keep the best of those that show the same object, best first; boxes of one scale may overlap more."""
    kept: List[Tuple[int, Instance]] = []
    for level, instance in sorted(candidates, key=lambda candidate: -candidate[1].score):
        if len(kept) == MOST_OBJECTS:
            break
        if all(_shared(instance.box, other.box) <= (0.7 if level == of else 0.4) for of, other in kept):
            kept.append((level, instance))
    return [instance for _, instance in kept]


def _shared(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the part of the smaller box that lies in the other."""
    height = min(first[2], second[2]) - max(first[0], second[0])
    width = min(first[3], second[3]) - max(first[1], second[1])
    return max(0, height) * max(0, width) / min((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))


def load(path: Union[str, Path], metadata: Mapping[str, Any]) -> Predictor:
    """Load a model file written by `torch.save(network.state_dict(), path)`; ValueError when it is not one."""
    network = quick(trained(build, path, metadata), sample(1, 3, 64, 64))
    if wanted(metadata):
        _run_by_onnxruntime(network)
    return Predictor(network, Config.parse(metadata["config"]).classes)


@torch.inference_mode()
def _run_by_onnxruntime(network: Any) -> None:
    """Let the levels be run by onnxruntime, where they say the same."""
    say = network.say
    example = sample(1, 4, 32, 48).numpy()
    engine = by_onnxruntime(network.write, lambda given: [said.numpy() for said in say(as_tensor(given))], example)
    if engine is not None:
        network.say = lambda features: [as_tensor(said) for said in engine(features.contiguous().numpy())]
