"""A first look at a file: rows of a table, cells of a notebook, the head of a text, the size of a picture."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.regular import Unreadable, read_regular, regular_file

from ..folders import Person, Place
from ..types import Cell, Column, FilePreview, PreviewKind
from .looking import Looker
from .tables import decoded, first_rows

_HEAD, _TABLE_HEAD, _NOTEBOOK = 64 * 1024, 1 << 20, 16 << 20
_CELLS, _SOURCE = 100, 5000
MOST_PIXELS = 50_000_000
_TEXT_TABLES, _ARROW_TABLES = (".csv", ".tsv", ".tab"), (".parquet", ".pq")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".avif", ".ico")
_NO_TEXT = "It is no text, and cannot be shown here. Download it."


class Previewer:
    """Looks at files for people."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker

    async def preview(self, person: Person, place: Place, rows: int) -> FilePreview:
        """What can be seen of a file; `note` says why it is nothing. Raises NotFound, BadRequest, TooManyRequests."""
        ending = os.path.splitext(place.real.name)[1].lower()
        try:
            size, head, modified = await on_disk(place.below, _head, place)
            base = FilePreview(place.path, PreviewKind.NONE, size, modified)
            if ending in _ARROW_TABLES:
                return _of_table(base, await self._looker.table(person, place, rows))
            if ending in _PICTURES:
                return _of_picture(base, await self._looker.picture(person, place))
            if ending == ".ipynb":
                return _of_notebook(base, await on_disk(place.below, _whole, place))
        except IsADirectoryError as error:
            raise BadRequest(f"'{place.path}' is a folder: list it.", field="path") from error
        except Unreadable as error:
            raise NotFound(f"It cannot be shown: {error.reason}.", path=place.path) from error
        except OSError as error:
            raise NotFound(f"There is no file '{place.path}' that can be read.", path=place.path) from error
        return _of_text(base, head, rows, is_table=ending in _TEXT_TABLES)


def _head(place: Place) -> tuple[int, bytes, float]:
    if place.real.is_dir():
        raise IsADirectoryError
    with regular_file(place.real, below=place.below) as file:
        found = os.fstat(file.fileno())
        return found.st_size, file.read(_TABLE_HEAD), found.st_mtime


def _whole(place: Place) -> bytes:
    return read_regular(place.real, _NOTEBOOK, below=place.below)


def _of_text(base: FilePreview, head: bytes, rows: int, *, is_table: bool) -> FilePreview:
    if b"\0" in head[:8192] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return msgspec.structs.replace(base, note=_NO_TEXT)
    if is_table:
        found = first_rows(head, rows, is_whole=len(head) == base.size)
        return msgspec.structs.replace(
            base, kind=PreviewKind.TABLE, columns=[Column(name, kind) for name, kind in found.columns],
            rows=found.rows, total=None if found.more else len(found.rows), truncated=found.more,
            separator=found.separator, encoding=found.encoding)
    text, encoding = decoded(head[:_HEAD])
    return msgspec.structs.replace(
        base, kind=PreviewKind.TEXT, text=text, encoding=encoding, truncated=base.size > _HEAD)


def _of_table(base: FilePreview, found: dict[str, Any]) -> FilePreview:
    if "error" in found:
        return msgspec.structs.replace(base, note=str(found["error"]))
    columns = [Column(str(one["name"]), str(one["type"])) for one in found["columns"]]
    return msgspec.structs.replace(
        base, kind=PreviewKind.TABLE, columns=columns, rows=found["rows"], total=found["total"],
        truncated=found["wider"] or found["total"] > len(found["rows"]))


def _of_picture(base: FilePreview, found: dict[str, Any]) -> FilePreview:
    if "error" in found:
        return msgspec.structs.replace(base, note=str(found["error"]))
    width, height = int(found["width"]), int(found["height"])
    sized = msgspec.structs.replace(base, width=width, height=height)
    if width * height > MOST_PIXELS:
        return msgspec.structs.replace(
            sized, note=f"The picture has {width} × {height} points, too many to be shown. Download it.")
    return msgspec.structs.replace(sized, kind=PreviewKind.PICTURE)


def _of_notebook(base: FilePreview, raw: bytes) -> FilePreview:
    try:
        notebook = msgspec.json.decode(raw, type=dict[str, Any])
        cells = [_cell(one) for one in notebook.get("cells", [])[:_CELLS] if isinstance(one, dict)]
        count = len(notebook.get("cells", []))
    except (msgspec.DecodeError, RecursionError, TypeError, UnicodeDecodeError):
        return msgspec.structs.replace(base, note="It is no notebook that can be read.")
    return msgspec.structs.replace(
        base, kind=PreviewKind.NOTEBOOK, cells=cells, total=count, truncated=count > len(cells))


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    kind = str(cell.get("cell_type", "raw"))[:20]
    return Cell(kind, text if len(text) <= _SOURCE else f"{text[:_SOURCE]}…")
