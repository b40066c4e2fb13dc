"""Write pictures of digits that no model here was trained on, and their truth."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scenes
from PIL import Image

SEED = 2026


def make_pictures(folder: Path, count: int = 24, seed: int = SEED) -> None:
    """Write `count` pictures of several sizes from the test split, and truth.json: name → labels and boxes."""
    folder.mkdir(parents=True, exist_ok=True)
    digits, rng = scenes.split("test"), np.random.default_rng(seed)
    truth = {}
    for number in range(1, count + 1):
        height, width = (int(side) for side in rng.integers(144, 289, 2))
        scene = scenes.compose(digits, rng, scenes.Layout((height, width), (5, 12), (20, 56)))
        name = f"digits-{number:02d}.png"
        Image.fromarray(scene.image).save(folder / name)
        truth[name] = [
            {"label": str(label), "box": box} for label, box in zip(scene.labels, scene.boxes.tolist(), strict=True)
        ]
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))


def main(argv: Sequence[str] | None = None) -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("pictures"))
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(argv)
    make_pictures(given.folder, given.count, given.seed)
    print(f"{given.count} pictures in {given.folder}")


if __name__ == "__main__":
    main()
