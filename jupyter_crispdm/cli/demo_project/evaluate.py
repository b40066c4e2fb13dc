"""How well are digits found and named? Standard library only, so that any predictor can be measured from anywhere.

python evaluate.py pictures --url http://127.0.0.1:8503
python evaluate.py pictures --url http://127.0.0.1:8888/crispdm/serving --token …
"""

from __future__ import annotations

import argparse
import base64
import json
import statistics
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROIS = "rois [y_min, x_min, y_max, x_max]"
LEAST_OVERLAP = 0.5
"""A digit counts as found when a box overlaps its own by at least this much (intersection over union)."""


@dataclass(frozen=True)
class Digit:
    """A digit in a picture, true or predicted; the box is y_min, x_min, y_max, x_max in pixels."""

    label: str
    box: Sequence[float]


@dataclass(frozen=True)
class Report:
    """Shares are of all true digits; a digit that was not found has overlap 0 in the mean."""

    digits: int
    found: float
    found_and_named: float
    mean_iou: float
    false_positives: int
    by_class: Mapping[str, float]


Predictor = Callable[[bytes], list[Digit]]


def measure(pictures: Iterable[tuple[Sequence[Digit], Sequence[Digit]]]) -> Report:
    """Compare true with predicted digits, picture by picture."""
    rows: list[tuple[str, float, bool]] = []
    false_positives = 0
    for truth, predicted in pictures:
        pairs = match(truth, predicted)
        false_positives += len(predicted) - len(pairs)
        for index, digit in enumerate(truth):
            other, iou = pairs.get(index, (None, 0.0))
            rows.append((digit.label, iou, other is not None and predicted[other].label == digit.label))
    labels = sorted({label for label, _, _ in rows})
    return Report(
        digits=len(rows),
        found=_share(iou > 0 for _, iou, _ in rows),
        found_and_named=_share(named for _, _, named in rows),
        mean_iou=statistics.fmean(iou for _, iou, _ in rows) if rows else 0.0,
        false_positives=false_positives,
        by_class={wanted: _share(named for label, _, named in rows if label == wanted) for wanted in labels},
    )


def match(truth: Sequence[Digit], predicted: Sequence[Digit]) -> dict[int, tuple[int, float]]:
    """Pair true digits with predicted ones, best overlap first, each once: true index → predicted index, overlap."""
    overlaps = [(overlap(a.box, b.box), i, j) for i, a in enumerate(truth) for j, b in enumerate(predicted)]
    pairs: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for iou, index, other in sorted(overlaps, reverse=True):
        if iou >= LEAST_OVERLAP and index not in pairs and other not in taken:
            pairs[index] = (other, iou)
            taken.add(other)
    return pairs


def overlap(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the intersection over union of two boxes."""
    height = min(first[2], second[2]) - max(first[0], second[0])
    width = min(first[3], second[3]) - max(first[1], second[1])
    both = max(0.0, height) * max(0.0, width)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return both / (areas - both) if areas > both else 0.0


def digits_of(results: Mapping[str, Any]) -> list[Digit]:
    """Read the "results" of a prediction."""
    return [Digit(str(name), box) for name, box in zip(results["class_name"], results[ROIS], strict=True)]


def over_pictures(folder: Path, predict: Predictor) -> Report:
    """Measure a predictor on the pictures of a folder with its truth.json."""
    truth = json.loads((folder / "truth.json").read_text())
    return measure(
        ([Digit(**digit) for digit in digits], predict((folder / name).read_bytes())) for name, digits in truth.items()
    )


def http_predictor(url: str, token: str | None = None) -> Predictor:
    """Return a predictor that asks the service's POST /predict."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"token {token}"} if token else {})}

    def predict(picture: bytes) -> list[Digit]:
        body = json.dumps({"images": [base64.b64encode(picture).decode()]}).encode()
        request = urllib.request.Request(f"{url.rstrip('/')}/predict", body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            (result, _image), *_ = json.load(answer)["Responses"]
        return digits_of(result["results"])

    return predict


def _share(hits: Iterable[bool]) -> float:
    values = list(hits)
    return sum(values) / len(values) if values else 0.0


def main(argv: Sequence[str] | None = None) -> None:
    """Measure a service on a folder of pictures and print the report as JSON."""
    parser = argparse.ArgumentParser(description="Measure a service on pictures with a known truth.")
    parser.add_argument("pictures", type=Path, nargs="?", default=Path("pictures"))
    parser.add_argument("--url", default="http://127.0.0.1:8503", help="where POST /predict is (default: %(default)s)")
    parser.add_argument("--token", help="API token, when the service asks for one")
    given = parser.parse_args(argv)
    report = over_pictures(given.pictures, http_predictor(given.url, given.token))
    print(json.dumps(asdict(report), indent=2))


if __name__ == "__main__":
    main()
