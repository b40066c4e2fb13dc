"""The system account that the server runs under: the one person that a server without users knows."""

from __future__ import annotations

import getpass
import pwd


def account() -> str:
    """Its name; `server` where the system has none for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "server"


def account_of(uid: int) -> str:
    """The name of an account; empty where the system has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OSError, OverflowError):
        return ""
