"""The zip of a version, made while it is sent."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress
from pathlib import Path
from typing import IO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.regular import regular_file
from jupyter_crispdm.base.files.sink import Sink

from ..types import AliasSpan, ModelVersion

HISTORY = "history.json"
RECORD = "model.json"
_PIECE = 256 * 1024


async def packed(home: Path, version: ModelVersion, spans: list[AliasSpan]) -> AsyncGenerator[bytes, None]:
    """The zip of the version whose files lie in `home`, piece by piece."""
    making = _pieces(home, version, spans)
    try:
        while piece := await on_disk(home, next, making, b""):
            yield piece
    finally:
        with suppress(Unavailable, ValueError):
            await on_disk(home, making.close)


def _pieces(home: Path, version: ModelVersion, spans: list[AliasSpan]) -> Generator[bytes, None, None]:
    """Raises OSError."""
    sink = Sink()
    texts = {
        RECORD: msgspec.json.encode(msgspec.structs.replace(version, aliases=[])),
        HISTORY: msgspec.json.encode([span for span in spans if span.version == version.version]),
    }
    with ZipFile(cast(IO[bytes], sink), "w", ZIP_STORED) as archive:
        for name, data in texts.items():
            archive.writestr(_info(name, version), data)
        names = (item.name for item in home.iterdir() if item.is_file() and item.name not in texts)
        for name in sorted(name for name in names if not name.startswith(".")):
            with (
                regular_file(home / name, below=home) as reading,
                archive.open(_info(name, version), "w", force_zip64=True) as writing,
            ):
                while piece := reading.read(_PIECE):
                    writing.write(piece)
                    if sink.size >= _PIECE:
                        yield sink.taken()
    yield sink.taken()


def _info(name: str, version: ModelVersion) -> ZipInfo:
    info = ZipInfo(name, time.gmtime(max(version.created.timestamp(), 315_532_800))[:6])
    info.external_attr = 0o100644 << 16
    return info
