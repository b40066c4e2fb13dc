"""The pictures in a zip, as base64 strings; nothing is ever written to disk."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from jupyter_crispdm.base.errors import BadRequest, TooLarge, Unprocessable

from .settings import Limits

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_SLACK = 10 * 2**20
_CHUNK = 2**18


def to_base64(data: bytes, limits: Limits) -> list[str]:
    """Each image of a zip in base64, in the zip's order. Raises BadRequest, Unprocessable, TooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = list(_images(archive, limits))
            _check_sizes(entries, len(data), limits)
            return [base64.b64encode(content).decode() for content in _contents(archive, entries, limits)]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise Unprocessable("'file' is no readable zip archive.", field="file") from None


def _images(archive: zipfile.ZipFile, limits: Limits) -> Iterator[zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > limits.archive_entries:
        raise TooLarge(f"The zip has {len(entries):,} entries; at most {limits.archive_entries:,} are allowed.")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\0" in entry.orig_filename:
            raise Unprocessable("The zip has an entry whose name leaves the archive.", entry=entry.filename[:200])
        if (entry.external_attr >> 16) & 0o170000 == 0o120000:
            raise Unprocessable("The zip has an entry that is a link.", entry=entry.filename[:200])
        if entry.flag_bits & 1:
            raise Unprocessable("The zip is encrypted.", entry=entry.filename[:200])
        if not entry.is_dir() and not _is_clutter(path):
            yield entry


def _is_clutter(path: PurePosixPath) -> bool:
    """What systems add by themselves: `__MACOSX/…`, `.DS_Store`, `Thumbs.db`."""
    return "__MACOSX" in path.parts or path.name.startswith(".") or path.name in ("Thumbs.db", "desktop.ini")


def _check_sizes(entries: list[zipfile.ZipInfo], received: int, limits: Limits) -> None:
    if not entries:
        raise Unprocessable("The zip holds no images.", field="file")
    total = sum(entry.file_size for entry in entries)
    if total > limits.archive_bytes or total > limits.archive_ratio * received + _SLACK:
        raise TooLarge(
            f"The zip unpacks to {total:,} bytes; at most {limits.archive_bytes:,} are allowed, "
            f"and {limits.archive_ratio} times its own size."
        )


def _contents(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits) -> Iterator[bytes]:
    """Each entry's bytes. The sizes in a zip may be forged, so what really comes out is counted as well."""
    left = limits.archive_bytes
    for entry in entries:
        with archive.open(entry) as file:
            content = file.read(min(left, entry.file_size) + 1)
        left -= len(content)
        if left < 0 or len(content) > entry.file_size:
            raise TooLarge("The zip unpacks to more than it says or more than is allowed.")
        if not content.startswith(_MAGIC) and content[8:12] != b"WEBP":
            raise Unprocessable(f"'{entry.filename[:200]}' in the zip is no image.", entry=entry.filename[:200])
        yield content


def upload(file: bytes | None) -> bytes:
    """The uploaded file, or a word about its absence. Raises BadRequest."""
    if not file:
        raise BadRequest("Send the file in the multipart field 'file'.", field="file")
    return file
