"""Draw what was found into a picture."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Sequence, Tuple, Union

import numpy as np
from PIL import Image, ImageDraw, ImageFont


@dataclass(frozen=True)
class Instance:
    """One object found: class, score, box (y_min, x_min, y_max, x_max) in the picture, mask inside the box."""

    name: str
    score: float
    box: Tuple[int, int, int, int]
    mask: np.ndarray


def render(image: np.ndarray, instances: Sequence[Instance], classes: Sequence[str]) -> np.ndarray:
    """Return a copy of the picture with masks tinted, boxes drawn and each object named with its score."""
    colours = [_colour(index, len(classes)) for index in range(len(classes))]
    painted = image.copy()
    for found in instances:
        top, left, bottom, right = found.box
        window = painted[top:bottom, left:right]
        tint = np.array(colours[classes.index(found.name)])
        window[found.mask] = (0.5 * window[found.mask] + 0.5 * tint).astype(np.uint8)
    picture = Image.fromarray(painted)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=max(9, min(22, min(picture.size) // 20)))
    for found in instances:
        _label(draw, found, colours[classes.index(found.name)], font)
    return np.asarray(picture)


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
