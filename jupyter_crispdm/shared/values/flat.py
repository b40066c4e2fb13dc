"""Just enough of Arrow's messages (FlatBuffers) to see whether one is compressed, before anything is unpacked."""

from __future__ import annotations

import struct

_RECORD_BATCH, _DICTIONARY_BATCH = 3, 2
_HEADER_KIND, _HEADER = 1, 2
_DATA, _COMPRESSION = 1, 3


def is_compressed(message: bytes) -> bool:
    """Whether the buffers of a message are compressed. Raises ValueError for what is no message."""
    try:
        root = _uint(message, 0)
        kind = _field(message, root, _HEADER_KIND)
        header = _table(message, root, _HEADER)
        if kind is None or header is None or message[kind] not in (_RECORD_BATCH, _DICTIONARY_BATCH):
            return False
        batch = _table(message, header, _DATA) if message[kind] == _DICTIONARY_BATCH else header
        return batch is not None and _field(message, batch, _COMPRESSION) is not None
    except (struct.error, IndexError) as error:
        raise ValueError("it is no message of Arrow") from error


def _field(message: bytes, table: int, number: int) -> int | None:
    """Where a field of a table is; None where it was left out."""
    fields = table - int(struct.unpack_from("<i", message, table)[0])
    at = 4 + 2 * number
    if fields < 0 or at >= struct.unpack_from("<H", message, fields)[0]:
        return None
    offset: int = struct.unpack_from("<H", message, fields + at)[0]
    return table + offset if offset else None


def _table(message: bytes, table: int, number: int) -> int | None:
    at = _field(message, table, number)
    return None if at is None else at + _uint(message, at)


def _uint(message: bytes, at: int) -> int:
    value: int = struct.unpack_from("<I", message, at)[0]
    return value
