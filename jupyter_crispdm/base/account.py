"""The system account that the server runs under: the one person that a server without users knows."""

from __future__ import annotations

import getpass


def account() -> str:
    """Its name; `server` where the system has none for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "server"
