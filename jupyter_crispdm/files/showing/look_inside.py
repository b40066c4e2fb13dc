"""Looks into a file that somebody made: a program of its own, with bounds on time and memory.

Run as ``python -I look_inside.py MEMORY table ROWS`` or ``… MEMORY picture`` with the file as standard input; what it
finds is one line of JSON. Reading such files takes large libraries, and a file may be made to break them: here they
break alone.
"""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any

SECONDS = 10
COLUMNS = 200
_LONGEST = 500
_LARGEST = 2**53


def bound(memory: int) -> None:
    """Take no more memory (bytes) and processor time than a look needs; not every system can."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # it is less already
            continue


def table(rows: int) -> dict[str, Any]:
    """The first rows of a parquet file."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    import pyarrow
    import pyarrow.parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    with pyarrow.parquet.ParquetFile(pyarrow.PythonFile(sys.stdin.buffer, mode="r")) as file:
        schema = file.schema_arrow
        names = schema.names[:COLUMNS]
        batch = next(file.iter_batches(batch_size=rows, columns=names, use_threads=False), None)
        columns = [] if batch is None else [_values(column) for column in batch.columns]
        return {
            "columns": [{"name": text(field.name), "type": text(str(field.type))} for field in schema][:COLUMNS],
            "rows": [list(row) for row in zip(*columns, strict=True)],
            "total": file.metadata.num_rows,
            "wider": len(schema.names) > COLUMNS,
        }


def picture() -> dict[str, Any]:
    """The size of a picture; nothing of it is decoded."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(sys.stdin.buffer) as image:
        return {"width": image.width, "height": image.height, "format": image.format}


def plain(value: Any) -> Any:
    """A value as JSON has it: numbers that can be told exactly, and everything else as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return text(str(value))


def text(value: str) -> str:
    """A text, not longer than somebody reads in a cell."""
    value = value.encode("utf-8", "replace").decode()
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _values(column: Any) -> list[Any]:
    try:
        return [plain(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, TypeError):  # a date beyond all calendars
        return [text(str(value)) for value in column.cast("string").to_pylist()]


def main(arguments: list[str]) -> int:
    """Look, and say what is there or why it cannot be seen."""
    memory, kind, *rest = arguments
    bound(int(memory))
    try:
        found = table(int(rest[0])) if kind == "table" else picture()
    except MemoryError:
        found = {"error": "It needs too much memory to be shown."}
    except Exception as error:
        found = {"error": text(f"It cannot be read: {str(error).splitlines()[0] if str(error) else 'it is broken'}")}
    sys.stdout.write(json.dumps(found, allow_nan=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
