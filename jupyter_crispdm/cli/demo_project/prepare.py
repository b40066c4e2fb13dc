"""Divide the scanned digits, write some scenes as training would see them, and say what is in them.

    python prepare.py --scenes 6 --least 4 --most 9

As a job it also takes its parameters. It leaves two files: scenes.png, and data.json with the counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import choices
import crispdm
import numpy as np
import scenes
from PIL import Image, ImageDraw

SIZE = 160
IN_A_ROW = 3
FRAME = (214, 102, 30)


def layout_of(given: argparse.Namespace) -> scenes.Layout:
    """Return how scenes are written; the lesser number of a pair comes first."""
    count = sorted((given.least, given.most))
    height = sorted((given.small, given.large))
    return scenes.Layout((SIZE, SIZE), (count[0], count[1]), (height[0], height[1]))


def framed(scene: scenes.Scene) -> np.ndarray:
    """Draw the true boxes and names into a picture."""
    picture = Image.fromarray(scene.image)
    draw = ImageDraw.Draw(picture)
    for label, (top, left, bottom, right) in zip(scene.labels, scene.boxes.tolist(), strict=True):
        draw.rectangle((left, top, right - 1, bottom - 1), outline=FRAME)
        draw.text((left + 2, top), str(label), fill=FRAME)
    return np.asarray(picture)


def sheet(drawn: Sequence[np.ndarray]) -> Image.Image:
    """Put pictures into rows; what is left over of the last stays white."""
    rows = -(-len(drawn) // IN_A_ROW)
    whole = np.full((rows * SIZE, min(len(drawn), IN_A_ROW) * SIZE, 3), 255, np.uint8)
    for index, picture in enumerate(drawn):
        top, left = index // IN_A_ROW * SIZE, index % IN_A_ROW * SIZE
        whole[top : top + SIZE, left : left + SIZE] = picture
    return Image.fromarray(whole)


def counts() -> dict[str, dict[str, int]]:
    """Return how many scanned digits of each class every split has."""
    found = {name: Counter(scenes.split(name).labels.tolist()) for name in scenes.SPLITS}
    return {name: {label: count[int(label)] for label in scenes.CLASSES} for name, count in found.items()}


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write scenes as training would see them.")
    add, within = parser.add_argument, choices.within
    add("--scenes", type=within(int, 1, 30), default=6, help="how many to write (default: %(default)s)")
    add("--least", type=within(int, 1, 20), default=4, help="least digits in one (default: %(default)s)")
    add("--most", type=within(int, 1, 20), default=9, help="most digits in one (default: %(default)s)")
    add("--small", type=within(int, 8, 100), default=16, help="least height in pixels (default: %(default)s)")
    add("--large", type=within(int, 8, 100), default=56, help="greatest height in pixels (default: %(default)s)")
    add("--seed", type=within(int, 0, 2**31), default=1)
    return choices.parse(parser, argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the scenes and the counts."""
    given = parse(argv)
    crispdm.params(vars(given))
    written: list[scenes.Scene] = []
    for scene in islice(scenes.scenes(scenes.split("train"), given.seed, layout_of(given)), given.scenes):
        written.append(scene)
        crispdm.progress(len(written), given.scenes, "writing scenes")
    split = counts()
    with tempfile.TemporaryDirectory() as folder:
        sheet([framed(scene) for scene in written]).save(Path(folder, "scenes.png"))
        found = {"split": split, "scenes": [len(scene.labels) for scene in written]}
        Path(folder, "data.json").write_text(json.dumps(found))
        for name in ("scenes.png", "data.json"):
            crispdm.artifact(Path(folder, name))
    for name, share in scenes.SPLITS.items():
        print(f"{name:10} {sum(split[name].values()):5} digits ({share:.0%})")
    print(f"{len(written)} scenes with {sum(len(scene.labels) for scene in written)} digits.")


if __name__ == "__main__":
    main()
