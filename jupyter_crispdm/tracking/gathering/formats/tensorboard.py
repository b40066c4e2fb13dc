"""TensorBoard's event files: records of TensorFlow's form, each an event that may hold summaries.

Scalars are read as torch and Keras write them, old and new style, and so are pictures, histograms and texts. A record
at the end that is not complete, or whose checksum is wrong, is waited for; one that is too large is passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from ...points import Point
from .crc import masked
from .format import MOST_NAMES, Found, Piece, decoded, named
from .protobuf import fields, inner, number, signed, text

_HEAD_BYTES, _FOOT_BYTES = 12, 4
_LARGEST = 16 << 20
_TEXT_BYTES = 1 << 20
_BINS = 64
_MOST_PICTURES = 16
_SUFFIXES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"RIFF": ".webp"}
_FLOATS = {1: "<f4", 2: "<f8", 19: "<f2"}  # TensorFlow's numbers of types
_WHOLES = {3: "<i4", 9: "<i8"}
_STRING = 7
_TEXT_END = "/text_summary"  # what torch puts after the name of a text


class _Memory(msgspec.Struct):
    skip: int = 0
    kinds: dict[str, str] = {}


class TensorBoardEvents:
    """One event file."""

    is_other = False

    def __init__(self) -> None:
        self._memory = _Memory()

    def take(self, data: bytes, time: float) -> tuple[Sequence[Found], int]:
        """What the complete records say."""
        found: list[Found] = []
        at = min(self._memory.skip, len(data))
        self._memory.skip -= at
        while (size := _size(data, at)) is not None:
            end = at + _HEAD_BYTES + size + _FOOT_BYTES
            if size > _LARGEST:
                self._memory.skip, at = max(0, end - len(data)), min(end, len(data))
                continue
            record = data[at + _HEAD_BYTES : end - _FOOT_BYTES]
            if end > len(data) or struct.unpack_from("<I", data, end - _FOOT_BYTES)[0] != masked(record):
                break
            found += self._event(record)
            at = end
        return found, at

    def state(self) -> bytes:
        """How much of a large record is still to come, and of which kind the names are."""
        return msgspec.json.encode(self._memory)

    def restore(self, state: bytes) -> None:
        """Go on. Raises ValueError."""
        self._memory = decoded(state, _Memory)

    def _event(self, record: bytes) -> list[Found]:
        """What an event says; nothing where it is damaged."""
        time, step, summary = 0.0, 0, b""
        try:
            for field, value in fields(record):
                if field == 1:
                    time = number(value)
                elif field == 2:
                    step = signed(value)
                elif field == 5:
                    summary = inner(value)
            values = [inner(value) for field, value in fields(summary) if field == 1]
        except (ValueError, UnicodeDecodeError):
            return []
        return [one for value in values for one in self._value(value, step, time)]

    def _value(self, data: bytes, step: int, time: float) -> list[Found]:
        try:
            parts = dict(fields(data))
            name = named(text(parts.get(1, b"")))
            if name is None:
                return []
            kind = self._kind(name, parts.get(9))
            return list(_said(name, kind, parts, step, time))
        except (ValueError, UnicodeDecodeError, struct.error):
            return []

    def _kind(self, name: str, metadata: int | bytes | None) -> str:
        """Which plugin shows the values of a name; that is said with the first of them only."""
        if metadata is not None and name not in self._memory.kinds and len(self._memory.kinds) < MOST_NAMES:
            plugin = dict(fields(inner(metadata))).get(1, b"")
            kind = text(dict(fields(inner(plugin))).get(1, b""))
            if len(kind) <= 20 and kind:
                self._memory.kinds[name] = kind
        return self._memory.kinds.get(name, "")


def _size(data: bytes, at: int) -> int | None:
    """How long the record is that begins here; None when that is not yet known."""
    if len(data) - at < _HEAD_BYTES:
        return None
    size, check = struct.unpack_from("<QI", data, at)
    return int(size) if masked(data[at : at + 8]) == check else None


def _said(name: str, kind: str, parts: dict[int, int | bytes], step: int, time: float) -> Iterator[Found]:
    if 2 in parts:
        yield Point(name, step, number(parts[2]), time)
    elif 4 in parts:
        picture = dict(fields(inner(parts[4])))
        yield from _picture(name, step, time, inner(picture.get(4, b"")), 0)
    elif 5 in parts:
        yield from _histogram(name, step, time, *_old_histogram(inner(parts[5])))
    elif 8 in parts:
        yield from _tensor(name, kind, inner(parts[8]), step, time)


def _tensor(name: str, kind: str, data: bytes, step: int, time: float) -> Iterator[Found]:
    several: dict[int, list[int | bytes]] = {}
    for field, value in fields(data):
        several.setdefault(field, []).append(value)
    type = signed(several.get(1, [0])[0])
    texts = [inner(one) for one in several.get(8, [])] if type == _STRING else []
    if kind == "images" or (texts and kind == "" and _suffix(texts[-1])):
        for index, picture in enumerate(texts[2 : 2 + _MOST_PICTURES]):  # width and height come first
            yield from _picture(name, step, time, picture, index)
    elif kind == "text":
        plain = "\n\n".join(one.decode("utf-8", "replace") for one in texts)[:_TEXT_BYTES]
        yield Piece(name.removesuffix(_TEXT_END), step, time, "text", plain.encode(), ".txt", {})
    elif kind == "histograms":
        yield from _histogram(name, step, time, *_bins(_numbers(several, type)))
    elif kind in ("scalars", ""):
        values = _numbers(several, type)
        if values.size == 1:
            yield Point(name, step, float(values[0]), time)


def _numbers(several: dict[int, list[int | bytes]], type: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The numbers of a tensor: as its content, or in the field of its type. Raises ValueError."""
    form = _FLOATS.get(type) or _WHOLES.get(type)
    if form is None:
        return np.empty(0)
    if 4 in several:
        return np.frombuffer(inner(several[4][0]), form).astype(np.float64)
    if type in _WHOLES:
        whole = several.get(7, []) + several.get(10, [])
        return np.array([signed(one) for one in whole if isinstance(one, int)], float)
    field, form = (5, "<f4") if type == 1 else (6, "<f8")
    return np.frombuffer(b"".join(inner(one) for one in several.get(field, [])), form).astype(np.float64)


def _picture(name: str, step: int, time: float, data: bytes, index: int) -> Iterator[Found]:
    suffix = _suffix(data)
    if suffix:
        yield Piece(name, step, time, "image", data, suffix, {"index": index} if index else {})


def _suffix(data: bytes) -> str:
    return next((suffix for start, suffix in _SUFFIXES.items() if data.startswith(start)), "")


def _old_histogram(data: bytes) -> tuple[list[float], list[float]]:
    """Edges and counts; the first bin of these files begins where the values do."""
    parts = dict(fields(data))
    limits, counts = (np.frombuffer(inner(parts.get(field, b"")), "<f8").tolist() for field in (6, 7))
    low, high = (number(parts[field]) if field in parts else 0.0 for field in (1, 2))
    if not limits or len(limits) != len(counts) or not _are_bins(limits, counts):
        return [], []
    full = [index for index, count in enumerate(counts) if count > 0] or [0]
    first, last = full[0], full[-1]
    edges = [low, *limits[first : last + 1]]
    edges[-1] = max(high, edges[-2])
    return edges, counts[first : last + 1]


def _bins(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[list[float], list[float]]:
    """Edges and counts of rows of left, right and count."""
    if values.size < 3 or values.size % 3:
        return [], []
    rows = values.reshape(-1, 3)
    return [float(rows[0, 0]), *rows[:, 1].tolist()], rows[:, 2].tolist()


def _are_bins(edges: list[float], counts: list[float]) -> bool:
    return bool(np.isfinite([*edges, *counts]).all()) and sorted(edges) == edges and min(counts) >= 0


def _fewer(edges: list[float], counts: list[float]) -> tuple[list[float], list[float]]:
    """Bins of one width in place of very many, most of them empty; what a bin holds is spread evenly over it."""
    if len(counts) <= _BINS:
        return edges, counts
    even = np.linspace(edges[0], edges[-1], _BINS + 1)
    below = np.interp(even, edges, np.concatenate([[0.0], np.cumsum(counts)]))
    return even.tolist(), np.diff(below).tolist()


def _histogram(
    name: str, step: int, time: float, edges: list[float], counts: list[float]
) -> Iterator[Found]:
    if not counts or not _are_bins(edges, counts):
        return
    edges, counts = _fewer(edges, counts)
    total = sum(counts)
    middle = (np.array(edges[1:]) + np.array(edges[:-1])) / 2
    mean = float(np.average(middle, weights=counts)) if total > 0 else 0.0
    spread = float(np.sqrt(np.average((middle - mean) ** 2, weights=counts))) if total > 0 else 0.0
    content = {"edges": edges, "counts": counts, "count": total, "min": edges[0], "max": edges[-1],
               "mean": mean, "std": spread, "nan": 0}  # fmt: skip
    yield Piece(name, step, time, "histogram", msgspec.json.encode(content), ".json", {})
