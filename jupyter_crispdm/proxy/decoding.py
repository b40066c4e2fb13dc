"""The bytes of an answer as they were meant: unpacked a little at a time, so that a small answer cannot become huge."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import httpx

from .errors import UpstreamFailed

ENCODINGS = "gzip, deflate"
_EITHER = 32 + zlib.MAX_WBITS  # gzip or zlib, as its first bytes say
_PIECE = 256 * 1024


async def decoded(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """An answer's bytes. Raises UpstreamFailed for what cannot be unpacked."""
    encoding = response.headers.get("content-encoding", "").strip().lower() or "identity"
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise UpstreamFailed(f"The upstream answers with 'Content-Encoding: {encoding[:50]}', which is not read.")
    unpacking = None if encoding == "identity" else zlib.decompressobj(_EITHER)
    raw: Any = response.aiter_raw()
    async with aclosing(raw) as pieces:
        async for piece in pieces:
            if unpacking is None:
                yield piece
                continue
            for some in _unpacked(unpacking, piece):
                yield some


def _unpacked(unpacking: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    try:
        while packed:
            yield unpacking.decompress(packed, _PIECE)
            packed = unpacking.unconsumed_tail
    except zlib.error as error:
        raise UpstreamFailed(f"The upstream's answer cannot be unpacked: {error}.") from error
