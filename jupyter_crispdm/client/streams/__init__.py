"""Streams, as a program sees them."""

from __future__ import annotations

from .streams import Streams

__all__ = ["Streams"]
