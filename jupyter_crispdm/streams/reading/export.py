"""Samples as a file: parquet or CSV, made while it is sent, with what was labelled as a column.

Each piece is made in a thread of the disk's; a caller that left ends it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jupyter_crispdm.base.files.disk import on_disk

from ..batch import SEQ, Samples, numbers_of, texts_of
from ..recording.layout import parts
from ..recording.reading import Recording

if TYPE_CHECKING:
    import pyarrow

LABEL = "label"
_ROWS = 1 << 16
_CSV_ROWS = 1000  # writing them holds the interpreter
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MEDIA = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}

Span = tuple[float, float, str]


class Export(NamedTuple):
    """A file that is made while it is sent."""

    pieces: AsyncGenerator[bytes, None]
    media_type: str
    filename: str


def export(
    directory: Path, name: str, format: str, start: float | None, end: float | None, spans: Sequence[Span]
) -> Export:
    """The samples of a span of time as a file of that format; `spans` are times with a label."""
    make = _csv if format == "csv" else _parquet
    pieces = _in_threads(directory, make(directory, start, end, spans))
    return Export(pieces, _MEDIA[format], f"{name}.{format}")


async def _in_threads(directory: Path, made: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
    while (piece := await on_disk(directory, next, made, None)) is not None:
        if piece:
            yield piece


def _csv(directory: Path, start: float | None, end: float | None, spans: Sequence[Span]) -> Iterator[bytes]:
    kinds = columns_in(directory)
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in (SEQ, *kinds, LABEL)])
    for samples in _pieces(directory, start, end, _CSV_ROWS):
        columns = [[_harmless(text) for text in texts] if kinds[name] else texts
                   for name, texts in ((name, _cells(samples, name, kinds[name])) for name in kinds)]  # fmt: skip
        labels = map(_harmless, labels_of(samples, spans))
        writer.writerows(zip(samples.seq.tolist(), *columns, labels, strict=True))
        yield sheet.getvalue().encode()
        sheet.seek(0)
        sheet.truncate()
    yield sheet.getvalue().encode()


def _parquet(directory: Path, start: float | None, end: float | None, spans: Sequence[Span]) -> Iterator[bytes]:
    import pyarrow
    import pyarrow.parquet

    kinds = columns_in(directory)
    types = {name: pyarrow.string() if is_text else pyarrow.float64() for name, is_text in kinds.items()}
    schema = pyarrow.schema([(SEQ, pyarrow.int64()), *types.items(), (LABEL, pyarrow.string())])
    sink = _Sink()
    with pyarrow.parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for samples in _pieces(directory, start, end, _ROWS):
            writer.write_table(_table(samples, kinds, spans, schema), row_group_size=len(samples))
            yield sink.taken()
    yield sink.taken()


def _table(samples: Samples, kinds: dict[str, bool], spans: Sequence[Span], schema: pyarrow.Schema) -> pyarrow.Table:
    import pyarrow

    columns = [pyarrow.array(_cells(samples, name, is_text)) for name, is_text in kinds.items()]
    labels = pyarrow.array(labels_of(samples, spans), pyarrow.string())
    arrays = [pyarrow.array(samples.seq), *columns, labels]
    return pyarrow.table([array.cast(field.type) for array, field in zip(arrays, schema, strict=True)], schema=schema)


def _pieces(directory: Path, start: float | None, end: float | None, most: int) -> Iterator[Samples]:
    for samples in Recording(directory).iterate(start, end):
        for first in range(0, len(samples), most):
            rows = np.arange(first, min(first + most, len(samples)), dtype=np.intp)
            yield samples if len(samples) <= most else samples.take(rows)


def _cells(samples: Samples, name: str, is_text: bool) -> list[Any]:
    """A column as it stands in a file; what is missing is empty."""
    column = samples.columns.get(name)
    if column is None:
        return [None] * len(samples)
    if is_text:
        return texts_of(column)
    return [None if value != value else value for value in numbers_of(column).tolist()]


def labels_of(samples: Samples, spans: Sequence[Span]) -> list[str | None]:
    """What each sample is called; several names of one are joined."""
    found: list[str | None] = [None] * len(samples)
    for start, end, label in spans:
        for row in np.flatnonzero((samples.time >= start) & (samples.time <= end)).tolist():
            found[row] = label if found[row] is None else f"{found[row]}; {label}"
    return found


def columns_in(directory: Path) -> dict[str, bool]:
    """The columns that a stream has anywhere, and whether each holds texts."""
    kinds: dict[str, bool] = {}
    for part in parts(directory):
        for name, is_text in _columns_of(part.path):
            kinds[name] = kinds.get(name, False) or is_text
    for name, column in Recording(directory).window(_ROWS).columns.items():
        kinds[name] = kinds.get(name, False) or isinstance(column, list)
    return {name: is_text for name, is_text in kinds.items() if name not in (SEQ, LABEL)}


def _columns_of(path: Path) -> list[tuple[str, bool]]:
    """The columns of one parquet file; none of one that cannot be read, which reading it tells of."""
    import pyarrow
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(path)
    except (OSError, pyarrow.ArrowException):
        return []
    return [(field.name, pyarrow.types.is_string(field.type)) for field in schema]


def _harmless(text: str | None) -> str | None:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text is not None and text.startswith(_FORMULA) else text


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._written, self._place = bytearray(), 0

    def writable(self) -> bool:
        """It is only written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep some bytes."""
        view = bytes(data)
        self._written += view
        self._place += len(view)
        return len(view)

    def tell(self) -> int:
        """How many bytes were written in all."""
        return self._place

    def taken(self) -> bytes:
        """What was written since the last call."""
        taken, self._written = bytes(self._written), bytearray()
        return taken
