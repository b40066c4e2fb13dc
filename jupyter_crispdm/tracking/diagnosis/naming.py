"""What the name of a series tells: trained on or held out, better high or low, and which two belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .types import Better

MOST_PAIRS = 50

_LOW = re.compile(
    r"loss|err(or)?s?($|[^a-z])|mae|mse|rmse|mape|perplexity|ppl($|[^a-z])|cost|distance|divergence|entropy"
    r"|fid($|[^a-z])|nll|deviance|l[12]($|[^a-z0-9])",
    re.IGNORECASE,
)
_HIGH = re.compile(
    r"acc(uracy)?($|[^a-z])|score|f1|auc|precision|recall|(^|[^a-z])m?(ap|iou)($|[^a-z])|iou|dice|r2|bleu|rouge|reward"
    r"|return|psnr|ssim|kappa|mcc($|[^a-z])",
    re.IGNORECASE,
)
_HELD_OUT = ("validation", "valid", "val", "eval", "evaluation", "test", "testing", "held out", "heldout", "dev", "oob")
_TRAINED = ("training", "train", "trn", "fit", "learn")
_NOT_JUDGED = re.compile(
    r"(^|[^a-z])(lr|learning rate|epoch|steps?|seconds?|runtime|time|samples? per second)($|[^a-z])"
)
_SEPARATORS = re.compile(r"'s\b|[\s_\-./:|']+")
_SYSTEM = "system/"
_KINDS = ("epoch", "step", "batch")  # what Lightning adds to names: train_loss_epoch


class Pair(NamedTuple):
    """Two series of the same metric; one of them may not be there."""

    train: str | None
    validation: str | None
    better: Better


def direction(name: str) -> Better | None:
    """Which values of a metric are better, as far as its name tells."""
    if _LOW.search(name):
        return Better.low
    return Better.high if _HIGH.search(name) else None


def metric_of(name: str) -> str:
    """What a series measures, without the word for what it was measured on: `loss` for `train/loss` and `val_loss`."""
    words = _words(name)
    is_held, rest = _without(words, _HELD_OUT)
    if not is_held:
        _, rest = _without(words, _TRAINED)
    return rest or "loss"


def pairs(points: Mapping[str, int]) -> list[Pair]:
    """The series that can be judged, each pair of training and held-out ones together; losses first, as they came.

    `points` says how many points each series has. A metric without a word for training is the training's where there
    is one with a word for what was held out: `loss` and `val_loss`, `loss` and `held out`.
    """
    sorted_out = _Names({}, {}, {})
    for name in points:
        sorted_out.add(name)
    return sorted(_matched(sorted_out, points), key=_rank)[:MOST_PAIRS]


class _Names(NamedTuple):
    """Names of series by the metric that they are of."""

    trained: dict[str, list[str]]
    held: dict[str, list[str]]
    plain: dict[str, list[str]]

    def add(self, name: str) -> None:
        words = _words(name)
        if name.startswith(_SYSTEM) or _NOT_JUDGED.search(" ".join(words)):
            return
        is_held, rest = _without(words, _HELD_OUT)
        is_trained, rest = (False, rest) if is_held else _without(words, _TRAINED)
        kind = self.held if is_held else self.trained if is_trained else self.plain
        kind.setdefault(rest, []).append(name)

    def training(self, metric: str) -> list[str]:
        """Who may be the training's: of a bare `val` or `held out` it is `train`, a loss, or the only one there is."""
        found = self.trained.get(metric, []) + self.plain.get(metric, [])
        if found or metric:
            return found
        return self.plain.get("loss") or (next(iter(self.plain.values())) if len(self.plain) == 1 else [])


def _matched(names: _Names, points: Mapping[str, int]) -> Iterator[Pair]:
    paired: set[str] = set()
    for metric, held in names.held.items():
        train = max(names.training(metric), key=lambda name: points[name], default=None)
        better = direction(metric) or direction(train or "")
        for validation in held:
            if better is not None:
                paired |= {validation, train or validation}
                yield Pair(train, validation, better)
    for kind in (names.trained, names.plain):
        for metric, several in kind.items():
            for name in several:
                better = direction(metric) or direction(name)
                if better is not None and name not in paired:
                    yield Pair(name, None, better)


def _rank(pair: Pair) -> tuple[bool, bool]:
    name = (pair.validation or pair.train or "").lower()
    return pair.train is None or pair.validation is None, "loss" not in name


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name[:200])
    words = [word for word in _SEPARATORS.split(spaced.lower()) if word]
    return [word for word in words if word not in _KINDS] or words


def _without(words: list[str], marks: tuple[str, ...]) -> tuple[bool, str]:
    """Whether the words hold one of the marks, and the others without it, in one spelling."""
    text = f" {' '.join(words)} "
    for mark in marks:
        if f" {mark} " in text:
            return True, " ".join(text.replace(f" {mark} ", " ", 1).split())
    return False, " ".join(words)
