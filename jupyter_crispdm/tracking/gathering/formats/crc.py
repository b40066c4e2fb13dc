"""CRC-32C, which TensorFlow's records and LevelDB's logs end with."""

from __future__ import annotations

import numpy as np

_POLYNOMIAL = 0x82F63B78
_LANES = 128
_LEAST_FOR_LANES = 4096


def _table() -> list[int]:
    rows = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (_POLYNOMIAL if crc & 1 else 0)
        rows.append(crc)
    return rows


_TABLE = _table()
_COLUMNS = np.array(_TABLE, np.uint32)


def crc32c(data: bytes) -> int:
    """The checksum; long data is gone through in lanes, side by side."""
    register = 0xFFFFFFFF
    if len(data) >= _LEAST_FOR_LANES:
        register, done = _in_lanes(data, register)
        data = data[done:]
    table = _TABLE
    for byte in data:
        register = (register >> 8) ^ table[(register ^ byte) & 0xFF]
    return register ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    """The checksum as it stands in files: turned and moved, so that a checksum of checksums says something."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _in_lanes(data: bytes, register: int) -> tuple[int, int]:
    """The register after as many bytes as fill the lanes, and how many those are."""
    length = len(data) // _LANES
    lanes = np.frombuffer(data, np.uint8, _LANES * length).reshape(_LANES, length)
    registers = np.zeros(_LANES, np.uint32)
    for column in np.ascontiguousarray(lanes.T):
        registers = (registers >> np.uint32(8)) ^ _COLUMNS[(registers ^ column) & np.uint32(0xFF)]
    shift = _shift(length)
    for lane in registers.tolist():
        register = _apply(shift, register) ^ lane
    return register, _LANES * length


def _shift(length: int) -> list[int]:
    """What so many zero bytes do to each bit of a register."""
    power = [_TABLE[1 << bit] if bit < 8 else 1 << (bit - 8) for bit in range(32)]
    result = [1 << bit for bit in range(32)]
    while length:
        if length & 1:
            result = [_apply(power, row) for row in result]
        power = [_apply(power, row) for row in power]
        length >>= 1
    return result


def _apply(matrix: list[int], register: int) -> int:
    total, bit = 0, 0
    while register:
        if register & 1:
            total ^= matrix[bit]
        register >>= 1
        bit += 1
    return total
