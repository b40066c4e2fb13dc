"""Draw what was found into a picture."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Sequence, Tuple, Union

import numpy as np
from PIL import Image, ImageDraw, ImageFont

REPAINTED = 8
"""How many times over a picture may be tinted: of objects beyond that, the strongest first, only boxes are drawn."""

ROWS_OF = 1 << 20
"""Pixels that are tinted at a time."""


@dataclass(frozen=True)
class Instance:
    """One object found: class, score, box (y_min, x_min, y_max, x_max) in the picture, mask inside the box.

    The mask may be coarser than the box: it is enlarged when it is drawn, so that many large ones take little room.
    """

    name: str
    score: float
    box: Tuple[int, int, int, int]
    mask: np.ndarray


def render(image: np.ndarray, instances: Sequence[Instance], classes: Sequence[str]) -> np.ndarray:
    """Return a copy of the picture with masks tinted, boxes drawn and each object named with its score."""
    colours = [_colour(index, len(classes)) for index in range(len(classes))]
    painted = image.copy()
    left_to_paint = REPAINTED * image.shape[0] * image.shape[1]
    for found in instances:
        top, left, bottom, right = found.box
        left_to_paint -= (bottom - top) * (right - left)
        if left_to_paint >= 0:
            _tint(painted[top:bottom, left:right], found.mask, colours[classes.index(found.name)])
    picture = Image.fromarray(painted)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=max(9, min(22, min(picture.size) // 20)))
    for found in instances:
        _label(draw, found, colours[classes.index(found.name)], font)
    return np.asarray(picture)


def _tint(window: np.ndarray, mask: np.ndarray, colour: Tuple[int, int, int]) -> None:
    """Mix the colour into what the mask covers, some rows at a time: a large window takes little room."""
    height, width = window.shape[:2]
    half = np.array([channel // 2 for channel in colour], np.uint8)
    columns = np.arange(width) * mask.shape[1] // max(1, width)
    step = max(1, ROWS_OF // max(1, width))
    for start in range(0, height, step):
        rows = np.arange(start, min(start + step, height)) * mask.shape[0] // height
        covered = mask[rows[:, None], columns]
        part = window[start : start + step]
        part[covered] = part[covered] // 2 + half


def _label(
    draw: ImageDraw.ImageDraw,
    found: Instance,
    colour: Tuple[int, int, int],
    font: Union[ImageFont.FreeTypeFont, ImageFont.ImageFont],
) -> None:
    top, left, bottom, right = found.box
    draw.rectangle((left, top, right - 1, bottom - 1), outline=colour)
    text = "%s %d%%" % (found.name, round(100 * found.score))
    _, _, width, height = draw.textbbox((0, 0), text, font=font)
    place = (left, top - height - 2) if top > height else (left, bottom)
    draw.rectangle((*place, place[0] + width + 2, place[1] + height + 1), fill=colour)
    draw.text((place[0] + 1, place[1]), text, fill="white", font=font)


def _colour(index: int, count: int) -> Tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(index / max(1, count), 0.85, 0.7)
    return round(255 * red), round(255 * green), round(255 * blue)
