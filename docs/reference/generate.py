"""Writes openapi.json, from the route table, and settings.md, from the traits, beside this file: ``make api``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from traitlets.config import Configurable

from jupyter_crispdm import __version__
from jupyter_crispdm.app import ROUTES, CrispdmApp
from jupyter_crispdm.auth.identity import CrispdmIdentityProvider
from jupyter_crispdm.auth.kernels import CrispdmKernelManager
from jupyter_crispdm.base.openapi import document
from jupyter_crispdm.base.route import tables

_SETTINGS: list[tuple[type[Configurable], str]] = [
    (CrispdmApp, "Everything but the door."),
    (CrispdmIdentityProvider, "Logging in, under `jupyter crispdm lab`."),
    (CrispdmKernelManager, "Kernels, under `jupyter crispdm lab`."),
]


def openapi() -> bytes:
    """The document as it is committed."""
    encoded = msgspec.json.encode(document(tables(ROUTES), __version__), order="sorted")
    return msgspec.json.format(encoded, indent=2) + b"\n"


def settings() -> bytes:
    """The page of all settings."""
    where = "In `jupyter_server_config.py`, such as `c.CrispdmApp.session_days = 7`. This page is made by `make api`."
    lines = ["# Settings", "", where]
    for owner, about in _SETTINGS:
        lines += ["", f"## {owner.__name__}", "", about, "", "| setting | kind | means |", "|---|---|---|"]
        for name, trait in owner.class_own_traits(config=True).items():
            lines.append(f"| `{name}` | {type(trait).__name__} | {' '.join(trait.help.split())} |")
    return "\n".join([*lines, ""]).encode()


FILES: dict[str, Callable[[], bytes]] = {"openapi.json": openapi, "settings.md": settings}

if __name__ == "__main__":
    for name, rendered in FILES.items():
        (Path(__file__).parent / name).write_bytes(rendered())
