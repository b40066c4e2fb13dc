"""The desk: pages, files, work that saves itself."""

from __future__ import annotations

from . import files, pages, work

ROWS = (*files.ROWS, *pages.ROWS, *work.ROWS)
