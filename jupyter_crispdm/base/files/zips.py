"""Zip archives of strangers: what reading one may raise."""

from __future__ import annotations

import zipfile
import zlib

DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)
"""What the standard library raises for an archive that is cut off, changed, locked, or packed in an unknown way."""
