"""Histograms: how often values are where, in a file of JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .._harmless import harmless
from .arrays import as_array, is_array
from .keeping import keep, step_of

_MOST_BINS = 512
_MOST_VALUES = 1 << 20  # of more, every so manieth is counted


def _nothing(*_: Any, **__: Any) -> None:
    return


@harmless(_nothing)
def histogram(name: str, values: Any, step: int | None = None, bins: int = 64) -> None:
    """Keep how values are spread: an array, a tensor, numbers, or counts and edges as `numpy.histogram` answers.

    Of more than a million values every so manieth is counted. What is no finite number is counted apart.
    """
    if not 1 <= int(bins) <= _MOST_BINS:
        raise ValueError(f"crispdm.histogram: 'bins' must be 1 to {_MOST_BINS}, not {bins}")
    said = _given(values) or _counted(_numbers(values), int(bins))
    data = json.dumps(said, allow_nan=False).encode()
    keep("histogram", name, step_of("histogram", name, step), data, ".json")


def _given(values: Any) -> Mapping[str, Any] | None:
    """Counts and edges that are known already."""
    if not isinstance(values, tuple) or len(values) != 2 or not all(hasattr(one, "__len__") for one in values):
        return None
    counts, edges = ([float(one) for one in part] for part in values)
    if len(edges) != len(counts) + 1 or len(counts) > _MOST_BINS:
        return None
    if not all(map(math.isfinite, counts + edges)) or edges != sorted(edges):
        raise ValueError("crispdm.histogram: counts and edges must be finite numbers, the edges in order")
    middles = [(low + high) / 2 for low, high in zip(edges, edges[1:])]  # noqa: RUF007  # of Python 3.10
    total = sum(counts)
    mean = sum(count * middle for count, middle in zip(counts, middles)) / total if total else None
    spread = None
    if mean is not None:
        variance = sum(count * (middle - mean) ** 2 for count, middle in zip(counts, middles)) / total
        spread = math.sqrt(max(0.0, variance))
    return {"edges": edges, "counts": counts, "count": total, "nan": 0, "min": edges[0], "max": edges[-1],
            "mean": mean, "std": spread}  # fmt: skip


def _numbers(values: Any) -> Any:
    """An array, where it is one or can be one; else a list."""
    if is_array(values) or hasattr(values, "__array__"):
        return as_array("histogram", values).reshape(-1)
    if isinstance(values, (str, bytes, Mapping)):
        raise TypeError(f"crispdm.histogram: expected numbers, not {type(values).__name__}")
    return [float(one.item() if hasattr(one, "item") else one) for one in values]


def _counted(values: Any, bins: int) -> Mapping[str, Any]:
    stride = max(1, math.ceil(len(values) / _MOST_VALUES))
    sample = values[::stride]
    finite, said = _of_list(sample, bins) if isinstance(sample, list) else _of_array(sample, bins)
    said = {name: one if isinstance(one, list) or math.isfinite(one) else None for name, one in said.items()}
    said.update(count=len(values), nan=(len(sample) - finite) * stride)
    return {**said, "every": stride} if stride > 1 else said


def _of_list(values: list[float], bins: int) -> tuple[int, dict[str, Any]]:
    finite = [one for one in values if math.isfinite(one)]
    counts, edges = _in_bins(finite, bins)
    said: dict[str, Any] = {"edges": edges, "counts": counts}
    if finite:
        mean = math.fsum(finite) / len(finite)
        spread = math.sqrt(math.fsum((one - mean) ** 2 for one in finite) / len(finite))
        said.update(min=min(finite), max=max(finite), mean=mean, std=spread)
    return len(finite), said


def _of_array(values: Any, bins: int) -> tuple[int, dict[str, Any]]:
    import numpy

    finite = values.astype("f8")
    finite = finite[numpy.isfinite(finite)]
    if not len(finite):
        return 0, {"edges": [], "counts": []}
    counts, edges = numpy.histogram(finite, bins)
    said: dict[str, Any] = {"edges": edges.tolist(), "counts": counts.tolist()}
    said.update(min=float(finite.min()), max=float(finite.max()), mean=float(finite.mean()), std=float(finite.std()))
    return len(finite), said


def _in_bins(values: list[float], bins: int) -> tuple[list[int], list[float]]:
    if not values:
        return [], []
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.5, high + 0.5
    width = high / bins - low / bins
    counts = [0] * bins
    for one in values:
        counts[min(bins - 1, int((one - low) / width)) if width else 0] += 1
    return counts, [low + width * index for index in range(bins)] + [high]
