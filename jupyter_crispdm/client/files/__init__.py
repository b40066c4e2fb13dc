"""Files, as a program sees them: those that its person may reach, and the way of large ones to the server."""

from __future__ import annotations

from .noun import Files

__all__ = ["Files"]
