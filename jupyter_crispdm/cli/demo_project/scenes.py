"""Scenes of real handwriting: scanned 8×8 digits, enlarged and written on a sheet, with masks and boxes as truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

CLASSES = [str(digit) for digit in range(10)]
SPLITS = {"train": 0.70, "validation": 0.15, "test": 0.15}
SPLIT_SEED = 1998
"""Fixed, whatever seed a run uses: a digit held out once is held out for every model."""

INK = 0.5
"""A pixel belongs to a digit where at least half of it is inked."""

Box = tuple[int, int, int, int]
"""y_min, x_min, y_max, x_max; the maxima lie just outside."""

BORDER = 3
"""Empty scanner pixels put around each digit, so that turning it cuts nothing off."""


@dataclass(frozen=True)
class Digits:
    """Scanned digits of one split: pixels from 0 to 1, their labels and their numbers in the data set."""

    pixels: np.ndarray
    labels: np.ndarray
    sources: np.ndarray


@dataclass(frozen=True)
class Scene:
    """A picture and its truth: a mask, a box, a label and a number in the data set for each digit."""

    image: np.ndarray
    masks: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    sources: np.ndarray


@dataclass(frozen=True)
class Layout:
    """How a scene is written: height and width, least and most digits, their least and greatest height in pixels."""

    size: tuple[int, int] = (128, 128)
    count: tuple[int, int] = (3, 9)
    height: tuple[int, int] = (18, 46)


def split(name: str) -> Digits:
    """Return the digits of "train", "validation" or "test"; no scanned digit is in two of them."""
    data = load_digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(data.target))
    edges = np.round(np.cumsum([0.0, *SPLITS.values()]) * len(order)).astype(int)
    position = list(SPLITS).index(name)
    chosen = np.sort(order[edges[position] : edges[position + 1]])
    return Digits(data.images[chosen].astype(np.float32) / 16, data.target[chosen], chosen)


def scenes(digits: Digits, seed: int, layout: Layout) -> Iterator[Scene]:
    """Compose scenes for ever; the same digits, seed and layout give the same ones."""
    rng = np.random.default_rng(seed)
    while True:
        yield compose(digits, rng, layout)


def compose(digits: Digits, rng: np.random.Generator, layout: Layout) -> Scene:
    """Write some digits on one sheet, apart or touching, never one over another's ink."""
    sheet = np.zeros(layout.size, np.float32)
    masks: list[np.ndarray] = []
    boxes: list[Box] = []
    chosen: list[int] = []
    for _ in range(int(rng.integers(layout.count[0], layout.count[1] + 1))):
        index = int(rng.integers(len(digits.labels)))
        glyph = write(digits.pixels[index], float(rng.uniform(*layout.height)), rng)
        box = place(glyph, sheet, boxes, rng)
        if box is not None:
            masks.append(impress(glyph, sheet, box))
            boxes.append(box)
            chosen.append(index)
    return Scene(
        image=photograph(sheet, rng),
        masks=np.array(masks, bool).reshape(-1, *layout.size),
        boxes=np.array(boxes, int).reshape(-1, 4),
        labels=digits.labels[np.array(chosen, int)],
        sources=digits.sources[np.array(chosen, int)],
    )


def write(pixels: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """Enlarge a scanned digit to about `height`, a little turned, slanted and stretched; cut to its ink, 0 to 1."""
    bordered = Image.fromarray(np.pad(pixels, BORDER))
    scale = height / pixels.shape[0]
    angle, slant = rng.normal(0, 0.1), rng.normal(0, 0.1)
    wide, tall = scale * rng.uniform(0.85, 1.2), scale
    side = round(bordered.width * scale * 1.2)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.diag([1 / wide, 1 / tall]) @ np.array([[1, slant], [0, 1]]) @ turn
    shift = bordered.width / 2 - matrix @ np.full(2, side / 2)
    coefficients = (*matrix[0], shift[0], *matrix[1], shift[1])
    enlarged = bordered.transform((side, side), Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC)
    weight = rng.uniform(0.32, 0.46)
    ink = np.clip((np.asarray(enlarged) - weight) / 0.4 + 0.5, 0, 1)
    top, left, bottom, right = box_of(ink >= INK)
    return ink[top:bottom, left:right]


def place(
    glyph: np.ndarray, sheet: np.ndarray, boxes: Sequence[Box], rng: np.random.Generator, tries: int = 30
) -> Box | None:
    """Find a place for a glyph where no other ink is, or None where there is no room."""
    height, width = glyph.shape
    inked = glyph >= INK
    for _ in range(tries):
        top, left = propose(glyph.shape, sheet.shape, boxes, rng)
        box = (top, left, top + height, left + width)
        there = sheet[top : box[2], left : box[3]]
        if there.shape != glyph.shape or any(overlap(box, other) > 0.2 for other in boxes):
            continue
        if not (inked & (there >= INK)).any():
            return box
    return None


def propose(
    glyph: tuple[int, ...], sheet: tuple[int, ...], boxes: Sequence[Box], rng: np.random.Generator
) -> tuple[int, int]:
    """Propose an upper left corner: anywhere, or (as people write) close to the right of an earlier digit."""
    if boxes and rng.random() < 0.5:
        top, _, bottom, right = boxes[int(rng.integers(len(boxes)))]
        centred = (top + bottom - glyph[0]) / 2
        return max(0, round(centred + rng.normal(0, 3))), right + int(rng.integers(-2, 4))
    top, left = (int(rng.integers(0, max(1, there - needed + 1))) for there, needed in zip(sheet, glyph, strict=True))
    return top, left


def impress(glyph: np.ndarray, sheet: np.ndarray, box: Box) -> np.ndarray:
    """Write a glyph on the sheet and return the mask of its ink."""
    window = np.s_[box[0] : box[2], box[1] : box[3]]
    sheet[window] = np.maximum(sheet[window], glyph)
    mask = np.zeros(sheet.shape, bool)
    mask[window] = glyph >= INK
    return mask


def photograph(sheet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give the sheet colours, uneven light and noise; one in five is chalk on a board."""
    paper, pen = (rng.uniform(*shade, 3).astype(np.float32) for shade in ((0.75, 1.0), (0.0, 0.4)))
    if rng.random() < 0.2:
        paper, pen = pen * 0.6, paper
    ink = sheet[..., None] * np.float32(rng.uniform(0.8, 1.0))
    picture = paper * (1 - ink) + pen * ink
    down, right = (np.linspace(-0.5, 0.5, length, dtype=np.float32) for length in sheet.shape)
    light = 1 + np.float32(rng.normal(0, 0.1)) * down[:, None] + np.float32(rng.normal(0, 0.1)) * right
    grain = rng.standard_normal(picture.shape, np.float32) * np.float32(rng.uniform(0.005, 0.04))
    return (np.clip(picture * light[..., None] + grain, 0, 1) * 255).round().astype(np.uint8)


def box_of(mask: np.ndarray) -> Box:
    """Return the tight box around a mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def overlap(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the intersection over union of two boxes."""
    height = min(first[2], second[2]) - max(first[0], second[0])
    width = min(first[3], second[3]) - max(first[1], second[1])
    both = max(0, height) * max(0, width)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return float(both / (areas - both))
