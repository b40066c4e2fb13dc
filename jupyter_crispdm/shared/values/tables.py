"""pandas frames and series, and Arrow tables: as a stream of Arrow's own format.

What others wrote may lie about itself. So only columns of plain kinds are taken, all offsets are looked at, compressed
parts are refused, and how large the frame will be is known before it is made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from .flat import is_compressed
from .plain import NotShareable

TYPE = "application/vnd.apache.arrow.stream"
_CELL = 8
_FREE, _LARGEST = 2**26, 2**32
_BITS = 8


def packed(value: Any) -> tuple[bytes, str, dict[str, Any]] | None:
    """A frame, series or table as it travels; None for what is none. Raises NotShareable."""
    kind = _kind(value)
    if kind is None:
        return None
    import pyarrow as pa

    try:
        table = value if kind == "table" else pa.Table.from_pandas(value.to_frame() if kind == "series" else value)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise NotShareable(f"The {kind} cannot be shared: {error}") from error
    for column in table.schema:
        _check(column.type, column.name, NotShareable)
    file = pa.BufferOutputStream()
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    meta: dict[str, Any] = {"kind": kind}
    if kind == "series":
        meta["named"] = value.name is not None
    return file.getvalue().to_pybytes(), TYPE, meta


def unpacked(content: bytes, meta: Mapping[str, Any]) -> Any:
    """The frame, series or table. Raises ValueError and Arrow's errors for bytes that are none."""
    table = _table(content)
    table.validate(full=True)
    if meta["kind"] == "table":
        return table
    _check_size(table, len(content))
    frame = table.to_pandas()
    if meta["kind"] == "dataframe":
        return frame
    if frame.shape[1] != 1:
        raise ValueError(f"it has {frame.shape[1]} columns")
    series = frame.iloc[:, 0]
    return series if meta.get("named") else series.rename(None)


def _kind(value: Any) -> str | None:
    pandas, arrow = sys.modules.get("pandas"), sys.modules.get("pyarrow")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return "dataframe"
    if pandas is not None and isinstance(value, pandas.Series):
        return "series"
    return "table" if arrow is not None and isinstance(value, arrow.Table) else None


def _table(content: bytes) -> Any:
    import pyarrow as pa

    for message in _messages(pa.ipc.MessageReader.open_stream(pa.BufferReader(content))):
        if is_compressed(message.metadata.to_pybytes()):
            raise ValueError("it is compressed")
    with pa.ipc.open_stream(pa.BufferReader(content)) as stream:
        for column in stream.schema:
            _check(column.type, column.name, ValueError)
        return stream.read_all()


def _messages(reader: Any) -> Iterator[Any]:
    while True:
        try:
            yield reader.read_next_message()
        except StopIteration:
            return


def _check(kind: Any, name: str, error: type[Exception]) -> None:
    """Refuse a column of a kind whose size says nothing of how much it holds, or that would bring code."""
    import pyarrow as pa

    t = pa.types
    if t.is_dictionary(kind) or t.is_list(kind) or t.is_large_list(kind):
        _check(kind.value_type, name, error)
    elif not any(
        fits(kind)
        for fits in (
            t.is_boolean, t.is_integer, t.is_floating, t.is_decimal, t.is_temporal, t.is_null,
            t.is_string, t.is_large_string, t.is_binary, t.is_large_binary,
        )
    ):  # fmt: skip
        raise error(f"The column {str(name)[:60]!r} is of the kind {str(kind)[:60]}, which cannot be shared.")


def _check_size(table: Any, size: int) -> None:
    """Refuse what would be far larger than its bytes: a row takes a bit at least, and a cell eight bytes at most."""
    cells = table.num_rows * max(1, table.num_columns)
    if table.num_rows > _BITS * size or cells * _CELL > max(_FREE, min(_BITS * _CELL * size, _LARGEST)):
        raise ValueError(f"its {table.num_rows:,} rows are not in its {size:,} bytes")
