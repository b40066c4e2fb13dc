"""Streams, as a program sees them."""

from __future__ import annotations

from .noun import Streams

__all__ = ["Streams"]
