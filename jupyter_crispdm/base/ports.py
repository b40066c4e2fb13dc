"""Ports of this machine."""

from __future__ import annotations

import os
import socket


def is_free(port: int) -> bool:
    """Whether a program could listen there."""
    with socket.socket() as trial:
        if os.name == "posix":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
