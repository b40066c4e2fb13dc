"""The command line: `jupyter crispdm …`, one module per command."""

from __future__ import annotations

from .main import main

__all__ = ["main"]
