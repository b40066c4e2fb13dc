"""Samples as a file: parquet or CSV, made while it is sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NamedTuple


class Export(NamedTuple):
    """A file that is made while it is sent."""

    pieces: AsyncGenerator[bytes, None]
    media_type: str
    filename: str
