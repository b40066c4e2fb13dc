"""Parquet files of samples: made of a segment of the log, and read back with suspicion.

pyarrow is loaded when the first file is written or read, not before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jupyter_crispdm.base.files.atomic import replacing
from jupyter_crispdm.base.files.regular import regular_file

from ..batch import SEQ, TIME, Batch, Column, Samples, join, numbers_of, texts_of
from .layout import Part, part_path
from .wal import scan_wal

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

GROUP_ROWS = 1 << 16
"""How many rows are written, and read, at a time."""


class NotOurs(Exception):
    """A file is not what its name says; the text says why, to follow the name."""


class Footer(NamedTuple):
    """What a file says of itself: the time of its earliest and latest sample, NaN where unknown."""

    earliest: float
    latest: float
    groups: int


# -- writing


class _Contents(NamedTuple):
    """What a segment holds: which samples, how many, and which of its columns are texts."""

    first: int
    last: int
    rows: int
    texts: dict[str, bool]


def write_part(directory: Path, segment: Path) -> Part | None:
    """Make a parquet file of a whole segment; None where that holds no sample. Raises OSError, StorageFull.

    The file is there whole and for good when this returns, and not at all when it raises.
    """
    contents = _survey(segment)
    if contents is None:
        return None
    path = part_path(directory, contents.first, contents.last)
    with replacing(path, 0o600) as file:
        _write(file, _groups(segment), contents.texts)
    return Part(contents.first, contents.last, path)


def _survey(segment: Path) -> _Contents | None:
    """Look through a segment, so that its columns are known before the first is written."""
    first = last = rows = 0
    texts: dict[str, bool] = {}
    for batch in batches_of(segment):
        first, last, rows = first or batch.first, batch.last, rows + len(batch)
        for name, column in batch.columns.items():
            texts[name] = texts.get(name, False) or isinstance(column, list)
    return _Contents(first, last, rows, texts) if rows else None


def batches_of(segment: Path) -> Iterator[Batch]:
    """The batches of a segment in their order; one whose numbers go back is none of this stream's."""
    offset, last = 0, 0
    while True:
        batches, end, _ = scan_wal(segment, offset)
        for batch in batches:
            if batch.first > last:
                last = batch.last
                yield batch
        if end == offset:
            return
        offset = end


def _groups(segment: Path) -> Iterator[Samples]:
    """The samples of a segment, many at a time."""
    waiting: list[Batch] = []
    for batch in batches_of(segment):
        whole = not waiting or batch.first == waiting[-1].last + 1
        if waiting and (not whole or sum(map(len, waiting)) >= GROUP_ROWS):
            yield join(waiting).samples()
            waiting = []
        waiting.append(batch)
    if waiting:
        yield join(waiting).samples()


def _write(file: IO[bytes], groups: Iterator[Samples], texts: dict[str, bool]) -> None:
    import pyarrow
    import pyarrow.parquet

    kinds = {name: pyarrow.string() if is_text else pyarrow.float64() for name, is_text in texts.items()}
    schema = pyarrow.schema([(SEQ, pyarrow.int64()), *kinds.items()])
    options = {
        "compression": "zstd",
        "use_dictionary": [name for name, is_text in texts.items() if is_text],
        "use_byte_stream_split": [name for name, is_text in texts.items() if not is_text],
    }
    with pyarrow.parquet.ParquetWriter(file, schema, **options) as writer:
        for samples in groups:
            writer.write_table(_table(samples, texts, schema), row_group_size=len(samples))


def _table(samples: Samples, texts: dict[str, bool], schema: pyarrow.Schema) -> pyarrow.Table:
    import pyarrow

    columns: list[Any] = [samples.seq]
    for name, is_text in texts.items():
        column = samples.columns.get(name)
        if column is None:
            columns.append([None] * len(samples) if is_text else np.full(len(samples), np.nan))
        else:
            columns.append(texts_of(column) if is_text else column)
    arrays = [pyarrow.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


# -- reading


@contextmanager
def opened(part: Part) -> Iterator[pyarrow.parquet.ParquetFile]:
    """A parquet file that is one of ours. Raises OSError, NotOurs."""
    import pyarrow
    import pyarrow.parquet

    with regular_file(part.path) as file:
        try:
            with pyarrow.parquet.ParquetFile(pyarrow.PythonFile(file, mode="r")) as opened_file:
                _check(opened_file.schema_arrow)
                yield opened_file
        except (pyarrow.ArrowException, UnicodeDecodeError) as error:
            raise NotOurs(f"is no whole parquet file: {str(error).splitlines()[0][:200]}") from error
        except OSError as error:
            if error.errno is None:  # Arrow's own, for bytes that make no sense
                raise NotOurs(f"is no whole parquet file: {str(error).splitlines()[0][:200]}") from error
            raise


def footer_of(part: Part) -> Footer:
    """What a file says of itself. Raises OSError, NotOurs."""
    with opened(part) as file:
        metadata = file.metadata
        first, last = _span(metadata, SEQ)
        if not (part.first <= first <= last <= part.last):
            raise NotOurs("holds other samples than its name says")
        earliest, latest = _span(metadata, TIME)
        return Footer(earliest, latest, metadata.num_row_groups)


def samples_of(part: Part, after: int = 0) -> Iterator[Samples]:
    """The samples of a file, in pieces, those with a higher number than `after`. Raises OSError, NotOurs."""
    import pyarrow

    with opened(part) as file:
        for group in range(file.metadata.num_row_groups):
            if _span(file.metadata, SEQ, [group])[1] <= after:
                continue
            try:
                table = file.read_row_group(group, use_threads=False)
            except pyarrow.ArrowException as error:
                raise NotOurs(f"is damaged: {str(error).splitlines()[0][:200]}") from error
            samples = _samples(table)
            if not len(samples) or np.any(np.diff(samples.seq) <= 0):
                raise NotOurs("holds samples out of their order")
            yield samples.where(samples.seq > after)


def _check(schema: pyarrow.Schema) -> None:
    import pyarrow

    kinds = {field.name: field.type for field in schema}
    if kinds.pop(SEQ, None) != pyarrow.int64() or kinds.get(TIME) != pyarrow.float64():
        raise NotOurs("has no columns 'seq' and 'time' of samples")
    if any(kind not in (pyarrow.float64(), pyarrow.string()) for kind in kinds.values()):
        raise NotOurs("has columns that are neither numbers nor texts")


def _span(metadata: Any, name: str, groups: list[int] | None = None) -> tuple[float, float]:
    """The least and the largest value of a column, as the file says; NaN where it does not."""
    least, largest = math.inf, -math.inf
    for group in range(metadata.num_row_groups) if groups is None else groups:
        columns = (metadata.row_group(group).column(index) for index in range(metadata.num_columns))
        statistics = next(column.statistics for column in columns if column.path_in_schema == name)
        if statistics is None or not statistics.has_min_max:
            return (math.nan, math.nan)
        least, largest = min(least, statistics.min), max(largest, statistics.max)
    return least, largest


def _samples(table: pyarrow.Table) -> Samples:
    columns: dict[str, Column] = {}
    for name in table.column_names:
        if name != SEQ:
            column = table.column(name)
            is_text = str(column.type) == "string"
            columns[name] = column.to_pylist() if is_text else numbers_of(column.to_numpy())
    return Samples(table.column(SEQ).to_numpy(), columns)
