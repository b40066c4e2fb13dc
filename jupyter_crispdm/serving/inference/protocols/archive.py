"""The pictures in a zip, as base64 strings; nothing is ever written to disk."""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from jupyter_crispdm.base.errors import BadRequest, TooLarge, Unprocessable
from jupyter_crispdm.base.files.zips import DAMAGED

from ..settings import RequestLimits

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_SLACK = 10 * 2**20
_DIRECTORY = 0x10


@dataclass
class Pictures:
    """What is in a zip: its pictures, and what was left out, with the reason."""

    texts: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def skip(self, entry: zipfile.ZipInfo, reason: str) -> None:
        """Leave an entry out."""
        self.skipped[entry.filename[:200]] = reason


def to_base64(data: bytes, limits: RequestLimits) -> Pictures:
    """Each image of a zip in base64, in the zip's order; what is none is left out. Raises Unprocessable, TooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = Pictures()
            entries = _images(archive, found, limits)
            _check_sizes(entries, len(data), limits)
            _read(archive, entries, found, limits)
    except DAMAGED:
        raise Unprocessable("'file' is no readable zip archive.", field="file") from None
    if not found.texts:
        told = "; ".join(f"'{name}' {reason}" for name, reason in list(found.skipped.items())[:5])
        raise Unprocessable(f"The zip holds no images{': ' if told else ''}{told}.", field="file")
    return found


def as_bytes(file: bytes | str) -> bytes:
    """A zip as it was sent: a file, or in base64 where it came as a text. Raises BadRequest."""
    if isinstance(file, bytes):
        return file
    try:
        return base64.b64decode("".join(file.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("'file' must be an uploaded zip, or a zip as a base64 string.", field="file") from None


def _images(archive: zipfile.ZipFile, found: Pictures, limits: RequestLimits) -> list[zipfile.ZipInfo]:
    """The entries that begin as a picture does."""
    entries = archive.infolist()
    if len(entries) > limits.archive_entries:
        raise TooLarge(f"The zip has {len(entries):,} entries; at most {limits.archive_entries:,} are allowed.")
    kept = []
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if _is_directory(entry) or _is_clutter(path):
            continue
        reason = _reason(entry, path) or _look(archive, entry)
        if reason:
            found.skip(entry, reason)
        else:
            kept.append(entry)
    return kept


def _reason(entry: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Why an entry is not even looked into."""
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\0" in entry.orig_filename:
        return "has a name that leaves the archive"
    if (entry.external_attr >> 16) & 0o170000 == 0o120000:
        return "is a link"
    return "is encrypted" if entry.flag_bits & 1 else ""


def _look(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    """Why an entry is no picture, by its first bytes."""
    try:
        with archive.open(entry) as file:
            start = file.read(16)
    except DAMAGED:
        return "is damaged"
    is_image = start.startswith(_MAGIC) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
    return "" if is_image else "is no image"


def _is_directory(entry: zipfile.ZipInfo) -> bool:
    """Programs of Windows write `pics\\`, or only the attribute."""
    marked = entry.external_attr & _DIRECTORY and not entry.file_size
    return entry.is_dir() or entry.filename.endswith("\\") or bool(marked)


def _is_clutter(path: PurePosixPath) -> bool:
    """What systems add by themselves: `__MACOSX/…`, `.DS_Store`, `Thumbs.db`."""
    return "__MACOSX" in path.parts or path.name.startswith(".") or path.name.lower() in ("thumbs.db", "desktop.ini")


def _check_sizes(entries: list[zipfile.ZipInfo], received: int, limits: RequestLimits) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > limits.archive_bytes or total > limits.archive_ratio * received + _SLACK:
        raise TooLarge(
            f"The zip unpacks to {total:,} bytes; at most {limits.archive_bytes:,} are allowed, "
            f"and {limits.archive_ratio} times its own size."
        )


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], found: Pictures, limits: RequestLimits) -> None:
    """Take each entry's bytes. The sizes in a zip may be forged, so what really comes out is counted as well."""
    left = limits.archive_bytes
    for entry in entries:
        try:
            with archive.open(entry) as file:
                content = file.read(min(left, entry.file_size) + 1)
        except DAMAGED:
            found.skip(entry, "is damaged")
            continue
        left -= len(content)
        if left < 0 or len(content) > entry.file_size:
            raise TooLarge("The zip unpacks to more than it says or more than is allowed.")
        found.texts.append(base64.b64encode(content).decode())
