"""Writes openapi.json beside this file, from the route table: ``make api``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from jupyter_crispdm import __version__
from jupyter_crispdm.app import ROUTES
from jupyter_crispdm.base.openapi import document
from jupyter_crispdm.base.route import tables


def rendered() -> bytes:
    """The document as it is committed."""
    encoded = msgspec.json.encode(document(tables(ROUTES), __version__), order="sorted")
    return msgspec.json.format(encoded, indent=2) + b"\n"


if __name__ == "__main__":
    (Path(__file__).parent / "openapi.json").write_bytes(rendered())
