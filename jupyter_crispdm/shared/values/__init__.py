"""Python's values as they travel: JSON as it is, the rest by reference, as Arrow, PNG or its bytes; never a pickle."""

from __future__ import annotations

from .packing import Packed, Unreadable, pack, unpack
from .plain import NotShareable

__all__ = ["NotShareable", "Packed", "Unreadable", "pack", "unpack"]
